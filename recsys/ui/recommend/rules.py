"""What is ruled out, how long the list plays and in which order: plain controls beside the mixer."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

import streamlit as st

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.ranges import Range
from recsys.core.engine.recipe import Recipe
from recsys.core.insights.wording import counted
from recsys.core.model.features import NUMBER_FEATURES, feature
from recsys.core.model.genres import genre_names
from recsys.errors import TonearmError
from recsys.importers.artist_list import read_artists
from recsys.ui.parts import problems
from recsys.ui.parts.text import plain
from recsys.ui.parts.upload import accepted
from recsys.ui.session import ListenerSession

MOST_GENRES: Final = 300
_SPANS: Final = {
    "loudness": (-40, 0, 1),
    "tempo": (40, 220, 1),
    "duration": (0, 15 * 60_000, 30_000),
    "year": (1900, 2030, 1),
    "popularity": (0, 100, 1),
}
"""Lowest and highest position of a limit's slider, and its step, in the unit of the track table. At an end there is no
limit. Years are those of the catalogue where it knows any."""
_SPAN: Final = (0.0, 1.0, 0.05)
_FORMATS: Final = {"loudness": "%d dB", "tempo": "%d BPM", "duration": "m:ss", "year": "%d", "popularity": "%d"}
Position = float | time
SWITCHES: Final = {
    "no_explicit": "explicit songs",
    "no_live": "live recordings",
    "no_remix": "remixes",
    "no_christmas": "Christmas songs",
}
ORDER_WORDS: Final = {
    "score": "best first",
    "rise": "rising",
    "fall": "falling",
    "arc": "build, peak, wind down",
    "smooth": "smooth transitions",
}


def rules(session: ListenerSession) -> None:
    """Limits, kinds of recordings, genres, artists, length and order; what is set goes into the session's recipe."""
    filters = session.recipe.filters
    ranges = _limits(session)
    switches: dict[str, Any] = {name: st.toggle(f"No {title}", key=f"rule_{name}") for name, title in SWITCHES.items()}
    genres = _names(session, "Only these genres", "genres")
    not_genres = _names(session, "Never these genres", "not_genres")
    artists = st.multiselect(
        "Never these artists",
        list(filters.not_artists),
        key="rule_not_artists",
        accept_new_options=True,
        placeholder="Type a name and press Enter",
    )
    _block_list(session)
    try:
        chosen = replace(
            session.recipe.filters,
            ranges=ranges,
            genres=genres,
            not_genres=not_genres,
            not_artists=tuple(artists),
            **switches,
        )
        order = st.selectbox("Order", ORDERS, format_func=lambda name: ORDER_WORDS[name], key="rule_order")
        by = st.segmented_control("Ordered by", ORDERED_BY, key="rule_by", disabled=order in ("score", "smooth"))
        spacing = st.number_input("Songs between two of one artist or album", 0, 20, key="rule_spacing")
        minutes = st.number_input("Minutes, instead of a number of songs (0: off)", 0, 1440, step=5, key="rule_minutes")
        recipe = session.recipe
        exact = recipe.minutes if int(recipe.minutes or 0) == minutes else (float(minutes) or None)
        session.recipe = replace(
            recipe, filters=chosen, order=order, by=by or recipe.by, spacing=int(spacing), minutes=exact
        )
    except TonearmError as problem:
        st.warning(plain(problem))


def rule_positions(recipe: Recipe) -> dict[str, Any]:
    """The value of each control for a recipe, by widget key."""
    filters = recipe.filters
    return {
        "rule_limited": list(filters.ranges),
        **{
            f"rule_range_{f.name}": _position(f.name, _steps(f.name), filters.ranges.get(f.name, (None, None)))
            for f in NUMBER_FEATURES
        },
        **{f"rule_{name}": getattr(filters, name) for name in SWITCHES},
        **{f"rule_{name}": list(getattr(filters, name)) for name in ("genres", "not_genres", "not_artists")},
        "rule_order": recipe.order,
        "rule_by": recipe.by,
        "rule_spacing": recipe.spacing,
        "rule_minutes": int(recipe.minutes or 0),
    }


def _limits(session: ListenerSession) -> dict[str, Range]:
    """A slider with two ends for each feature that is limited."""
    names = [f.name for f in NUMBER_FEATURES]
    limited = st.multiselect(
        "Only within a range of",
        names,
        key="rule_limited",
        format_func=lambda name: feature(name).title,
        placeholder="Release year, tempo …",
    )
    ranges = {}
    for name in limited:
        steps = _steps(name, session.known(f"years:{session.catalogue.number}", lambda: years(session.catalogue)))
        key, now = f"rule_range_{name}", session.recipe.filters.ranges.get(name, (None, None))
        # A position is stored for any catalogue; the slider has only those of the one in use.
        position = _position(name, steps, _ends(name, steps, st.session_state.get(key)))
        if st.session_state.get(key) != position:
            st.session_state[key] = position
        chosen: tuple[Position, Position] = st.slider(  # type: ignore[type-var]  # of numbers or of times
            feature(name).title,
            _shown(name, steps[0]),
            _shown(name, steps[-1]),  # type: ignore[assignment]  # of two ends, as its state is
            step=timedelta(milliseconds=steps[1]) if name == "duration" else round(steps[1] - steps[0], 4),
            key=key,
            format=_FORMATS.get(name, "%.2f"),
            help="Half and double tempo count too." if name == "tempo" else None,
        )
        # A limit between two positions of the slider stays as exact as it came until it is moved.
        ends = now if chosen == _position(name, steps, now) else _ends(name, steps, chosen)
        if ends != (None, None):
            ranges[name] = ends
    return ranges


def years(catalogue: Catalogue) -> tuple[int, int] | None:
    """The oldest and the newest year of a catalogue's songs; None where no year is known, or only one."""
    known = catalogue.tracks["year"].dropna()
    if known.empty or known.min() == known.max():
        return None
    return int(known.min()), int(known.max())


def _steps(name: str, years: tuple[int, int] | None = None) -> list[float]:
    """The positions of a limit's slider."""
    low, high, step = _SPANS.get(name, _SPAN)
    if name == "year" and years is not None:
        low, high = years
    return [round(low + number * step, 4) for number in range(round((high - low) / step) + 1)]


def _position(name: str, steps: list[float], ends: Range) -> tuple[Position, Position]:
    """The values of a slider for a range."""
    low, high = ends
    first = steps[0] if low is None else min(steps, key=lambda step: abs(step - low))
    last = steps[-1] if high is None else min(steps, key=lambda step: abs(step - high))
    return _shown(name, first), _shown(name, last)


def _shown(name: str, end: float) -> Position:
    """One end of a range as its slider holds it: durations as times after midnight, which are shown as m:ss."""
    return (datetime.min + timedelta(milliseconds=end)).time() if name == "duration" else end


def _ends(name: str, steps: list[float], chosen: tuple[Position, Position] | None) -> Range:
    """The range of a slider's position; at an end of the slider there is no limit, nor without a position."""
    low, high = (
        60_000.0 * end.minute + 1_000 * end.second if isinstance(end, time) else end
        for end in chosen or (steps[0], steps[-1])
    )
    return (None if low <= steps[0] else low), (None if high >= steps[-1] else high)


def _names(session: ListenerSession, label: str, name: str) -> tuple[str, ...]:
    known = session.known(f"genres:{session.catalogue.number}", lambda: _common_genres(session.catalogue))
    options = [*getattr(session.recipe.filters, name), *known]
    return tuple(st.multiselect(label, list(dict.fromkeys(options)), key=f"rule_{name}"))


def _common_genres(catalogue: Catalogue) -> list[str]:
    counts = catalogue.tracks["genres"].value_counts()
    tally: Counter[str] = Counter()
    for text, songs in counts.items():
        tally.update(dict.fromkeys(genre_names(text), int(songs)))
    return [name for name, _ in tally.most_common(MOST_GENRES)]


def _block_list(session: ListenerSession) -> None:
    """A list of artists from a file: brought, counted, removed."""
    blocked = session.recipe.filters.blocked_artists
    if blocked:
        said, remove = st.columns([3, 2], vertical_alignment="center")
        said.caption(f"Block list: {counted(len(blocked), 'artist')}.")
        remove.button("Remove list", key="rule_unblock", on_click=_set_block_list, args=(session, ()))
        return
    file = accepted(st.file_uploader("Block list of artists", type=["txt", "csv"], key="rule_block_list"))
    if file is not None:
        with problems.shown():
            _set_block_list(session, read_artists(file, file.name))
            st.rerun()  # without the uploader: its file would be read again once the list is removed


def _set_block_list(session: ListenerSession, names: tuple[str, ...]) -> None:
    session.recipe = replace(session.recipe, filters=replace(session.recipe.filters, blocked_artists=names))
