"""Lists cut in two: some songs stay visible, the others are hidden, and the rest of the catalogue is where to look.

Songs, not track ids, are hidden: a catalogue holds a song once and every id of it leads to the same row, so a hidden
song is never visible under another id. Rows that share an ISRC with a visible song are owned with it: no candidates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue, prepare
from recsys.core.evaluation.baselines import audio, standardised
from recsys.core.evaluation.metrics import random_distance
from recsys.core.model.arrays import Codes, Floats, Integers, Mask
from recsys.core.model.artists import first_artists
from recsys.core.model.identity import hash_texts, isrcs
from recsys.errors import NothingToRank

LONGEST_LIST: Final = 1_000
"""Songs of one list that take part, so that no collector outweighs the others; the rest are no candidates."""

Lists: TypeAlias = Mapping[str, Integers]
"""Rows of a pool by the name of the list that holds them."""


@dataclass(frozen=True)
class Pool:
    """
    Songs to be ranked, as the engine sees them and as they were published.

    Attributes
    ----------
    catalogue : Catalogue
    tracks : DataFrame
        The track table of the same songs, in the catalogue's order.
    is_testable : (songs,) bool
        Every audio feature that the catalogue has at all is known. Only these songs are hidden or candidates, because
        the simple methods cannot judge the others.
    artists : (songs,) int32
        Equal for songs of one first artist.
    points : (songs, features) float32
        Standardised audio features, for distances.
    spread : float
        Mean distance between two testable songs drawn at random.
    """

    catalogue: Catalogue
    tracks: pd.DataFrame
    is_testable: Mask
    artists: Codes
    points: Floats
    spread: float

    @classmethod
    def from_tracks(cls, tracks: pd.DataFrame, seed: int = 0) -> "Pool":
        """
        From a track table, in which songs may occur in several versions.

        Raises
        ------
        NothingToRank
            No song has all the audio features that occur.
        """
        prepared = prepare(tracks)
        catalogue = Catalogue.from_tracks(prepared, seed)
        songs = prepared.set_index("track_id", drop=False).loc[catalogue.tracks["track_id"].tolist()]
        songs = songs.reset_index(drop=True)
        known = audio(songs)
        is_testable: Mask = np.asarray(~np.isnan(known).any(axis=1))
        if not known.size or not is_testable.any():
            raise NothingToRank("No song of the catalogue has all its audio features, so there is nothing to measure.")
        points = standardised(songs).astype(np.float32)
        spread = random_distance(points[is_testable], np.random.default_rng(seed))
        return cls(catalogue, songs, is_testable, first_artists(songs["artists"]), points, spread)

    def rows_of(self, track_ids: list[str]) -> Integers:
        """The rows of the testable songs among some track ids, each recording once, rising; unknown ids have none."""
        rows = np.unique(np.array(list(self.catalogue.rows_of(track_ids).values()), dtype=np.int64))
        rows = rows[self.is_testable[rows]]
        recordings = isrcs(self.tracks["isrc"].iloc[rows])
        is_new: Mask = (~recordings.duplicated() | recordings.isna()).to_numpy(dtype=bool)
        return rows[is_new]

    def owned(self, rows: Integers) -> Integers:
        """The rows that the owner of some rows has: these, and those of the same recording under another name."""
        return self.catalogue.rows_owned(self.tracks.iloc[rows])

    def lists(self, entries: pd.DataFrame) -> Lists:
        """The testable rows of every list in a table with the columns `list` and `track_id`; perhaps none."""
        rows = self.catalogue.rows_of(entries["track_id"].unique().tolist())
        at = entries.assign(row=entries["track_id"].map(rows)).dropna(subset="row").astype({"row": "int64"})
        at = at[self.is_testable[at["row"].to_numpy()]]
        found = {str(name): np.unique(group) for name, group in at.groupby("list", sort=False)["row"]}
        names = sorted(map(str, entries["list"].unique()))
        return {name: found.get(name, np.arange(0)) for name in names}


@dataclass(frozen=True)
class HoldOut:
    """
    How lists are cut.

    Attributes
    ----------
    hide : float in 0..1
        The share of each list that is hidden; at least one song is, and at least one stays visible.
    min_tracks : int
        Lists with fewer testable songs are left out.
    limit : int or None
        At most this many lists, drawn at random.
    cuts : int
        How often each list is cut again; its measures are averaged, so that no single cut decides.
    seed : int
        The same seed cuts a list in the same places, regardless of the other lists.
    only_new_artists : bool
        Songs by an artist of a visible song are neither candidates nor asked for.
    """

    hide: float = 0.5
    min_tracks: int = 20
    limit: int | None = None
    cuts: int = 4
    seed: int = 0
    only_new_artists: bool = False

    def rng(self, name: str = "", cut: int = 0) -> np.random.Generator:
        """The randomness that belongs to one cut of one list."""
        return np.random.default_rng([self.seed, cut, int(hash_texts([name]).view(np.uint64)[0])])

    def chosen(self, lists: Lists) -> list[str]:
        """The names of the lists that are long enough and within the limit."""
        names = [name for name, rows in lists.items() if self._is_long_enough(rows)]
        if self.limit is None or self.limit >= len(names):
            return names
        return sorted(self.rng().choice(names, self.limit, replace=False).tolist())

    def too_short(self, lists: Lists) -> int:
        """How many lists hold too few songs."""
        return sum(not self._is_long_enough(rows) for rows in lists.values())

    def _is_long_enough(self, rows: Integers) -> bool:
        return len(rows) >= max(self.min_tracks, 2)


@dataclass(frozen=True)
class Split:
    """One list cut in two: `visible` and `hidden` rows, and which songs are `candidates`, (songs,) bool."""

    visible: Integers
    hidden: Integers
    candidates: Mask


def split(pool: Pool, rows: Integers, hold_out: HoldOut, rng: np.random.Generator) -> Split:
    """Cut the rows of one list of at least two songs. `hidden` may be empty: what is owned or familiar is not asked."""
    mixed = rng.permutation(rows[np.argsort(pool.catalogue.songs[rows])])  # what else is known moves rows, not songs
    within = mixed[:LONGEST_LIST]
    count = min(max(round(hold_out.hide * len(within)), 1), len(within) - 1)
    hidden, visible = within[:count], within[count:]
    candidates = pool.is_testable.copy()
    candidates[mixed[LONGEST_LIST:]] = False
    candidates[pool.owned(visible)] = False
    if hold_out.only_new_artists:
        candidates[pool.catalogue.artists.rows_by(pool.tracks["artists"].iloc[visible])] = False
    return Split(visible, hidden[candidates[hidden]], candidates)
