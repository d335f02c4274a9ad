"""Signing in at an invented Spotify: the right way in, every wrong way, and tokens that stay out of sight."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from recsys.auth.models import Tokens
from recsys.auth.spotify import (
    SCOPES,
    SpotifyAccounts,
    code_challenge,
    code_verifier,
    consent_ends,
    is_consent_ending,
)
from recsys.errors import (
    ReconnectSpotify,
    SignInFailed,
    SpotifyBusy,
    SpotifyRefused,
    SpotifyUnreachable,
)
from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET, Fault

BACK = "http://127.0.0.1:8501/callback"
VERIFIER = code_verifier(bytes(range(64)))
HALF_A_YEAR = 184 * 86_400
LONG_AGO = datetime(2026, 1, 15, tzinfo=UTC)


def now(spotify):
    return datetime.fromtimestamp(spotify.now(), UTC)


@pytest.fixture
def http():
    """Patient: on a loaded machine a right answer takes its time."""
    with httpx.Client(timeout=10) as client:
        yield client


@pytest.fixture
def accounts(spotify, http):
    """`accounts(secret)` speaks with the invented accounts host."""
    return lambda secret=None, client_id=CLIENT_ID: SpotifyAccounts(
        spotify.accounts_url, client_id, secret, BACK, http, lambda seconds: None
    )


def code_for(spotify, accounts, listener="ada", challenge=None, **asked):
    """The code that the browser brings back."""
    url = accounts.authorize_url("some-state", challenge or code_challenge(VERIFIER), **asked)
    back = parse_qs(urlsplit(spotify.approve(url, listener)).query)
    assert back["state"] == ["some-state"]
    return back["code"][0]


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
def test_a_listener_signs_in_and_the_tokens_work(spotify, accounts, secret):
    door = accounts(secret)
    signed_in_at = now(spotify)

    grant = door.exchange(code_for(spotify, door), VERIFIER, signed_in_at)

    assert grant.scope.split() == list(SCOPES)
    assert grant.expires_at == signed_in_at + timedelta(hours=1) and grant.authorized_at == signed_in_at
    headers = {"Authorization": f"Bearer {grant.access_token}"}
    assert httpx.get(f"{spotify.api_url}/v1/me", headers=headers).json()["id"] == "ada"


def test_the_browser_is_sent_with_a_challenge_and_without_a_secret(accounts):
    url = urlsplit(accounts(CLIENT_SECRET).authorize_url("s", code_challenge(VERIFIER)))
    asked = parse_qs(url.query)

    assert asked["code_challenge_method"] == ["S256"] and asked["state"] == ["s"]
    assert asked["redirect_uri"] == [BACK]
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
    door.exchange(code, VERIFIER, now(spotify))

    with pytest.raises(SignInFailed):
        door.exchange(code, VERIFIER, now(spotify))


def test_a_code_without_its_verifier_is_worth_nothing(spotify, accounts):
    door = accounts()

    with pytest.raises(SignInFailed):
        door.exchange(code_for(spotify, door), code_verifier(bytes(64)), now(spotify))


def test_a_code_runs_out(spotify, accounts):
    door = accounts()
    code = code_for(spotify, door)
    spotify.advance(601)

    with pytest.raises(SignInFailed):
        door.exchange(code, VERIFIER, now(spotify))


@pytest.mark.parametrize(("secret", "client_id"), [("wrong", CLIENT_ID), (None, "not an app")])
def test_a_wrong_app_is_named_to_its_owner(spotify, accounts, secret, client_id):
    code = code_for(spotify, accounts())

    with pytest.raises(SignInFailed, match="SPOTIFY_CLIENT_ID"):
        accounts(secret, client_id).exchange(code, VERIFIER, now(spotify))


def test_partial_consent_is_stored_as_spotify_says_it(spotify, accounts):
    door = accounts()

    grant = door.exchange(code_for(spotify, door, scopes=["user-top-read"]), VERIFIER, now(spotify))

    assert grant.scope == "user-top-read"


def test_a_refresh_keeps_the_refresh_token_unless_a_new_one_comes(spotify, accounts):
    door, grant = accounts(), spotify.grant()

    fresh = door.refresh(grant, grant.authorized_at + timedelta(seconds=3000))

    assert fresh.access_token != grant.access_token
    assert fresh.refresh_token == grant.refresh_token
    assert fresh.authorized_at == grant.authorized_at, "the consent does not become younger"
    assert fresh.expires_at == grant.authorized_at + timedelta(seconds=6600)


def test_a_rotated_refresh_token_replaces_the_old_one(spotify, accounts):
    spotify.rotates_refresh_tokens = True
    door, grant = accounts(), spotify.grant()

    fresh = door.refresh(grant, now(spotify))

    assert fresh.refresh_token not in (None, grant.refresh_token)
    assert door.refresh(fresh, now(spotify)).access_token
    with pytest.raises(ReconnectSpotify):
        door.refresh(grant, now(spotify))


def test_a_withdrawn_consent_says_so(spotify, accounts):
    grant = spotify.grant()
    spotify.revoke("ada")

    with pytest.raises(ReconnectSpotify, match="withdrawn"):
        accounts().refresh(grant, now(spotify))


def test_a_consent_of_six_months_says_so(spotify, accounts):
    grant = spotify.grant()
    spotify.advance(HALF_A_YEAR)

    with pytest.raises(ReconnectSpotify, match="six months"):
        accounts().refresh(grant, now(spotify))


def test_without_a_refresh_token_only_a_new_sign_in_helps(accounts):
    with pytest.raises(ReconnectSpotify):
        accounts().refresh(Tokens("access", None, LONG_AGO, "", LONG_AGO), LONG_AGO)


@pytest.mark.parametrize("secret", ["wrong"])
def test_a_wrong_secret_does_not_cost_the_listener_the_consent(spotify, accounts, secret):
    with pytest.raises(SpotifyRefused) as caught:
        accounts(secret).refresh(spotify.grant(), LONG_AGO)

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
    "nested too deeply": (Fault(200, "[" * 100_000), SpotifyUnreachable),
    "a list": (Fault(200, "[]"), SpotifyUnreachable),
    "no token": (Fault(200, '{"expires_in": 3600}'), SpotifyUnreachable),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ["exchange", "refresh"])
def test_a_fault_that_stays_is_a_sentence_after_one_retry(spotify, accounts, http, step, fault):
    planned, error = FAULTS[fault]
    if fault == "slow":
        http.timeout = 0.5
    door, grant = accounts(), spotify.grant()
    code = code_for(spotify, door)
    spotify.fail_when("POST /api/token", planned)

    with pytest.raises(error) as caught:
        door.exchange(code, VERIFIER, LONG_AGO) if step == "exchange" else door.refresh(grant, LONG_AGO)

    assert spotify.count("POST /api/token") == (1 if error is SpotifyBusy or fault == "no token" else 2)
    secrets = (code, VERIFIER, grant.refresh_token)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {caught.value.__cause__}"
    assert not any(secret in shown for secret in secrets)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("fault", ["500", "502 in HTML", "cut before", "a page"])
@pytest.mark.parametrize("step", ["exchange", "refresh"])
def test_one_fault_of_the_token_host_is_retried_like_that_of_any_read(spotify, accounts, step, fault):
    door, grant = accounts(), spotify.grant()
    code = code_for(spotify, door)
    spotify.fail_next("POST /api/token", FAULTS[fault][0])

    got = door.exchange(code, VERIFIER, LONG_AGO) if step == "exchange" else door.refresh(grant, LONG_AGO)

    assert got.access_token in spotify.access_tokens
    assert spotify.count("POST /api/token") == 2


@pytest.mark.parametrize("fault", [Fault.answer_lost(), Fault.cut_midway()], ids=["lost", "cut midway"])
def test_a_code_that_is_spent_by_a_request_whose_answer_was_lost_is_a_sentence(spotify, accounts, fault):
    code = code_for(spotify, accounts())
    spotify.fail_next("POST /api/token", fault)

    with pytest.raises(SignInFailed, match="connect Spotify again"):
        accounts().exchange(code, VERIFIER, LONG_AGO)


def test_an_answer_without_scope_means_what_was_asked(spotify, accounts):
    spotify.fail_next("POST /api/token", Fault(200, '{"access_token": "BQ", "token_type": "Bearer"}'))

    grant = accounts().exchange("code", VERIFIER, LONG_AGO, scopes=["a", "b"])

    assert (grant.scope, grant.expires_at, grant.refresh_token) == ("a b", LONG_AGO + timedelta(hours=1), None)


@pytest.mark.parametrize("lasts", ["null", "0", "-5", '"soon"', '"3600"', "1e15", "1e999", "NaN", "[]"])
def test_a_token_without_a_believable_end_lasts_an_hour(spotify, accounts, lasts):
    spotify.fail_next("POST /api/token", Fault(200, f'{{"access_token": "BQ", "expires_in": {lasts}}}'))

    assert accounts().exchange("code", VERIFIER, LONG_AGO).expires_at == LONG_AGO + timedelta(hours=1)


def test_what_comes_in_the_wrong_shape_changes_nothing(spotify, accounts):
    odd = '{"access_token": "BQ-new", "refresh_token": 5, "scope": ["a"]}'
    spotify.fail_next("POST /api/token", Fault(200, odd))

    grant = accounts().refresh(Tokens("BQ", "AQ", LONG_AGO, "a b", LONG_AGO), LONG_AGO)

    assert (grant.access_token, grant.refresh_token, grant.scope) == ("BQ-new", "AQ", "a b")


def test_consent_to_nothing_is_not_taken_for_consent_to_all(spotify, accounts):
    spotify.fail_next("POST /api/token", Fault(200, '{"access_token": "BQ", "scope": ""}'))

    assert accounts().exchange("code", VERIFIER, LONG_AGO).scope == ""


def test_printed_tokens_show_no_token():
    tokens = Tokens("BQ-access", "AQ-refresh", LONG_AGO, "s", LONG_AGO)

    assert "BQ-access" not in repr(tokens) and "AQ-refresh" not in repr(tokens)


def at(*date):
    return datetime(*date, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ((2026, 1, 15, 8, 30), (2026, 7, 15, 8, 30)),
        ((2026, 7, 1), (2027, 1, 1)),
        ((2026, 8, 31), (2027, 2, 28)),
        ((2027, 8, 31), (2028, 2, 29)),
        ((2026, 12, 31), (2027, 6, 30)),
    ],
)
def test_a_consent_ends_on_the_same_day_six_months_later(given, ends):
    assert consent_ends(at(*given)) == at(*ends)


def test_the_listener_is_told_two_weeks_before():
    given = at(2026, 1, 15)

    assert not is_consent_ending(given, at(2026, 6, 30))
    assert is_consent_ending(given, at(2026, 7, 1))
    assert is_consent_ending(given, at(2026, 7, 15))
