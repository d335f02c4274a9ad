"""THE feature table: what each number is called, its range and unit, and what a listener reads about it.

Sliders, radar axes, scaling, CSV headers, importers and the README all read this table; nothing else repeats a range.
Ranges and meanings: https://developer.spotify.com/documentation/web-api/reference/get-audio-features (read while it
was open). Default weights: measured on real libraries, see `evaluation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from recsys.errors import UnknownFeature

Scale = Literal["rank", "octave", "era", "genre"]


@dataclass(frozen=True)
class Feature:
    """
    One row of the feature table.

    `low_words` and `high_words` are the two ends in a listener's words, `less` and `more` the ways towards them
    ("calmer", "more intense"), `low_short` and `high_short` what a song at either end is, where there is little room: by
    default the same as the ends. `column` is the feature's column in a track table, by default its name; it differs where
    it carries a unit. `low` and `high` bound what import accepts. `scale` says how the number enters the model: by rank
    in the catalogue, as an angle within the octave, by rank and as a place among the eras, or as the block of genres. `is_audio` is False for what is known
    about a recording without listening to it. `is_snapshot` is True for what changes from day to day: both sides are
    taken from the catalogue's own snapshot, never from a library.
    """

    name: str
    title: str
    low_words: str
    high_words: str
    help: str
    column: str = ""
    low: float = 0
    high: float = 1
    unit: str = ""
    scale: Scale = "rank"
    default_weight: float = 1.0
    is_audio: bool = True
    is_snapshot: bool = False
    less: str = ""
    more: str = ""
    low_short: str = ""
    high_short: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.column or self.name)
        object.__setattr__(self, "low_short", self.low_short or self.low_words)
        object.__setattr__(self, "high_short", self.high_short or self.high_words)

    @property
    def is_ordered(self) -> bool:
        """Whether the model has a low and a high end of it, so that one can aim towards either."""
        return self.scale in ("rank", "era")


# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    # name, title, low_words, high_words, help, then what differs from the defaults
    Feature("danceability", "Danceability", "not for dancing", "made for dancing", "How well tempo, rhythm and beat suit dancing.", less="less danceable", more="more danceable", low_short="not danceable", high_short="danceable"),
    Feature("energy", "Energy", "calm", "intense", "How loud, fast and busy it feels.", less="calmer", more="more intense"),
    Feature("loudness", "Loudness", "quiet", "loud", "The average level of the recording.", low=-60, high=5, unit="dB", less="quieter", more="louder"),
    Feature("speechiness", "Speechiness", "sung or played", "spoken", "How much of it is spoken words.", less="less spoken", more="more spoken", low_short="not spoken", high_short="partly spoken"),
    Feature("acousticness", "Acousticness", "electric", "acoustic", "How sure we are that it was played without amplification.", less="more electric", more="more acoustic"),
    Feature("instrumentalness", "Instrumentalness", "with vocals", "without vocals", "How likely it has no voice.", default_weight=1.5, less="more vocal", more="less vocal", high_short="no vocals"),
    Feature("liveness", "Liveness", "studio", "in front of an audience", "How likely an audience is present.", default_weight=0.25, less="more like the studio", more="more live", high_short="live"),
    Feature("valence", "Valence", "sad or angry", "happy", "How positive it sounds.", less="sadder", more="happier"),
    Feature("tempo", "Tempo", "slow", "fast", "Beats per minute; half and double time count as the same beat.", low=30, high=260, unit="beats per minute", scale="octave", less="slower", more="faster"),
    Feature("duration", "Duration", "short", "long", "How long it plays.", column="duration_ms", low=1_000, high=36_000_000, unit="milliseconds", is_audio=False, less="shorter", more="longer"),
    Feature("year", "Release year", "older", "newer", "When it was released.", low=1860, high=2100, scale="era", default_weight=2.5, is_audio=False, less="older", more="newer"),
    Feature("popularity", "Popularity", "hidden gem", "hit", "How widely it was played when the catalogue was made.", high=100, is_audio=False, is_snapshot=True, less="less known", more="better known"),
    Feature("genre", "Genre", "foreign genres", "my genres", "How much the genres of its artists have in common with yours.", column="genres", scale="genre", default_weight=8.0, is_audio=False, less="less like my genres", more="more like my genres"),
)
# fmt: on

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
