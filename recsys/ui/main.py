"""The frame around every page: look, navigation, who is here. Streamlit runs this file, then the page."""

from pathlib import Path
from typing import Final

import streamlit as st

from recsys.ui.current_session import whole_run
from recsys.ui.first_steps import start_after_consent
from recsys.ui.navigation import pages
from recsys.ui.parts import problems
from recsys.ui.parts.seen import page_is
from recsys.ui.parts.text import plain
from recsys.ui.sidebar import sidebar

ICON: Final = str(Path(__file__).with_name("tonearm.svg"))
NAME: Final = str(Path(__file__).with_name("tonearm_name.svg"))  # its green reads on light and on dark

st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=232)
navigation = st.navigation(pages())
st.set_page_config(page_title=f"{navigation.title} · Tonearm")  # tells tabs and the browser's history apart
st.logo(NAME, size="large", icon_image=ICON)
with problems.shown(again="page"), whole_run() as session:
    start_after_consent(session)
    sidebar(session)
    page_is(navigation.title)
    if reason := session.app.read_only_because():
        st.warning(f"Nothing can be saved at the moment. {plain(reason)}", icon=":material/warning:")
    navigation.run()
