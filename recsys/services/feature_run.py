"""One look-up of missing features: who is asked, what is kept of the answers, and who is left in peace."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from recsys.errors import SourceBusy
from recsys.feature_sources.source import ANSWERS, AUDIO, FeatureSource, Filled, fill_in
from recsys.services import closed_sources
from recsys.services.library import origins
from recsys.storage.store import Store
from recsys.times import to_iso

REMEMBERED: Final = timedelta(days=30)
"""How long a source is not asked again about a track it does not know."""

GIVEN: Final = "features:"
"""What origins begin with that say who gave a track's features, and when."""


class FeatureRun:
    """
    One walk over a library: which sources still answer, and what they said.

    Parameters
    ----------
    store, listener : Store, str
    sources : sequence of FeatureSource
        Those that may be asked, in order.
    clock : callable
        The time, with time zone.

    Attributes
    ----------
    gained : int
        Tracks that had no audio feature before and have some now.
    busy_until : datetime or None
        When the first source that was busy may be asked again; `message` is its sentence.
    """

    def __init__(
        self, store: Store, listener: str, sources: Sequence[FeatureSource], clock: Callable[[], datetime]
    ) -> None:
        self._store, self._listener, self._clock = store, listener, clock
        self._here = [source for source in sources if not source.is_online]
        self._online = [_Counted(source) for source in sources if source.is_online]
        missed = store.misses(listener, to_iso(clock() - REMEMBERED))
        self._missed = {name: set(rows["track_id"]) for name, rows in missed.groupby("source")}
        self.gained = 0
        self.busy_until: datetime | None = None
        self.message = ""

    @property
    def may_go_on(self) -> bool:
        """True while somebody online may be asked."""
        return bool(self._online)

    def ask_here(self, tracks: pd.DataFrame) -> pd.DataFrame:
        """Ask the sources that are at hand about all tracks at once; the same tracks with what was found."""
        filled = fill_in(tracks, self._here)
        self._keep(tracks, filled)
        return filled.tracks

    def ask_online(self, tracks: pd.DataFrame) -> None:
        """Ask the online sources about one batch."""
        try:
            filled = fill_in(tracks, self._online, self._missed)
        finally:
            self._log_sent()
        self._keep(tracks, filled)
        self._leave_out(filled)

    def _keep(self, before: pd.DataFrame, filled: Filled) -> None:
        """Store what was said. Tracks that were taken out of the library meanwhile stay out."""
        has_news = (filled.tracks[[*ANSWERS]].notna() & before[[*ANSWERS]].isna().to_numpy()).any(axis=1)
        had_audio = before[AUDIO].notna().any(axis=1).to_numpy()
        self.gained += int((filled.tracks[AUDIO].notna().any(axis=1) & ~had_audio).sum())
        if has_news.any():
            present = has_news & filled.tracks["track_id"].isin(self._store.tracks(self._listener)["track_id"])
            self._store.save_tracks(self._listener, filled.tracks[present])
            self._save_givers(filled, filled.tracks.loc[present, "track_id"])
        self._save_misses(filled)

    def _save_givers(self, filled: Filled, present: pd.Series) -> None:
        now = to_iso(self._clock())
        for name, track_ids in filled.gained.items():
            given = present[present.isin(track_ids)]
            if len(given):
                self._store.save_origins(self._listener, origins(given, f"{GIVEN}{name}", now))

    def _save_misses(self, filled: Filled) -> None:
        now = to_iso(self._clock())
        for name, track_ids in filled.missed.items():
            if track_ids:
                misses = pd.DataFrame({"track_id": list(track_ids), "source": name, "asked_at": now})
                self._store.save_misses(self._listener, misses)

    def _log_sent(self) -> None:
        """Written down even when the answer never came: the ids were sent."""
        for source in self._online:
            if source.sent:
                now = to_iso(self._clock())
                self._store.log_sent(self._listener, source.name, "track ids", source.sent, now)
            source.sent = 0

    def _leave_out(self, filled: Filled) -> None:
        """Do not ask again this run what is busy or closed, and remember what is closed."""
        for name, problem in filled.stopped.items():
            wait = getattr(problem, "retry_after", None)
            if wait is None:
                closed_sources.close(self._store, name, self._clock())
            else:
                until = self._clock() + timedelta(seconds=wait)
                if self.busy_until is None or until < self.busy_until:
                    self.busy_until, self.message = until, str(problem)
        self._online = [source for source in self._online if source.name not in filled.stopped]


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
