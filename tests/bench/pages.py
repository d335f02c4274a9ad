"""How steady pages are while they load, in a real browser at its first visit and at the next."""

from collections.abc import Iterator
from tempfile import TemporaryDirectory

from tests.bench.rows import Row
from tests.browser.chromium import launched
from tests.browser.layout_shift import LIMIT, SIZES, shifts
from tests.browser.server import Server

PAGES = {"Welcome": "/", "Taste": "/taste", "Recommend": "/recommend"}


def rows(quick: bool = False) -> Iterator[Row]:
    """The layout shift of each page; `quick` changes nothing."""
    with launched() as browser, TemporaryDirectory() as folder, Server(folder) as server:
        for name, path in PAGES.items():
            worst = max(shift for size in SIZES for shift in shifts(browser, server.url + path, size))
            sizes = " and ".join(f"{width:,}" for width, _ in SIZES)
            yield Row(
                f"layout shift of {name}, worst at {sizes} px, cold and warm (≤ 1)", None, f"{LIMIT:g}", worst / LIMIT
            )
