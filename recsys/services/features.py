"""Audio features for a library: the sources are asked in turn, and who answered, when and about what is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from recsys.feature_sources.source import AUDIO, FeatureSource, Filled, fill_in
from recsys.services.sync_progress import TITLES, Stage, timestamp
from recsys.storage.store import Store

BATCH: Final = 200
"""Tracks looked up at a time: what a crash may lose, and how often progress is seen (2.5 s at ReccoBeats' pace)."""

REMEMBERED: Final = timedelta(days=30)
"""How long a source that does not know a track is not asked about it again."""

NEEDS_CONSENT: Final = ("reccobeats",)
"""Sources that learn which tracks a listener has, and are asked only if the listener agreed to that."""

NOT_FOUND: Final = "not found by any source"
NOT_ASKED: Final = "not asked about"
CONSENTS, CLOSED = "consents", "closed_feature_sources"

SourcesFor = Callable[[str, pd.DataFrame], Sequence[FeatureSource]]
"""All sources that could be asked for a listener with this library, in order."""


@dataclass(frozen=True)
class Coverage:
    """
    How much of a library has audio features: `total == known + waiting + not_found + not_asked`.

    `by_source` counts known tracks by who gave their features ("file" where an import brought them). A track that two
    sources helped counts under both names joined, so the counts add up to `known`.
    """

    total: int
    known: int
    waiting: int
    not_found: int
    not_asked: int
    by_source: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Known tracks as a share of all; 0 for an empty library."""
        return self.known / self.total if self.total else 0.0


class Features:
    """
    Parameters
    ----------
    store_for : callable
        The store with a listener's rows.
    sources_for : SourcesFor
        This service leaves out those that may not be asked.
    clock : callable
        The time, with time zone.
    """

    def __init__(
        self, store_for: Callable[[str], Store], sources_for: SourcesFor, clock: Callable[[], datetime]
    ) -> None:
        self._store_for, self._sources_for, self._clock = store_for, sources_for, clock

    def agree(self, listener: str, source: str, has_agreed: bool) -> None:
        """Remember that a listener lets a source learn the ids of their tracks, or does not any more."""
        store = self._store_for(listener)
        kept = store.state(listener, CONSENTS) or {}
        store.save_state(listener, CONSENTS, {**kept, source: {"agreed": has_agreed, "at": self._now()}})

    def has_agreed(self, listener: str, source: str) -> bool:
        """True when the listener agreed to that; False for one who was never asked."""
        kept = self._store_for(listener).state(listener, CONSENTS) or {}
        return bool(kept.get(source, {}).get("agreed", False))

    def fill(self, listener: str, keep: Callable[[Stage], None], stage: Stage | None = None) -> Stage:
        """
        Look up what is missing in a library, a batch at a time; the finished stage.

        `keep` is called after each batch is stored; it may raise to stop. Sources that are busy are left in peace for
        the rest of the run: the tracks they might know are `pending`, and `blocked_until` says when to ask again.

        Raises
        ------
        ReconnectSpotify, StorageProblem
            What was found before is stored.
        """
        store, stage = self._store_for(listener), stage or Stage("features", TITLES["features"])
        library = store.tracks(listener)
        keep(replace(self._counted(listener, library, stage), state="running"))
        run = _Run(store, listener, self._open_sources(store, listener, library), self._clock)
        missing = library[library[AUDIO].isna().any(axis=1)].reset_index(drop=True)
        for start in range(0, len(missing), BATCH):
            run.look_up(missing.iloc[start : start + BATCH])
            keep(_underway(library, run, walked=start + BATCH, missing=missing, stage=stage))
        return self._ended(self._counted(listener, store.tracks(listener), stage), run)

    def coverage(self, listener: str, tracks: pd.DataFrame | None = None) -> Coverage:
        """
        How much of a library has audio features, and what of the rest is still to come. Asks the store only.

        `tracks` is the library where the caller has it at hand.
        """
        store = self._store_for(listener)
        tracks = store.tracks(listener) if tracks is None else tracks
        has_audio = tracks[AUDIO].notna().any(axis=1)
        by_source = tracks.loc[has_audio, "source"].fillna("file").value_counts()
        rest = tracks[~has_audio]
        online = [source for source in self._open_sources(store, listener, tracks) if source.is_online]
        is_missed = _is_missed(rest, store.misses(listener, self._since()), {source.name for source in online})
        is_waiting = ~is_missed & _can_be_asked(online, rest)
        return Coverage(
            total=len(tracks),
            known=int(has_audio.sum()),
            waiting=int(is_waiting.sum()),
            not_found=int(is_missed.sum()),
            not_asked=int((~is_missed & ~is_waiting).sum()),
            by_source={str(name): int(count) for name, count in by_source.items()},
        )

    def _open_sources(self, store: Store, listener: str, library: pd.DataFrame) -> list[FeatureSource]:
        closed = store.app_state(CLOSED) or {}
        return [
            source
            for source in self._sources_for(listener, library)
            if source.name not in closed
            and (source.name not in NEEDS_CONSENT or self.has_agreed(listener, source.name))
        ]

    def _counted(self, listener: str, library: pd.DataFrame, stage: Stage) -> Stage:
        now = self.coverage(listener, library)
        return replace(stage, stored=now.known, pending=now.waiting, skipped=_reasons(now.not_found, now.not_asked))

    def _ended(self, stage: Stage, run: "_Run") -> Stage:
        if not run.busy_until:
            return replace(stage, state="done", is_complete=True)
        return replace(stage, state="blocked", message=run.message, blocked_until=timestamp(run.busy_until))

    def _now(self) -> str:
        return timestamp(self._clock())

    def _since(self) -> str:
        return timestamp(self._clock() - REMEMBERED)


class _Run:
    """One walk over a library: which sources still answer, and what they said."""

    def __init__(
        self, store: Store, listener: str, sources: Sequence[FeatureSource], clock: Callable[[], datetime]
    ) -> None:
        self._store, self._listener, self._clock = store, listener, clock
        self._sources = [_Counted(source) for source in sources]
        missed = store.misses(listener, timestamp(clock() - REMEMBERED))
        self._missed = {name: set(rows["track_id"]) for name, rows in missed.groupby("source")}
        self.gained = 0
        self.busy_until: datetime | None = None
        self.message = ""

    def look_up(self, tracks: pd.DataFrame) -> None:
        """Ask about one batch and store what was said."""
        try:
            filled = fill_in(tracks, self._sources, self._missed)
        finally:
            self._log_sent()
        has_audio = filled.tracks[AUDIO].notna().any(axis=1)
        self.gained += int((has_audio & tracks[AUDIO].isna().all(axis=1).to_numpy()).sum())
        if has_audio.any():
            self._store.save_tracks(self._listener, filled.tracks[has_audio])
        self._save_misses(filled)
        self._leave_out(filled)

    def _log_sent(self) -> None:
        """Written down even when the answer never came: the ids were sent."""
        for source in self._sources:
            if source.sent and source.is_online:
                now = timestamp(self._clock())
                self._store.log_sent(self._listener, source.name, "track ids", source.sent, now)
            source.sent = 0

    def _save_misses(self, filled: Filled) -> None:
        now = timestamp(self._clock())
        for name, track_ids in filled.missed.items():
            if track_ids:
                misses = pd.DataFrame({"track_id": list(track_ids), "source": name, "asked_at": now})
                self._store.save_misses(self._listener, misses)

    def _leave_out(self, filled: Filled) -> None:
        """Do not ask again this run what is busy or closed, and remember what is closed for good."""
        for name, problem in filled.stopped.items():
            wait = getattr(problem, "retry_after", None)
            if wait is None:
                closed = self._store.app_state(CLOSED) or {}
                self._store.save_app_state(CLOSED, {**closed, name: timestamp(self._clock())})
            else:
                until = self._clock() + timedelta(seconds=wait)
                self.busy_until = min(until, self.busy_until or until)
                self.message = str(problem)
        self._sources = [source for source in self._sources if source.name not in filled.stopped]


class _Counted:
    """A source that counts the tracks it was asked about."""

    def __init__(self, inner: FeatureSource) -> None:
        self._inner = inner
        self.name, self.at_once, self.is_online = inner.name, inner.at_once, inner.is_online
        self.sent = 0

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return self._inner.can_be_asked(tracks)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        self.sent += len(tracks)
        return self._inner.look_up(tracks)


def _underway(library: pd.DataFrame, run: _Run, walked: int, missing: pd.DataFrame, stage: Stage) -> Stage:
    """The stage between two batches: what is behind us and has no features counts as not found until the end."""
    known = int(library[AUDIO].notna().any(axis=1).sum()) + run.gained
    pending = int(missing[AUDIO].isna().all(axis=1).iloc[walked:].sum())
    not_found = len(library) - known - pending
    return replace(stage, state="running", stored=known, pending=pending, skipped=_reasons(not_found, 0))


def _reasons(not_found: int, not_asked: int) -> dict[str, int]:
    return {reason: n for reason, n in ((NOT_FOUND, not_found), (NOT_ASKED, not_asked)) if n}


def _is_missed(tracks: pd.DataFrame, misses: pd.DataFrame, online: set[str]) -> pd.Series:
    """Rows that every open online source missed lately; where none is open, rows that any missed."""
    names = online or set(misses["source"])
    times = misses[misses["source"].isin(names)].groupby("track_id")["source"].nunique()
    return tracks["track_id"].map(times).fillna(0) >= max(1, len(online))


def _can_be_asked(sources: Sequence[FeatureSource], tracks: pd.DataFrame) -> pd.Series:
    can = pd.Series(False, index=tracks.index)
    for source in sources:
        can |= source.can_be_asked(tracks)
    return can
