"""A real server on a free port and a real Chromium in front of it."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.server import Server

expect.set_options(timeout=20_000)


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
def visit(chromium, server):
    """Open the app as a browser that has never been here; each call is another stranger."""
    contexts = []

    def open_page(path="/", **options):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
