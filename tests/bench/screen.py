"""
What a listener waits for, in a real browser against a page that computes nothing or is empty, in turns.

A move is timed from its release to the last repaint, a page from the click in the navigation.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, Page, StorageState

from recsys.core.export import to_csv
from recsys.importers.catalogue_file import write_catalogue
from tests.bench.invented import invented
from tests.bench.rows import Row
from tests.browser.chromium import launched, stranger_in
from tests.browser.files import upload
from tests.browser.screen import listed_titles, settled
from tests.browser.server import ROOT, Server

SIZES: Final = (100_000, 1_000_000)
LIBRARY: Final = ROOT.parent / "shared" / "data" / "exportify" / "listener_a.csv"
"""A real library; where it is absent, as many invented songs take its place."""
SONGS: Final = 698
MOVES: Final = 40
VISITS: Final = 5
MOVE_GOAL, VISIBLE_GOAL, SETTLED_GOAL = 1.5, 1.3, 2.0
LONGEST_FROZEN_S: Final = 0.2
QUIET_MS: Final = 700
"""A page that has not changed for so long, while no script runs, has been painted to its end."""
Times = tuple[float, float, float]

WATCH: Final = """target => {
    const bench = window.bench = {began: 0, last: NaN, shown: NaN, frozen: 0}
    const roots = new Set()
    let isWaiting = false
    const height = root => root.querySelector(target)?.getBoundingClientRect().height
    const isShown = () => [document, ...roots].some(root => height(root) > 0)
    const watch = root => {
        if (!root || roots.has(root)) return
        roots.add(root)
        observer.observe(root, {childList: true, subtree: true, characterData: true, attributes: true})
    }
    const painted = () => {
        isWaiting = false
        bench.last = performance.now()
        for (const host of document.querySelectorAll('.stBidiComponent *')) watch(host.shadowRoot)
        if (target && isNaN(bench.shown) && isShown()) bench.shown = bench.last
    }
    const observer = new MutationObserver(() => {
        if (!isWaiting) requestAnimationFrame(painted)
        isWaiting = true
    })
    watch(document)
    for (const host of document.querySelectorAll('.stBidiComponent *')) watch(host.shadowRoot)
    new PerformanceObserver(list => {
        for (const task of list.getEntries())
            if (task.startTime + task.duration > bench.began) bench.frozen = Math.max(bench.frozen, task.duration)
    }).observe({type: 'longtask'})
    bench.begin = () => Object.assign(bench, {began: performance.now(), last: NaN, shown: NaN, frozen: 0})
    for (const kind of ['click', 'input']) document.addEventListener(kind, bench.begin, {capture: true})
    bench.isQuiet = quiet => {
        const app = document.querySelector('[data-testid=stApp]')
        return app?.dataset.testScriptState === 'notRunning' && performance.now() - bench.last > quiet
            && (!target || bench.shown > 0)
    }
}"""
"""
Times what follows the last click or movement, or the opening of the page; repaints inside components count too.

Evaluated once in a page: each time adds observers, which take time themselves.
"""


class StillServer(Server):
    """The pages that compute nothing."""

    script = "tests/bench/still_page.py"


def rows(quick: bool = False) -> Iterator[Row]:
    """Moves of the mixer at each size of the catalogue, and Taste; `quick` leaves out a million songs."""
    with launched() as browser, TemporaryDirectory() as folder, StillServer(folder) as still:
        for size in SIZES[:1] if quick else SIZES:
            with TemporaryDirectory() as data, Server(_catalogue(data, size)) as server:
                cookies = _cookies(browser, server)
                yield _moves(browser, server, still, cookies, size)
                if size == SIZES[0]:
                    yield from _taste(browser, server, still, cookies)


def _catalogue(folder: str, size: int) -> Path:
    write_catalogue(invented(size), Path(folder) / "catalogue.parquet")
    return Path(folder)


def _cookies(browser: Browser, server: Server) -> StorageState:
    """The cookies of a guest who has brought the library."""
    page = stranger_in(browser)
    page.goto(server.url)
    own = LIBRARY.read_bytes() if LIBRARY.exists() else to_csv(invented(SONGS, seed=1))
    upload(page, {"name": "own.csv", "mimeType": "text/csv", "buffer": own})
    stored = page.context.storage_state()
    page.context.close()
    return stored


def _moves(browser: Browser, server: Server, still: Server, cookies: StorageState, size: int) -> Row:
    """The same aim moved to and fro on both pages in turns."""
    pages = [stranger_in(browser, storage_state=cookies), stranger_in(browser)]
    for page, one in zip(pages, (server, still), strict=True):
        page.goto(f"{one.url}/recommend")
        listed_titles(settled(page))
        page.wait_for_timeout(3_000)  # the tastes are found, and colour the sleeves
        page.evaluate(WATCH, "")
    spent: tuple[list[float], list[float]] = ([], [])
    for at in range(MOVES + 2):
        for page, seconds in zip(pages, spent, strict=True):
            seconds.append(_move(page, ("ArrowLeft", "ArrowRight")[at % 2]))
    for page in pages:
        page.context.close()
    ours, theirs = (median(seconds[2:]) for seconds in spent)
    name = f"release of an aim to last repaint, {SONGS} songs against {size:,}, median of {MOVES} (≤ {MOVE_GOAL:g})"
    return Row(name, ours, "a page that shows the same list and computes nothing", ours / theirs)


def _move(page: Page, key: str) -> float:
    page.evaluate("void bench.begin()")  # nothing that was painted before counts
    page.get_by_role("slider", name="Energy: calm to intense").press(key)
    return _timed(page)[0]


def _taste(browser: Browser, server: Server, still: Server, cookies: StorageState) -> Iterator[Row]:
    """Opened in a browser without a cache, and from another page by the navigation, each time against an empty page."""
    for way, visit, goals in (("opened cold", _opened, True), ("from another page", _clicked, False)):
        times: tuple[list[Times], list[Times]] = ([], [])
        for _ in range(VISITS):
            times[0].append(visit(stranger_in(browser, storage_state=cookies), server, ".outline.you"))
            times[1].append(visit(stranger_in(browser), still, ".st-key-empty"))
        ours, empty = ([median(one) for one in zip(*each, strict=True)] for each in times)
        for at, what, goal in ((1, "visible radar", VISIBLE_GOAL), (0, "settled", SETTLED_GOAL)):
            target = f" (≤ {goal:g})" if goals else ""
            name = f"Taste {way} to {what}, median of {VISITS}{target}"
            yield Row(name, ours[at], "an empty page", ours[at] / empty[at])
    longest = f"{1000 * LONGEST_FROZEN_S:g} ms"
    yield Row("Taste from another page, longest frozen stretch (≤ 1)", ours[2], longest, ours[2] / LONGEST_FROZEN_S)


def _opened(page: Page, server: Server, target: str) -> Times:
    """By its address."""
    page.add_init_script(f"({WATCH})({target!r})")
    page.goto(f"{server.url}/taste")
    return _timed(page)


def _clicked(page: Page, server: Server, target: str) -> Times:
    """By a click in the navigation, the first time in that browser."""
    page.goto(f"{server.url}/account")
    settled(page)
    page.evaluate(WATCH, target)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Taste").dispatch_event("click")
    return _timed(page)


def _timed(page: Page) -> Times:
    """Seconds to the last repaint, to the target's first one, and of the longest frozen stretch since what was done."""
    page.wait_for_function("quiet => bench.isQuiet(quiet)", arg=QUIET_MS, timeout=60_000)
    last, shown, frozen = page.evaluate("[bench.last - bench.began, bench.shown - bench.began, bench.frozen]")
    assert last > 0, "Nothing was repainted."
    return last / 1000, (shown or 0) / 1000, frozen / 1000
