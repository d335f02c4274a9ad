"""The invented catalogue: artists make albums, albums hold songs, and some songs exist in several versions."""

from collections import Counter
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import as_tracks
from recsys.demo import names
from recsys.demo.genres import GENRES, LOUDEST, Numbers, sound

SEED: Final = 33
TODAY: Final = date(2026, 11, 1)
"""The day the invented listening history ends, unless the caller says otherwise: a constant, so that the demo is the
same for everybody."""

SIZE: Final = 6_000
RARE_EVERY: Final = 25
"""One track in this many is left out of the catalogue; a listener may have it all the same."""

TRACKS_PER_ARTIST: Final = 12
TRACKS_PER_ALBUM: Final = 7
VERSIONS: Final = 0.06
KIN: Final = 0.35
NOT_ANALYSED: Final = 0.005
GAPS: Final = 0.012
OLDEST: Final = 1955
ANALYSED: Final = (*(f.column for f in AUDIO_FEATURES), "key", "mode", "time_signature")


def demo_catalogue(seed: int = SEED, size: int = SIZE, today: date = TODAY) -> pd.DataFrame:
    """
    An invented catalogue.

    Parameters
    ----------
    seed : int
        The same seed gives the same catalogue on every machine.
    size : int
        How many tracks, at least 2,000 (4,000 where listeners choose from them).
    today : date
        No track is newer than this.

    Returns
    -------
    DataFrame
        A track table with ids `demo-000001` upwards (with gaps), genres, and invented titles and artists. About one
        track in sixteen is another version of a song, one in 150 has not been analysed at all, and one in eighty
        lacks a single feature.
    """
    everything = demo_tracks(seed, size, today)
    return as_tracks(everything[~is_rare(everything)])


def demo_tracks(seed: int = SEED, size: int = SIZE, today: date = TODAY) -> pd.DataFrame:
    """Every invented track there is, as a track table: the catalogue and what only a listener has (`is_rare`)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    total = size * RARE_EVERY // (RARE_EVERY - 1)
    versions = int(total * VERSIONS)
    count = total - versions
    artists = _artists(rng, count // TRACKS_PER_ARTIST // len(GENRES))
    albums = _albums(rng, artists, count // TRACKS_PER_ALBUM, today)
    songs = albums.iloc[np.sort(rng.integers(len(albums), size=count))].reset_index(drop=True)
    songs["title"] = names.titles(rng, count)
    songs["isrc"] = [f"XXDMO{year % 100:02d}{number:05d}" for number, year in enumerate(songs["year"], start=1)]
    songs = songs.drop(columns=["genre", "intensity", "mood"]).assign(**_numbers(rng, songs))
    tracks = pd.concat([songs, _versions(rng, songs, versions, today)], ignore_index=True)
    tracks["track_id"] = [f"demo-{number:06d}" for number in range(1, total + 1)]
    # Blank whole rows that "nobody has analysed", and single features, so that missing data shows in the demo.
    is_unknown = rng.random(len(tracks)) < NOT_ANALYSED
    tracks.loc[is_unknown, [*ANALYSED, "source"]] = None
    for column in (f.column for f in AUDIO_FEATURES):
        is_gap = rng.random(len(tracks)) < GAPS / len(AUDIO_FEATURES)
        tracks.loc[is_gap, column] = np.nan
    return as_tracks(tracks)


def is_rare(tracks: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """True for each demo track that is left out of the catalogue."""
    numbers = tracks["track_id"].str.removeprefix("demo-").astype(int).to_numpy()
    return np.asarray(numbers % RARE_EVERY == 0)


def _artists(rng: np.random.Generator, per_genre: int) -> pd.DataFrame:
    """One row per artist: name, genre, hidden traits, the middle of the career, and how well known."""
    genre = np.repeat(np.arange(len(GENRES)), per_genre)
    acts = [GENRES[number].act for number in genre]
    pools = {act: iter(names.artists(rng, act, count)) for act, count in Counter(acts).items()}
    return pd.DataFrame(
        {
            "artists": [next(pools[act]) for act in acts],
            "genre": genre,
            "intensity": 0.6 * rng.standard_normal(len(genre)),
            "mood": 0.6 * rng.standard_normal(len(genre)),
            "year": np.array([g.year for g in GENRES])[genre] + 8 * rng.standard_normal(len(genre)),
            "popularity": 70 * rng.beta(1.6, 3, len(genre)),
        }
    )


def _albums(rng: np.random.Generator, artists: pd.DataFrame, how_many: int, today: date) -> pd.DataFrame:
    """One row per album; every artist has one, and a few artists have many."""
    busy = rng.pareto(2.5, len(artists)) + 0.2
    more = rng.choice(len(artists), size=how_many - len(artists), p=busy / busy.sum())
    albums = artists.iloc[np.concatenate([np.arange(len(artists)), more])].reset_index(drop=True)
    is_kin = rng.random(how_many) < KIN
    years = albums["year"] + 4 * rng.standard_normal(how_many)
    # Whole years; one that lies in the future is mirrored into the past, so that no year holds a heap.
    return albums.assign(
        album=names.albums(rng, how_many),
        genres=[
            f"{genre.name},{genre.kin}" if has_kin else genre.name
            for genre, has_kin in zip(map(GENRES.__getitem__, albums["genre"]), is_kin, strict=True)
        ],
        year=(today.year - (today.year - years).abs()).clip(lower=OLDEST).round().astype(int),
        intensity=albums["intensity"] + 0.3 * rng.standard_normal(how_many),
        mood=albums["mood"] + 0.3 * rng.standard_normal(how_many),
    )


def _numbers(rng: np.random.Generator, songs: pd.DataFrame) -> dict[str, Numbers]:
    """Every number column but the year."""
    many, genre = len(songs), songs["genre"].to_numpy()
    intensity, mood = (songs[trait].to_numpy() + 0.75 * rng.standard_normal(many) for trait in ("intensity", "mood"))
    minutes = np.array([g.minutes for g in GENRES])[genre] * np.exp(0.24 * rng.standard_normal(many))
    popularity = songs["popularity"].to_numpy() + 9 * rng.standard_normal(many)
    is_spoken = np.array([g.speechiness > 0.1 for g in GENRES])[genre]
    return sound(genre, intensity, mood, rng) | {
        "duration_ms": (minutes * 60_000).round(),
        "popularity": popularity.clip(0, 100).round(),
        "explicit": (rng.random(many) < np.where(is_spoken, 0.45, 0.04)).astype(float),
        "key": rng.integers(12, size=many).astype(float),
        "mode": (rng.random(many) < 0.62).astype(float),
        "time_signature": np.where(rng.random(many) < 0.1, 3.0, 4.0),
        "source": np.full(many, "demo"),
    }


def _versions(rng: np.random.Generator, songs: pd.DataFrame, how_many: int, today: date) -> pd.DataFrame:
    """Further versions of some songs: remastered, live, with a guest, and the same recording on a later edition."""
    copies = songs.iloc[rng.choice(len(songs), size=how_many, replace=False)].reset_index(drop=True)
    places, guests = rng.choice(names.WORDS["place"], size=how_many), rng.permutation(songs["artists"].to_numpy())
    later = (copies["year"] + rng.integers(1, 12, how_many)).clip(upper=today.year)
    remaster, live, guest, edition = (np.arange(how_many) % 4 == kind for kind in range(4))
    copies.loc[remaster, "title"] += " - Remastered " + later[remaster].astype(str)
    copies.loc[live, "title"] += [f" (Live at {place})" for place in places[live]]
    copies.loc[guest, "title"] += [f" (feat. {artist})" for artist in guests[:how_many][guest]]
    copies.loc[edition, "album"] += " (Deluxe Edition)"
    copies.loc[~edition, "isrc"] = [f"XXDMO{90 + n // 100_000:02d}{n % 100_000:05d}" for n in range((~edition).sum())]
    copies.loc[live, "liveness"] = rng.uniform(0.6, 0.98, live.sum()).round(3)
    copies.loc[remaster, "loudness"] = (copies.loc[remaster, "loudness"] + 1.5).clip(upper=LOUDEST)
    return copies.assign(year=later)
