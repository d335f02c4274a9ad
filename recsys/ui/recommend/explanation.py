"""Why a track is on the list, as arithmetic: one bar per feature, adding up to the score."""

import html
from typing import Final

import pandas as pd
import streamlit as st

from recsys.core.engine.explanation import Explanation, explain
from recsys.core.engine.recommender import Recommendations
from recsys.core.model.features import FEATURES
from recsys.ui.parts import problems
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession

_TITLES: Final = {f.name: f.title for f in FEATURES}
_ROW: Final = (
    '<div class="why"><span>{title}</span><div class="axis">'
    '<i class="{sign}" style="left:{left:.1f}%;width:{width:.1f}%"></i></div><b>{value}</b></div>'
)
_LOOK: Final = """<style>
.why { display:grid; grid-template-columns:minmax(7rem,10rem) 1fr 4rem; gap:.6rem; align-items:center; margin:.2rem 0 }
.why b { text-align:right; font-variant-numeric:tabular-nums; font-weight:500 }
.why .axis { position:relative; height:.7rem; background:rgba(128,128,128,.16); border-radius:4px }
.why .axis::after { content:""; position:absolute; left:50%; top:-2px; bottom:-2px; width:1px;
  background:rgba(128,128,128,.7) }
.why i { position:absolute; top:0; bottom:0; border-radius:4px }
.why .for { background:#22a559 } .why .against { background:#d97706 }
</style>"""


def why(explanation: Explanation, place: int) -> None:
    """Show the contributions, the nearest own tracks and what would change for the track at this place of the list."""
    st.html(_LOOK + bars(explanation.contributions))
    st.caption(total(explanation.score))
    near = [f"**{plain(row.title)}** by {plain(row.artists)}" for row in explanation.nearest.itertuples()]
    if near:
        st.markdown("Nearest of your own: " + " · ".join(near))
    st.markdown(without(explanation, place))


def bars(contributions: pd.Series) -> str:
    """One row of HTML per contribution, largest first, around a common zero."""
    widest = max(float(contributions.abs().max()), 1e-12)
    order = contributions.abs().sort_values(ascending=False, kind="stable").index
    return "".join(_bar(str(name), float(contributions[name]), widest) for name in order)


def _bar(name: str, value: float, widest: float) -> str:
    width = 50 * abs(value) / widest
    return _ROW.format(
        title=html.escape(_TITLES.get(name, name.capitalize())),
        sign="for" if value >= 0 else "against",
        left=50 if value >= 0 else 50 - width,
        width=width,
        value=_number(value),
    )


def total(score: float) -> str:
    """What the bars add up to, written as they are."""
    written = _number(score).removeprefix("+")
    return f"The bars add up to the score, {written}, counted against the average catalogue track."


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}".replace("-", "\N{MINUS SIGN}")  # + 0.0: never "−0.000"


def without(explanation: Explanation, place: int) -> str:
    """
    What the track's rank would be if its strongest feature weighed nothing.

    Ranks are by score alone. Where the limit per artist or variety lifted the track to another place, that is said.
    """
    rank = f"{explanation.rank:,}"
    lifted = f"By score alone this track ranks {rank}; songs above it made way. " if explanation.rank != place else ""
    says = f"{lifted}The strongest slider that counts here is {_TITLES[explanation.strongest].lower()}. Without it,"
    if explanation.rank_without is None:
        return f"{says} this track could not be ranked."
    if explanation.rank_without == explanation.rank:
        return f"{says} this track would keep its rank, {rank}."
    return f"{says} this track would rank {explanation.rank_without:,} instead of {rank}."


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
