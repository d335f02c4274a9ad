"""A real server on a free port and a real Chromium in front of it."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.server import Server

PATIENCE = 30_000
"""Milliseconds until something that does not appear counts as missing; a loaded machine with two cores needs many."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium():
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def stranger(chromium):
    """A browser that has never been here; each call is another one. Gives an empty tab."""
    contexts = []

    def open_tab(**options):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def visit(stranger, server):
    """Open a page of the app in a browser that has never been here."""

    def open_page(path="/", **options):
        page = stranger(**options)
        page.goto(server.url + path)
        return page

    return open_page
