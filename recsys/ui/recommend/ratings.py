"""The listener's thumbs: a list of all with a way to remove each, and the one change that they propose."""

from functools import partial
from typing import Any, Final, cast

import streamlit as st

from recsys.core.insights.proposals import Proposal, propose
from recsys.core.insights.wording import artists_in_words
from recsys.ui.parts.text import plain
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.list_state import list_state
from recsys.ui.recommend.start_from import NOT_HERE, more_like
from recsys.ui.session import ListenerSession

MOST_SHOWN: Final = 100
RATING_REMOVED: Final = "Your rating was removed."
_KEY: Final = "proposal"
_REFUSED: Final = "refused_proposals"


def ratings_panel(session: ListenerSession) -> None:
    """Every rating, latest first, each with a button for more like the song, and one that removes it."""
    thumbs = session.feedback
    if thumbs.empty:
        st.caption("None yet: ♥ and ✕ are in the rows of the list.")
        return
    for row in thumbs.tail(MOST_SHOWN)[::-1].itertuples():
        _rating(session, row)
    if len(thumbs) > MOST_SHOWN:
        st.caption(f"The latest {MOST_SHOWN} of {len(thumbs):,}.")


def _rating(session: ListenerSession, row: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        by = plain(artists_in_words(row.artists))
        st.markdown(f"{'♥' if row.liked else '✕'} {plain(row.title)} by {by}", width="stretch")
        with st.container(horizontal=True, gap="small", width="content"):  # the two stay side by side on a phone
            for key, icon, says, press in (
                ("more_like_rated", "queue_music", "More like", partial(_more_like, session)),
                ("unrate", "delete", "Remove the rating of", partial(_unrate, session)),
            ):
                # Not a callback: Streamlit runs those before the session is looked up, and shows no problem of theirs.
                name = plain(f"{says} {row.title}")  # page.css shows the icon alone
                if st.button(name, key=f"{key}_{row.track_id}", icon=f":material/{icon}:", help=name):
                    press(row.track_id)
                    st.rerun()


def _more_like(session: ListenerSession, track_id: str) -> None:
    if not more_like(session, track_id):
        list_state().say(NOT_HERE)


def _unrate(session: ListenerSession, track_id: str) -> None:
    session.remove_rating(track_id)
    if list_state().rated == track_id:  # its notice offers to undo it
        list_state().say(RATING_REMOVED)


def proposal_panel(session: ListenerSession) -> None:
    """After a rating: the change that all ratings together suggest, to apply or not."""
    rated = list_state().rated
    if rated is None or session.is_demo:
        st.session_state.pop(_KEY, None)
        return
    # Computed once for each rating; forgotten once the settings it would change have changed.
    stored = cast("tuple[object, Proposal | None] | None", st.session_state.get(_KEY))
    made_for = (rated, list_state().notice, session.recipe)
    if stored is None or stored[0] != made_for:
        found = propose(session.catalogue, session.feedback, session.recipe)
        stored = st.session_state[_KEY] = (made_for, found)
    proposal = stored[1]
    if proposal is None or proposal.sentence in st.session_state.get(_REFUSED, ()):
        return
    with st.container(border=True, key="proposal"):
        st.markdown(f"**{proposal.sentence}?** {proposal.reason}")
        with st.container(horizontal=True):
            st.button("Apply", key="proposal_apply", on_click=_apply, args=(session, proposal))
            st.button("No", key="proposal_refuse", on_click=_refuse, args=(proposal,))


def _apply(session: ListenerSession, proposal: Proposal) -> None:
    set_recipe(session, proposal.recipe)
    list_state().rated = None


def _refuse(proposal: Proposal) -> None:
    st.session_state[_REFUSED] = (*st.session_state.get(_REFUSED, ()), proposal.sentence)
