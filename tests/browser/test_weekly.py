"""Fresh songs every week, in a browser: switched on, renewed by the command, seen after a reload, switched off."""

import json
import subprocess
import sys
import time
from contextlib import closing

import pandas as pd
import pytest
from playwright.sync_api import expect

from recsys.app.container import Container
from recsys.core.model.tracks import as_tracks
from recsys.importers.catalogue_file import write_catalogue
from recsys.settings import Settings
from tests.browser.accessibility import ON_A_DESK, in_looks
from tests.browser.accounts import sign_in
from tests.browser.screen import go, listed_titles, open_panel, press, settled
from tests.browser.server import ROOT, connected_server
from tests.browser.syncing import expect_synced
from tests.browser.test_spotify_journey import row
from tests.fakes.spotify.music import track

pytestmark = pytest.mark.browser
WEEK_S = 7 * 86_400.0
NEW = [row(track(number, "nobody")) for number in range(300)]
TITLES = {song["track_id"]: song["title"] for song in NEW}


@pytest.fixture(scope="module")
def connected(tmp_path_factory, spotify):
    data = tmp_path_factory.mktemp("data")
    known = [row(track(number)) for number in range(40)]
    known += [song | {"artists": f"Band {number}"} for number, song in enumerate(NEW)]
    write_catalogue(as_tracks(pd.DataFrame(known)), data / "catalogue.parquet")
    with connected_server(data, spotify, TONEARM_WEEKLY_LISTS="cron") as running:
        yield running


def refresh(server, *arguments):
    """`tonearm refresh` in a process of its own, with the settings of the server; its exit status and report."""
    command = [sys.executable, "-m", "recsys", "refresh", "--json", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout)


def a_week_later(server):
    """The same store and Spotify, opened by a process whose clock is a week ahead; what a run over all lists did."""
    settings = Settings.from_environment(server.environment)
    with closing(Container(settings, clock=lambda: time.time() + WEEK_S)) as container:
        return container.weekly.refresh()


def playlists(spotify):
    return [one for one in spotify.listeners["ada"].playlists if one.name == "Tonearm weekly"]


def test_new_songs_come_every_week_into_the_page_and_one_playlist_until_they_are_switched_off(
    stranger, connected, spotify
):
    page = sign_in(stranger(), connected, "ada")
    expect_synced(go(page, "Library"))
    page.goto(f"{connected.url}/recommend")
    listed = listed_titles(settled(page))

    open_panel(page, "Weekly songs")
    press(page, page.get_by_text("Also in a Spotify playlist"))
    page.get_by_role("button", name="Every Monday, 30 new songs").click()

    first = page.get_by_text(f"Your weekly songs: “{listed[0]}”")
    expect(first).to_be_visible(timeout=30_000)
    given = [one.id for _, one in playlists(spotify)[0].entries]
    assert [TITLES[one] for one in given] == listed
    assert len(given) == 30
    assert refresh(connected) == (0, {"asked": 1, "renewed": 0, "fresh": 1, "stopped": 0, "failed": 0, "problems": []})

    report = a_week_later(connected)
    assert (report.asked, report.renewed, report.failed) == (1, 1, {})
    page.reload()
    news = settled(page).get_by_text("30 new since Monday: “")
    expect(news).to_be_visible()
    now = [one.id for _, one in playlists(spotify)[0].entries]
    assert len(now) == 30 and not set(now) & set(given)
    assert len(playlists(spotify)) == 1
    news.click()
    expect(page.get_by_text(f"Gone since the week before: “{listed[0]}”")).to_be_visible()
    expect(page.get_by_text("Also in your Spotify playlist “Tonearm weekly”.")).to_be_visible()

    assert in_looks(page, ON_A_DESK) == {}

    table = page.locator(".st-key-weekly_songs")
    table.scroll_into_view_if_needed()
    corner = settled(page).locator(".st-key-weekly_songs").bounding_box()
    page.mouse.click(corner["x"] + 12, corner["y"] + 55)
    page.get_by_role("button", name="More like").click()
    expect(page.locator(".chip").filter(has_text=f"Starting from {TITLES[now[0]]}")).to_be_visible()

    go(page, "Account")
    page.get_by_text("What we store").click()
    expect(page.get_by_text("Every Monday, 30 new songs.")).to_be_visible()
    settled(page).get_by_role("button", name="Switch weekly songs off").click()
    expect(page.get_by_text("Every Monday, 30 new songs.")).to_have_count(0)
    go(page, "Recommend")
    listed_titles(page)
    expect(page.get_by_text("new since Monday")).to_have_count(0)
    open_panel(page, "Weekly songs")
    expect(page.get_by_role("button", name="Every Monday, 30 new songs")).to_be_visible()
    assert refresh(connected)[1]["asked"] == 0
    assert [one.id for _, one in playlists(spotify)[0].entries] == now
