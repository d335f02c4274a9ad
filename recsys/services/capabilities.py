"""What a listener's Spotify account allows: probed once after sign-in, stored, shown with a remedy."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from recsys.services.erasure import noticing_erasure
from recsys.services.feature_run import UnavailableSources
from recsys.spotify.models import Finding
from recsys.storage.store import Store
from recsys.times import to_iso

STATE: Final = "capabilities"
SOURCES: Final = {"audio_features": "spotify"}
"""Capabilities that are feature sources too: a probe also decides whether the feature lookup uses them."""

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
        """What the last probe showed. Reads only the store."""
        stored = self._store_for(listener).state(listener, STATE)
        if stored is None:
            return Capabilities()
        return Capabilities(tuple(Finding(**one) for one in stored["found"]), stored["probed_at"])

    def probe(self, listener: str) -> Capabilities:
        """Probe Spotify now and store the findings. Raises `StorageProblem` only: what Spotify refuses is a finding."""
        with noticing_erasure(self._store_for(listener), listener) as store:
            found = list(self._probe(listener))
            stored = {"found": [asdict(one) for one in found], "probed_at": to_iso(self._clock())}
            store.save_state(listener, STATE, stored)
        # The feature lookup reuses the findings, so that both screens agree.
        unavailable = UnavailableSources(self._store_for(listener))
        for one in found:
            source = SOURCES.get(one.name)
            if source and one.works:
                unavailable.discard(source)
            elif source and one.reason == GONE:
                unavailable.add(source, self._clock())
        return self.known(listener)

    def probe_once(self, listener: str) -> Capabilities:
        """The stored findings; probes Spotify only if there are none."""
        known = self.known(listener)
        return known if known.probed_at else self.probe(listener)

    def forget(self, listener: str) -> None:
        """Probe again next time: after a new sign-in the findings may differ."""
        self._store_for(listener).remove_state(listener, STATE)
