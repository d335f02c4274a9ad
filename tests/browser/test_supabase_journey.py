"""Listeners in browsers of their own, signed in through Supabase Auth, with their rows in a real Postgres."""

import io
import json
import sqlite3
from functools import partial

import httpx
import pandas as pd
import pytest
from playwright.sync_api import expect

from recsys.auth.encryption import Cipher
from recsys.core.model.tracks import as_tracks
from recsys.importers.catalogue_file import write_catalogue
from recsys.storage.hosted.sessions import SupabaseSessions
from tests.browser.accounts import is_signed_in, secrets_of, sign_in
from tests.browser.chromium import stranger_in
from tests.browser.files import OWN_FILE, upload
from tests.browser.rows import erase, expect_closed_to, heard, listed, rows_at_supabase, taken_along
from tests.browser.screen import go, move_slider, settled
from tests.browser.server import connected_server
from tests.browser.syncing import expect_synced
from tests.database.signing_in import REDIRECT_URI, gateway_at
from tests.fakes.faults import Fault, Faults, Faulty
from tests.fakes.spotify import FakeSpotify
from tests.fakes.spotify.music import track

pytestmark = pytest.mark.browser
APP_SECRET = "a secret of the server, long enough to be one"
SAVED, NEW = 120, 300
OWN = as_tracks(pd.read_csv(io.StringIO(OWN_FILE)))


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=SAVED, redirect_uris=(REDIRECT_URI,)) as fake:
        yield fake


@pytest.fixture(scope="module")
def faults():
    """What goes wrong at Supabase, and what it was asked."""
    return Faults()


@pytest.fixture(autouse=True)
def calm(faults):
    """No fault of one test lasts into the next."""
    yield
    faults.clear_faults()


@pytest.fixture(scope="module")
def gateway(cluster, project, spotify, faults):
    around = partial(Faulty, faults=faults, host="supabase")
    with gateway_at(spotify, cluster, cluster.copy(project, "journey"), around=around) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def data(tmp_path_factory, spotify):
    """A data folder whose catalogue knows everybody's tracks, and some that nobody has."""
    data = tmp_path_factory.mktemp("data")
    known = [*spotify.tracks.values(), *(track(number, "nobody") for number in range(NEW))]
    write_catalogue(as_tracks(pd.DataFrame(map(row, known))), data / "catalogue.parquet")
    return data


@pytest.fixture(scope="module")
def server(data, spotify, gateway):
    keys = gateway.project
    with connected_server(
        data,
        spotify,
        SUPABASE_URL=gateway.url,
        SUPABASE_PUBLISHABLE_KEY=keys.publishable_key,
        SUPABASE_SECRET_KEY=keys.secret_key,
        APP_SECRET_KEY=APP_SECRET,
    ) as running:
        yield running


def row(one):
    known = {"track_id": one.id, "title": one.name, "artists": "; ".join(one.artists), "isrc": one.isrc}
    return {**known, "duration_ms": one.duration_ms, **one.features}


@pytest.fixture
def user_id(gateway, spotify):
    """A function: the Supabase user behind a listener of Spotify; None before the first sign-in."""

    def user_id(listener):
        users = {user["identities"][0]["id"]: user["id"] for user in gateway.accounts.users(50)}
        return users.get(spotify.listeners[listener].id)

    return user_id


@pytest.fixture(scope="module")
def signed_in(chromium, server):
    """What a browser keeps in which Nell has signed in."""
    page = sign_in(stranger_in(chromium), server, "nell")
    yield page.context.storage_state()
    page.context.close()


@pytest.fixture
def nell(stranger, server, signed_in, user_id, supabase_store):
    """A tab in which Nell looks at recommendations for forty tracks."""
    supabase_store.save_tracks(user_id("nell"), OWN)
    page = stranger(storage_state=signed_in)
    page.goto(f"{server.url}/recommend")
    return expect_list(page)


@pytest.fixture
def ask(gateway, supabase):
    """A function: ask the REST API directly, with the access token of a listener."""
    tokens = SupabaseSessions(supabase, Cipher(APP_SECRET))

    def ask(user_id, path, method="GET", **more):
        own = tokens.tokens(user_id, "supabase").access_token
        headers = {"apikey": gateway.project.publishable_key, "Authorization": f"Bearer {own}"}
        return httpx.request(method, f"{gateway.url}/rest/v1/{path}", headers=headers, **more)

    return ask


def expect_list(page):
    expect(page.get_by_text("What made this list")).to_be_visible()
    return settled(page)


def expect_no_trace(page):
    """No traceback on the page."""
    expect(page.get_by_test_id("stException")).to_have_count(0)


def expect_demo(page):
    """Nobody is signed in here: what is on the screen is invented."""
    expect(page.get_by_text("demo data").first).to_be_visible()
    expect(page.get_by_text("Signed in as")).to_have_count(0)


def test_two_listeners_sync_get_lists_and_never_meet_and_one_leaves_without_a_trace(
    stranger, server, gateway, supabase_store, spotify, user_id, ask
):
    pages = {name: go(sign_in(stranger(), server, name), "Library") for name in ("ada", "grace")}
    for page in pages.values():
        expect_synced(page)
    ada, grace = user_id("ada"), user_id("grace")
    own = {name: heard(spotify.listeners[name]) for name in pages}

    # Each sees their own, and gets a list of what they do not have.
    for name, page in pages.items():
        assert set(supabase_store.tracks(user_id(name))["track_id"]) == own[name]
        expect(page.get_by_text(f"Your library · {len(own[name])} songs")).to_be_visible()
        assert listed(page).isdisjoint(own[name])

    # Neither reaches the other's rows, nor tokens and sessions, not even past the app.
    before = rows_at_supabase(supabase_store, ada), rows_at_supabase(supabase_store, grace)
    expect_closed_to(ask, ada, grace)
    expect_closed_to(ask, grace, ada)
    assert {line["spotify_track_id"] for line in ask(ada, "user_tracks").json()} == own["ada"]
    assert (rows_at_supabase(supabase_store, ada), rows_at_supabase(supabase_store, grace)) == before

    # What one takes along is all of theirs, and nothing that could be used to act as them.
    files = taken_along(pages["ada"])
    assert {line["track_id"] for line in json.loads(files["user_tracks.json"])} == own["ada"]
    assert not any(secret in text for secret in secrets_of(spotify) for text in files.values())
    assert not any(sign in text for sign in ("eyJ", "enc:", grace) for text in files.values())

    # One goes, the user at Supabase included; the other's rows stay as they were.
    erase(pages["ada"])
    assert set(supabase_store.counts(ada).values()) == {0}
    assert user_id("ada") is None
    assert rows_at_supabase(supabase_store, grace) == before[1]
    pages["grace"].reload()
    expect(settled(pages["grace"]).get_by_text("Signed in as Grace")).to_be_visible()

    log = server.log.read_text()
    assert not [secret for secret in {*secrets_of(spotify), gateway.project.secret_key, APP_SECRET} if secret in log]
    assert "eyJ" not in log


def test_what_a_guest_brought_in_moves_to_supabase_at_sign_in(stranger, server, data, user_id, supabase_store):
    page = stranger()
    page.goto(server.url)
    upload(page, {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    sign_in(page, server, "nell")

    expect(page.get_by_text(f"Your library · {len(OWN)} songs")).to_be_visible()
    assert set(supabase_store.tracks(user_id("nell"))["track_id"]) == set(OWN["track_id"])
    with sqlite3.connect(data / "tonearm.db") as embedded:
        assert embedded.execute("select count(*) from user_tracks").fetchone() == (0,)
    embedded.close()


def test_a_session_outlives_a_reload_and_a_restart_of_the_server(nell, server):
    nell.reload()
    expect_list(nell)
    expect(nell.get_by_text(f"Your library · {len(OWN)} songs")).to_be_visible()

    server.stop()
    server.start()
    nell.reload()

    expect_list(nell)
    expect(nell.get_by_text("Signed in as")).to_be_visible()


def test_what_is_on_the_screen_is_not_read_again(nell, faults):
    asked = len(faults.requests)

    move_slider(nell, "Energy", "End")
    go(nell, "Proof")
    go(nell, "Recommend")

    expect_list(nell)
    calls = [seen.call for seen in faults.requests[asked:]]
    reads = [call for call in calls if call.startswith("GET ")]
    assert 3 <= len(reads) <= 5, "the session is looked up once a run, and our list may run its fragment once more"
    assert set(reads) == {"GET /rest/v1/sessions"}
    assert set(calls) - set(reads) <= {"POST /rest/v1/sync_state"}, "where the sliders are, for after a restart"


def test_a_supabase_that_does_not_answer_becomes_a_sentence_and_a_way_back(nell, faults):
    faults.fail_when("*", Fault.slow(60))

    move_slider(nell, "Energy", "Home")
    expect(nell.get_by_text("Supabase does not answer")).to_be_visible()
    nell.get_by_test_id("stSidebarNavLink").filter(has_text="Account").click()
    expect(nell.get_by_role("heading", name="Recommend")).to_have_count(0)
    expect(nell.get_by_text("Supabase does not answer")).to_be_visible()
    expect_no_trace(nell)
    faults.clear_faults()
    nell.get_by_role("button", name="Try again").click()

    expect(nell.get_by_text("What is stored about you")).to_be_visible()
    go(nell, "Recommend")
    expect_list(nell)


def test_logging_out_ends_the_session_at_supabase_and_in_a_tab_left_open(stranger, server, user_id, supabase_store):
    page = sign_in(stranger(), server, "nell")
    nell = user_id("nell")
    supabase_store.save_tracks(nell, OWN)
    left_open = page.context.new_page()
    left_open.goto(f"{server.url}/recommend")
    expect_list(left_open)
    before = supabase_store.counts(nell)

    page.get_by_role("button", name="Log out").click()
    expect_demo(page)
    left_open.get_by_role("button", name="Not for me").first.click()

    expect_demo(left_open)
    assert not is_signed_in(page, server)
    after = supabase_store.counts(nell)
    for part in ("sync_state", "sent_log"):  # of the sync that began with the consent
        del before[part], after[part]
    assert after == {**before, "sessions": before["sessions"] - 1}


def test_a_sign_in_that_ended_at_supabase_says_so_and_can_be_renewed(stranger, server, gateway, user_id, monkeypatch):
    monkeypatch.setattr(gateway.project, "token_seconds", 30)  # ends so soon that every use renews it
    page = sign_in(stranger(), server, "ada")
    with gateway.accounts.connections.transaction() as connection:
        connection.execute("delete from auth.sessions where user_id = %s", (user_id("ada"),))

    page.reload()
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
    expect_no_trace(page)
    page.get_by_role("link", name="Reconnect Spotify").click()
    page.locator("#agree-ada").click()

    expect(page.get_by_text("Signed in as Ada")).to_be_visible()


def test_spotifys_permission_that_came_through_supabase_is_renewed_by_the_app(nell, spotify):
    go(nell, "Library")
    spotify.advance(3_700)
    exchanged = spotify.count("POST /api/token")

    nell.get_by_text("Playlists to sync").click()
    nell.get_by_role("button", name="List my playlists").click()

    expect(nell.get_by_label("Playlists", exact=True)).to_be_visible()
    asked = [seen.body for seen in spotify.requests if seen.call == "POST /api/token"][exchanged:]
    assert [body["grant_type"] for body in asked] == ["refresh_token"]


def test_a_project_that_confirms_addresses_says_which_switch_to_change(stranger, server, gateway, spotify, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_confirming_email", True)
    monkeypatch.setattr(spotify, "legacy", True)  # only then does it tell addresses
    page = stranger()

    page.goto(f"{server.url}/login")
    page.locator("#agree-nell").click()

    expect(page.get_by_text("switches off “Confirm email” in the Supabase dashboard")).to_be_visible()
    expect_demo(page)
