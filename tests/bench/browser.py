"""
From a movement of the mixer to the repainted list, in a real browser: socket, ranking, list and layout included.

The list is made of elements, so that it was repainted is learned from the page itself, and when from its own clock.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from recsys.core.export import to_csv
from recsys.importers.catalogue_file import write_catalogue
from tests.bench.invented import invented
from tests.bench.rows import Row
from tests.browser.accounts import sign_in
from tests.browser.chromium import launched, stranger_in
from tests.browser.files import upload
from tests.browser.screen import go, listed_titles, settled
from tests.browser.server import Server, connected_server
from tests.fakes.spotify import FakeSpotify

MOVES = 20
LIBRARY = 200
FEW, SIZES, SAVED = 5_000, (100_000, 1_000_000), 5_000
TWICE = 2.0
WATCH = """() => {
    const mixer = document.querySelector('.st-key-mixer .stBidiComponent')
    const list = document.querySelector('.st-key-list .stBidiComponent')
    const inside = host => [...host.querySelectorAll('*')].find(each => each.shadowRoot)?.shadowRoot ?? host.shadowRoot
    window.repainted = new Promise(resolve => {
        let moved = NaN
        inside(mixer).addEventListener('input', () => { moved = performance.now() }, {capture: true, once: true})
        const observer = new MutationObserver(() => requestAnimationFrame(now => {
            observer.disconnect()
            resolve(performance.now() - moved)
        }))
        observer.observe(inside(list).querySelector('.rows'), {childList: true, subtree: true, characterData: true})
        setTimeout(() => resolve(NaN), 30000)
    })
}"""
"""Makes `repainted` the milliseconds from the next movement of the mixer to the frame that shows another list."""


def rows(quick: bool = False) -> Iterator[Row]:
    """A slider at every size of the catalogue, and while a sync runs; `quick` leaves out a million songs."""
    with launched() as browser:
        few = _with_catalogue(browser, FEW)
        for size in SIZES[:1] if quick else SIZES:
            seconds = _with_catalogue(browser, size)
            name = f"move of an aim to repainted list, {size:,} songs, median of {MOVES}"
            yield Row(name, seconds, f"the same at {FEW:,} songs", seconds / few)
        idle, busy = _while_syncing(browser)
        name = f"move of an aim while {SAVED:,} tracks are synced (≤ {TWICE:g})"
        yield Row(name, busy, "the same before the sync", busy / idle)


def _with_catalogue(browser: Browser, size: int) -> float:
    """Median seconds with that many songs to choose from."""
    with TemporaryDirectory() as folder, Server(_catalogue(folder, size)) as server:
        return _median(_at_the_sliders(_listener(browser, server)))


def _while_syncing(browser: Browser) -> tuple[float, float]:
    """Median seconds before a sync and during it, for the listener whose sync it is."""
    with (
        FakeSpotify(saved=SAVED) as spotify,
        TemporaryDirectory() as folder,
        connected_server(_catalogue(folder, SIZES[0]), spotify, Server) as server,
    ):
        page = _listener(browser, server)
        idle = _median(_at_the_sliders(page))
        busy = _median(_at_the_sliders(sign_in(page, server)))  # a sync starts after the consent
        state = page.request.get(f"{server.url}/api/sync-spotify").json()
        assert state["is_running"], "The sync was over before the measurement."
        return idle, busy


def _catalogue(folder: str, size: int) -> Path:
    """A data folder whose catalogue holds that many invented songs."""
    write_catalogue(invented(size), Path(folder) / "catalogue.parquet")
    return Path(folder)


def _listener(browser: Browser, server: Server) -> Page:
    """Somebody who has brought a small library."""
    page = stranger_in(browser)
    page.goto(server.url)
    own = to_csv(invented(LIBRARY, seed=1).assign(track_id=lambda tracks: "own" + tracks["track_id"].str[3:]))
    return upload(page, {"name": "own.csv", "mimeType": "text/csv", "buffer": own})


def _at_the_sliders(page: Page) -> Page:
    go(page, "Recommend")
    listed_titles(page)
    return settled(page)


def _median(page: Page) -> float:
    return median([_move(page, ("ArrowLeft", "ArrowRight")[at % 2]) for at in range(MOVES + 2)][2:]) / 1000


def _move(page: Page, key: str) -> float:
    """Move the aim of energy by a step; milliseconds until the list has changed."""
    page.evaluate(WATCH)
    page.get_by_role("slider", name="Energy: calm to intense").press(key)
    milliseconds: float = page.evaluate("repainted")
    assert milliseconds > 0, "The list did not change."
    settled(page)
    return milliseconds
