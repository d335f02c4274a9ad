"""A lease per listener: one process at a time runs their sync, also when several processes or hosts share a store.

The lock of `TokenStore.locked` can only be waited for, but a second process must see the sync, join it and be able to
cancel it. So a row names the process that holds the lease and its expiry; the lock is held only to acquire that row,
and a heartbeat thread renews it. When a process dies its heartbeat stops, and after `LEASE_S` another may take over; on
the same host at once. If two processes both think they hold the lease, the next heartbeat settles it; until then page
writes repeat, and they are idempotent.
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
from pathlib import Path
from typing import Any, Final, Protocol

from recsys.errors import TonearmError
from recsys.storage.store import Store
from recsys.times import CLOCK_SKEW_S, to_iso

STATE: Final = "sync_lease"
CANCEL: Final = "sync_cancel"
"""A row of its own, so that the holder's next heartbeat cannot overwrite a cancel request."""

LEASE_S: Final = 20.0
"""Seconds without a heartbeat after which a lease expires."""

HEARTBEAT_S: Final = 5.0
"""Seconds between heartbeats: two may be missed."""

POLL_S: Final = 0.5


class Work(Protocol):
    """What holds a lease: it can be stopped, and it can wait until then."""

    def cancel(self) -> None: ...
    def sleep(self, seconds: float) -> None: ...


def this_process() -> str:
    """`host/pid/random`; the host as a hash, because the row is part of the listener's export."""
    names = [socket.gethostname()]
    # Two containers may have the same host name and both run as pid 1. The kernel's boot id differs between machines,
    # the inode of the pid namespace between containers of one machine, where the system has them
    # (https://man7.org/linux/man-pages/man7/namespaces.7.html).
    with suppress(OSError):
        names.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
    with suppress(OSError):
        names.append(str(Path("/proc/self/ns/pid").stat().st_ino))
    host = hashlib.sha256(" ".join(names).encode()).hexdigest()[:12]
    return f"{host}/{os.getpid()}/{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Leases:
    """
    The leases of all listeners, as seen by one process.

    `locked(name)` is a lock across processes; `clock` is the time with time zone, the same on all hosts to within a few
    seconds. `beat` is the heartbeat interval in seconds.
    """

    store_for: Callable[[str], Store]
    locked: Callable[[str], AbstractContextManager[None]]
    clock: Callable[[], datetime]
    beat: float = HEARTBEAT_S
    process: str = field(default_factory=this_process)

    @contextmanager
    def held(self, listener: str, work: Work) -> Iterator[bool]:
        """
        Hold the lease of this listener's sync; True inside.

        Waits while another process holds it. When that process finishes there is nothing left to do: False. When it
        dies, its lease is taken over. `work` is cancelled when another process requests it or has taken over.
        """
        is_ours = self._acquire(listener, work)
        over = threading.Event()
        heartbeat = threading.Thread(target=self._heartbeat, args=(listener, work, over), daemon=True)
        if is_ours:
            heartbeat.start()
        try:
            yield is_ours
        finally:
            if is_ours:
                over.set()
                heartbeat.join()
                # If the store does not answer, the lease expires instead.
                with suppress(TonearmError):
                    if self._is_ours(listener, STATE):
                        self.store_for(listener).remove_state(listener, STATE)
                        self.store_for(listener).remove_state(listener, CANCEL)

    def is_elsewhere(self, listener: str) -> bool:
        """True while another process holds the lease."""
        return self._is_elsewhere(self._row(listener))

    def cancel(self, listener: str) -> None:
        """Ask the process that holds the lease to stop; it does at its next heartbeat."""
        stored = self._row(listener)
        if stored and self._is_elsewhere(stored):
            self.store_for(listener).save_state(listener, CANCEL, {"process": stored["process"]})

    def wait(self, listener: str, seconds: float | None = None) -> None:
        """Block until no other process holds the lease, or the time is over."""
        last = None if seconds is None else time.monotonic() + seconds
        while self.is_elsewhere(listener) and (last is None or time.monotonic() < last):
            time.sleep(POLL_S)

    def _acquire(self, listener: str, work: Work) -> bool:
        """True once the lease is ours; False when another process had it and has ended."""
        while True:
            with self.locked(f"sync of {listener}"):
                if not self.is_elsewhere(listener):
                    self.store_for(listener).remove_state(listener, CANCEL)
                    self._save(listener, self.store_for(listener))
                    return True
            while self.is_elsewhere(listener):
                work.sleep(POLL_S)
            if self._row(listener) is None:
                return False

    def _heartbeat(self, listener: str, work: Work, over: threading.Event) -> None:
        """Renew the lease until the work is over. A store that does not answer is retried at the next heartbeat."""
        while not over.wait(self.beat):
            with suppress(TonearmError):
                is_ours = self._is_ours(listener, STATE)
                if not is_ours or self._is_ours(listener, CANCEL):
                    work.cancel()
                if is_ours:  # and not erased since that was read
                    self._save(listener, self.store_for(listener).until_erased(listener, STATE))

    def _save(self, listener: str, store: Store) -> None:
        until = to_iso(self.clock() + timedelta(seconds=LEASE_S))
        store.save_state(listener, STATE, {"process": self.process, "until": until})

    def _is_ours(self, listener: str, name: str) -> bool:
        return (self.store_for(listener).state(listener, name) or {}).get("process") == self.process

    def _row(self, listener: str) -> dict[str, Any] | None:
        return self.store_for(listener).state(listener, STATE)

    def _is_elsewhere(self, stored: dict[str, Any] | None) -> bool:
        if stored is None or stored["process"] == self.process or _is_gone(stored["process"], self.process):
            return False
        left = (datetime.fromisoformat(stored["until"]) - self.clock()).total_seconds()
        return 0 < left <= LEASE_S + CLOCK_SKEW_S  # no lease lasts longer: its holder's clock was ahead


def _is_gone(process: str, ours: str) -> bool:
    """True if a process certainly ended: it ran on this host, and its pid is unused or ours now."""
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
