"""
From letting go of a slider to the repainted list, in a real browser: socket, ranking, table and canvas included.

The table is drawn on a canvas, so what is painted is learned from `fillText`, and when from the browser's own clock.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from recsys.core.export import to_csv
from recsys.importers.catalogue_file import write_catalogue
from tests.bench.invented import invented
from tests.bench.rows import Row
from tests.browser.accounts import sign_in
from tests.browser.chromium import launched, stranger_in
from tests.browser.files import upload
from tests.browser.screen import go, settled
from tests.browser.server import Server, connected_server
from tests.browser.syncing import start_sync
from tests.fakes.spotify import FakeSpotify

MOVES = 20
LIBRARY = 200
FEW, SIZES, SAVED = 5_000, (100_000, 1_000_000), 5_000
TWICE = 2.0
STOPS = (0.25, 0.75)
"""Where along the slider the thumb is dropped, in turns."""

WATCH = """(() => {
    const shown = new WeakMap()
    let changed = () => {}
    const paint = CanvasRenderingContext2D.prototype.fillText
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
        const cells = shown.get(this) ?? new Map()
        if (cells.get(`${x} ${y}`) !== text) { changed(performance.now()) }
        shown.set(this, cells.set(`${x} ${y}`, text))
        return paint.call(this, text, x, y, ...rest)
    }
    window.watchRelease = () => {
        window.repainted = new Promise(resolve => addEventListener('pointerup', () => {
            const released = performance.now()
            changed = now => { changed = () => {}; resolve(now - released) }
            setTimeout(() => resolve(NaN), 30000)
        }, {capture: true, once: true}))
    }
})()"""
"""After `watchRelease()`, `repainted` becomes the milliseconds from letting go to the first cell with another text."""


def rows(quick: bool = False) -> Iterator[Row]:
    """A slider at every size of the catalogue, and while a sync runs; `quick` leaves out a million songs."""
    with launched() as browser:
        few = _with_catalogue(browser, FEW)
        for size in SIZES[:1] if quick else SIZES:
            seconds = _with_catalogue(browser, size)
            name = f"slider release to repainted list, {size:,} songs, median of {MOVES}"
            yield Row(name, seconds, f"the same at {FEW:,} songs", seconds / few)
        idle, busy = _while_syncing(browser)
        name = f"slider release while {SAVED:,} tracks are synced (≤ {TWICE:g})"
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
        connected_server(_catalogue(folder, SIZES[0]), spotify) as server,
    ):
        page = sign_in(_listener(browser, server), server)
        idle = _median(_at_the_sliders(page))
        start_sync(go(page, "Library"))
        busy = _median(_at_the_sliders(page))
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
    page.add_init_script(WATCH)
    page.goto(server.url)
    own = to_csv(invented(LIBRARY, seed=1).assign(track_id=lambda tracks: "own" + tracks["track_id"].str[3:]))
    return upload(page, {"name": "own.csv", "mimeType": "text/csv", "buffer": own})


def _at_the_sliders(page: Page) -> Page:
    go(page, "Recommend")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    return settled(page)


def _median(page: Page) -> float:
    return median([_release(page, STOPS[at % 2]) for at in range(MOVES + 2)][2:]) / 1000


def _release(page: Page, stop: float) -> float:
    """Drag the energy slider to a place along its length and let go; milliseconds until the list has changed."""
    slider = page.get_by_role("slider", name="Energy").first.locator("xpath=ancestor::*[@data-orientation][1]")
    slider.scroll_into_view_if_needed()
    length, thumb = slider.bounding_box(), slider.locator("input").locator("xpath=../..").bounding_box()
    page.mouse.move(thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2)
    page.mouse.down()
    page.mouse.move(length["x"] + stop * length["width"], thumb["y"] + thumb["height"] / 2, steps=4)
    page.evaluate("watchRelease()")
    page.mouse.up()
    milliseconds: float = page.evaluate("repainted")
    assert milliseconds > 0, "The list did not change."
    settled(page)
    return milliseconds
