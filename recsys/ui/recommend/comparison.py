"""The list against the listener: the small radar's numbers and its sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from recsys.charts.theme import listed
from recsys.core.insights.placement import percentile
from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES
from recsys.ui.recommend.list_rows import rounded

NOTABLE: Final = 0.4
"""Differences of at least this many steps of the catalogue's spread are named."""
_SHORT: Final = {
    "danceability": "Dance",
    "loudness": "Loud",
    "speechiness": "Spoken",
    "acousticness": "Acoustic",
    "instrumentalness": "No vocals",
    "liveness": "Live",
    "valence": "Happy",
}
Medians = Mapping[str, float | None]


def compared_radar(you: Medians, of_list: Medians, in_words: str, start: str = "") -> dict[str, Any]:
    """The radar of the list over the listener's own; a feature unknown of either leaves a gap in its outline.

    `start` names what the list starts from where that is not the whole library.
    """
    outlines = [
        {"name": name, "kind": kind, "values": [rounded(percentile(medians[f.name])) for f in AUDIO_FEATURES]}
        for name, kind, medians in ((start or "You", "you", you), ("This list", "list", of_list))
    ]
    return {
        "axes": axis_titles(),
        "outlines": outlines,
        "words": f"Radar: this list against {start or 'you'}. {in_words}",
    }


def axis_titles() -> list[str]:
    """The spokes of a radar, short."""
    return [_SHORT.get(f.name, f.title) for f in AUDIO_FEATURES]


def compared_in_words(
    you: Medians, of_list: Medians, starts_elsewhere: bool = False, made_of: Sequence[str] = ()
) -> str:
    """
    How the list differs from the listener (or what it starts from): the three largest differences, if any.

    Where no sound is known, it names what the list goes by instead: `made_of`, the titles of those features.
    """
    away = {
        f: theirs - yours
        for f in NUMBER_FEATURES
        if (yours := you[f.name]) is not None and (theirs := of_list[f.name]) is not None
    }
    if not any(f in away for f in AUDIO_FEATURES):
        unknown = (
            "We don’t know how these songs sound" if starts_elsewhere else "We don’t know yet how your songs sound"
        )
        goes_by = f": this list goes by {listed([title.lower() for title in made_of])}" if made_of else ""
        return f"{unknown}{goes_by}."
    largest = sorted(away, key=lambda f: -abs(away[f]))[:3]
    words = [f.more if away[f] > 0 else f.less for f in largest if abs(away[f]) >= NOTABLE]
    if not words:
        return f"Close to {'what it starts from' if starts_elsewhere else 'your own music'}."
    said = listed(words)
    return f"{said[0].upper()}{said[1:]} than {'what it starts from' if starts_elsewhere else 'your own music'}."
