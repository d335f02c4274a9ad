"""One process at a time works on a listener's sync, also where several processes or hosts serve the same store.

A turn as `TokenStore.locked` gives it can only be waited for, and a second process shall see the sync, join it and be
able to cancel it. So a row of the listener's says who works and until when; a turn is taken only to claim that row, and
a thread beside the work moves its time on. A process that dies stops moving it, and after `LASTS` another may go on;
on the same host at once. Two that believe to hold the row agree again at the next sign, and until then store the same
pages twice, which changes nothing.
"""

import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from recsys.errors import StorageProblem
from recsys.storage.store import Store
from recsys.times import from_iso, to_iso

STATE: Final = "sync_lease"
CANCEL: Final = "sync_cancel"
"""A row of its own, so that the next sign of the process at work cannot write over the wish that it stop."""

LASTS: Final = 20.0
"""Seconds after which a holder that gave no sign is taken for dead."""

BEAT: Final = 5.0
"""Seconds between two signs: two may get lost."""

BETWEEN_LOOKS: Final = 0.5


class Work(Protocol):
    """What holds a lease: it can be stopped, and it can wait until then."""

    def cancel(self) -> None: ...
    def sleep(self, seconds: float) -> None: ...


def this_process() -> str:
    """`host/pid/random`; the host as a hash, because the listener may take the row along."""
    host = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:12]
    return f"{host}/{os.getpid()}/{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Leases:
    """
    Leases as one process sees them.

    `locked(name)` lets one at a time in, across processes; `clock` is the time with time zone, the same on all hosts
    to within a few seconds. `beat` is in seconds.
    """

    store_for: Callable[[str], Store]
    locked: Callable[[str], AbstractContextManager[None]]
    clock: Callable[[], datetime]
    beat: float = BEAT
    process: str = field(default_factory=this_process)

    @contextmanager
    def held(self, listener: str, work: Work) -> Iterator[bool]:
        """
        Be the only one at work on this listener's sync; True inside.

        Another process at work is waited for. When it ends there is nothing left to do: False. When it dies, its
        place is taken. `work` is cancelled when another process asks for that, or has taken our place.
        """
        is_ours = self._take_turn(listener, work)
        over = threading.Event()
        signs = threading.Thread(target=self._give_signs, args=(listener, work, over), daemon=True)
        if is_ours:
            signs.start()
        try:
            yield is_ours
        finally:
            if is_ours:
                over.set()
                signs.join()
                self._give_back(listener)

    def is_elsewhere(self, listener: str) -> bool:
        """True while another process is at work."""
        return self._is_elsewhere(self._kept(listener))

    def cancel(self, listener: str) -> None:
        """Ask another process at work to stop; it does so at its next sign."""
        kept = self._kept(listener)
        if kept and self._is_elsewhere(kept):
            self.store_for(listener).save_state(listener, CANCEL, {"process": kept["process"]})

    def wait(self, listener: str, seconds: float | None = None) -> None:
        """Block until no other process is at work, or the time is over."""
        last = None if seconds is None else time.monotonic() + seconds
        while self.is_elsewhere(listener) and (last is None or time.monotonic() < last):
            time.sleep(BETWEEN_LOOKS)

    def _take_turn(self, listener: str, work: Work) -> bool:
        """True once the lease is ours; False when another process had it and has ended."""
        while True:
            with self.locked(f"sync of {listener}"):
                if not self.is_elsewhere(listener):
                    self.store_for(listener).remove_state(listener, CANCEL)
                    self._save(listener)
                    return True
            while self.is_elsewhere(listener):
                work.sleep(BETWEEN_LOOKS)
            if self._kept(listener) is None:
                return False

    def _give_signs(self, listener: str, work: Work, over: threading.Event) -> None:
        """Until the work is over. A store that does not answer is asked again at the next sign."""
        while not over.wait(self.beat):
            with suppress(StorageProblem):
                is_ours = self._is_ours(listener, STATE)
                if not is_ours or self._is_ours(listener, CANCEL):
                    work.cancel()
                if is_ours:
                    self._save(listener)

    def _save(self, listener: str) -> None:
        until = to_iso(self.clock() + timedelta(seconds=LASTS))
        self.store_for(listener).save_state(listener, STATE, {"process": self.process, "until": until})

    def _give_back(self, listener: str) -> None:
        """If the store does not answer just then, the time ends the lease."""
        with suppress(StorageProblem):
            if self._is_ours(listener, STATE):
                self.store_for(listener).remove_state(listener, STATE)
                self.store_for(listener).remove_state(listener, CANCEL)

    def _is_ours(self, listener: str, name: str) -> bool:
        return (self.store_for(listener).state(listener, name) or {}).get("process") == self.process

    def _kept(self, listener: str) -> dict[str, Any] | None:
        return self.store_for(listener).state(listener, STATE)

    def _is_elsewhere(self, kept: dict[str, Any] | None) -> bool:
        if kept is None or kept["process"] == self.process or _is_gone(kept["process"], self.process):
            return False
        return from_iso(kept["until"]) > self.clock()


def _is_gone(process: str, ours: str) -> bool:
    """True for a process that certainly ended: it ran on this host, and its number is free or ours by now."""
    host, pid, _ = process.split("/")
    own_host, own_pid, _ = ours.split("/")
    if host != own_host or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)  # no signal: only asks whether it may be sent
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return pid == own_pid
