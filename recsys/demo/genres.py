"""What the invented genres sound like: one row each, and how a track of a genre gets its numbers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Genre:
    """
    One genre: the middle of every feature, and who plays it.

    The middles are near the medians of real tracks that carry the tag in public data. `kin` is a second tag that some
    of its tracks carry. `instrumental` is the share of tracks without a voice. `act` is the usual kind of artist.
    """

    name: str
    kin: str
    act: str
    danceability: float
    energy: float
    loudness: float
    speechiness: float
    acousticness: float
    instrumental: float
    valence: float
    tempo: float
    minutes: float
    year: int


GENRES: Final = (
    Genre("indie folk", "chamber folk", "solo", 0.51, 0.40, -10.5, 0.034, 0.68, 0.08, 0.32, 116, 3.7, 2014),
    Genre("ambient", "drone", "producer", 0.30, 0.20, -19.5, 0.040, 0.87, 0.93, 0.11, 100, 5.0, 2012),
    Genre("jazz", "hard bop", "ensemble", 0.50, 0.33, -14.4, 0.042, 0.78, 0.55, 0.40, 112, 5.2, 1988),
    Genre("classical", "chamber music", "ensemble", 0.29, 0.11, -21.5, 0.041, 0.96, 0.85, 0.14, 96, 4.6, 2006),
    Genre("techno", "minimal techno", "producer", 0.70, 0.86, -7.6, 0.055, 0.02, 0.80, 0.27, 131, 5.6, 2019),
    Genre("deep house", "house", "producer", 0.77, 0.72, -8.4, 0.052, 0.05, 0.55, 0.50, 122, 4.9, 2018),
    Genre("hip hop", "jazz rap", "solo", 0.73, 0.66, -6.6, 0.220, 0.11, 0.02, 0.52, 94, 3.6, 2012),
    Genre("soul", "funk", "band", 0.66, 0.57, -9.6, 0.045, 0.28, 0.05, 0.70, 108, 3.9, 1981),
    Genre("metal", "doom metal", "band", 0.42, 0.92, -5.4, 0.062, 0.003, 0.22, 0.29, 126, 4.8, 2006),
    Genre("dream pop", "shoegaze", "band", 0.45, 0.65, -8.1, 0.033, 0.07, 0.40, 0.36, 120, 4.2, 2013),
    Genre("synthpop", "new wave", "band", 0.65, 0.72, -8.9, 0.040, 0.08, 0.20, 0.63, 121, 4.1, 1994),
    Genre("bossa nova", "latin jazz", "solo", 0.60, 0.42, -12.3, 0.042, 0.66, 0.18, 0.54, 118, 3.5, 1992),
    Genre("afrobeat", "highlife", "band", 0.74, 0.66, -7.5, 0.085, 0.22, 0.14, 0.68, 109, 4.8, 2008),
    Genre("drum and bass", "jungle", "producer", 0.56, 0.88, -4.8, 0.070, 0.015, 0.38, 0.31, 174, 4.0, 2016),
)

# How strongly two hidden traits, intensity and mood, pull each feature (the rest is the track's own): this is what
# makes loud tracks energetic and danceable ones happy. Chosen to come near the correlations of 80,000 real tracks.
PULLS: Final = {
    "danceability": (0.0, 0.7),
    "energy": (0.85, 0.2),
    "loudness": (0.8, 0.1),
    "speechiness": (0.1, 0.15),
    "acousticness": (-0.65, -0.1),
    "liveness": (0.2, -0.1),
    "valence": (0.2, 0.7),
}
# Standard deviations within a genre: of the log-odds for features from 0 to 1, in dB for loudness.
SPREADS: Final = {
    "danceability": 0.55,
    "energy": 0.65,
    "loudness": 2.4,
    "speechiness": 0.45,
    "acousticness": 1.1,
    "liveness": 0.65,
    "valence": 0.8,
}
LOUDEST: Final = -0.5
LIVENESS: Final = 0.12
DOUBLE_TIME: Final = 0.08
SLOWEST, FASTEST = 55.0, 205.0


def sound(genres: Positions, intensity: Numbers, mood: Numbers, rng: np.random.Generator) -> dict[str, Numbers]:
    """
    The audio features of tracks.

    Parameters
    ----------
    genres : ndarray of int, shape (n_tracks,)
        Positions in `GENRES`.
    intensity, mood : ndarray of shape (n_tracks,)
        The two hidden traits in standard deviations; 0 is the middle of the genre.

    Returns
    -------
    dict of column to ndarray of shape (n_tracks,)
        Spotify's audio features, tempo included, rounded as Spotify does.
    """
    features = {}
    for name, (by_intensity, by_mood) in PULLS.items():
        own = np.sqrt(1 - by_intensity**2 - by_mood**2)
        deviation = by_intensity * intensity + by_mood * mood + own * rng.standard_normal(len(genres))
        middle = _middles(name, genres)
        if name == "loudness":
            features[name] = np.minimum(middle + SPREADS[name] * deviation, LOUDEST)
        else:
            odds = np.log(middle / (1 - middle)) + SPREADS[name] * deviation
            features[name] = 1 / (1 + np.exp(-odds))
    # Two heaps, as in reality: close to 0 with a voice, around 0.85 without.
    share = _middles("instrumental", genres)
    is_instrumental = rng.random(len(share)) < share
    features["instrumentalness"] = np.where(
        is_instrumental, rng.beta(12, 2.5, len(share)), 0.3 * rng.beta(0.15, 4, len(share))
    )
    # Around the genre's beat, a little faster when intense; some tracks are counted in double or half time.
    middle = _middles("tempo", genres)
    tempo = middle * np.exp(0.02 * intensity + 0.11 * rng.standard_normal(len(middle)))
    doubled = np.where(tempo > 110, tempo / 2, tempo * 2)
    tempo = np.where(rng.random(len(middle)) < DOUBLE_TIME, doubled, tempo)
    features["tempo"] = np.clip(tempo, SLOWEST, FASTEST)
    return {name: values.round(3) for name, values in features.items()}


def _middles(name: str, genres: Positions) -> Numbers:
    if name == "liveness":
        return np.full(len(genres), LIVENESS)
    return np.array([getattr(genre, name) for genre in GENRES], dtype=float)[genres]
