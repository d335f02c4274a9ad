"""The middle door to its end: sync, features, a list, a playlist, and goodbye, against an invented Spotify."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from playwright.sync_api import expect

from recsys.core.model.tracks import as_tracks
from recsys.importers.catalogue_file import write_catalogue
from recsys.times import to_iso
from tests.browser.accounts import secrets_of, sign_in
from tests.browser.files import OWN_FILE, list_file, rows_of, upload
from tests.browser.rows import erase
from tests.browser.screen import go, move_slider, settled, wait_for
from tests.browser.server import connected_server
from tests.browser.syncing import counts, expect_button, expect_synced, start_sync, wait_until
from tests.fakes.reccobeats import FakeReccoBeats, knows_most_of
from tests.fakes.spotify import FakeSpotify, Fault
from tests.fakes.spotify.music import spotify_id, track

pytestmark = pytest.mark.browser
SAVED, IN_CATALOGUE, NEW, PAGE_OF = 5_000, 4_900, 800, 50


@pytest.fixture(scope="module")
def spotify():
    """Ada has 5,000 saved tracks, Grace 400, and Nell 120 that nobody else has."""
    with FakeSpotify(saved=SAVED) as fake:
        del fake.listeners["grace"].saved[400:]
        for number in range(120):
            fake.like("nell", track(number, "nell"))
        yield fake


@pytest.fixture(scope="module")
def reccobeats(spotify):
    with FakeReccoBeats(knows_most_of(spotify)) as fake:
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory, spotify, reccobeats):
    """Its catalogue knows all but a hundred of Ada's tracks, and some that nobody has."""
    data = tmp_path_factory.mktemp("data")
    known = [track(number) for number in range(IN_CATALOGUE)] + [track(number, "nobody") for number in range(NEW)]
    write_catalogue(as_tracks(pd.DataFrame(map(row, known))), data / "catalogue.parquet")
    with connected_server(data, spotify, RECCOBEATS_URL=reccobeats.url) as running:
        yield running


@pytest.fixture(autouse=True)
def calm(spotify, reccobeats):
    """No fault of one test lasts into the next."""
    yield
    spotify.clear_faults()
    reccobeats.clear_faults()


def row(one):
    known = {"track_id": one.id, "title": one.name, "artists": "; ".join(one.artists), "isrc": one.isrc}
    return {**known, "duration_ms": one.duration_ms, **one.features}


def offsets_of_saved(spotify, since=0, until=None):
    """Which pages of saved tracks were asked for, among the requests of that span."""
    asked = spotify.requests[since:until]
    return [int(seen.params["offset"]) for seen in asked if seen.call == "GET /v1/me/tracks"]


def open_library(stranger, server, listener):
    return go(sign_in(stranger(), server, listener), "Library")


def listed(page):
    """The track ids of the list on the screen, from its file."""
    return [line["track_id"] for line in rows_of(list_file(page))]


def save_playlist(page, where):
    """Press Save in the panel, which is opened if it is shut, until the page says that the songs are there."""
    if not page.get_by_label("Name of the playlist").is_visible():
        page.get_by_role("button", name="Save to Spotify").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.").filter(has_text=where)).to_be_visible()


def test_the_first_list_to_move_is_the_listeners_own_after_an_upload(stranger, server):
    page = stranger()
    page.goto(server.url)
    page.get_by_role("slider", name="Energy of the list").press("End")
    expect(page.locator(".says")).to_have_text("Far more intense than Marlo Quennick")

    upload(page, {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    expect(page.locator(".says")).to_have_text("Like you")  # in the middle again
    expect(page.locator(".taster .legend .you")).to_have_text("you")


def test_a_library_that_changes_under_an_open_page_gets_its_tastes_too(stranger, server):
    page = stranger()
    page.goto(server.url + "/taste")
    expect(page.get_by_text("You have 3 tastes")).to_be_visible()
    other = page.context.new_page()
    other.goto(server.url)
    upload(other, {"name": "mine.csv", "mimeType": "text/csv", "buffer": OWN_FILE.encode()})

    page.keyboard.press("r")  # Streamlit's key for a run of the whole page, which also the end of a sync causes

    expect(page.get_by_text("Your library · 40 songs")).to_be_visible()
    expect(settled(page).get_by_text("Looking for your tastes")).to_have_count(0)


def last_end_of_a_sync(server):
    with closing(sqlite3.connect(server.log.parent / "tonearm.db")) as database:
        ends = database.execute("select json_extract(value, '$.finished_at') from sync_state where key = 'sync'")
        return max((end for (end,) in ends if end), default="")


def test_5000_tracks_come_in_through_a_reload_and_a_killed_server_and_go_out_as_a_playlist(
    stranger, server, spotify, reccobeats
):
    page = open_library(stranger, server, "ada")
    expect_button(page, "Cancel")  # a sync starts by itself after the consent
    before = wait_until(page, lambda read: read.stored > 1_000)

    page.reload()
    expect_button(page, "Cancel")
    before = wait_until(page, lambda read: read.stored > before.stored + 500)

    server.kill()
    asked = len(spotify.requests)
    server.start()
    page.reload()
    expect_button(page, "Continue the sync")
    at_rest = counts(settled(page))
    assert at_rest.stored >= before.stored
    assert at_rest.pending > 0

    start_sync(page, "Continue the sync")
    expect_synced(page)
    assert min(offsets_of_saved(spotify, since=asked)) >= max(offsets_of_saved(spotify, until=asked))
    assert sorted(set(offsets_of_saved(spotify))) == list(range(0, SAVED, PAGE_OF))
    expect(page.locator(".st-key-coverage")).to_contain_text(f"{SAVED:,}")
    expect(
        page.get_by_text(f"{SAVED:,} tracks: {IN_CATALOGUE:,} with audio features ({IN_CATALOGUE:,} from")
    ).to_be_visible()
    assert reccobeats.count("*") == 0

    page.get_by_text("Send the Spotify ids of these songs").click()
    expect(page.get_by_text("100 waiting")).to_be_visible()
    page.get_by_role("button", name="Look for missing features").click()
    coverage = page.get_by_text(re.compile(r"with audio features \(.*from ReccoBeats"))
    expect(coverage).to_be_visible()
    expect(coverage).not_to_contain_text("waiting")
    expect(page.get_by_text("We asked every source you allowed.")).to_be_visible()
    assert reccobeats.count("GET /v1/audio-features") == 3

    go(page, "Recommend")
    assert not {one.id for _, one in spotify.listeners["ada"].saved} & set(listed(page))
    page.get_by_role("button", name="Save to Spotify").click()
    page.get_by_role("button", name="Show what would be sent").click()
    expect(page.get_by_text(re.compile(r"\d+ tracks would be added to a new private playlist"))).to_be_visible()
    assert spotify.count("POST /v1/me/playlists") == 0

    save_playlist(page, "to a new private playlist")
    made = spotify.listeners["ada"].playlists[0]
    assert (made.name, made.is_public) == ("Tonearm", False)
    assert [one.id for _, one in made.entries] == listed(page)

    move_slider(page, "Energy", "End")
    save_playlist(page, "to your playlist")
    assert spotify.count("POST /v1/me/playlists") == 1
    assert [one.id for _, one in made.entries] == listed(page)

    log = server.log.read_text()
    assert not [secret for secret in secrets_of(spotify) if secret in log]


def test_a_sync_that_is_cancelled_stops_and_can_go_on(stranger, server, spotify):
    spotify.fail_when("GET /v1/me/tracks", Fault.slow(1))
    page = open_library(stranger, server, "grace")
    wait_until(page, lambda read: read.pending > 0 and read.stored > 100)

    page.get_by_role("button", name="Cancel").click()
    expect_button(page, "Continue the sync")
    stopped = counts(settled(page))
    asked = len(spotify.requests)
    assert stopped.pending > 0
    spotify.clear_faults()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Welcome").click()
    expect(page.get_by_text(f"The sync stopped at {stopped.stored:,} of {stopped.found:,} songs.")).to_be_visible()
    page.get_by_role("button", name="Continue the sync").click()
    expect(page.get_by_text("Reading your songs from Spotify")).to_be_visible()
    go(page, "Library")
    expect_synced(page)

    assert 0 not in offsets_of_saved(spotify, asked)
    expect(page.locator(".st-key-coverage")).to_contain_text("400")


def test_an_album_link_becomes_what_the_list_starts_from(stranger, server, spotify):
    page = open_library(stranger, server, "grace")
    expect_synced(page)
    album = track(7).album
    on_it = [one for one in spotify.tracks.values() if one.album == album]
    go(page, "Recommend")
    page.get_by_role("button", name="Start from …").click()
    box = page.get_by_role("textbox", name="Search a song, or paste a Spotify link")
    box.fill(f"https://open.spotify.com/album/{spotify_id('album', album)}?si=abc")
    box.press("Enter")

    page.get_by_role("button", name="Read this album").click()

    expect(page.locator(".chip").filter(has_text=f"album “{album}”")).to_contain_text("Starting from")
    assert not {one.id for one in on_it} & set(listed(settled(page)))


def test_a_second_click_in_another_tab_joins_the_running_sync(stranger, server, spotify):
    page = open_library(stranger, server, "nell")
    expect_synced(page)
    other_tab = page.context.new_page()
    other_tab.goto(f"{server.url}/library")
    expect_button(settled(other_tab), "Sync my Spotify")
    spotify.fail_next("GET /v1/me/top/tracks", Fault.slow(6))
    asked = len(spotify.requests)

    start_sync(page)
    start_sync(other_tab)

    assert expect_synced(page) == expect_synced(other_tab)
    assert offsets_of_saved(spotify, asked) == [0]  # an unchanged list, read by one sync and not by two


def test_what_a_sync_brought_is_there_also_for_who_was_on_another_page_when_it_ended(stranger, server, spotify):
    page = open_library(stranger, server, "nell")
    before = expect_synced(page).stored
    spotify.like("nell", track(500, "nell"))
    spotify.fail_next("GET /v1/me/player/recently-played", Fault.slow(3))

    began = to_iso(datetime.now(UTC))
    start_sync(page)
    settled(page)
    go(page, "Account")
    wait_for(page, lambda: last_end_of_a_sync(server) > began)
    go(page, "Library")

    assert counts(page).stored == before + 1
    expect(page.get_by_text(f"Your library · {before + 1} songs")).to_be_visible()
    expect(page.locator(".st-key-coverage")).to_contain_text(str(before + 1))


def test_the_account_page_says_what_works_and_asks_spotify_once(stranger, server, spotify):
    page = open_library(stranger, server, "grace")
    expect_synced(page)
    asked = len(spotify.requests)

    go(page, "Account")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    expect(page.get_by_text(re.compile(r"As Spotify answered on \d+ \w+, \d\d:\d\d"))).to_be_visible()
    probed = [seen.call for seen in spotify.requests[asked:]]
    page.reload()
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()

    assert "GET /v1/audio-features" in probed
    assert len(probed) == len(set(probed)) == len(spotify.requests) - asked


def test_a_permission_withdrawn_at_spotify_becomes_reconnect_with_the_reason(stranger, server, spotify):
    page = open_library(stranger, server, "grace")
    expect_synced(page)
    spotify.revoke("grace")

    page.get_by_text("Playlists to sync").click()
    page.get_by_role("button", name="List my playlists").click()
    expect(page.get_by_text("the permission was withdrawn").first).to_be_visible()
    go(page, "Account")

    expect(page.get_by_test_id("stAlert").first).to_contain_text("the permission was withdrawn")
    page.get_by_role("link", name="Reconnect Spotify").first.click()
    page.locator("#agree-grace").click()
    go(settled(page), "Account")
    expect(page.get_by_role("button", name="Disconnect Spotify")).to_be_visible()


def test_a_consent_that_is_nearly_over_can_be_renewed_where_that_is_said(stranger, server):
    page = sign_in(stranger(), server, "nell")
    long_ago = to_iso(datetime.now(UTC) - timedelta(days=175))
    with closing(sqlite3.connect(server.log.parent / "tonearm.db")) as database, database:
        database.execute("update spotify_tokens set authorized_at = ?", (long_ago,))
    page.reload()

    account = go(page, "Account").get_by_test_id("stMain")
    expect(account.get_by_text("It runs out soon.")).to_be_visible()
    account.get_by_role("link", name="Reconnect Spotify").click()
    page.locator("#agree-nell").click()

    expect(page.get_by_text("Signed in as")).to_be_visible()
    expect(go(settled(page), "Account").get_by_text("It runs out soon.")).to_have_count(0)


def test_a_song_that_came_by_name_and_from_spotify_counts_once_and_the_account_page_says_why_it_keeps_two(
    stranger, server, spotify
):
    one = track(1, "nell")
    heard = [{"endTime": "2025-03-01 10:00", "artistName": one.artists[0], "trackName": one.name, "msPlayed": 120_000}]
    page = stranger()
    page.goto(server.url)
    name = "StreamingHistory_music_0.json"
    upload(page, {"name": name, "mimeType": "application/json", "buffer": json.dumps(heard).encode()})
    go(sign_in(page, server, "nell"), "Library")
    expect_synced(page)

    saved = len(spotify.listeners["nell"].saved)
    expect(page.locator(".st-key-coverage")).to_contain_text(str(saved))
    expect(page.get_by_text(f"Your library · {saved} songs")).to_be_visible()
    go(page, "Account").get_by_text("What we store").click()
    expect(page.get_by_text("A song that came both by name and with its id")).to_be_visible()


def test_disconnecting_keeps_the_library_and_erasing_leaves_nothing(stranger, server, spotify):
    page = open_library(stranger, server, "grace")
    expect_synced(page)

    go(page, "Account")
    page.get_by_role("button", name="Disconnect Spotify").click()
    expect(page.get_by_role("link", name="Reconnect Spotify").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Your library · [\d,]+ songs"))).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Welcome").click()
    expect(page.get_by_text("Signed in as Grace, but Spotify is not connected.")).to_be_visible()
    go(page, "Library")
    expect(page.get_by_text("Spotify is not connected, so nothing new comes in.")).to_be_visible()
    expect(page.get_by_role("button", name="Sync my Spotify")).to_have_count(0)
    expect(go(page, "Account").get_by_text("What works and what does not")).to_have_count(0)

    erase(page)
    page.reload()
    expect(page.get_by_text("Signed in as")).to_have_count(0)
    expect(page.get_by_text("demo data").first).to_be_visible()
