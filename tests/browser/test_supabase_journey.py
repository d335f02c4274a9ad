"""Two listeners in two browsers, signed in through Supabase Auth; their rows stand in one Postgres and never meet."""

import httpx
import pandas as pd
import pytest
from playwright.sync_api import expect

from recsys.core.tracks import as_tracks
from recsys.importers.catalogue_file import write_catalogue
from recsys.storage.encryption import Cipher
from recsys.storage.supabase_sessions import SupabaseSessions
from tests.browser.accounts import secrets_of, sign_in
from tests.browser.files import downloaded, rows_of
from tests.browser.screen import go, settled
from tests.browser.server import connected_server
from tests.browser.syncing import expect_synced, start_sync
from tests.database.signing_in import REDIRECT_URI, gateway_at
from tests.fakes.spotify import FakeSpotify
from tests.fakes.spotify.music import track

pytestmark = pytest.mark.browser
APP_SECRET = "a secret of the server, long enough to be one"
SAVED, NEW = 120, 300
TABLES = ("profiles", "user_tracks", "track_origins", "plays", "recommendations", "sync_state")
CLOSED = ("spotify_tokens", "supabase_tokens", "sessions", "leases", "app_state")


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=SAVED, redirect_uris=(REDIRECT_URI,)) as fake:
        yield fake


@pytest.fixture(scope="module")
def gateway(cluster, project, spotify):
    with gateway_at(spotify, cluster, cluster.copy(project, "journey")) as gateway:
        gateway.project.spotify_accounts_url = spotify.accounts_url
        yield gateway


@pytest.fixture(scope="module")
def server(tmp_path_factory, spotify, gateway):
    """The app with a catalogue that knows everybody's tracks, and some that nobody has."""
    data = tmp_path_factory.mktemp("data")
    saved = {one.id: one for listener in spotify.listeners.values() for _, one in listener.saved}
    known = [*saved.values(), *(track(number, "nobody") for number in range(NEW))]
    write_catalogue(as_tracks(pd.DataFrame(map(row, known))), data / "catalogue.parquet")
    with connected_server(
        data,
        spotify,
        SUPABASE_URL=gateway.url,
        SUPABASE_PUBLISHABLE_KEY=gateway.project.publishable_key,
        SUPABASE_SECRET_KEY=gateway.project.secret_key,
        APP_SECRET_KEY=APP_SECRET,
    ) as running:
        yield running


def row(one):
    known = {"track_id": one.id, "title": one.name, "artists": "; ".join(one.artists), "isrc": one.isrc}
    return {**known, "duration_ms": one.duration_ms, **one.features}


@pytest.fixture
def synced(stranger, server):
    """A function: sign a listener in, in a browser of their own, and sync. Gives their tab."""

    def synced(listener):
        page = go(sign_in(stranger(), server, listener), "Library")
        start_sync(page)
        expect_synced(page)
        return page

    return synced


@pytest.fixture
def user_id(gateway, spotify):
    """A function: the Supabase user behind a listener of Spotify."""

    def user_id(listener):
        spotify_id = spotify.listeners[listener].id
        users = gateway.accounts.users(50)
        return next(user["id"] for user in users if user["identities"][0]["id"] == spotify_id)

    return user_id


@pytest.fixture
def ask(gateway, supabase):
    """A function: ask the REST API directly, with the token of a listener's own."""
    tokens = SupabaseSessions(supabase, Cipher(APP_SECRET))

    def ask(user_id, path, method="GET", **more):
        own = tokens.tokens(user_id, "supabase").access_token
        headers = {"apikey": gateway.project.publishable_key, "Authorization": f"Bearer {own}"}
        return httpx.request(method, f"{gateway.url}/rest/v1/{path}", headers=headers, **more)

    return ask


def recommended(page):
    """The ids on the recommendation page, from its file."""
    return {line["track_id"] for line in rows_of(downloaded(go(page, "Recommend"), "Download this list as CSV"))}


def erase(page):
    """Everything of this listener's, on the account page."""
    go(page, "Account")
    page.get_by_role("textbox", name="to confirm").fill("erase")
    page.get_by_role("textbox", name="to confirm").press("Enter")
    page.get_by_role("button", name="Erase everything of mine").click()
    expect(page.get_by_text("no row of yours is left")).to_be_visible()


def test_two_listeners_sync_get_lists_and_never_meet_and_one_leaves_without_a_trace(
    synced, server, gateway, supabase_store, spotify, user_id, ask
):
    ada_page, grace_page = synced("ada"), synced("grace")
    ada, grace = user_id("ada"), user_id("grace")
    own = {name: {one.id for _, one in spotify.listeners[name].saved} for name in ("ada", "grace")}

    # Each sees their own.
    for page, name in ((ada_page, "ada"), (grace_page, "grace")):
        assert own[name] <= set(supabase_store.tracks(user_id(name))["track_id"])
        found = recommended(page)
        assert found
        assert not found & own[name]

    # The REST API, asked directly with a listener's own token, with and without a filter.
    for me, other in ((ada, grace), (grace, ada)):
        for table in TABLES:
            assert {row["user_id"] for row in ask(me, table).json()} <= {me}
            assert ask(me, f"{table}?user_id=eq.{other}").json() == []
        for table in CLOSED:
            assert ask(me, table).status_code == 403
        stolen = {"user_id": other, "key": "cursor", "value": {}}
        assert ask(me, "sync_state", "POST", json=stolen).json()["code"] == "42501"
        assert ask(me, f"user_tracks?user_id=eq.{other}", "DELETE").status_code == 204
    assert len(ask(ada, "user_tracks").json()) >= SAVED

    # One goes; the other stays.
    before = supabase_store.counts(grace)
    erase(ada_page)
    assert set(supabase_store.counts(ada).values()) == {0}
    assert [user["id"] for user in gateway.accounts.users(50)] == [grace]
    assert supabase_store.counts(grace) == before
    grace_page.reload()
    expect(settled(grace_page).get_by_text("Signed in as")).to_be_visible()

    # No secret anywhere but in memory and, encrypted, in the database.
    log = server.log.read_text()
    keys = {gateway.project.secret_key, APP_SECRET}
    assert not [secret for secret in secrets_of(spotify) | keys if secret in log]
    assert "eyJ" not in log


def test_a_project_that_confirms_addresses_says_which_switch_to_change(stranger, server, gateway, spotify, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_confirming_email", True)
    monkeypatch.setattr(spotify, "legacy", True)
    page = stranger()

    page.goto(f"{server.url}/login")
    page.locator("#agree-nell").click()

    expect(page.get_by_text("Confirm email")).to_be_visible()
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_a_project_that_does_not_know_the_return_address_says_where_to_add_it(stranger, server):
    """Auth silently brings the browser to the project's own address, which may be the front page, with the code."""
    page = stranger()

    page.goto(f"{server.url}/?code=4f0a7e1c-0000-4000-8000-000000000000")

    expect(page.get_by_text("redirect URLs")).to_be_visible()
    assert "code=" not in settled(page).url
