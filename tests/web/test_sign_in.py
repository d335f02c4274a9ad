"""Signing in and out, and every known way to trick a listener into it or out of it."""

import json
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from recsys.auth.guests import guest_listener, visitor
from recsys.auth.models import Session
from recsys.auth.tokens import SpotifyTokens
from recsys.errors import ReconnectSpotify, StorageProblem
from recsys.storage.quotas import QUOTAS
from recsys.storage.sqlite.store import SqliteStore
from recsys.times import to_iso
from recsys.web.sign_in_problems import SENTENCES
from tests.fakes.faults import Fault
from tests.services.tables import importing, tracks
from tests.web.conftest import OURS, PUBLIC, Browser, app_of, query_of


def who(world, browser):
    return visitor(browser.session_id(), world.sessions, world.now())


def is_stranger(world, browser):
    visitor = who(world, browser)
    return visitor is None or visitor.is_guest


def test_a_listener_who_agrees_is_signed_in_and_lands_on_the_page_they_wanted(world, spotify, browser):
    answer = browser.sign_in(spotify, "ada", "/login?next=/library")

    assert (answer.status_code, answer.headers["location"]) == (303, "/library")
    assert who(world, browser).display_name == "Ada"
    assert not who(world, browser).is_guest


def test_signing_in_keeps_profile_and_tokens(world, spotify, browser):
    browser.sign_in(spotify)
    listener = who(world, browser).listener
    assert world.store.profile(listener)["spotify_id"] == "ada"
    assert world.sessions.tokens(listener).access_token in spotify.access_tokens


def test_the_listener_is_known_by_what_never_changes_at_spotify(world, spotify, browser):
    browser.sign_in(spotify)
    assert who(world, browser).listener == f"spotify-{spotify.listeners['ada'].account_id}"


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites_forms(spotify, browser):
    cookies = browser.sign_in(spotify).headers.get_list("set-cookie")
    session = next(cookie.lower() for cookie in cookies if cookie.startswith("tonearm="))
    assert "httponly" in session
    assert "samesite=lax" in session
    assert re.match(r"tonearm=[\w-]{43};", session)


def test_the_sign_in_cookie_is_sealed_short_lived_and_gone_after_use(spotify, browser):
    answer = browser.get("/login")
    cookie = answer.headers["set-cookie"]
    assert "path=/callback" in cookie.lower()
    assert "max-age=600" in cookie.lower()
    assert "httponly" in cookie.lower()
    assert query_of(answer)["state"] not in cookie

    browser.visit(spotify.approve(answer.headers["location"]))
    assert "tonearm_sign_in" not in browser.cookies


def test_answers_that_carry_codes_or_cookies_are_neither_cached_nor_told_to_others(spotify, browser):
    for answer in (browser.get("/login"), browser.sign_in(spotify), browser.post("/logout", headers=OURS)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_sign_in_survives_a_restart_of_the_server(world, spotify, browser, deployment):
    browser.sign_in(spotify)
    restarted = world.restarted()
    assert visitor(browser.session_id(), restarted.sessions, world.now()).display_name == "Ada"


def test_a_begun_sign_in_survives_a_restart_of_the_server(world, spotify, browser, deployment):
    address = spotify.approve(browser.begin())
    fresh = Browser(app_of(replace(deployment)))
    fresh.cookies = browser.cookies
    assert fresh.visit(address).headers["location"] == "/"


def test_another_browser_is_a_stranger(world, spotify, browser, new_browser):
    browser.sign_in(spotify)
    other = new_browser()
    other.open()
    assert who(world, other).is_guest


@pytest.mark.parametrize("state", ["", "forged", None])
def test_a_forged_state_is_refused_and_nothing_is_asked_of_spotify(world, spotify, browser, state):
    browser.begin()
    params = {"code": "stolen"} | ({} if state is None else {"state": state})
    answer = browser.get("/callback", params=params)
    assert query_of(answer) == {"login": "state"}
    assert spotify.count("POST /api/token") == 0
    assert is_stranger(world, browser)


def test_login_csrf_is_refused_when_the_victim_never_began_a_sign_in(world, spotify, browser, new_browser):
    attacker = new_browser()
    link = spotify.approve(attacker.begin(), "grace")

    answer = browser.visit(link)

    assert query_of(answer) == {"login": "expired"}
    assert spotify.count("POST /api/token") == 0
    assert browser.session_id() is None


def test_login_csrf_is_refused_while_the_victim_signs_in_as_well(world, spotify, browser, new_browser):
    attacker = new_browser()
    link = spotify.approve(attacker.begin(), "grace")
    browser.begin()
    assert query_of(browser.visit(link)) == {"login": "state"}
    assert spotify.count("POST /api/token") == 0


def test_of_two_tabs_that_sign_in_at_once_the_later_one_gets_in(world, spotify, browser):
    early, late = browser.begin("/login?next=/library"), browser.begin("/login?next=/taste")

    assert query_of(browser.visit(spotify.approve(early))) == {"login": "state"}
    assert browser.visit(spotify.approve(late)).headers["location"] == "/taste"
    assert who(world, browser).display_name == "Ada"


def test_a_stranger_with_a_forged_answer_does_not_spoil_a_sign_in_under_way(world, spotify, browser):
    away = browser.begin()
    browser.visit("/callback?error=access_denied&state=forged")
    browser.visit(spotify.approve(away))
    assert who(world, browser).display_name == "Ada"


def test_a_replayed_callback_is_refused_and_the_session_stays(world, spotify, browser):
    address = spotify.approve(browser.begin())
    browser.visit(address)
    session_id = browser.session_id()

    assert query_of(browser.visit(address)) == {"login": "expired"}
    assert browser.session_id() == session_id
    assert who(world, browser).display_name == "Ada"


def test_a_replay_with_every_stolen_cookie_asks_spotify_for_nothing(spotify, browser, new_browser):
    address = spotify.approve(browser.begin())
    thief = new_browser()
    thief.cookies.update(browser.cookies)
    browser.visit(address)

    assert query_of(thief.visit(address)) == {"login": "expired"}
    assert spotify.count("POST /api/token") == 1


def plant(victim, attacker, *names):
    """Cookies of the attacker's browser in the victim's, as a page of a sibling host can set them."""
    for cookie in attacker.cookies.jar:
        if cookie.name in names:
            victim.cookies.set(cookie.name, cookie.value, domain=cookie.domain, path="/callback")


@pytest.mark.parametrize("names", [("tonearm_sign_in",), ("tonearm_sign_in", "tonearm")])
@pytest.mark.parametrize("has_imported", [True, False])
def test_a_planted_sign_in_changes_nobodys_account(world, spotify, browser, new_browser, names, has_imported):
    if has_imported:
        browser.open()
        guest = guest_listener(browser.session_id())
        world.store.save_tracks(guest, tracks(3))
    attacker = new_browser()
    link = spotify.approve(attacker.begin(), "grace")
    if not has_imported:
        browser.open()
    own = browser.session_id()

    plant(browser, attacker, *names)
    answer = browser.visit(link)

    assert query_of(answer) == {"login": "state"}
    assert spotify.count("POST /api/token") == 0
    assert not world.store.tracks(f"spotify-{spotify.listeners['grace'].account_id}").size
    assert [cookie.value for cookie in browser.cookies.jar if cookie.name == "tonearm" and cookie.path == "/"] == [own]
    if has_imported:
        assert len(world.store.tracks(guest)) == 3
    browser.sign_in(spotify)
    assert who(world, browser).display_name == "Ada", "what was planted does not keep the victim out"


def test_returns_count_against_the_limit_and_ask_spotify_once(spotify, browser):
    address = spotify.approve(browser.begin())
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
    path = address.removeprefix(PUBLIC)

    codes = [query_of(browser.get(path, headers={"Cookie": cookies})).get("login") for _ in range(200)]

    assert spotify.count("POST /api/token") == 1
    assert codes[:2] == [None, "expired"] and set(codes[20:]) == {"too_often"}


def test_a_sign_in_that_takes_longer_than_ten_minutes_is_refused(world, spotify, browser):
    address = spotify.approve(browser.begin())
    world.clock.now += 601
    assert query_of(browser.visit(address)) == {"login": "expired"}


@pytest.mark.parametrize("sealed", ["", "enc:v1:AAAA", "{}", "%00"])
def test_a_sign_in_cookie_somebody_made_is_refused(browser, sealed):
    answer = browser.get("/callback?code=c&state=s", headers={"Cookie": f"tonearm_sign_in={sealed}"})
    assert query_of(answer) == {"login": "expired"}


def test_a_session_id_planted_before_the_sign_in_is_worth_nothing_after_it(world, spotify, browser, new_browser):
    planted = "P" * 43
    browser.keep_session(planted)
    browser.sign_in(spotify)

    attacker = new_browser()
    attacker.keep_session(planted)
    assert browser.session_id() != planted
    assert who(world, attacker).is_guest


def test_signing_in_again_ends_the_session_before(world, spotify, browser):
    browser.sign_in(spotify)
    first = browser.session_id()
    browser.sign_in(spotify, "grace")
    assert visitor(first, world.sessions, world.now()).is_guest
    assert who(world, browser).display_name == "Grace"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "javascript:alert(1)",
        "/library?next=//evil",
        "/" + "a" * 200,
        "/library\nSet-Cookie: a=b",
        "library",
        "",
    ],
)
def test_nobody_is_sent_to_another_place_after_signing_in(spotify, browser, target):
    url = browser.get("/login", params={"next": target}).headers["location"]
    assert browser.visit(spotify.approve(url)).headers["location"] == "/"


def test_a_browser_on_localhost_is_moved_to_the_address_spotify_accepts(spotify, new_browser):
    answer = new_browser("http://localhost:8501").get("/login", params={"next": "/library"})
    assert answer.headers["location"] == f"{PUBLIC}/login?next=%2Flibrary&here=1"
    assert "set-cookie" not in answer.headers


def test_a_proxy_that_hides_the_host_does_not_send_browsers_in_circles(spotify, new_browser):
    answer = new_browser("http://10.0.0.7").get("/login?here=1")
    assert answer.headers["location"].startswith(spotify.accounts_url)


def test_a_listener_who_cancels_is_told_so(spotify, browser):
    assert query_of(browser.sign_in(spotify, "")) == {"login": "denied"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.not_registered(), "not_registered"),
        (Fault.premium_required(), "premium_required"),
        (Fault.too_many_requests(retry_after=90), "busy"),
        (Fault.quota_exceeded(), "busy"),
        (Fault.server_error(500), "unreachable"),
        (Fault.cut_midway(), "unreachable"),
        (Fault.html(), "unreachable"),
        (Fault.unauthorized(), "refused"),
        (Fault.forbidden(), "refused"),
    ],
)
def test_what_goes_wrong_when_spotify_is_asked_who_came_has_a_sentence(world, spotify, browser, fault, code):
    address = spotify.approve(browser.begin())
    spotify.fail_when("GET /v1/me", fault)
    answer = browser.visit(address)
    assert query_of(answer) == {"login": code}
    assert code in SENTENCES
    assert is_stranger(world, browser)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(400, json.dumps({"error": "invalid_grant", "error_description": "<b>secret</b>"})), "refused"),
        (Fault(400, json.dumps({"error": "invalid_client"})), "refused"),
        (Fault.server_error(), "unreachable"),
        (Fault.cut_before(), "unreachable"),
        (Fault.too_many_requests(retry_after=5), "busy"),
    ],
)
def test_what_goes_wrong_in_the_exchange_has_a_code_and_never_the_providers_words(spotify, browser, fault, code):
    address = spotify.approve(browser.begin())
    spotify.fail_when("POST /api/token", fault)
    answer = browser.visit(address)
    assert query_of(answer) == {"login": code}
    assert "secret" not in answer.headers["location"] + answer.text


def test_an_error_in_the_address_bar_is_not_repeated(spotify, browser):
    state = query_of(browser.get("/login"))["state"]
    answer = browser.get("/callback", params={"state": state, "error": "<script>alert(1)</script>"})
    assert query_of(answer) == {"login": "refused"}, "only access_denied means that the listener said no"


def test_sign_ins_are_braked_per_address(spotify, browser):
    codes = [query_of(browser.get("/login")).get("login") for _ in range(21)]
    assert codes == [None] * 20 + ["too_often"]


def test_without_a_spotify_app_signing_in_says_so(deployment):
    stranger = Browser(app_of(replace(deployment, accounts=None)))
    assert query_of(stranger.get("/login")) == {"login": "not_configured"}
    elsewhere = Browser(app_of(replace(deployment, accounts=None)), "http://127.0.0.1:9")
    assert elsewhere.get("/login").headers["location"] == "/?login=not_configured", (
        "nobody is sent to an address that was only assumed"
    )


def test_an_address_that_spotify_would_refuse_sends_nobody_there_and_is_blamed_on_the_server(deployment):
    plain = Browser(app_of(replace(deployment, public_url="http://192.168.1.5:8501")), "http://192.168.1.5:8501")
    assert query_of(plain.get("/login")) == {"login": "settings"}


def test_what_a_guest_brought_in_is_there_after_signing_in(world, spotify, browser):
    browser.open()
    guest = guest_listener(browser.session_id())
    world.store.save_tracks(guest, tracks(3))

    browser.sign_in(spotify)

    assert len(world.store.tracks(who(world, browser).listener)) == 3
    assert not any(world.store.counts(guest).values())


def test_what_the_process_remembers_of_a_guest_is_handed_over_to_the_listener_who_signs_in(world, spotify, deployment):
    handed = []
    browser = Browser(app_of(replace(deployment, hand_over=lambda *pair: handed.append(pair))))
    browser.open()
    guest = guest_listener(browser.session_id())

    browser.sign_in(spotify)

    assert handed == [(guest, who(world, browser).listener)]


def test_an_import_of_a_guest_that_is_under_way_learns_that_its_songs_have_moved(world, spotify, browser):
    browser.open()
    guest = guest_listener(browser.session_id())
    under_way = importing(world.store, guest, tracks(2_001), "file:a.csv")
    next(under_way)

    browser.sign_in(spotify)

    with pytest.raises(StorageProblem, match="Choose it again"):
        next(under_way)
    assert len(world.store.tracks(who(world, browser).listener)) == 2_000
    assert not any(world.store.counts(guest).values())


def test_two_returns_of_one_guest_at_once_bring_everything_along_once(world, spotify, new_browser, monkeypatch):
    """Of somebody who found the first slow, went back and signed in again."""
    first, second = new_browser(), new_browser()
    first.open()
    second.keep_session(first.session_id())
    guest = guest_listener(first.session_id())
    world.store.log_sent(guest, "reccobeats", "track ids", 3, to_iso(world.now()))
    returns = [(browser, spotify.approve(browser.begin())) for browser in (first, second)]
    read, together = SqliteStore.sent, threading.Barrier(2)

    def at_once(store, listener):
        found = read(store, listener)
        if listener != guest:
            with suppress(threading.BrokenBarrierError):
                together.wait(1)
        return found

    monkeypatch.setattr(SqliteStore, "sent", at_once)
    with ThreadPoolExecutor() as browsers:
        list(browsers.map(lambda pair: pair[0].visit(pair[1]), returns))
    monkeypatch.undo()

    assert len(world.store.sent(who(world, first).listener)) == 1


def test_who_has_no_room_for_what_a_guest_brought_in_reads_so_and_loses_nothing(world, spotify, browser, monkeypatch):
    browser.sign_in(spotify)
    world.store.save_tracks(who(world, browser).listener, tracks(3))
    browser.post("/logout", headers=OURS)
    browser.open()
    guest = guest_listener(browser.session_id())
    world.store.save_recipe(guest, "Evening", {"limit": 5})
    monkeypatch.setitem(QUOTAS, "recipes", 0)

    assert query_of(browser.sign_in(spotify)) == {"login": "no_room"}
    assert list(world.store.recipes(guest)) == ["Evening"]

    world.store.erase(guest)
    browser.sign_in(spotify)
    assert len(world.store.tracks(who(world, browser).listener)) == 3


def test_logging_out_ends_the_session_everywhere_it_was_copied_to(world, spotify, browser, new_browser):
    browser.sign_in(spotify)
    copy = new_browser()
    copy.cookies.update(browser.cookies)

    answer = browser.post("/logout", headers=OURS)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.session_id() is None
    assert who(world, copy).is_guest


def test_logging_out_everywhere_ends_the_sessions_of_all_browsers_and_of_nobody_else(
    world, spotify, browser, new_browser
):
    phone, other = new_browser(), new_browser()
    browser.sign_in(spotify)
    phone.sign_in(spotify)
    other.sign_in(spotify, "grace")

    answer = browser.post("/logout?everywhere=1", headers=OURS)

    assert answer.headers["location"] == "/"
    assert browser.session_id() is None
    assert who(world, phone).is_guest
    assert who(world, other).display_name == "Grace"


def test_a_guest_who_logs_out_everywhere_ends_nobodys_session(world, spotify, browser, new_browser):
    other = new_browser()
    other.sign_in(spotify)
    browser.open()

    browser.post("/logout?everywhere=1", headers=OURS)

    assert not who(world, other).is_guest


def silent(*_):
    raise StorageProblem("The store does not answer.")


def test_while_the_store_is_silent_nobody_is_sent_to_sign_in(spotify, deployment):
    browser = Browser(app_of(replace(deployment, check_store=silent)))

    assert browser.begin() == "/?login=storage"
    assert spotify.requests == []


def test_logging_out_while_the_store_is_silent_is_said_and_forgets_the_browser(world, spotify, browser, monkeypatch):
    browser.sign_in(spotify)
    monkeypatch.setattr(world.sessions, "end", silent)

    answer = browser.post("/logout", headers=OURS)

    assert answer.headers["location"] == "/?login=half_out"
    assert browser.session_id() is None


def test_logging_out_keeps_the_library(world, spotify, browser):
    browser.sign_in(spotify)
    listener = who(world, browser).listener
    world.store.save_tracks(listener, tracks(2))
    browser.post("/logout", headers=OURS)
    browser.sign_in(spotify)
    assert len(world.store.tracks(who(world, browser).listener)) == 2


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost:8501", PUBLIC + ".evil"])
def test_another_site_cannot_log_anybody_out(world, spotify, browser, origin):
    browser.sign_in(spotify)
    answer = browser.post("/logout", headers={} if origin is None else {"Origin": origin})
    assert answer.status_code == 403
    assert not who(world, browser).is_guest


def test_a_link_cannot_log_anybody_out(world, spotify, browser):
    browser.sign_in(spotify)
    browser.open("/logout")
    assert not who(world, browser).is_guest


def test_what_still_runs_for_a_guest_ends_before_the_listener_gets_its_rows(world, spotify, browser):
    browser.open()
    guest = guest_listener(browser.session_id())
    begun = threading.Event()

    def look_up(job):
        begun.set()
        time.sleep(0.2)
        world.store.log_sent(guest, "reccobeats", "track ids", 3, "2026-11-23T12:00:00Z")

    world.jobs.start(f"features:{guest}", look_up)
    assert begun.wait(5)
    browser.sign_in(spotify)

    assert list(world.store.sent(who(world, browser).listener)["rows"]) == [3]
    assert not any(world.store.counts(guest).values())


def test_an_expired_session_is_nobody_any_more(world, browser):
    session_id = world.sessions.create(Session("ada", "spotify", world.now()), world.now())
    world.clock.now += 2
    assert visitor(session_id, world.sessions, world.now()).is_guest


def test_no_code_token_or_verifier_reaches_log_cookie_or_address(world, spotify, browser, caplog):
    with caplog.at_level(logging.DEBUG):
        away = browser.begin()
        back = spotify.approve(away)
        home = browser.visit(back)
        spotify.fail_when("POST /api/token", Fault.server_error())
        failed = browser.sign_in(spotify)
    tokens = world.sessions.tokens(who(world, browser).listener)
    sent = spotify.requests[0].body
    logged = "".join(record.getMessage() for record in caplog.records if record.name != "httpx2")  # the browser's own
    shown = f"{logged}{home.headers}{home.text}{failed.headers}{failed.text}"
    for secret in (tokens.access_token, tokens.refresh_token, sent["code_verifier"], sent["code"]):
        assert secret not in shown
    assert sent["code_verifier"] not in away


def test_behind_tls_every_cookie_is_bound_to_this_host_and_never_sent_in_the_clear(world, spotify, deployment):
    spotify.redirect_uris.add("https://tonearm.example/callback")
    safe = Browser(app_of(replace(deployment, public_url="https://tonearm.example")), "https://tonearm.example")
    begun = safe.get("/login")
    ended = safe.get(spotify.approve(begun.headers["location"]))

    cookies = [*begun.headers.get_list("set-cookie"), *ended.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Secure-tonearm_sign_in", "__Host-tonearm"}
    assert all("; secure" in cookie.lower() for cookie in cookies)
    assert visitor(safe.cookies.get("__Host-tonearm"), world.sessions, world.now()).display_name == "Ada"


@pytest.mark.parametrize("is_over", [True, False], ids=["the former consent is over", "it is not"])
def test_whoever_connects_again_while_the_former_token_is_renewed_stays_connected(world, spotify, browser, is_over):
    """Otherwise the renewal removes the new tokens, or replaces them by others of the former consent."""
    browser.sign_in(spotify)
    listener = who(world, browser).listener
    world.clock.now += 3600
    if is_over:
        spotify.revoke("ada")
    answered, go = threading.Event(), threading.Event()

    def refresh(tokens, now):
        """As the real one, with an answer that takes its time."""
        try:
            return world.spotify.refresh(tokens, now)
        finally:
            answered.set()
            go.wait(10)

    def renew():
        with suppress(ReconnectSpotify):
            SpotifyTokens(world.sessions, world.store_for, refresh, world.now).access(listener).token()

    renewing = threading.Thread(target=renew)
    renewing.start()
    assert answered.wait(10)
    connecting = threading.Thread(target=browser.sign_in, args=[spotify])
    connecting.start()
    connecting.join(1)
    go.set()
    for thread in (renewing, connecting):
        thread.join(30)

    assert world.connections.state(listener).is_connected
    assert world.now() - world.sessions.tokens(listener).authorized_at < timedelta(minutes=1)


def test_a_consent_is_stored_for_the_sync_that_follows_it(browser, spotify, world):
    browser.sign_in(spotify)
    listener = who(world, browser).listener

    assert world.sync.take_consent(listener)
    assert not world.sync.take_consent(listener)
