"""Four named starting points for the sliders, each a set of weights over the feature table's defaults."""

from dataclasses import dataclass
from typing import Final

from recsys.core.model.features import FEATURES

WEIGHTS_TRIED: Final = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 8.0, 10.0)
"""The weights that a search for better ones tries: finer than the levels of the mixer."""


@dataclass(frozen=True)
class Preset:
    """A named set of weights. `weights` lists what differs from `elsewhere`, which all other features get."""

    name: str
    says: str
    weights: dict[str, float]
    elsewhere: float | None = None

    def all_weights(self) -> dict[str, float]:
        """A weight for every feature: the preset's own, `elsewhere`, or the feature's default."""
        return {
            f.name: self.weights.get(f.name, f.default_weight if self.elsewhere is None else self.elsewhere)
            for f in FEATURES
        }


PRESETS: Final = (
    Preset("Balanced", "What measured best on real listeners", {}),
    Preset(
        "Mood",
        "How it feels comes first, its genre and age count little",
        {"valence": 5.0, "energy": 5.0, "acousticness": 1.5},
        elsewhere=0.5,
    ),
    Preset(
        "Groove",
        "How it moves comes first, its genre and age count little",
        {"danceability": 5.0, "tempo": 5.0, "energy": 1.5},
        elsewhere=0.5,
    ),
    Preset(
        "Sound",
        "How it is played comes first; its age does not count, its genre little",
        {"acousticness": 5.0, "instrumentalness": 5.0, "loudness": 2.5, "speechiness": 2.5, "genre": 1.0, "year": 0.0},
    ),
)
