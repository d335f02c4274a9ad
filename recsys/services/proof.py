"""The proof page's tests: the listener's own library measures their sliders, in the background."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.holdout import Pool
from recsys.core.evaluation.proof import Proof, check_enough, prove
from recsys.core.evaluation.tuning import Tuned, tune
from recsys.core.model.arrays import Integers
from recsys.core.model.features import FEATURES
from recsys.core.model.genres import genre_names
from recsys.core.model.identity import owned
from recsys.core.model.tracks import as_tracks, filled
from recsys.errors import NothingToRank
from recsys.services.jobs import Job, Jobs, Snapshot

MOST_SONGS: Final = 100_000
"""Songs of a larger catalogue are drawn: the answer is about the same, and the server has other listeners."""

FEWEST_CANDIDATES: Final = 500
"""In a smaller catalogue the first 50 places hold a tenth of all songs, and luck looks like skill."""

SEED: Final = 0
"""The same library under the same weights gets the same answer."""

ReadCatalogue = Callable[[], pd.DataFrame]
"""Reads the catalogue's track table with all its audio features; called in the background."""


@dataclass(frozen=True)
class Step:
    """What a test is doing: a few words, and how far it is."""

    words: str
    done: int = 0
    of: int = 1

    @property
    def share(self) -> float:
        """0..1"""
        return min(self.done / max(self.of, 1), 1.0)


@dataclass(frozen=True)
class Checked:
    """The result of a test: the weights it was made with, tracks in the library, and what was found."""

    weights: Mapping[str, float]
    tracks: int
    proof: Proof


def trial_key(kind: str, listener: str, library: pd.DataFrame, catalogue: object) -> str:
    """The key of a listener's test of one kind; another library, or more known about it, is another test."""
    known = library[["track_id", *(f.column for f in FEATURES)]]
    content = int(pd.util.hash_pandas_object(known, index=False).sum())
    return f"{kind}:{listener}:{content:x}:{catalogue}"


def start_proof(
    jobs: Jobs, key: str, read: ReadCatalogue, library: pd.DataFrame, weights: Mapping[str, float]
) -> Snapshot:
    """Test the weights on the library, or join the test that is running. The result is `Checked`."""

    def work(job: Job) -> Checked:
        pool, rows = _pool(job, read, library)
        rng = np.random.default_rng(SEED)
        proof = prove(pool, rows, Recipe(weights=weights), rng, _report_to(job, "Hiding songs and looking for them …"))
        return Checked(dict(weights), len(library), proof)

    return jobs.start(key, work)


def start_tuning(
    jobs: Jobs, key: str, read: ReadCatalogue, library: pd.DataFrame, weights: Mapping[str, float]
) -> Snapshot:
    """Search weights on one half of the library and judge them on the other. The result is `Tuned`."""

    def work(job: Job) -> Tuned:
        pool, rows = _pool(job, read, library)
        rng = np.random.default_rng(SEED)
        return tune(pool, rows, weights, rng, _report_to(job, "Moving sliders and listening …"))

    return jobs.start(key, work)


def _report_to(job: Job, words: str) -> Callable[[int, int], None]:
    return lambda done, of: job.report(Step(words, done, of))


def _pool(job: Job, read: ReadCatalogue, library: pd.DataFrame) -> tuple[Pool, Integers]:
    job.report(Step("Reading the catalogue …"))
    pool, rows = own_pool(read(), library)
    job.check()
    return pool, rows


def own_pool(catalogue: pd.DataFrame, library: pd.DataFrame) -> tuple[Pool, Integers]:
    """
    A catalogue with the listener's own songs in it, and the rows of those.

    Songs of the library that the catalogue lacks are added, since a song must be a candidate to be found. What
    the library does not know of a track is as the catalogue knows it, as in every list; and what no list compares is
    unknown of them too (`_as_in_lists`). Of a large catalogue `MOST_SONGS` others are drawn.

    Raises
    ------
    NothingToRank
        Too little is left to compare the library with.
    """
    is_own = catalogue["track_id"].isin(library["track_id"])
    library = _as_in_lists(filled(library, catalogue[is_own]), catalogue)
    others = catalogue[~is_own]
    if len(others) > MOST_SONGS:
        # Some songs of a catalogue, and its versions of own songs, of which more may be known there.
        is_version = owned(others, library)
        strangers = others[~is_version]
        others = pd.concat([others[is_version], strangers.sample(min(MOST_SONGS, len(strangers)), random_state=SEED)])
    pool = Pool.from_tracks(as_tracks(pd.concat([library, others], ignore_index=True)), SEED)
    rows = pool.rows_of(library["track_id"].tolist())
    check_enough(rows)
    if pool.is_testable.sum() - len(rows) < FEWEST_CANDIDATES:
        raise NothingToRank(
            f"This test looks for your songs among others, and the catalogue has too few of them: it needs at least "
            f"{FEWEST_CANDIDATES} songs that are not yours, with all their audio features."
        )
    return pool, rows


def _as_in_lists(library: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """
    A library without what would be known of its own tracks alone: features that the catalogue lacks, such as genres,
    the names of genres that it gives no song, and popularity on another day than the catalogue's.

    No list compares them, and here they would tell own songs from others. In a catalogue of 28,356 songs without genres
    the test found 36, 8 and 4 songs of three real libraries with them, and finds 42, 20 and 17. In one of 30,000 songs
    whose genres are named more coarsely than in a library, it found 13.0 with all names, and finds 7.1.
    """
    theirs = catalogue.set_index("track_id")
    snapshots = {f.column: library["track_id"].map(theirs[f.column]) for f in FEATURES if f.is_snapshot}
    unknown = {f.column: np.nan for f in FEATURES if theirs[f.column].isna().all()}
    known_names = {name for text in catalogue["genres"].dropna().unique() for name in genre_names(text)}
    compared = {
        text: ",".join(name for name in genre_names(text) if name in known_names) or None
        for text in library["genres"].dropna().unique()
    }
    return as_tracks(library.assign(**snapshots | {"genres": library["genres"].map(compared)} | unknown))
