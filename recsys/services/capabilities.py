"""What works with a listener's Spotify and what it blocks: asked once after sign-in, kept, shown with a remedy."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from recsys.services import closed_sources
from recsys.spotify.models import Finding
from recsys.storage.store import Store
from recsys.times import to_iso

STATE: Final = "capabilities"
SOURCES: Final = {"audio_features": "spotify"}
"""Capabilities that are feature sources too. What a probe shows of them, the look-up of features goes by."""

GONE: Final = "closed_to_new_apps"


@dataclass(frozen=True)
class Capabilities:
    """All of them, as of `probed_at` (ISO 8601 in UTC); None and empty before the first probe."""

    found: tuple[Finding, ...] = ()
    probed_at: str | None = None


class Probes:
    """
    Parameters
    ----------
    store_for : callable
        The store with a listener's rows.
    probe : callable
        Asks Spotify about every capability as a listener: `probe(listener)`, one request each at most.
    clock : callable
        The time, with time zone.
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        probe: Callable[[str], Iterable[Finding]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store_for, self._probe, self._clock = store_for, probe, clock

    def known(self, listener: str) -> Capabilities:
        """What the last probe showed. Asks the store only."""
        kept = self._store_for(listener).state(listener, STATE)
        if kept is None:
            return Capabilities()
        return Capabilities(tuple(Finding(**one) for one in kept["found"]), kept["probed_at"])

    def probe(self, listener: str) -> Capabilities:
        """Ask Spotify now and keep the answers. Raises `StorageProblem` only: what Spotify refuses is a finding."""
        found = list(self._probe(listener))
        kept = {"found": [asdict(one) for one in found], "probed_at": to_iso(self._clock())}
        self._store_for(listener).save_state(listener, STATE, kept)
        self._tell_sources(self._store_for(listener), found)
        return self.known(listener)

    def _tell_sources(self, store: Store, found: Iterable[Finding]) -> None:
        """The same question need not be asked twice, and two screens need not differ about it."""
        for one in found:
            source = SOURCES.get(one.name)
            if source and one.works:
                closed_sources.reopen(store, source)
            elif source and one.reason == GONE:
                closed_sources.close(store, source, self._clock())

    def probe_once(self, listener: str) -> Capabilities:
        """What is known, asking Spotify only if it was never asked."""
        known = self.known(listener)
        return known if known.probed_at else self.probe(listener)

    def forget(self, listener: str) -> None:
        """Ask again next time: after signing in anew the answers may be others."""
        self._store_for(listener).remove_state(listener, STATE)
