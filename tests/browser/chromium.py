"""The Chromium that is installed here, or Playwright's own where none is."""

import shutil
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from playwright.sync_api import expect, sync_playwright

PATIENCE = 30_000
"""Milliseconds until something that does not appear counts as missing; a loaded machine with two cores needs many."""

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell comes first: it has no windows of its own to draw, so the tests take a sixth less time."""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

SOCKETS = WeakKeyDictionary()
"""The socket each tab has open to Streamlit, the last one where it connected again."""


@contextmanager
def launched():
    """A browser without a window."""
    expect.set_options(timeout=PATIENCE)
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield browser
        browser.close()


def stranger_in(browser, **options):
    """A tab of a browser that has never been anywhere: its context shares nothing with others."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    context.on("page", lambda page: page.on("websocket", lambda socket: SOCKETS.update({page: socket})))
    return context.new_page()
