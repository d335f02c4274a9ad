"""Signing in at an invented Spotify: the right way in, every wrong way, and tokens that stay out of sight."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from recsys.auth.spotify import SCOPES, Grant, SpotifyAccounts, checked_redirect, code_challenge, code_verifier
from recsys.errors import (
    ReconnectSpotify,
    SettingsProblem,
    SignInFailed,
    SpotifyBusy,
    SpotifyRefused,
    SpotifyUnreachable,
)
from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET, Fault

BACK = "http://127.0.0.1:8501/callback"
VERIFIER = code_verifier(bytes(range(64)))
HALF_A_YEAR = 184 * 86_400


@pytest.fixture
def http():
    """Patient: on a loaded machine a right answer takes its time."""
    with httpx.Client(timeout=10) as client:
        yield client


@pytest.fixture
def accounts(spotify, http):
    """`accounts(secret)` speaks with the invented accounts host."""
    return lambda secret=None, client_id=CLIENT_ID: SpotifyAccounts(spotify.accounts_url, client_id, secret, BACK, http)


def code_for(spotify, accounts, listener="ada", challenge=None, **asked):
    """The code that the browser brings back."""
    url = accounts.authorize_url("some-state", challenge or code_challenge(VERIFIER), **asked)
    back = parse_qs(urlsplit(spotify.approve(url, listener)).query)
    assert back["state"] == ["some-state"]
    return back["code"][0]


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
def test_a_listener_signs_in_and_the_tokens_work(spotify, accounts, secret):
    door = accounts(secret)
    now = spotify.now()

    grant = door.exchange(code_for(spotify, door), VERIFIER, now)

    assert grant.scope.split() == list(SCOPES)
    assert grant.expires_at == now + 3600 and grant.authorized_at == now
    headers = {"Authorization": f"Bearer {grant.access_token}"}
    assert httpx.get(f"{spotify.api_url}/v1/me", headers=headers).json()["id"] == "ada"


def test_the_browser_is_sent_with_a_challenge_and_without_a_secret(accounts):
    url = urlsplit(accounts(CLIENT_SECRET).authorize_url("s", code_challenge(VERIFIER), show_dialog=True))
    asked = parse_qs(url.query)

    assert asked["code_challenge_method"] == ["S256"] and asked["state"] == ["s"]
    assert asked["redirect_uri"] == [BACK] and asked["show_dialog"] == ["true"]
    assert asked["scope"] == [" ".join(SCOPES)]
    assert CLIENT_SECRET not in url.query and VERIFIER not in url.query


def test_the_challenge_is_that_of_the_standard():
    """RFC 7636, appendix B."""
    assert (
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@pytest.mark.parametrize(("size", "length"), [(32, 43), (96, 128)])
def test_a_verifier_has_the_length_the_standard_asks_for(size, length):
    assert len(code_verifier(bytes(size))) == length


@pytest.mark.parametrize("size", [0, 31, 97])
def test_too_little_chance_makes_no_verifier(size):
    with pytest.raises(ValueError, match="32 to 96"):
        code_verifier(bytes(size))


def test_a_code_works_once(spotify, accounts):
    door = accounts()
    code = code_for(spotify, door)
    door.exchange(code, VERIFIER, spotify.now())

    with pytest.raises(SignInFailed):
        door.exchange(code, VERIFIER, spotify.now())


def test_a_code_without_its_verifier_is_worth_nothing(spotify, accounts):
    door = accounts()

    with pytest.raises(SignInFailed):
        door.exchange(code_for(spotify, door), code_verifier(bytes(64)), spotify.now())


def test_a_code_runs_out(spotify, accounts):
    door = accounts()
    code = code_for(spotify, door)
    spotify.advance(601)

    with pytest.raises(SignInFailed):
        door.exchange(code, VERIFIER, spotify.now())


@pytest.mark.parametrize(("secret", "client_id"), [("wrong", CLIENT_ID), (None, "not an app")])
def test_a_wrong_app_is_named_to_its_owner(spotify, accounts, secret, client_id):
    code = code_for(spotify, accounts())

    with pytest.raises(SignInFailed, match="SPOTIFY_CLIENT_ID"):
        accounts(secret, client_id).exchange(code, VERIFIER, spotify.now())


def test_partial_consent_is_kept_as_spotify_says_it(spotify, accounts):
    door = accounts()

    grant = door.exchange(code_for(spotify, door, scopes=["user-top-read"]), VERIFIER, spotify.now())

    assert grant.scope == "user-top-read"


def test_a_refresh_keeps_the_refresh_token_unless_a_new_one_comes(spotify, accounts):
    door, grant = accounts(), spotify.grant()

    fresh = door.refresh(grant, grant.authorized_at + 3000)

    assert fresh.access_token != grant.access_token
    assert fresh.refresh_token == grant.refresh_token
    assert fresh.authorized_at == grant.authorized_at, "the consent does not become younger"
    assert fresh.expires_at == grant.authorized_at + 6600


def test_a_rotated_refresh_token_replaces_the_old_one(spotify, accounts):
    spotify.rotates_refresh_tokens = True
    door, grant = accounts(), spotify.grant()

    fresh = door.refresh(grant, spotify.now())

    assert fresh.refresh_token not in (None, grant.refresh_token)
    assert door.refresh(fresh, spotify.now()).access_token
    with pytest.raises(ReconnectSpotify):
        door.refresh(grant, spotify.now())


def test_a_withdrawn_consent_says_so(spotify, accounts):
    grant = spotify.grant()
    spotify.revoke("ada")

    with pytest.raises(ReconnectSpotify, match="withdrawn"):
        accounts().refresh(grant, spotify.now())


def test_a_consent_of_six_months_says_so(spotify, accounts):
    grant = spotify.grant()
    spotify.advance(HALF_A_YEAR)

    with pytest.raises(ReconnectSpotify, match="six months"):
        accounts().refresh(grant, spotify.now())


def test_without_a_refresh_token_only_a_new_sign_in_helps(accounts):
    with pytest.raises(ReconnectSpotify):
        accounts().refresh(Grant("access", None, 0, "", 0), 0)


@pytest.mark.parametrize("secret", ["wrong"])
def test_a_wrong_secret_does_not_cost_the_listener_the_consent(spotify, accounts, secret):
    with pytest.raises(SpotifyRefused) as caught:
        accounts(secret).refresh(spotify.grant(), 0)

    assert caught.value.reason == "unknown_app"


FAULTS = {
    "429": (Fault.too_many_requests(5), SpotifyBusy),
    "500": (Fault.server_error(500, is_html=False), SpotifyUnreachable),
    "502 in HTML": (Fault.server_error(), SpotifyUnreachable),
    "cut before": (Fault.cut_before(), SpotifyUnreachable),
    "cut midway": (Fault.cut_midway(), SpotifyUnreachable),
    "answer lost": (Fault.answer_lost(), SpotifyUnreachable),
    "slow": (Fault.slow(0.8), SpotifyUnreachable),
    "a page": (Fault.html(), SpotifyUnreachable),
    "sent elsewhere": (Fault.redirect("http://127.0.0.1:9/"), SpotifyUnreachable),
    "a list": (Fault(200, "[]"), SpotifyUnreachable),
    "no token": (Fault(200, '{"expires_in": 3600}'), SpotifyUnreachable),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ["exchange", "refresh"])
def test_a_fault_on_the_way_is_a_sentence_and_is_not_repeated(spotify, accounts, http, step, fault):
    planned, error = FAULTS[fault]
    if fault == "slow":
        http.timeout = 0.5
    door, grant = accounts(), spotify.grant()
    code = code_for(spotify, door)
    spotify.fail_next("POST /api/token", planned)

    with pytest.raises(error) as caught:
        door.exchange(code, VERIFIER, 0) if step == "exchange" else door.refresh(grant, 0)

    assert spotify.count("POST /api/token") == 1
    secrets = (code, VERIFIER, grant.refresh_token)
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {caught.value.__cause__}"
    assert not any(secret in told for secret in secrets)
    assert str(caught.value).endswith(".")


def test_an_answer_without_scope_means_what_was_asked(spotify, accounts):
    spotify.fail_next("POST /api/token", Fault(200, '{"access_token": "BQ", "token_type": "Bearer"}'))

    grant = accounts().exchange("code", VERIFIER, 100.0, scopes=["a", "b"])

    assert (grant.scope, grant.expires_at, grant.refresh_token) == ("a b", 3700.0, None)


@pytest.mark.parametrize("lasts", ["null", "0", "-5", '"soon"', '"3600"', "1e15", "1e999", "NaN", "[]"])
def test_a_token_without_a_believable_end_lasts_an_hour(spotify, accounts, lasts):
    spotify.fail_next("POST /api/token", Fault(200, f'{{"access_token": "BQ", "expires_in": {lasts}}}'))

    assert accounts().exchange("code", VERIFIER, 100.0).expires_at == 3700.0


def test_what_comes_in_the_wrong_shape_changes_nothing(spotify, accounts):
    odd = '{"access_token": "BQ-new", "refresh_token": 5, "scope": ["a"]}'
    spotify.fail_next("POST /api/token", Fault(200, odd))

    grant = accounts().refresh(Grant("BQ", "AQ", 0.0, "a b", 0.0), 100.0)

    assert (grant.access_token, grant.refresh_token, grant.scope) == ("BQ-new", "AQ", "a b")


def test_consent_to_nothing_is_not_taken_for_consent_to_all(spotify, accounts):
    spotify.fail_next("POST /api/token", Fault(200, '{"access_token": "BQ", "scope": ""}'))

    assert accounts().exchange("code", VERIFIER, 100.0).scope == ""


def test_a_grant_tells_when_it_is_about_to_end_and_hides_its_tokens():
    grant = Grant("BQ-access", "AQ-refresh", expires_at=1000.0, scope="s", authorized_at=0.0)

    assert not grant.is_expiring(now=900.0)
    assert grant.is_expiring(now=950.0) and grant.is_expiring(now=2000.0)
    assert "BQ-access" not in repr(grant) and "AQ-refresh" not in repr(grant)


@pytest.mark.parametrize("good", [BACK, "http://[::1]:8501/callback", "https://tonearm.example/callback"])
def test_an_address_spotify_accepts_is_passed_on(good):
    assert checked_redirect(good) == good


@pytest.mark.parametrize(
    "bad",
    ["http://localhost:8501/callback", "https://localhost/callback", "http://tonearm.example/", "ftp://127.0.0.1/"],
)
def test_an_address_spotify_refuses_is_named_before_anybody_goes_there(bad):
    with pytest.raises(SettingsProblem, match="PUBLIC_URL"):
        checked_redirect(bad)
