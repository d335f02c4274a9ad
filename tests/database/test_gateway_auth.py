"""The Auth half of the test gateway signs listeners in at the fake Spotify as Supabase Auth does at the real one."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from supabase import ClientOptions, create_client
from supabase_auth.errors import AuthApiError

from tests.database.signing_in import REDIRECT_URI, browse, gateway_at
from tests.fakes.spotify import FakeSpotify

APP = "http://127.0.0.1:8501"
VERIFIER = "supabase.auth.token-code-verifier"


@pytest.fixture(scope="module")
def spotify():
    with FakeSpotify(saved=3, redirect_uris=(REDIRECT_URI,)) as spotify:
        yield spotify


@pytest.fixture(scope="module")
def gateway(cluster, project, spotify):
    with gateway_at(spotify, cluster, cluster.copy(project, "signed_in")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def http():
    with httpx.Client(http2=False) as http:
        yield http


@pytest.fixture
def new_client(gateway, http):
    def new_client(key=None):
        options = ClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
        return create_client(gateway.url, key or gateway.project.publishable_key, options)

    return new_client


@pytest.fixture
def sign_in(new_client, spotify):
    """A function: what a browser does from the click to the return, as (query of the return, verifier, where to)."""

    def sign_in(listener="ada", redirect_to=f"{APP}/callback"):
        client = new_client()
        wanted = {"redirect_to": redirect_to, "scopes": "user-library-read"}
        url = client.auth.sign_in_with_oauth({"provider": "spotify", "options": wanted}).url
        query, where = browse(url, spotify, listener)
        return query, client.options.storage.get_item(VERIFIER), where

    return sign_in


@pytest.fixture
def exchange(new_client):
    def exchange(query, verifier):
        wanted = {"auth_code": query["code"], "code_verifier": verifier, "redirect_to": ""}
        return new_client().auth.exchange_code_for_session(wanted).session

    return exchange


def test_a_browser_comes_back_to_the_app_with_a_code(sign_in):
    query, _, where = sign_in()

    assert where == f"{APP}/callback"
    assert query.keys() == {"code"}


def test_the_code_brings_a_session_the_spotify_tokens_and_who_it_is(sign_in, exchange, spotify):
    query, verifier, _ = sign_in("grace")

    session = exchange(query, verifier)

    assert session.provider_token in spotify.access_tokens
    assert session.provider_refresh_token in spotify.refresh_tokens
    about = session.user.identities[0].identity_data
    assert (about["provider_id"], about["full_name"]) == (spotify.listeners["grace"].id, "Grace")
    assert session.user.email is None


def test_the_same_spotify_account_is_the_same_user(sign_in, exchange):
    first, again, other = (exchange(*sign_in(name)[:2]).user.id for name in ("ada", "ada", "grace"))

    assert first == again != other


def test_parameters_that_are_not_auths_own_reach_spotify(new_client, http):
    wanted = {"redirect_to": APP, "scopes": "user-library-read,user-top-read", "query_params": {"show_dialog": "true"}}
    url = new_client().auth.sign_in_with_oauth({"provider": "spotify", "options": wanted}).url

    asked = parse_qs(urlsplit(http.get(url).headers["location"]).query)

    assert asked["show_dialog"] == ["true"]
    assert asked["scope"] == ["user-read-email user-library-read user-top-read"]


def test_a_code_works_once_and_with_its_own_verifier_only(sign_in, exchange):
    query, verifier, _ = sign_in()

    with pytest.raises(AuthApiError, match="code challenge does not match"):
        exchange(query, "another-verifier")
    exchange(query, verifier)
    with pytest.raises(AuthApiError) as used:
        exchange(query, verifier)
    assert used.value.code == "flow_state_not_found"


def test_a_code_that_is_exchanged_too_late_is_refused(sign_in, exchange, gateway, monkeypatch):
    query, verifier, _ = sign_in()
    later = gateway.project.now() + 301
    monkeypatch.setattr(gateway.project, "now", lambda: later)

    with pytest.raises(AuthApiError) as late:
        exchange(query, verifier)
    assert late.value.code == "flow_state_expired"


def test_a_listener_who_cancels_comes_back_with_spotifys_error(sign_in):
    query, _, where = sign_in(listener="")

    assert where == f"{APP}/callback"
    assert query == {"error": "access_denied"}


@pytest.mark.parametrize(
    ("asked", "returned"),
    [
        (f"{APP}/anything", f"{APP}/anything"),
        ("http://127.0.0.2:9999/callback", "http://127.0.0.2:9999/callback"),
        ("http://localhost:8501/callback", APP),
        ("https://tonearm.example/callback", "https://tonearm.example/callback"),
        ("https://evil.example/callback", APP),
    ],
)
def test_a_browser_is_sent_back_to_known_addresses_and_silently_to_the_site_instead(
    sign_in, gateway, monkeypatch, asked, returned
):
    monkeypatch.setattr(gateway.project, "redirect_urls", ("https://tonearm.example/*",))

    assert sign_in(redirect_to=asked)[2] == returned


def test_confirming_addresses_refuses_everybody_who_has_one(sign_in, gateway, spotify, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_confirming_email", True)

    assert "code" in sign_in()[0]
    monkeypatch.setattr(spotify, "legacy", True)  # apps of before 2026 are told the address
    assert sign_in()[0]["error_code"] == "provider_email_needs_verification"


def test_insisting_on_addresses_refuses_everybody_without_one(sign_in, gateway, monkeypatch):
    monkeypatch.setattr(gateway.project, "is_email_optional", False)

    assert sign_in()[0]["error_description"] == "Error getting user email from external provider"


def test_a_provider_that_is_off_is_refused(gateway, http, monkeypatch):
    monkeypatch.setattr(gateway.project, "has_spotify", False)

    refused = http.get(f"{gateway.url}/auth/v1/authorize?provider=spotify")

    assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")


@pytest.fixture
def session(sign_in, exchange):
    return exchange(*sign_in()[:2])


def test_refreshing_brings_new_tokens_without_those_of_spotify(new_client, session):
    refreshed = new_client().auth.refresh_session(session.refresh_token).session

    assert refreshed.refresh_token != session.refresh_token
    assert refreshed.provider_token is None
    assert new_client().auth.get_user(refreshed.access_token).user.id == session.user.id


def test_a_used_refresh_token_works_for_ten_seconds_more_and_then_ends_the_session(
    new_client, session, gateway, monkeypatch
):
    began = gateway.project.now()
    monkeypatch.setattr(gateway.project, "now", lambda: began)
    newest = new_client().auth.refresh_session(session.refresh_token).session
    assert new_client().auth.refresh_session(session.refresh_token).session

    monkeypatch.setattr(gateway.project, "now", lambda: began + 11)
    with pytest.raises(AuthApiError) as used:
        new_client().auth.refresh_session(session.refresh_token)
    assert used.value.code == "refresh_token_already_used"
    with pytest.raises(AuthApiError) as gone:
        new_client().auth.refresh_session(newest.refresh_token)
    assert gone.value.code == "refresh_token_not_found"


def test_a_session_that_ends_while_its_token_is_used_is_a_refusal(new_client, session, gateway, monkeypatch):
    accounts = gateway.accounts
    give_new = accounts.refresh_token
    monkeypatch.setattr(accounts, "refresh_token", lambda ended: accounts.close_session(ended) or give_new(ended))

    with pytest.raises(AuthApiError) as gone:
        new_client().auth.refresh_session(session.refresh_token)

    assert gone.value.code == "refresh_token_not_found"


def test_signing_out_ends_one_session(new_client, session):
    new_client().auth.admin.sign_out(session.access_token, "local")

    with pytest.raises(AuthApiError):
        new_client().auth.refresh_session(session.refresh_token)
    with pytest.raises(AuthApiError) as gone:
        new_client().auth.get_user(session.access_token)
    assert gone.value.code == "session_not_found"


def test_only_the_secret_key_lists_and_deletes_users(new_client, session, gateway):
    with pytest.raises(AuthApiError) as refused:
        new_client().auth.admin.delete_user(session.user.id)
    assert refused.value.code == "not_admin"

    admin = new_client(gateway.project.secret_key).auth.admin
    assert session.user.id in [user.id for user in admin.list_users()]
    admin.delete_user(session.user.id)

    assert session.user.id not in [user.id for user in admin.list_users()]
    with pytest.raises(AuthApiError):
        new_client().auth.refresh_session(session.refresh_token)
    with pytest.raises(AuthApiError) as unknown:
        admin.delete_user(session.user.id)
    assert unknown.value.code == "user_not_found"


def test_the_settings_say_what_the_dashboard_says(gateway, http):
    settings = http.get(f"{gateway.url}/auth/v1/settings", headers={"apikey": gateway.project.publishable_key}).json()

    assert settings["external"] == {"spotify": True, "email": False}
    assert settings["mailer_autoconfirm"] is True


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "signup"), ("POST", "token?grant_type=password"), ("PUT", "user")]
)
def test_what_it_does_not_know_it_does_not_guess(gateway, http, method, path):
    headers = {"apikey": gateway.project.publishable_key}

    assert http.request(method, f"{gateway.url}/auth/v1/{path}", headers=headers, json={}).status_code == 501
