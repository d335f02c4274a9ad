"""Above the list: what it starts from, and how it is saved, downloaded and shared. A move redraws none of it."""

import streamlit as st

from recsys.ui.parts.fragment import fragment
from recsys.ui.recommend.list_state import list_state, settings_of
from recsys.ui.recommend.ratings import ratings_panel
from recsys.ui.recommend.recipes import recipes_panel
from recsys.ui.recommend.save import save_panel
from recsys.ui.recommend.share import files_panel, share_panel
from recsys.ui.recommend.start_from import start_from
from recsys.ui.session import ListenerSession
from recsys.ui.weekly import weekly_panel


@fragment
def toolbar(session: ListenerSession) -> None:
    """One row of panels; each reads the list on the screen when it opens. Drawn after the list that it is about."""
    state = list_state()
    if state.drawn_with is not None and state.drawn_with != settings_of(session):
        state.drawn_with = None
        st.rerun()  # something was set in here: the list follows
    panels = {"Recipes": recipes_panel}
    if not session.is_demo:
        if session.app.settings.weekly_lists != "off":
            panels["Weekly songs"] = weekly_panel
        panels["Your ratings"] = ratings_panel
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        is_saved = save_panel(session)
        files_panel(session, is_primary=not is_saved)
        share_panel(session)
        start_from(session)
        more = st.popover("More", icon=":material/more_horiz:", key="more", type="tertiary", on_change="rerun")
        # With a key the browser remembers which tab is open when the panel is drawn again.
        tabs = more.tabs(list(panels), key="more_tab", on_change="rerun")
        for tab, draw in zip(tabs, panels.values(), strict=True):
            if more.open and tab.open:
                with tab:
                    draw(session)
