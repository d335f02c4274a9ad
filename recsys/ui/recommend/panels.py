"""Pieces of the recommend page: sliders, dials, the list, its reasons and its files."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.core.engine.explanation import explain
from recsys.core.engine.query import LONGEST_LIBRARY
from recsys.core.engine.recommender import Recommendations
from recsys.core.export import to_csv
from recsys.core.insights.summary import profile_in_words
from recsys.core.model.features import FEATURES
from recsys.errors import TonearmError
from recsys.ui.parts import problems
from recsys.ui.parts.text import counted, plain
from recsys.ui.parts.track_table import ranked_table
from recsys.ui.recommend.explanation import why
from recsys.ui.recommend.recipes import recipes_panel
from recsys.ui.recommend.save import save_panel
from recsys.ui.recommend.weights import percentages, presets, restore_positions, shares, weights_panel
from recsys.ui.session import ListenerSession

_SIDE_BY_SIDE = """<style>
div:has(> .st-key-steering) { flex-basis: 20rem } div:has(> .st-key-steered) { flex: 1000 1 17rem }
.st-key-steering { background:
  linear-gradient(transparent, light-dark(#fff, #0f1512) 50%) bottom / 100% 2rem no-repeat local,
  linear-gradient(transparent, rgba(128,128,128,.3)) bottom / 100% 1rem no-repeat }
@media (max-width: 640px) { .st-key-steering, div:has(> .st-key-steering) { height: 45dvh !important } }
</style>"""
"""The shadow at the foot of the sliders is there as long as there are more of them further down. On a phone they take
half of the screen, so that the list can be seen changing below them."""
_NAMES = {f.name: f.title for f in FEATURES}
_LEFT_OUT = {
    "owned": "you have or like",
    "disliked": "you turned down",
    "familiar_artists": "by artists you know",
    "too_little_known": "with too few known features",
}
_DIALS = {"per_artist": "The limit per artist", "variety": "Variety"}


def side_by_side() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for what steers, and one for the list: beside it, or below it where there is no room for both."""
    st.html(_SIDE_BY_SIDE)
    row = st.container(horizontal=True, gap="medium")
    return row.container(key="steering", height=750, border=False), row.container(key="steered")


def sliders(session: ListenerSession) -> None:
    """Presets and one slider per feature, each from ignored to decisive."""
    restore_positions(session)
    st.caption("How much a feature counts: *ignored* to *decisive*.")
    with st.container(horizontal=True, gap="xsmall"):
        presets(session)
        recipes_panel(session)
    weights = weights_panel(session, profile_in_words(session.library))
    if not any(weights.values()):
        st.warning(
            "Every slider is on *ignored*, so nothing tells one track from another. The list shows the last recipe."
        )


def ranked_list(session: ListenerSession) -> tuple[Recommendations | None, int]:
    """Rank and show the list; None when there is nothing to show, with the sentence that says why."""
    st.subheader("Your list", anchor=False)
    if session.seeds:
        said, back = st.columns([3, 1], vertical_alignment="center")
        said.info(f"Starting from {plain(session.seeds_are)}, not from your whole library.", icon=":material/flag:")
        back.button("Whole library", key="whole_library", on_click=session.start_from, args=((), ""))
    session.app.last_recipes.save(session.listener, session.recipe)
    try:
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


def explanation(session: ListenerSession, found: Recommendations, picked: int) -> None:
    """Why one of the tracks is here: the row picked in the table, or one chosen by name."""
    titles = [f"{row.rank}. {row.title}" for row in found.table.itertuples()]
    chosen = st.selectbox("Why is this track here?", titles, index=picked, help="Or pick a row in the table.")
    track = found.table.iloc[titles.index(chosen)]
    with problems.shown():
        why(explain(session.recommender, session.recipe, str(track["track_id"])), int(track["rank"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        if session.is_demo:
            st.caption("Thumbs and listening come with music that exists.")
        else:
            _thumbs(session, track)
            _player(track)


def _thumbs(session: ListenerSession, track: pd.Series) -> None:
    """Thumbs up or down: a thumbs-down pushes the list away from songs like it."""
    for liked, icon, label in (
        (True, ":material/thumb_up:", "More like this"),
        (False, ":material/thumb_down:", "Not for me"),
    ):
        if st.button(label, icon=icon, key=f"thumb_{liked}_{track['track_id']}"):
            row = session.catalogue.tracks[session.catalogue.tracks["track_id"] == track["track_id"]]
            session.judge(row, liked)
            leans = "towards" if liked else "away from"
            st.toast(f"Kept: your lists lean {leans} songs like “{plain(track['title'])}”.", icon=icon)
            st.rerun()


def _player(track: pd.Series) -> None:
    """Spotify's own player for the chosen track, only when asked for: it is Spotify's page inside ours."""
    if pd.notna(track["url"]) and st.toggle("Listen on Spotify", key="player"):
        st.iframe(f"https://open.spotify.com/embed/track/{track['track_id']}", height=152)
