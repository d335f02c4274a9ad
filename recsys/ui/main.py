"""The frame around every page: look, navigation, who is here. Streamlit runs this file, then the page."""

from pathlib import Path
from typing import Final

import streamlit as st

from recsys.ui import problems
from recsys.ui.look import LOOK
from recsys.ui.navigation import pages
from recsys.ui.session import whole_run
from recsys.ui.sidebar import sidebar

ICON: Final = str(Path(__file__).with_name("tonearm.svg"))

st.set_page_config(page_title="Tonearm", page_icon=ICON, layout="wide", initial_sidebar_state=232)
navigation = st.navigation(pages())
st.logo(ICON, size="large")
st.html(LOOK)
with problems.shown(again="page"), whole_run() as session:
    sidebar(session)
    navigation.run()
