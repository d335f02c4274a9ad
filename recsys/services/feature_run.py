"""One lookup of missing features: which sources are queried, what is stored, and which are unavailable."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from recsys.core.model.tracks import has_audio
from recsys.errors import SourceBusy
from recsys.feature_sources.source import ANSWERS, FeatureSource, Filled, fill_in
from recsys.services.library import origins
from recsys.storage.store import Store
from recsys.times import CLOCK_SKEW_S, to_iso

REMEMBERED: Final = timedelta(days=30)
"""How long a miss is cached: a source is not queried again for a track it does not know."""

GIVEN: Final = "features:"
"""Prefix of the origins that record which source gave a track's features, and when."""


def recent_misses(store: Store, listener: str, now: datetime) -> pd.DataFrame:
    """Misses of the last `REMEMBERED`: `track_id, source, asked_at`. Those of a clock that was ahead do not count."""
    since, until = _recent(now)
    misses = store.misses(listener, since)
    return misses[misses["asked_at"] <= until].reset_index(drop=True)


class UnavailableSources:
    """Feature sources that do not serve this app, stored for all listeners so that each is retried once a month."""

    STATE: Final = "closed_feature_sources"

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self, now: datetime) -> set[str]:
        """Those found unavailable in the last `REMEMBERED`; not by a clock that was ahead."""
        since, until = _recent(now)
        return {name for name, at in (self._store.app_state(self.STATE) or {}).items() if since <= at <= until}

    def add(self, source: str, now: datetime) -> None:
        """Skip it from now on."""
        self._store.save_app_state(self.STATE, {**(self._store.app_state(self.STATE) or {}), source: to_iso(now)})

    def discard(self, source: str) -> None:
        """Query it again from now on. Writes nothing unless it is stored as unavailable."""
        stored = self._store.app_state(self.STATE) or {}
        if source in stored:
            self._store.save_app_state(self.STATE, {name: at for name, at in stored.items() if name != source})


class FeatureRun:
    """
    One pass over a library: which sources still answer, and what was stored.

    Parameters
    ----------
    store, listener : Store, str
    sources : sequence of FeatureSource
        Those that may be queried, in order.
    clock : callable
        The time, with time zone.

    Attributes
    ----------
    gained : int
        Tracks that had no audio feature before and have some now.
    busy_until : datetime or None
        When the first busy source can be retried; `message` is its sentence.
    """

    def __init__(
        self, store: Store, listener: str, sources: Sequence[FeatureSource], clock: Callable[[], datetime]
    ) -> None:
        self._store, self._listener, self._clock = store, listener, clock
        self._local = [source for source in sources if not source.is_online]
        self._online = [_Counted(source) for source in sources if source.is_online]
        missed = recent_misses(store, listener, clock())
        self._missed = {name: set(rows["track_id"]) for name, rows in missed.groupby("source")}
        self.gained = 0
        self.busy_until: datetime | None = None
        self.message = ""

    @property
    def may_go_on(self) -> bool:
        """True while an online source is available."""
        return bool(self._online)

    def skip(self, names: Collection[str]) -> None:
        """Query these online sources no more."""
        self._online = [source for source in self._online if source.name not in names]

    def ask_here(self, tracks: pd.DataFrame) -> pd.DataFrame:
        """Query the local sources for all tracks at once; the same tracks with what was found."""
        filled = fill_in(tracks, self._local)
        self._save(tracks, filled)
        return filled.tracks

    def ask_online(self, tracks: pd.DataFrame) -> None:
        """Query the online sources for one batch."""
        try:
            filled = fill_in(tracks, self._online, self._missed)
        finally:
            # Logged even when there was no answer: the ids were sent.
            for source in self._online:
                if source.sent:
                    now = to_iso(self._clock())
                    self._store.log_sent(self._listener, source.name, "track ids", source.sent, now)
                source.sent = 0
        self._save(tracks, filled)
        # Skip busy and unavailable sources for the rest of this run, and record the unavailable ones.
        for name, problem in filled.stopped.items():
            wait = getattr(problem, "retry_after", None)
            if wait is None:
                UnavailableSources(self._store).add(name, self._clock())
            else:
                until = self._clock() + timedelta(seconds=wait)
                if self.busy_until is None or until < self.busy_until:
                    self.busy_until, self.message = until, str(problem)
        self.skip(filled.stopped)

    def _save(self, before: pd.DataFrame, filled: Filled) -> None:
        """Store the answers. Tracks removed from the library meanwhile are not stored again."""
        has_news = (filled.tracks[[*ANSWERS]].notna() & before[[*ANSWERS]].isna().to_numpy()).any(axis=1)
        had_audio = has_audio(before).to_numpy()
        self.gained += int((has_audio(filled.tracks) & ~had_audio).sum())
        now = to_iso(self._clock())
        if has_news.any():
            present = has_news & filled.tracks["track_id"].isin(self._store.tracks(self._listener)["track_id"])
            self._store.save_tracks(self._listener, filled.tracks[present])
            stored = filled.tracks.loc[present, "track_id"]
            for name, track_ids in filled.gained.items():
                given = stored[stored.isin(track_ids)]
                if len(given):
                    self._store.save_origins(self._listener, origins(given, f"{GIVEN}{name}", now))
        for name, track_ids in filled.missed.items():
            if track_ids:
                misses = pd.DataFrame({"track_id": list(track_ids), "source": name, "asked_at": now})
                self._store.save_misses(self._listener, misses)


class _Counted:
    """A source that counts the tracks whose ids were sent to it."""

    def __init__(self, inner: FeatureSource) -> None:
        self._inner = inner
        self.name, self.at_once, self.is_online = inner.name, inner.at_once, inner.is_online
        self.sent = 0

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return self._inner.can_be_asked(tracks)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        self.sent += len(tracks)
        try:
            return self._inner.look_up(tracks)
        except SourceBusy as busy:
            if not busy.was_asked:
                self.sent -= len(tracks)
            raise


def _recent(now: datetime) -> tuple[str, str]:
    """The first and the last moment of the last `REMEMBERED`, ISO 8601 in UTC."""
    return to_iso(now - REMEMBERED), to_iso(now + timedelta(seconds=CLOCK_SKEW_S))
