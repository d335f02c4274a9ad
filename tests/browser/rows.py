"""A listener's rows from every side: on the page, in the files taken along, past the app, and in the store."""

import io
import zipfile

from playwright.sync_api import expect

from tests.browser.files import list_file, panel_file, rows_of
from tests.browser.screen import go

OPEN = (
    "profiles user_tracks track_origins plays recommendations recipes feedback feature_misses pool_tracks sync_state "
    "sent_log weekly_lists weekly_songs"
)
CLOSED = "spotify_tokens supabase_tokens sessions leases app_state"


def listed(page):
    """The ids on the recommendation page, from its file."""
    return {line["track_id"] for line in rows_of(list_file(go(page, "Recommend")))}


def taken_along(page):
    """The files of the account page's ZIP, by name."""
    archive = zipfile.ZipFile(io.BytesIO(panel_file(go(page, "Account"), "ZIP of all tables", "Download everything")))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def erase(page):
    """Everything of this listener's, on the account page."""
    go(page, "Account")
    page.get_by_role("textbox", name="to confirm").fill("erase")
    page.get_by_role("textbox", name="to confirm").press("Enter")
    page.get_by_role("button", name="Erase everything of mine").click()
    expect(page.get_by_text("no row of yours is left")).to_be_visible()
    box = page.get_by_role("textbox", name="to confirm")
    expect(box).to_have_count(1)  # while the page is drawn again the old box is beside the new one for a moment
    expect(box).to_have_value("")


def heard(listener):
    """The ids of all that a sync finds with a listener, playlists aside."""
    tops = [one for listed in listener.top.values() for one in listed]
    return {one.id for one in [*tops, *(one for _, one in [*listener.saved, *listener.recent])]}


def rows_at_supabase(store, user_id):
    """Everything a listener may take away, as text that compares."""
    return {name: table.to_csv() for name, table in store.export(user_id).items()}


def expect_closed_to(ask, me, other):
    """Asked directly with a listener's own token, the API gives and takes nothing of anybody else's."""
    for table in OPEN.split():
        assert {line["user_id"] for line in ask(me, table).json()} <= {me}
        assert ask(me, f"{table}?user_id=eq.{other}").json() == []
    for table in CLOSED.split():
        assert ask(me, table).json()["code"] == "42501"
    foreign = {"user_id": other, "key": "cursor", "value": {}}
    assert ask(me, "sync_state", "POST", json=foreign).json()["code"] == "42501"
    assert ask(me, "rpc/count_rows", "POST", json={"listener": other}).json()["code"] == "42501"
    ask(me, f"user_tracks?user_id=eq.{other}", "PATCH", json={"name": "Mine now"})
    ask(me, f"user_tracks?user_id=eq.{other}", "DELETE")
