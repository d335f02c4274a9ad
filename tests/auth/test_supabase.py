"""Signing in through Supabase Auth brings who it is and both kinds of tokens, which are then renewed in time."""

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from recsys.auth import supabase as supabase_auth
from recsys.auth.encryption import Cipher
from recsys.auth.supabase import REFUSALS, ListenerTokens, SupabaseAccounts
from recsys.errors import ReconnectSpotify, SignInFailed, SpotifyRefused, SpotifyUnreachable, StorageProblem
from recsys.storage.hosted.project import SupabaseProject
from recsys.storage.hosted.sessions import SupabaseSessions
from recsys.storage.hosted.store import SupabaseStore
from recsys.web.sign_in_problems import SENTENCES
from tests.database.signing_in import REDIRECT_URI, browse, gateway_at
from tests.fakes.spotify import FakeSpotify
from tests.storage.conftest import SECRET
from tests.storage.tables import some_tracks

APP = "http://127.0.0.1:8501/callback"
SCOPES = ("user-library-read", "user-top-read")


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=3, redirect_uris=(REDIRECT_URI,)) as spotify:
        yield spotify


@pytest.fixture(scope="module")
def gateway(cluster, project, spotify):
    with gateway_at(spotify, cluster, cluster.copy(project, "accounts")) as gateway:
        yield gateway


class Clock:
    """The app's clock and the project's, moved together."""

    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(gateway, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(gateway.project, "now", lambda: clock().timestamp())
    return clock


@pytest.fixture
def accounts(supabase, clock):
    return SupabaseAccounts(supabase, SCOPES, clock)


@pytest.fixture
def sign_in(accounts, spotify):
    """A function: sign a listener of the fake Spotify in."""

    def sign_in(listener="ada"):
        url, verifier = accounts.begin(APP)
        return accounts.finish(browse(url, spotify, listener)[0], verifier)

    return sign_in


@pytest.fixture
def tokens(supabase):
    return SupabaseSessions(supabase, Cipher(SECRET))


@pytest.fixture
def access_token(supabase, tokens, clock):
    return ListenerTokens(supabase, tokens, clock)


@pytest.fixture
def ada(sign_in, tokens):
    """Ada, signed in, with her tokens stored."""
    signed_in = sign_in()
    tokens.save_tokens(signed_in.listener, signed_in.supabase, "supabase")
    return signed_in


# Signing in


def test_signing_in_brings_who_it_is_and_both_kinds_of_tokens(sign_in, gateway, spotify, clock):
    signed_in = sign_in("grace")

    assert gateway.accounts.user(signed_in.listener)
    assert signed_in.profile == {
        "spotify_id": spotify.listeners["grace"].id,
        "display_name": "Grace",
        "avatar_url": None,
    }
    assert signed_in.spotify.access_token in spotify.access_tokens
    assert signed_in.spotify.refresh_token in spotify.refresh_tokens
    assert signed_in.spotify.scope == "user-library-read user-top-read"
    assert signed_in.spotify.expires_at - clock() == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=10))
    assert signed_in.supabase.expires_at > clock()


def test_nobodys_token_is_printed(sign_in):
    signed_in = sign_in()

    printed = repr(signed_in)

    for tokens in (signed_in.spotify, signed_in.supabase):
        assert tokens.access_token not in printed
        assert tokens.refresh_token not in printed


def test_the_address_carries_the_challenge_and_never_the_verifier(accounts):
    url, verifier = accounts.begin(APP)

    asked = parse_qs(urlsplit(url).query)
    assert asked["redirect_to"] == [APP]
    assert asked["scopes"] == ["user-library-read user-top-read"]
    assert asked["code_challenge_method"] == ["s256"]
    assert verifier not in url


def test_two_sign_ins_begun_together_have_verifiers_of_their_own(accounts, spotify):
    first, second = accounts.begin(APP), accounts.begin(APP)

    ada = accounts.finish(browse(first[0], spotify, "ada")[0], first[1])
    grace = accounts.finish(browse(second[0], spotify, "grace")[0], second[1])

    assert ada.profile["display_name"] == "Ada"
    assert grace.profile["display_name"] == "Grace"


def test_a_code_of_another_browser_is_refused(accounts, spotify):
    url, _ = accounts.begin(APP)
    stolen, _ = browse(url, spotify)

    with pytest.raises(SpotifyRefused, match="bad_code_verifier") as refused:
        accounts.finish(stolen, "the verifier of another browser")
    assert refused.value.reason == "state"


def test_every_reason_has_a_sentence_for_the_listener():
    assert set(REFUSALS.values()) <= set(SENTENCES)


def test_a_code_works_once(accounts, spotify):
    url, verifier = accounts.begin(APP)
    query, _ = browse(url, spotify)
    accounts.finish(query, verifier)

    with pytest.raises(SpotifyRefused, match="flow_state_not_found") as refused:
        accounts.finish(query, verifier)
    assert refused.value.reason == "expired"


def test_a_browser_that_comes_back_late_may_try_again(accounts, spotify, clock):
    url, verifier = accounts.begin(APP)
    query, _ = browse(url, spotify)
    clock.ahead = timedelta(minutes=6)

    with pytest.raises(SpotifyRefused, match="flow_state_expired"):
        accounts.finish(query, verifier)


def test_a_listener_who_cancels_is_not_signed_in(accounts, spotify):
    url, verifier = accounts.begin(APP)

    with pytest.raises(SignInFailed):
        accounts.finish(browse(url, spotify, "")[0], verifier)


def test_a_project_that_confirms_addresses_names_the_switch(accounts, gateway, spotify, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_confirming_email", True)
    monkeypatch.setattr(spotify, "legacy", True)
    url, verifier = accounts.begin(APP)

    with pytest.raises(SpotifyRefused, match="provider_email_needs_verification") as refused:
        accounts.finish(browse(url, spotify)[0], verifier)
    assert refused.value.reason == "unverified_email"


def test_a_project_that_insists_on_addresses_names_the_switch(accounts, gateway, spotify, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_email_optional", False)
    url, verifier = accounts.begin(APP)

    with pytest.raises(SpotifyRefused, match="unexpected_failure") as refused:
        accounts.finish(browse(url, spotify)[0], verifier)
    assert refused.value.reason == "no_email"


def test_a_project_closed_to_new_listeners_lets_those_it_knows_in(accounts, gateway, spotify, sign_in, monkeypatch):
    sign_in("ada")
    monkeypatch.setattr(gateway.project, "may_sign_up", False)

    assert sign_in("ada").listener
    url, verifier = accounts.begin(APP)
    with pytest.raises(SpotifyRefused, match="signup_disabled") as refused:
        accounts.finish(browse(url, spotify, "nell")[0], verifier)
    assert refused.value.reason == "signup_disabled"


def test_an_auth_that_is_down_is_a_sentence():
    project = SupabaseProject("http://127.0.0.1:9", "p", "s")
    accounts = SupabaseAccounts(project, SCOPES, Clock())
    _, verifier = accounts.begin(APP)

    with pytest.raises(SpotifyUnreachable, match="did not answer"):
        accounts.finish({"code": "a code"}, verifier)
    project.close()


# Staying signed in


def test_a_listeners_token_opens_their_own_rows(ada, access_token, supabase):
    store = SupabaseStore(supabase, access_token)

    store.save_tracks(ada.listener, some_tracks("a"))

    assert list(store.tracks(ada.listener)["track_id"]) == ["a"]


def test_a_token_is_not_asked_for_again_while_it_lasts(ada, access_token, gateway, monkeypatch):
    first = access_token(ada.listener)
    monkeypatch.setattr(gateway.accounts, "use_refresh_token", None)

    assert access_token(ada.listener) == first == ada.supabase.access_token


def test_a_token_that_is_about_to_end_is_renewed_and_stored(ada, access_token, tokens, clock):
    clock.ahead = timedelta(minutes=59, seconds=30)

    renewed = access_token(ada.listener)

    stored = tokens.tokens(ada.listener, "supabase")
    assert renewed == stored.access_token != ada.supabase.access_token
    assert stored.refresh_token != ada.supabase.refresh_token
    assert stored.expires_at > clock() + timedelta(minutes=59)


def test_many_tabs_renew_a_token_once(ada, supabase, tokens, clock, gateway, monkeypatch):
    clock.ahead = timedelta(minutes=61)
    used = []
    use = gateway.accounts.use_refresh_token
    monkeypatch.setattr(gateway.accounts, "use_refresh_token", lambda token: used.append(token) or use(token))
    processes = [ListenerTokens(supabase, tokens, clock) for _ in range(3)]
    seen = []
    tabs = [
        threading.Thread(target=lambda process=process: seen.append(process(ada.listener)))
        for process in processes
        for _ in range(2)
    ]

    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert len(used) == 1
    assert len(seen) == 6
    assert len(set(seen)) == 1


def test_of_many_listeners_the_last_tokens_are_remembered(ada, supabase, tokens, clock, monkeypatch):
    monkeypatch.setattr(supabase_auth, "MAX_KNOWN", 2)
    read = []

    class Counted:
        def tokens(self, listener, provider):
            read.append(listener)
            return tokens.tokens(ada.listener, provider)

    access_token = ListenerTokens(supabase, Counted(), clock)
    for listener in ("ada", "grace", "ada", "joan", "ada", "grace"):
        assert access_token(listener) == ada.supabase.access_token

    assert read == ["ada", "grace", "joan", "grace"]


def test_renewing_does_not_wait_for_spotifys_tokens_to_be_renewed(ada, access_token, tokens, clock):
    clock.ahead = timedelta(minutes=61)

    with tokens.locked(ada.listener):
        assert access_token(ada.listener)


def test_a_session_that_was_ended_elsewhere_is_over(ada, access_token, tokens, supabase, clock):
    supabase.for_sign_in().auth.admin.sign_out(ada.supabase.access_token, "local")
    clock.ahead = timedelta(minutes=61)

    with pytest.raises(ReconnectSpotify, match="Log in again"):
        access_token(ada.listener)

    assert tokens.tokens(ada.listener, "supabase") is None


def test_a_listener_who_never_signed_in_is_told_to(gateway, access_token):
    with pytest.raises(ReconnectSpotify, match="Log in again"):
        access_token(gateway.listener("stranger"))


def test_an_auth_that_is_down_costs_nobody_their_session(ada, tokens, clock):
    silent = SupabaseProject("http://127.0.0.1:9", "p", "s")
    access_token = ListenerTokens(silent, tokens, clock)

    clock.ahead = timedelta(minutes=59, seconds=30)
    assert access_token(ada.listener) == ada.supabase.access_token
    clock.ahead = timedelta(minutes=61)
    with pytest.raises(StorageProblem, match="did not answer"):
        access_token(ada.listener)

    assert tokens.tokens(ada.listener, "supabase") == ada.supabase
    silent.close()


def test_an_auth_that_fails_is_asked_once_by_all_reads_of_a_page_and_again_a_moment_later(
    ada, sign_in, access_token, tokens, clock, gateway, monkeypatch
):
    asked = []
    works = gateway.accounts.use_refresh_token

    def fail(token):
        asked.append(token)
        raise RuntimeError("Auth is broken.")

    monkeypatch.setattr(gateway.accounts, "use_refresh_token", fail)
    clock.ahead = timedelta(minutes=61)
    for _ in range(12):
        with pytest.raises(StorageProblem, match="did not answer"):
            access_token(ada.listener)
    assert len(asked) == 1

    monkeypatch.setattr(gateway.accounts, "use_refresh_token", works)
    with pytest.raises(StorageProblem):
        access_token(ada.listener)
    tokens.save_tokens(ada.listener, again := sign_in().supabase, "supabase")
    assert access_token(ada.listener) == again.access_token, "who signs in again does not wait"
    clock.ahead += timedelta(minutes=61)
    assert access_token(ada.listener) != again.access_token
