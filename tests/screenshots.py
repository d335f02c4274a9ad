"""`make screenshots`: every page in both themes at three widths, into build/screenshots; README shows three of them."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.chromium import launched, stranger_in
from tests.browser.screen import listed_titles, move_slider, settled
from tests.browser.server import ROOT, Server

PAGES = ("welcome", "library", "taste", "recommend", "proof", "account")
WIDTHS = {390: 844, 1366: 900, 1920: 1080}
SCHEMES = ("light", "dark")
IN_README = {
    "recommend-1366-light": "recommend.png",
    "recommend-390-dark": "recommend-phone.png",
    "welcome-1366-light": "welcome.png",
}
FOLDER = ROOT / "build" / "screenshots"


def taken(page, url, name, width, scheme):
    """One picture of one page, drawn to its end; Recommend with an aim that was moved."""
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{url}/{'' if name == 'welcome' else name}")
    settled(page)
    if name == "recommend":
        listed_titles(page)
        if width > 760:
            move_slider(page, "Energy", "Home", what="calm to intense")
        page.evaluate("document.activeElement.blur(); document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(1_500)  # charts and fonts
    path = FOLDER / f"{name}-{width}-{scheme}.png"
    page.screenshot(path=path)
    return path


def main():
    """Take them all; with names of pages, only those."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, Server(data) as server, launched() as browser:
        for name in sys.argv[1:] or PAGES:
            for scheme in SCHEMES:
                for width in WIDTHS:
                    page = stranger_in(browser)
                    path = taken(page, server.url, name, width, scheme)
                    page.context.close()
                    print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path, flush=True)
    for source, target in IN_README.items():
        if (FOLDER / f"{source}.png").exists():
            shutil.copy(FOLDER / f"{source}.png", ROOT / ".github" / target)


if __name__ == "__main__":
    main()
