"""Reads one list from Spotify into the store: each page is stored before the next is requested."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import pandas as pd

from recsys.services.sync_progress import Stage
from recsys.spotify.models import Page
from recsys.storage.store import Store

LONGEST: Final[Mapping[str, int]] = {"top_short": 100, "top_medium": 100, "top_long": 100}
"""Entries read of ranked lists: lower ranks say little about taste and cost requests."""

WITHOUT_REPEATS: Final = (*LONGEST, "saved")
"""Lists that hold a track once: a track that is met there again was moved while the list was read."""

REPEATED: Final = "more than once on the list"

CHANGED: Final = "The list changed while it was read, so the next sync reads it as a whole again."


class Pages(Protocol):
    """Where pages come from."""

    def page(self, origin: str, cursor: str | None = None) -> Page:
        """The page of a list at the cursor; the first one for None. Raises a `SpotifyProblem`."""


@dataclass
class _Known:
    """
    Ids of tracks: in the library from any origin, on this list before this reading, and seen in this reading.

    `met` has the rank at which each was seen first.
    """

    anywhere: set[str]
    before: set[str]
    met: dict[str, float]

    @classmethod
    def of(cls, origins: pd.DataFrame, stage: Stage) -> "_Known":
        mine = origins[origins["origin"] == stage.name]
        is_met = pd.to_datetime(mine["seen_at"], utc=True, format="ISO8601") == pd.Timestamp(stage.pass_at)
        met = dict(zip(mine.loc[is_met, "track_id"], mine.loc[is_met, "rank"], strict=True))
        return cls(set(origins["track_id"]), set(mine["track_id"]) - met.keys(), met)

    def repeats(self, page: Page) -> int:
        """
        Rows of a page that were seen higher up. A row seen at the same rank is not a repeat: its page was stored, and
        the process died before its cursor was.
        """
        places = zip(page.tracks["track_id"], page.ranks, strict=True)
        return sum(self.met.get(track_id, rank) != rank for track_id, rank in places)

    def meet(self, page: Page) -> None:
        """Record the rows of a page, each at the first rank where it was seen."""
        for track_id, rank in zip(page.tracks["track_id"], page.ranks, strict=True):
            self.met.setdefault(track_id, rank)
            self.anywhere.add(track_id)


class ListReader:
    """
    Reads lists of one listener's.

    Parameters
    ----------
    spotify, store : Pages, Store
    listener : str
    save : callable
        Called with the stage after each page is stored: stores it as the cursor to resume from, and reports progress.
        It may raise to stop; nothing is lost by that.
    """

    def __init__(self, spotify: Pages, store: Store, listener: str, save: Callable[[Stage], None]) -> None:
        self._spotify, self._store, self._listener, self._save = spotify, store, listener, save

    def read(self, stage: Stage, now: str) -> Stage:
        """
        Read a list from its cursor to its end; the finished stage.

        An interrupted reading resumes under its first `pass_at`, so that what it saw before counts. Only a reading that
        saw every entry can show that a track is no longer on the list, and only then is that stored. Nothing is ever
        removed from the library.

        Raises
        ------
        SpotifyProblem, StorageProblem
            What was read before is stored, and reading resumes there.
        """
        stage = replace(stage, message="", blocked_until=None, is_refused=False)
        if stage.state not in ("waiting", "done") and stage.pass_at:
            stage = replace(stage, state="running")
        else:
            # The last reading was finished, so this one begins at the top of the list.
            before = stage.skipped if stage.is_complete else {}
            fresh = Stage(stage.name, stage.title, "running", pass_at=now, snapshot_id=stage.snapshot_id)
            stage = replace(fresh, is_complete=stage.is_complete, skipped_before=before)
        known = _Known.of(self._store.origins(self._listener), stage)
        self._save(stage)
        while stage.state == "running":
            page = self._spotify.page(stage.name, stage.cursor)
            added = self._store_page(stage, page, known)
            stage = _after(replace(stage, added=stage.added + added), page, known)
            if stage.state == "done" and stage.is_complete and page.total is not None:
                gone = sorted(known.before - known.met.keys())
                removed = self._store.remove_origins(self._listener, stage.name, gone) if gone else 0
                stage = replace(stage, removed=removed)
            self._save(stage)
        return stage

    def _store_page(self, stage: Stage, page: Page, known: _Known) -> int:
        """Store a page: tracks first, then their origins, so that no origin refers to a missing track."""
        if page.tracks.empty:
            return 0
        tracks = page.tracks
        if stage.name != "saved":  # the day a track was liked is worth more than the day it came onto a playlist
            is_known = [track_id in known.anywhere for track_id in tracks["track_id"]]
            tracks = tracks.assign(added_at=tracks["added_at"].mask(is_known))
        added = self._store.save_tracks(self._listener, tracks).added
        origins = pd.DataFrame({"track_id": tracks["track_id"], "origin": stage.name, "seen_at": stage.pass_at})
        origins["rank"] = [float(rank) for rank in page.ranks]
        is_met = [track_id in known.met for track_id in tracks["track_id"]]
        self._store.save_origins(self._listener, origins.drop(index=origins.index[is_met]))
        if not page.plays.empty:
            self._store.save_plays(self._listener, page.plays)
        return added


def _after(stage: Stage, page: Page, known: _Known) -> Stage:
    """The stage once a page is stored: how much is left, and whether the end is reached."""
    ids, found_before = set(page.tracks["track_id"]), stage.found
    if not stage.is_second_look:
        # Entries of a page that are stored by no row of their own, by reason.
        repeats = 0 if stage.name in WITHOUT_REPEATS else known.repeats(page)
        stage = replace(stage, skipped=_sum(stage.skipped, _sum(page.skipped, {REPEATED: repeats})))
    known.meet(page)
    stage = replace(stage, stored=len(known.met), cursor=page.next_cursor)
    # Saved tracks come newest first: once a page reaches tracks of an earlier, complete reading, and known and new
    # together are as many as Spotify counts, nothing was taken off further down, and all of that is known.
    # https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks
    meets_known = stage.name == "saved" and stage.is_complete and bool(ids & known.before)
    if meets_known and len(known.before | known.met.keys()) + sum(_larger(stage).values()) == page.total:
        known.met |= dict.fromkeys(known.before, 0.0)
        return _finished(replace(stage, stored=len(known.met), skipped=_larger(stage)))
    read = stage.stored + stage.skipped_in_all
    length = read if page.total is None else min(page.total, LONGEST.get(stage.name, page.total))
    stage = replace(stage, pending=max(0, length - read))
    # True when a list that may hold a track twice changed its length: what was met again may only have moved.
    is_countable = stage.name not in WITHOUT_REPEATS and page.total is not None and not stage.is_second_look
    if is_countable and found_before not in (0, page.total):
        return _looking_again(
            replace(stage, skipped={reason: count for reason, count in stage.skipped.items() if reason != REPEATED})
        )
    # True when a ranked list is read as far as it is wanted, or a second look found all that had moved.
    if page.next_cursor and not (stage.pending == 0 and (stage.is_second_look or stage.name in LONGEST)):
        return stage
    if stage.pending and not stage.is_second_look:
        return _looking_again(stage)
    return _finished(stage, is_complete=read == length)


def _looking_again(stage: Stage) -> Stage:
    return replace(stage, cursor=None, is_second_look=True)


def _larger(stage: Stage) -> Mapping[str, int]:
    """The skipped entries of the whole list: those of the last complete reading, unless more were met since."""
    return max(stage.skipped_before, stage.skipped, key=lambda skipped: sum(skipped.values()))


def _finished(stage: Stage, is_complete: bool = True) -> Stage:
    """The stage at its end. Entries that were not met although Spotify counts them stay pending."""
    stage = replace(stage, state="done", cursor=None, is_complete=is_complete)
    return replace(stage, pending=0, message="") if is_complete else replace(stage, message=CHANGED)


def _sum(some: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(some) + Counter(more))
