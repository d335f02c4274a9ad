"""`make load`: how many listeners one server carries. Each thinks for a second between two moves of the mixer."""

import argparse
import asyncio
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.server import Server
from tests.load.figures import percentiles, slope
from tests.load.listener import Listener
from tests.load.served import served

PROGRAMS = 8
"""Programs that ask the API at a time."""


def main() -> None:
    """Print a line per measurement; exit with 1 after an error, or where somebody saw another's rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--listeners", default="10,30,100", help="how many, one run each (10,30,100)")
    parser.add_argument("--seconds", type=float, default=60, help="length of a run (60)")
    parser.add_argument("--think", type=float, default=1, help="seconds between two moves (1)")
    parser.add_argument("--minutes", type=float, default=0, help="another run at 30, for the slope of memory (none)")
    parser.add_argument("--catalogue", type=Path, help="a catalogue of your own (80,000 invented songs)")
    parser.add_argument(
        "--instances", type=int, default=2, help="servers that share the listeners, as in compose.yaml (2)"
    )
    parser.add_argument("--taste", type=int, default=30, help="listeners who open Taste at once (30; 0 for none)")
    parser.add_argument("--api-seconds", type=float, default=15, help="length of the two API runs (15; 0 for none)")
    options = parser.parse_args()
    counts = [int(count) for count in options.listeners.split(",") if count]
    most = max([*counts, options.taste, PROGRAMS, 30 if options.minutes else 0])
    trouble: list[str] = []
    with served(most, options.catalogue, options.instances) as (servers, session_ids):
        for count in counts:
            trouble += moves(servers, session_ids[:count], options.seconds, options.think)
        if options.taste:
            trouble += taste(servers, session_ids[: options.taste])
        if options.api_seconds:
            trouble += api(servers, session_ids[:PROGRAMS], options.api_seconds, is_repeated=False)
            trouble += api(servers, session_ids[:PROGRAMS], options.api_seconds, is_repeated=True)
        if options.minutes:
            trouble += moves(servers, session_ids[:30], options.minutes * 60, options.think)
        log = servers[0].log.read_text("utf-8")  # all instances write there
        trouble += [line[:200] for line in log.splitlines() if " ERROR " in line][:5]
    print("\n".join(trouble) if trouble else "no errors, and nobody saw another's rows")
    raise SystemExit(bool(trouble))


def moves(servers: Sequence[Server], session_ids: Sequence[str], seconds: float, think_s: float) -> list[str]:
    """Everybody opens Recommend, then moves the mixer; what went wrong."""
    listeners = _listeners(servers, session_ids)
    with watched(servers) as memory:
        cpu_s = asyncio.run(_moves(servers, listeners, seconds, think_s))
    list_s = [value for one in listeners for value in one.list_s]
    finished_s = [value for one in listeners for value in one.finished_s]
    print(
        f"{len(listeners)} listeners: {len(list_s) / seconds:.1f} moves/s; to the list {percentiles(list_s)}; "
        f"to the end {percentiles(finished_s)}; {sum(one.received for one in listeners) / 1e6:.0f} MB sent; "
        f"{1000 * cpu_s / max(len(list_s), 1):.0f} ms of processor time a move; load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    later = [(at, size) for at, size in memory if at > memory[-1][0] / 3]
    if seconds >= 300:
        grown, low, high = slope(*zip(*later, strict=True))
        print(f"memory: {memory[-1][1]:,.0f} MB, {grown:+.2f} MB a minute (95 %: {low:+.2f} to {high:+.2f})")
    return wrong(listeners)


async def _moves(servers: Sequence[Server], listeners: Sequence[Listener], seconds: float, think_s: float) -> float:
    """The processor time of the server while they moved, in seconds."""
    await _each(listeners, _open_and_explain, at_once=4)
    before, end = cpu_seconds(servers), time.monotonic() + seconds
    await _each(listeners, lambda one: one.move_until(end, think_s))
    cpu_s = cpu_seconds(servers) - before
    await _each(listeners, Listener.close)
    return cpu_s


def _listeners(servers: Sequence[Server], session_ids: Sequence[str]) -> list[Listener]:
    """Each on one of the instances, as a sticky proxy spreads them."""
    return [Listener(servers[at % len(servers)].url, session_id) for at, session_id in enumerate(session_ids)]


async def _open_and_explain(one: Listener) -> None:
    await one.open("recommend")
    await one.explain_first()


def taste(servers: Sequence[Server], session_ids: Sequence[str]) -> list[str]:
    """Everybody opens Taste at the same moment; what went wrong."""
    listeners = _listeners(servers, session_ids)
    opened_s: list[float] = []

    async def open_one(one: Listener) -> None:
        opened_s.append(await one.open("taste"))
        await one.see_all()

    async def open_all() -> None:
        await _each(listeners, open_one)
        await _each(listeners, Listener.close)

    asyncio.run(open_all())
    print(f"Taste opened by {len(listeners)} at once: {percentiles(opened_s)}", flush=True)
    return wrong(listeners)


def wrong(listeners: Sequence[Listener]) -> list[str]:
    """Errors, and rows of other listeners; who saw no row of their own was not checked at all, which is wrong too."""
    trouble = [f"listener {number}: {error}" for number, one in enumerate(listeners) for error in one.errors]
    for number, one in enumerate(listeners):
        if others := one.titles_of.keys() - {number}:
            trouble.append(f"listener {number} saw rows of {sorted(others)}")
        if number not in one.titles_of:
            trouble.append(f"listener {number} saw no row of their own")
    return trouble


async def _each(listeners, work, at_once: int = 1_000) -> None:  # type: ignore[no-untyped-def]
    places = asyncio.Semaphore(at_once)

    async def one(listener: Listener) -> None:
        async with places:
            try:
                await work(listener)
            except Exception as problem:  # noqa: BLE001  # whatever goes wrong is reported
                listener.errors.append(repr(problem)[:160])

    await asyncio.gather(*map(one, listeners))


def api(servers: Sequence[Server], session_ids: Sequence[str], seconds: float, is_repeated: bool) -> list[str]:
    """Programs ask for lists, each for its own listener: other weights every time, or always the same."""
    end = time.monotonic() + seconds

    def program(number: int) -> tuple[list[float], list[str]]:
        taken_s, errors = [], []
        with closing(HTTPConnection(urlsplit(servers[number % len(servers)].url).netloc, timeout=60)) as connection:
            while time.monotonic() < end:
                weight = 1.0 if is_repeated else 0.5 + len(taken_s) % 350 / 100
                begin = time.perf_counter()
                headers = {"Cookie": f"tonearm={session_ids[number]}"}
                connection.request("GET", f"/api/recommend?energy={weight}", headers=headers)
                answer = connection.getresponse()
                answer.read()
                taken_s.append(time.perf_counter() - begin)
                if answer.status != 200:
                    errors.append(f"API: {answer.status}")
        return taken_s, errors

    with ThreadPoolExecutor(len(session_ids)) as pool:
        results = list(pool.map(program, range(len(session_ids))))
    taken_s = [value for result in results for value in result[0]]
    what = "the same list again" if is_repeated else "another list each time"
    print(f"API, {what}: {len(taken_s) / seconds:.0f} a second; {percentiles(taken_s)}", flush=True)
    return [error for result in results for error in result[1]]


@contextmanager
def watched(servers: Sequence[Server], every_s: float = 1) -> Iterator[list[tuple[float, float]]]:
    """Minutes and resident megabytes of the servers, as they come."""
    memory: list[tuple[float, float]] = []
    is_over = threading.Event()

    def watch() -> None:
        begin = time.monotonic()
        while True:
            pages = sum(int(Path(f"/proc/{one.pid}/statm").read_text("ascii").split()[1]) for one in servers)
            memory.append(((time.monotonic() - begin) / 60, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
            if is_over.wait(every_s):
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        is_over.set()
        thread.join()


def cpu_seconds(servers: Sequence[Server]) -> float:
    """Processor time of the servers so far."""
    ticks = 0
    for server in servers:
        fields = Path(f"/proc/{server.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
