"""Audio features for a library: queries the sources in order and records who answered, when and about what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import pandas as pd

from recsys.core.model.tracks import has_audio
from recsys.feature_sources.source import AUDIO, FeatureSource
from recsys.services.erasure import noticing_erasure
from recsys.services.feature_run import GIVEN, FeatureRun, UnavailableSources, recent_misses
from recsys.services.library import songs
from recsys.services.sync_progress import TITLES, Stage
from recsys.storage.store import Store
from recsys.times import to_iso

BATCH: Final = 200
"""Tracks per online batch: what a crash may lose, and the interval of progress reports (2.5 s at ReccoBeats)."""

NEEDS_CONSENT: Final = ("reccobeats",)
"""Sources that learn which tracks a listener has, and are asked only if the listener agreed to that."""

NOT_FOUND: Final = "not found by any source"
NOT_ASKED: Final = "not asked about"
CONSENTS: Final = "consents"

SourcesFor = Callable[[str, pd.DataFrame], Sequence[FeatureSource]]
"""All sources that could be asked for a listener with this library, in order."""


@dataclass(frozen=True)
class Coverage:
    """
    How much of a library has audio features: `total == known + waiting + not_found + not_asked`.

    `could_ask` of those not asked about have an id that a source would be asked about if the listener agreed.
    `by_source` counts known tracks by who gave their features ("file" where an import brought them). A track that two
    sources helped counts under both names joined, so the counts add up to `known`.
    """

    total: int
    known: int
    waiting: int
    not_found: int
    not_asked: int
    could_ask: int = 0
    by_source: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """Tracks of a library whose features came from one source, and when the last of them did (None: not known)."""

    source: str
    tracks: int
    last_at: str | None


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
        stored = store.state(listener, CONSENTS) or {}
        consent = {"agreed": has_agreed, "at": to_iso(self._clock())}
        store.save_state(listener, CONSENTS, {**stored, source: consent})

    def has_agreed(self, listener: str, source: str) -> bool:
        """True when the listener agreed to that; False for one who was never asked."""
        stored = self._store_for(listener).state(listener, CONSENTS) or {}
        return bool(stored.get(source, {}).get("agreed", False))

    def fill(self, listener: str, save: Callable[[Stage], None], stage: Stage | None = None) -> Stage:
        """
        Look up what is missing in a library; the finished stage.

        Local sources are queried with all tracks at once, online ones in batches. `save` is called after each batch is
        stored; it may raise to stop. A source whose consent is withdrawn meanwhile is not queried again in this run.
        Neither is a busy one: the tracks it might know are `pending`, and `blocked_until` is the time of the next
        attempt.

        Raises
        ------
        ReconnectSpotify, StorageProblem
            What was found before is stored, unless everything of the listener's was erased meanwhile.
        """
        store, stage = self._store_for(listener), stage or Stage("features", TITLES["features"])
        stage = replace(stage, message="", blocked_until=None, is_refused=False)
        library = songs(store, listener)
        save(replace(self._counted(listener, library, stage), state="running"))
        sources = [one for one in self._available(store, listener, library) if self._may_ask(listener, one)]
        with noticing_erasure(store, listener) as until_erased:
            run = FeatureRun(until_erased, listener, sources, self._clock)
            missing = _incomplete(run.ask_here(_incomplete(library)))
            for start in range(0, len(missing), BATCH):
                run.skip(self._withdrawn(listener))
                if not run.may_go_on:
                    break
                run.ask_online(missing.iloc[start : start + BATCH])
                # The stage between two batches: tracks queried without an answer count as not found until the end.
                done = start + BATCH
                known = int(has_audio(library).sum()) + run.gained
                pending = int((~has_audio(missing)).iloc[done:].sum())
                not_found = len(library) - known - pending
                save(replace(stage, state="running", stored=known, pending=pending, skipped=_reasons(not_found, 0)))
        stage = self._counted(listener, songs(store, listener), stage)
        if not run.busy_until:
            return replace(stage, state="done", is_complete=True)
        return replace(stage, state="blocked", message=run.message, blocked_until=to_iso(run.busy_until))

    def coverage(self, listener: str, tracks: pd.DataFrame | None = None) -> Coverage:
        """
        How much of a library has audio features, and what of the rest is still expected. Reads only the store.

        `tracks` is the library where the caller has it at hand.
        """
        store = self._store_for(listener)
        tracks = songs(store, listener) if tracks is None else tracks
        sources = _sources(tracks)
        rest = tracks.drop(index=sources.index)
        everyone = [source for source in self._available(store, listener, tracks) if source.is_online]
        online = [source for source in everyone if self._may_ask(listener, source)]
        refused = [source for source in everyone if source not in online]
        misses = recent_misses(store, listener, self._clock())
        # Rows that every open online source missed lately; where none is open, rows that any missed.
        names = {source.name for source in online} or set(misses["source"])
        times = misses[misses["source"].isin(names)].groupby("track_id")["source"].nunique()
        is_missed = rest["track_id"].map(times).fillna(0) >= max(1, len(online))
        is_waiting = ~is_missed & _can_be_asked(online, rest)
        is_not_asked = ~is_missed & ~is_waiting
        return Coverage(
            total=len(tracks),
            known=len(sources),
            waiting=int(is_waiting.sum()),
            not_found=int(is_missed.sum()),
            not_asked=int(is_not_asked.sum()),
            could_ask=int((is_not_asked & _can_be_asked(refused, rest)).sum()),
            by_source={str(name): int(count) for name, count in sources.value_counts().items()},
        )

    def given(self, listener: str, tracks: pd.DataFrame | None = None) -> list[Given]:
        """
        Who gave the features of a library and when, most tracks first. Reads only the store.

        A track that two sources helped counts under both names joined, so the counts add up to `Coverage.known`.
        `tracks` is the library where the caller has it at hand.
        """
        store = self._store_for(listener)
        tracks = songs(store, listener) if tracks is None else tracks
        sources, origins = _sources(tracks), store.origins(listener)
        times = origins[origins["origin"].str.startswith(GIVEN)].groupby("track_id")["seen_at"].max()
        last = times.reindex(tracks.loc[sources.index, "track_id"]).groupby(sources.to_numpy()).max()
        return [
            Given(str(name), int(count), last[name] if pd.notna(last[name]) else None)
            for name, count in sources.value_counts().items()
        ]

    def _available(self, store: Store, listener: str, library: pd.DataFrame) -> list[FeatureSource]:
        closed = UnavailableSources(store).names(self._clock())
        return [source for source in self._sources_for(listener, library) if source.name not in closed]

    def _withdrawn(self, listener: str) -> set[str]:
        """Sources for which the listener has withdrawn consent; none where everything was erased."""
        stored = self._store_for(listener).state(listener, CONSENTS) or {}
        return {name for name, consent in stored.items() if not consent.get("agreed")}

    def _may_ask(self, listener: str, source: FeatureSource) -> bool:
        return source.name not in NEEDS_CONSENT or self.has_agreed(listener, source.name)

    def _counted(self, listener: str, library: pd.DataFrame, stage: Stage) -> Stage:
        now = self.coverage(listener, library)
        return replace(stage, stored=now.known, pending=now.waiting, skipped=_reasons(now.not_found, now.not_asked))


def _incomplete(tracks: pd.DataFrame) -> pd.DataFrame:
    return tracks[tracks[AUDIO].isna().any(axis=1)].reset_index(drop=True)


def _can_be_asked(sources: Sequence[FeatureSource], tracks: pd.DataFrame) -> pd.Series:
    """Which tracks one of the sources could know."""
    can_be_asked = pd.Series(False, index=tracks.index)
    for source in sources:
        can_be_asked |= source.can_be_asked(tracks)
    return can_be_asked


def _sources(tracks: pd.DataFrame) -> pd.Series:
    """Who gave the audio features, for the rows that have some."""
    return tracks.loc[has_audio(tracks), "source"].fillna("file")


def _reasons(not_found: int, not_asked: int) -> dict[str, int]:
    return {reason: n for reason, n in ((NOT_FOUND, not_found), (NOT_ASKED, not_asked)) if n}
