"""Three invented listeners, each with more than one taste: what they saved and what they played."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.tracks import as_tracks
from recsys.demo.catalogue import SEED, SIZE, TODAY, demo_tracks
from recsys.demo.history import DAY, YEARS, invented_plays, when

FAVOURITES: Final = 9
"""How many artists of a genre a listener is fond of, the first most."""
STRANGERS: Final = 0.05
"""The liking of an artist who is no favourite, where the first favourite has 1."""


@dataclass(frozen=True)
class Taste:
    """
    One of the tastes of a listener: a genre, the years it centres on, and its share of the library.

    `trend` above 0 means that the taste grows over the three years, below 0 that it fades. `hour` is the UTC hour
    around which it is heard.
    """

    genre: str
    share: float
    trend: float
    hour: float
    year: int


@dataclass(frozen=True)
class DemoListener:
    """
    An invented listener.

    `library` is a track table with `added_at`; `plays` has `track_id`, `played_at` (ISO 8601, UTC) and `ms_played`,
    oldest first, and names only tracks of the library.
    """

    name: str
    description: str
    library: pd.DataFrame
    plays: pd.DataFrame


@dataclass(frozen=True)
class Character:
    """Who a listener is before there are tracks; `plays_a_day` is an average over the year."""

    name: str
    description: str
    tracks: int
    plays_a_day: float
    tastes: tuple[Taste, ...]


CHARACTERS: Final = (
    Character(
        "Marlo Quennick",
        "Afrobeat while cooking, deep house after dark and more of it every year, quiet folk on Sunday mornings.",
        320,
        11,
        (
            Taste("afrobeat", 0.55, -0.3, 18, 1985),
            Taste("deep house", 0.3, 0.9, 21, 2015),
            Taste("indie folk", 0.15, -0.2, 8, 2010),
        ),
    ),
    Character(
        "Odile Varnesby",
        "Grew up with soul and jazz records, works to ambient, and came to drum and bass late and gladly.",
        240,
        8,
        (
            Taste("soul", 0.22, -0.4, 18, 1978),
            Taste("jazz", 0.25, -0.1, 21, 1975),
            Taste("ambient", 0.45, 0.3, 10, 2014),
            Taste("drum and bass", 0.08, 0.9, 16, 2018),
        ),
    ),
    Character(
        "Teodor Pellwick",
        "Metal at full volume on the way to work, hip hop on the way home, dream pop when it rains.",
        170,
        6,
        (
            Taste("metal", 0.7, -0.2, 6, 2008),
            Taste("hip hop", 0.2, 0.3, 17, 1998),
            Taste("dream pop", 0.1, 0.2, 20, 2015),
        ),
    ),
)


def demo_listeners(seed: int = SEED, today: date = TODAY) -> tuple[DemoListener, ...]:
    """
    The three invented listeners, with libraries taken from the tracks of `demo_catalogue(seed, SIZE, today)`.

    About one track in 25 of a library is not in the catalogue, and some have no features. Tracks were added, and the
    history reaches back, over the three years before `today`. The same arguments give the same listeners.
    """
    tracks = demo_tracks(seed, SIZE, today)
    listeners = []
    for number, who in enumerate(CHARACTERS, start=1):
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        saved, played = [], []
        for taste in who.tastes:
            saved.append(_saved(taste, round(who.tracks * taste.share), tracks, rng, today))
            played.append(invented_plays(saved[-1], who.plays_a_day * taste.share, taste.hour, taste.trend, rng, today))
        library = pd.concat(saved).sort_values(["added", "track_id"])
        plays = pd.concat(played).sort_values(["at", "track_id"], ignore_index=True).drop_duplicates(["track_id", "at"])
        listener = DemoListener(
            who.name,
            who.description,
            as_tracks(library.assign(added_at=when(library["added"].to_numpy()))),
            plays.assign(played_at=when(plays["at"].to_numpy()))[["track_id", "played_at", "ms_played"]],
        )
        listeners.append(listener)
    return tuple(listeners)


def _saved(taste: Taste, how_many: int, tracks: pd.DataFrame, rng: np.random.Generator, today: date) -> pd.DataFrame:
    """The tracks that one taste puts into the library, with `added` in seconds since 1970."""
    # How likely each track is to be saved: of the genre, near the years, and mostly by a few favourite artists.
    is_of_genre = tracks["genres"].str.split(",").str[0] == taste.genre
    artists = tracks.loc[is_of_genre, "artists"].unique()
    favourites = rng.choice(artists, size=FAVOURITES, replace=False)
    fondness = tracks["artists"].map({name: 0.8**place for place, name in enumerate(favourites)}).fillna(STRANGERS)
    nearness = np.exp(-(((tracks["year"] - taste.year) / 12) ** 2) / 2)
    liking = np.asarray(is_of_genre * fondness * nearness)
    chosen = rng.choice(len(tracks), size=how_many, replace=False, p=liking / liking.sum())
    saved = tracks.iloc[np.sort(chosen)]
    # Seconds since 1970 at which tracks were added: never before their release year, later with a rising trend.
    years = saved["year"].to_numpy()
    end = _seconds(today)
    released = np.array([_seconds(date(int(year), 1, 1)) for year in years])
    start = np.maximum(end - YEARS * 365 * DAY, released)
    return saved.assign(
        added=np.asarray(np.floor(start + (end - start) * rng.random(len(years)) ** (2.0**-taste.trend)))
    )


def _seconds(day: date) -> float:
    return (day - date(1970, 1, 1)) / timedelta(seconds=1)
