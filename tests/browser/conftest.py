"""A real server on a free port and a real Chromium in front of it."""

import pytest

from tests.browser.chromium import SOCKETS, launched, stranger_in
from tests.browser.files import OWN_FILE, upload
from tests.browser.screen import listed_titles, settled, what_is_on
from tests.browser.server import Server, connected_server
from tests.fakes.spotify import FakeSpotify


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that fails says what was in its tabs, as the next run of it may not fail."""
    report = yield
    if report.when == "call" and report.failed:
        for page in [page for page in SOCKETS if not page.is_closed()]:
            report.longrepr.addsection(f"Tab at {page.url}", what_is_on(page))
    return report


@pytest.fixture(scope="session")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """For every module without one of its own: all visitors are strangers, and a start costs as much as two visits."""
    with Server(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=40) as fake:
        yield fake


@pytest.fixture(scope="module")
def connected(tmp_path_factory, spotify):
    """A server that knows the invented Spotify. It lets twenty sign-ins a minute begin, so each module has its own."""
    with connected_server(tmp_path_factory.mktemp("data"), spotify) as running:
        yield running


@pytest.fixture
def tokens_asked(spotify):
    """How many codes were exchanged since the test began."""
    before = spotify.count("POST /api/token")
    return lambda: spotify.count("POST /api/token") - before


@pytest.fixture
def stranger(chromium):
    """A browser that has never been here; each call is another one. Gives an empty tab."""
    tabs = []

    def open_tab(**options):
        tabs.append(stranger_in(chromium, **options))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.context.close()


@pytest.fixture
def visit(stranger, server):
    """Open a page of the app in a browser that has never been here."""

    def open_page(path="/", **options):
        page = stranger(**options)
        page.goto(server.url + path)
        return page

    return open_page


@pytest.fixture
def page(visit):
    """The list of an invented listener, drawn to its end."""
    page = settled(visit("/recommend"))
    listed_titles(page)
    return page


@pytest.fixture
def own(visit):
    """The list of a listener with a file of their own."""
    page = upload(visit(), {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})
    page.goto(page.url.rstrip("/") + "/recommend")
    listed_titles(settled(page))
    return page
