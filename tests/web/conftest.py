"""Our routes on a plain Starlette app, over the real store and an invented Spotify, as a browser meets them."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recsys.core.engine.catalogue import Catalogue
from recsys.demo.catalogue import demo_catalogue
from recsys.services.recent_lists import RecentLists
from recsys.web.dependencies import Dependencies
from recsys.web.routes import middleware, routes
from tests.fakes.spotify import FakeSpotify
from tests.services.spotify_world import SpotifyWorld

PUBLIC = "http://127.0.0.1:8501"
HTML = "<!doctype html><script>window.page = true</script><div id=root></div>"
PAGE = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
OURS = {"Origin": PUBLIC}


class Browser(TestClient):
    """A browser with its own cookies, that never follows a redirect by itself."""

    def __init__(self, app, base_url=PUBLIC, **options):
        super().__init__(app, base_url=base_url, follow_redirects=False, **options)

    def open(self, path="/"):
        """Show a page."""
        return self.get(path, headers=PAGE)

    def session_id(self):
        return self.cookies.get("tonearm")

    def keep_session(self, session_id):
        """Have this session cookie, however it came here."""
        self.cookies.set("tonearm", session_id, domain="127.0.0.1", path="/")

    def visit(self, address):
        """Follow a link that somebody sent, from another site."""
        return self.get(address.removeprefix(PUBLIC), headers=PAGE)

    def begin(self, path="/login"):
        """Ask to sign in; the address of Spotify's page."""
        return self.get(path).headers["location"]

    def sign_in(self, spotify, listener="ada", path="/login"):
        """All of it: there, the listener agrees, and back."""
        return self.visit(spotify.approve(self.begin(path), listener))


def query_of(answer):
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@pytest.fixture(scope="session")
def spotify_server():
    with FakeSpotify() as fake:
        yield fake


@pytest.fixture(scope="session")
def http():
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture
def spotify(spotify_server):
    spotify_server.reset()
    return spotify_server


@pytest.fixture
def world(spotify, tmp_path, http):
    world = SpotifyWorld(spotify, tmp_path, http)
    yield world
    world.close()


@pytest.fixture(scope="session")
def catalogue():
    return Catalogue.from_tracks(demo_catalogue())


@pytest.fixture
def deployment(world, catalogue):
    return Dependencies(
        public_url=PUBLIC,
        page=HTML,
        sessions=world.sessions,
        tokens=world.sessions,
        store_for=world.store_for,
        cipher=world.cipher,
        accounts=world.spotify,
        sync=world.sync,
        stop=lambda listener: world.jobs.stop(listener, seconds=5),
        recommend=lambda listener, recipe, seeds, minus: RecentLists().recommend(
            catalogue, world.store, listener, recipe, seeds, minus
        ),
        check_store=world.store.check,
        catalogue_is_loaded=lambda: True,
        note=lambda: "demo data",
        version="0.1.0",
        clock=world.now,
    )


def app_of(deployment):
    """Our routes, and where Streamlit would answer, a page."""
    page = Route("/{path:path}", lambda request: HTMLResponse(HTML))
    return Starlette(routes=[*routes(deployment), page], middleware=middleware(deployment))


@pytest.fixture
def new_browser(deployment):
    app = app_of(deployment)
    return lambda base_url=PUBLIC: Browser(app, base_url)


@pytest.fixture
def browser(new_browser):
    return new_browser()
