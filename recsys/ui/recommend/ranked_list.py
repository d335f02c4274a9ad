"""The list: what made it, what was left out, and the list as a file."""

from collections.abc import Mapping

import streamlit as st

from recsys.core.engine.query import LONGEST_LIBRARY
from recsys.core.engine.recommender import Recommendations
from recsys.core.export import to_csv
from recsys.core.model.features import FEATURES
from recsys.errors import TonearmError
from recsys.metrics import RANKING_SECONDS
from recsys.ui.parts.text import counted, plain
from recsys.ui.parts.track_table import ranked_table
from recsys.ui.recommend.save import save_panel
from recsys.ui.recommend.weights import percentages, shares
from recsys.ui.session import ListenerSession

_NAMES = {f.name: f.title for f in FEATURES}
_LEFT_OUT = {
    "owned": "you have or like",
    "disliked": "you turned down",
    "familiar_artists": "by artists you know",
    "too_little_known": "with too few known features",
}
_DIALS = {"per_artist": "The limit per artist", "variety": "Variety"}


def ranked_list(session: ListenerSession) -> tuple[Recommendations | None, int]:
    """Rank and show the list; None when there is nothing to show, with the sentence that says why."""
    st.subheader("Your list", anchor=False)
    if session.seeds:
        said, back = st.columns([3, 1], vertical_alignment="center")
        said.info(f"Starting from {plain(session.seeds_are)}, not from your whole library.", icon=":material/flag:")
        back.button("Whole library", key="whole_library", on_click=session.start_from, args=((), ""))
    session.app.last_recipes.save(session.listener, session.recipe)
    try:
        with RANKING_SECONDS.labels("screen").time():
            found = session.recommender.recommend(session.recipe)
    except TonearmError as problem:
        st.warning(plain(problem), icon=":material/info:")
        return None, 0
    if found.table.empty:
        st.info("Nothing is left after your filters. Loosen one of them.", icon=":material/info:")
        return None, 0
    picked = ranked_table(found.table, key="list")
    _said(session, found)
    return found, picked


def _said(session: ListenerSession, found: Recommendations) -> None:
    """What made the list, what was left out, and what the dials cost."""
    made = percentages(shares(found.contributions))
    parts = [f"{_NAMES.get(str(name), str(name)).lower()} {percent}%" for name, percent in made.items() if percent]
    if parts:
        st.caption(f"What made this list: {', '.join(parts)}.")
    st.caption(compared(found.counts))
    if not session.seeds and len(session.recommender.own) == LONGEST_LIBRARY < len(session.library):
        st.caption(f"{LONGEST_LIBRARY:,} of your songs, drawn by lot, speak for all of them.")
    for dial, cost in found.costs.items():
        if cost.replaced:
            st.caption(
                f"{_DIALS[dial]} replaced {counted(cost.replaced, 'song')} and cost {cost.score:.3f} of mean score."
            )


def compared(counts: Mapping[str, int]) -> str:
    """How many songs of the catalogue were compared, and what became of every other one."""
    left_out = [f"{counts[reason]:,} {words}" for reason, words in _LEFT_OUT.items() if counts[reason]]
    says = f"{counts['candidates']:,} of the catalogue’s {counted(counts['catalogue'], 'song')} compared"
    return f"{says}; left out: {', '.join(left_out)}." if left_out else f"{says}."


def downloads(session: ListenerSession, found: Recommendations) -> None:
    """The list as a file, and as a playlist."""
    table = found.table.join(found.contributions.add_prefix("why_"), on="track_id")
    with st.container(horizontal=True):
        save_panel(session, found)
        st.download_button(
            "Download this list as CSV",
            data=lambda: to_csv(table, note=session.note),
            file_name="tonearm-recommendations.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
