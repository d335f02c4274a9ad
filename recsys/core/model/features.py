"""THE feature table: what each number is called, its range and unit, and what a listener reads about it.

Sliders, radar axes, scaling, CSV headers, importers and the README all read this table; nothing else repeats a range.
Ranges and meanings: https://developer.spotify.com/documentation/web-api/reference/get-audio-features (read while it
was open). Default weights: measured on real libraries, see `evaluation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from recsys.errors import UnknownFeature

Scale = Literal["rank", "octave", "genre"]


@dataclass(frozen=True)
class Feature:
    """
    One row of the feature table.

    `column` is where the number stands in a track table (it differs from `name` where the column carries a unit).
    `low` and `high` bound what is believed on import. `low_words` and `high_words` are the two ends in a listener's
    words. `scale` says how the number enters the model: by rank in the catalogue, as an angle within the octave, or
    as the block of genres. `is_audio` is False for what is known about a recording without listening to it.
    """

    name: str
    column: str
    title: str
    low: float
    high: float
    unit: str
    low_words: str
    high_words: str
    help: str
    scale: Scale = "rank"
    default_weight: float = 1.0
    is_audio: bool = True


FEATURES: Final[tuple[Feature, ...]] = (
    Feature(
        "danceability",
        "danceability",
        "Danceability",
        0,
        1,
        "",
        "not for dancing",
        "made for dancing",
        "How well tempo, rhythm and beat suit dancing.",
    ),
    Feature("energy", "energy", "Energy", 0, 1, "", "calm", "intense", "How loud, fast and busy it feels."),
    Feature(
        "loudness",
        "loudness",
        "Loudness",
        -60,
        5,
        "dB",
        "quiet",
        "loud",
        "The average level of the recording.",
    ),
    Feature(
        "speechiness",
        "speechiness",
        "Speechiness",
        0,
        1,
        "",
        "sung or played",
        "spoken",
        "How much of it is spoken words.",
    ),
    Feature(
        "acousticness",
        "acousticness",
        "Acousticness",
        0,
        1,
        "",
        "electric",
        "acoustic",
        "How sure we are that it was played without amplification.",
    ),
    Feature(
        "instrumentalness",
        "instrumentalness",
        "Instrumentalness",
        0,
        1,
        "",
        "with vocals",
        "without vocals",
        "How likely it has no voice.",
        default_weight=1.5,
    ),
    Feature(
        "liveness",
        "liveness",
        "Liveness",
        0,
        1,
        "",
        "studio",
        "in front of an audience",
        "How likely an audience is present.",
        default_weight=0.25,
    ),
    Feature("valence", "valence", "Valence", 0, 1, "", "sad or angry", "happy", "How positive it sounds."),
    Feature(
        "tempo",
        "tempo",
        "Tempo",
        30,
        260,
        "beats per minute",
        "slow",
        "fast",
        "Beats per minute; half and double time count as the same beat.",
        scale="octave",
    ),
    Feature(
        "duration",
        "duration_ms",
        "Duration",
        1_000,
        36_000_000,
        "milliseconds",
        "short",
        "long",
        "How long it plays.",
        is_audio=False,
    ),
    Feature(
        "year",
        "year",
        "Release year",
        1860,
        2100,
        "",
        "older",
        "newer",
        "When it was released.",
        default_weight=2.5,
        is_audio=False,
    ),
    Feature(
        "genre",
        "genres",
        "Genre",
        0,
        1,
        "",
        "foreign genres",
        "my genres",
        "How much the genres of its artists have in common with yours.",
        scale="genre",
        default_weight=5.0,
        is_audio=False,
    ),
)

AUDIO_FEATURES: Final[tuple[Feature, ...]] = tuple(f for f in FEATURES if f.is_audio)
NUMBER_FEATURES: Final[tuple[Feature, ...]] = tuple(f for f in FEATURES if f.scale != "genre")
"""Features that are one number per track; genres are text and have no low or high end to draw or to shift."""


def feature(name: str, among: tuple[Feature, ...] = FEATURES) -> Feature:
    """The feature of that name. Raises `UnknownFeature` naming the ones there are."""
    for candidate in among:
        if candidate.name == name:
            return candidate
    raise UnknownFeature(f"There is no feature called “{name}”. Choose from: {', '.join(f.name for f in among)}.")


def default_weights() -> Mapping[str, float]:
    """The default weight of every feature, by name."""
    return {f.name: f.default_weight for f in FEATURES}
