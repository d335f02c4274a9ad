"""The opening of the taste page: headlines from the data, the radar at once, and a strip of small multiples."""

from typing import Final

import numpy as np
import streamlit as st

from recsys.charts.theme import listed, shortened
from recsys.core.insights.drift import change_over_time
from recsys.core.insights.modes import Modes
from recsys.core.insights.placement import medians, percentile
from recsys.core.insights.wording import counted, on_one_line, share_in_words
from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES, Feature
from recsys.ui.components import mount
from recsys.ui.parts.fragment import fragment
from recsys.ui.recommend.comparison import axis_titles
from recsys.ui.recommend.list_rows import rounded
from recsys.ui.recommend.listener_view import ListenerView, listener_view
from recsys.ui.recommend.song_modes import find_modes, needs_modes
from recsys.ui.session import ListenerSession

_KEY: Final = "taste_radar"
_UNUSUAL: Final = 0.08
_MODES_DRAWN: Final = 6


@fragment
def opening(session: ListenerSession) -> None:
    """Two or three headlines beside the radar; the outline of each taste follows once they are found."""
    if (st.session_state.get(_KEY) or {}).get("ask"):
        find_modes(session)
    view = listener_view(session)
    modes = session.modes_if_known
    placed = view.yardstick.positions(session.library)
    change = None if view.seeds else change_over_time(placed, session.library, session.plays)
    lines = headlines(view, modes, session.start.name, change)
    drawn, said = st.columns([3, 2], gap="small", vertical_alignment="center")
    with drawn:
        outlines = [{"name": _starting_from(session.start.name) or "You", "kind": "you", "values": _shares(view.you)}]
        if modes is not None and not modes.is_one:
            of = session.library["track_id"].map(modes.members).to_numpy(np.float64)
            for row in modes.table.head(_MODES_DRAWN).itertuples():
                middle = medians({name: column[of == row.Index] for name, column in placed.items()})
                name = f"around “{shortened(on_one_line(row.title), 28)}” ({counted(int(row.tracks), 'song')})"
                outlines.append({"name": name, "kind": f"mode-{row.Index}", "values": _shares(middle)})
        words = f"Radar of audio features. {' '.join(lines)}"
        data = {"axes": axis_titles(), "outlines": outlines, "words": words}
        mount("radar", key=_KEY, data=data | {"wants_more": needs_modes(session)}, on_ask_change=lambda: None)
    with said:
        coming = ["Looking for your tastes …"] if needs_modes(session) else []
        mount("headlines", key="taste_headlines", data={"lines": coming + lines})
        st.caption("The dotted ring is the middle of the catalogue: half of all songs have more, half have less.")


def own_radar(session: ListenerSession) -> None:
    """The radar of a library that there is nothing to compare with: its middle song on each feature's own scale."""
    known = [f for f in AUDIO_FEATURES if session.library[f.column].notna().any()]
    middle = {f.name: float(session.library[f.column].median()) for f in known}
    values = [
        rounded((middle[f.name] - f.low) / (f.high - f.low)) if f.name in middle else None for f in AUDIO_FEATURES
    ]
    says = []
    for f in known:
        amount = f"{middle[f.name]:.0f} {f.unit}" if f.unit else f"{middle[f.name]:.2f}"
        says.append(f"{f.title.lower()} {amount}")
    words = f"Radar of audio features, the middle of your songs: {', '.join(says)}."
    mount(
        "radar",
        key=_KEY,
        data={
            "axes": axis_titles(),
            "outlines": [{"name": "You", "kind": "you", "values": values}],
            "words": words,
            "wants_more": False,
        },
        on_ask_change=lambda: None,
    )
    st.caption("Your own numbers, each on its whole scale. Get real songs to see what is unusual about them.")


def headlines(view: ListenerView, modes: Modes | None, start: str = "", change: str | None = None) -> list[str]:
    """The tastes first, then what changed, then what is most unusual about the listener or what they start from."""
    lines = []
    if modes is not None and not modes.is_one:
        titles = [f"“{shortened(on_one_line(title), 40)}”" for title in modes.table["title"]]
        lines.append(f"You have {len(titles)} tastes, around {listed(titles)}.")
    if change is not None:
        lines.append(change)
    unusual = sorted(_away(view), key=lambda found: -abs(found[1] - 0.5))
    parts = [in_a_phrase(f, share) for f, share in unusual[:2] if abs(share - 0.5) >= _UNUSUAL]
    if parts:
        lines.append(f"{_starting_from(start) or 'Most unusual'}: {' and '.join(parts)}.")
    if not lines:
        lines.append("Close to the middle of the catalogue in every feature.")
    return lines


def _starting_from(start: str) -> str:
    return f"Starting from {shortened(on_one_line(start), 60)}" if start else ""


def in_a_phrase(f: Feature, share: float) -> str:
    """A share of the catalogue in a listener's words: "calmer than 70% of songs"."""
    return f"{f.more if share > 0.5 else f.less} than {share_in_words(max(share, 1 - share))} of songs"


def strip(session: ListenerSession) -> None:
    """Every known feature as a small picture, the most unusual first."""
    view = listener_view(session)
    places = dict((f.name, share) for f, share in _away(view))
    known = [f for f in NUMBER_FEATURES if f.name in places]
    order = sorted(known, key=lambda f: -abs(places[f.name] - 0.5))
    features = []
    for f in order:
        picture, share = view.pictures[f.name], places[f.name]
        is_middle = abs(share - 0.5) < 0.05
        features.append(
            {
                "title": f.title,
                "says": "in the middle of the catalogue" if is_middle else in_a_phrase(f, share),
                "low": f.low_words,
                "high": f.high_words,
                "axis": picture.axis,
                "own_heights": picture.own,
                "pool_heights": picture.pool,
                "you": picture.you,
            }
        )
    mount("strip", key="taste_strip", data={"features": features})


def _away(view: ListenerView) -> list[tuple[Feature, float]]:
    places = ((f, percentile(view.you[f.name])) for f in NUMBER_FEATURES)
    return [(f, share) for f, share in places if share is not None]


def _shares(positions: dict[str, float | None]) -> list[float | None]:
    return [rounded(percentile(positions[f.name])) for f in AUDIO_FEATURES]
