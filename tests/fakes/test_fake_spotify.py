"""The invented Spotify answers as the reference says that Spotify does, so that tests against it mean something."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from recsys.auth.spotify import code_challenge, code_verifier
from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET, FakeSpotify, Fault, music
from tests.fakes.spotify.music import spotify_id, track

BACK = "http://127.0.0.1:8501/callback"
VERIFIER = code_verifier(bytes(48))
ROOT = Path(__file__).resolve().parents[2]
LAST_LINE = "Ctrl+C stops the invented Spotify, and it forgets everything.\n"
OWN, FOREIGN = spotify_id("playlist", "ada", "mixed"), spotify_id("playlist", "followed")


@pytest.fixture(scope="module")
def running():
    with FakeSpotify(saved=60) as fake:
        yield fake


@pytest.fixture
def fake(running):
    running.reset()
    return running


@pytest.fixture
def ada(fake):
    """An HTTP client with Ada's token."""
    with httpx.Client(base_url=fake.api_url, headers=bearer(fake.grant("ada"))) as http:
        yield http


def bearer(grant):
    return {"Authorization": f"Bearer {grant.access_token}"}


def asked(**changes):
    wanted = {"client_id": CLIENT_ID, "response_type": "code", "redirect_uri": BACK, "scope": "user-top-read me-too"}
    challenge = {"code_challenge_method": "S256", "code_challenge": code_challenge(VERIFIER)}
    return {key: value for key, value in (wanted | challenge | {"state": "s"} | changes).items() if value is not None}


def form(fake, **changes):
    return httpx.post(f"{fake.accounts_url}/api/token", data=changes)


def test_the_page_offers_every_listener_and_every_scope(fake):
    page = httpx.get(f"{fake.accounts_url}/authorize", params=asked(state='"><script>')).text

    assert re.findall(r'id="agree-(\w+)"', page) == ["ada", "grace", "nell"]
    assert 'id="cancel"' in page and page.count('name="granted"') == 2
    assert "<script>" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "other"},
        {"redirect_uri": "http://localhost:8501/callback"},
        {"redirect_uri": "http://127.0.0.1:8501/callback/"},
        {"redirect_uri": "http://127.0.0.1:8501/Callback"},
        {"redirect_uri": "https://evil.example/callback"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_question_is_not_asked_of_the_listener(fake, wrong):
    assert httpx.get(f"{fake.accounts_url}/authorize", params=asked(**wrong)).status_code == 400
    assert httpx.post(f"{fake.accounts_url}/authorize", data=asked(**wrong) | {"listener": "ada"}).status_code == 400


def test_agreeing_brings_a_code_and_the_state_back(fake):
    chosen = asked() | {"listener": "grace", "granted": ["user-top-read"]}
    back = httpx.post(f"{fake.accounts_url}/authorize", data=chosen).headers["location"]
    answer = parse_qs(urlsplit(back).query)

    assert back.startswith(BACK) and answer["state"] == ["s"]
    code = {"grant_type": "authorization_code", "code": answer["code"][0], "redirect_uri": BACK}
    given = form(fake, **code, client_id=CLIENT_ID, code_verifier=VERIFIER).json()
    assert given["scope"] == "user-top-read" and given["expires_in"] == 3600
    me = httpx.get(f"{fake.api_url}/v1/me", headers={"Authorization": f"Bearer {given['access_token']}"}).json()
    assert me["id"] == "grace"


def test_cancelling_brings_back_only_that(fake):
    back = httpx.post(f"{fake.accounts_url}/authorize", data=asked() | {"listener": ""}).headers["location"]

    assert parse_qs(urlsplit(back).query) == {"error": ["access_denied"], "state": ["s"]}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "never given"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9/callback"}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"client_id": "other"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(fake, change, error):
    code = parse_qs(urlsplit(fake.approve(f"x?{httpx.QueryParams(asked())}")).query)["code"][0]
    right = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": CLIENT_ID}

    answer = form(fake, **(right | {"code_verifier": VERIFIER} | change))

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_without_a_challenge_the_secret_must_come(fake):
    bare = asked(code_challenge=None, code_challenge_method=None)
    codes = [parse_qs(urlsplit(fake.approve(f"x?{httpx.QueryParams(bare)}")).query)["code"][0] for _ in range(2)]
    right = {"grant_type": "authorization_code", "redirect_uri": BACK}

    assert form(fake, **right, code=codes[0], client_id=CLIENT_ID).json()["error"] == "invalid_client"
    secret = httpx.BasicAuth(CLIENT_ID, CLIENT_SECRET)
    given = httpx.post(f"{fake.accounts_url}/api/token", data=right | {"code": codes[1]}, auth=secret)
    assert given.status_code == 200


def test_a_token_ends_after_an_hour(fake, ada):
    assert ada.get("/v1/me").status_code == 200

    fake.advance(3601)
    answer = ada.get("/v1/me")

    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Missing/invalid/expired access token"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


REMOVED = [
    "GET /v1/tracks?ids=a",
    "GET /v1/artists?ids=a",
    "GET /v1/albums?ids=a",
    "PUT /v1/me/tracks",
    "GET /v1/me/tracks/contains",
    f"GET /v1/playlists/{OWN}/tracks",
    f"POST /v1/playlists/{OWN}/tracks",
    "POST /v1/users/ada/playlists",
    "GET /v1/users/ada",
    "GET /v1/audio-features?ids=a",
    "GET /v1/audio-analysis/a",
    "GET /v1/recommendations?seed_tracks=a",
    "GET /v1/artists/a/top-tracks",
    "GET /v1/artists/a/related-artists",
    "GET /v1/browse/new-releases",
    "GET /v1/markets",
]


@pytest.mark.parametrize("call", REMOVED)
def test_what_was_taken_away_is_forbidden(ada, call):
    answer = ada.request(*call.split(" ", 1))

    assert (answer.status_code, answer.json()) == (403, {"error": {"status": 403, "message": "Forbidden"}})


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        ("GET /v1/me/tracks?limit=51", 400, "Invalid limit"),
        ("GET /v1/me/tracks?limit=0", 400, "Invalid limit"),
        ("GET /v1/search?q=copper&type=track&limit=11", 400, "Invalid limit"),
        ("GET /v1/me/tracks?offset=-1", 400, "Invalid offset"),
        ("GET /v1/me/top/tracks?time_range=ever", 400, "Invalid time range"),
        (f"GET /v1/playlists/{FOREIGN}/items", 403, "Forbidden"),
        ("GET /v1/playlists/nowhere/items", 404, "Resource not found"),
        ("GET /v1/nothing/like/it", 404, "Service not found"),
        ("PUT /v1/me/library", 403, "Insufficient client scope"),
    ],
)
def test_what_is_wrong_is_refused_in_spotifys_words(ada, call, status, message):
    answer = ada.request(*call.split(" ", 1))

    assert (answer.status_code, answer.json()["error"]["message"]) == (status, message)


@pytest.mark.parametrize(
    "path",
    ["me", "me/", "me/tracks", "me/top/artists", "me/playlists", f"playlists/{FOREIGN}", f"tracks/{track(1).id}"],
)
def test_what_is_left_answers_with_and_without_a_slash(ada, path):
    assert ada.get(f"/v1/{path}").status_code == 200


def test_a_page_names_the_next_one_on_its_own_host(fake, ada):
    page = ada.get("/v1/me/tracks?limit=50").json()

    assert page["next"] == f"{fake.api_url}/v1/me/tracks?offset=50&limit=50"
    assert ada.get(page["next"]).json()["next"] is None


def test_search_finds_by_isrc(ada):
    wanted = track(1)

    found = ada.get("/v1/search", params={"q": f"isrc:{wanted.isrc}", "type": "track"}).json()["tracks"]

    assert [item["id"] for item in found["items"]] == [wanted.id] and found["limit"] == 5


def test_an_older_app_sees_old_fields_and_a_new_one_does_not(fake, ada):
    def seen():
        entry = ada.get(f"/v1/playlists/{OWN}/items?limit=1").json()["items"][0]
        return {"track" in entry, "popularity" in entry["item"], "email" in ada.get("/v1/me").json()}

    assert seen() == {False}
    fake.legacy = True
    assert seen() == {True}


def test_the_library_is_changed_by_the_address_and_not_by_a_body(fake):
    grant = fake.grant("ada", scopes=["user-library-modify", "user-library-read"])
    uri = f"spotify:track:{track(5_000).id}"
    with httpx.Client(base_url=fake.api_url, headers=bearer(grant)) as http:
        refused = http.put("/v1/me/library", json={"uris": [uri]})
        assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Missing required field: uris")
        assert http.put("/v1/me/library", params={"uris": uri}).status_code == 200
        assert http.get("/v1/me/library/contains", params={"uris": uri}).json() == [True]
        assert http.delete("/v1/me/library", params={"uris": uri}).status_code == 200
        assert http.get("/v1/me/library/contains", params={"uris": uri}).json() == [False]
        assert http.put("/v1/me/library", params={"uris": ",".join([uri] * 41)}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"uris": [f"spotify:track:{track(1).id}"] * 100}, 201),
        ({"uris": [f"spotify:track:{track(1).id}"] * 101}, 400),
        ([f"spotify:track:{track(1).id}"], 400),
        ({"uris": ["spotify:local:::x:1"]}, 400),
        ({}, 400),
    ],
)
def test_a_playlist_takes_a_hundred_uris_in_an_object(ada, body, status):
    assert ada.post(f"/v1/playlists/{OWN}/items", json=body).status_code == status


@pytest.mark.parametrize("legacy", [False, True])
def test_of_a_playlist_that_is_only_followed_the_contents_are_not_returned(fake, ada, legacy):
    fake.legacy = legacy
    own, *_, followed = ada.get("/v1/me/playlists").json()["items"]

    assert own["items"]["total"] == 59
    assert ("tracks" in own) == legacy
    assert not {"items", "tracks"} & {*followed, *ada.get(f"/v1/playlists/{followed['id']}").json()}


def test_tracks_can_be_taken_out_of_a_playlist(fake, ada):
    before = fake.playlist(OWN).snapshot_id
    gone = fake.playlist(OWN).entries[0][1]

    answer = ada.request("DELETE", f"/v1/playlists/{OWN}/items", json={"items": [{"uri": f"spotify:track:{gone.id}"}]})

    assert answer.json()["snapshot_id"] == fake.playlist(OWN).snapshot_id != before
    assert gone not in [entry for _, entry in fake.playlist(OWN).entries]


def test_a_fault_happens_as_often_as_planned_and_then_no_more(fake, ada):
    fake.fail_next("GET /v1/me", Fault.server_error(), times=2)

    assert [ada.get("/v1/me").status_code for _ in range(3)] == [502, 502, 200]
    assert fake.count("GET /v1/me") == 3 and [seen.status for seen in fake.requests] == [502, 502, 200]


def test_a_fault_may_depend_on_the_request(fake, ada):
    fake.fail_when("GET /v1/me/tracks", Fault.not_found(), when=lambda seen: seen.params["offset"] == "20")

    assert ada.get("/v1/me/tracks?offset=0").status_code == 200
    assert ada.get("/v1/me/tracks?offset=20").status_code == 404
    fake.clear_faults()
    assert ada.get("/v1/me/tracks?offset=20").status_code == 200


@pytest.mark.parametrize(("fault", "acted"), [(Fault.cut_before(), False), (Fault.answer_lost(), True)])
def test_a_connection_is_cut_before_or_after_acting(fake, ada, fault, acted):
    fake.fail_next("POST /v1/me/playlists", fault)

    with pytest.raises(httpx.TransportError):
        ada.post("/v1/me/playlists", json={"name": "Mine"})

    assert (len(fake.listeners["ada"].playlists) == 5) == acted


def test_everybody_has_the_same_invented_music_every_time():
    music.track.cache_clear()
    before = music.listeners(40)
    music.track.cache_clear()
    after = music.listeners(40)

    assert before == after
    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", track_id) for track_id in music.tracks_of(after))
    assert {len(one.saved) for one in after.values()} == {40, 20, 0}


def test_it_can_be_started_by_hand_and_says_how_to_use_it():
    command = [sys.executable, "-m", "tests.fakes.spotify", "--port", "0", "--tracks", "20"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            said = "".join(iter(started.stdout.readline, LAST_LINE))
            settings = dict(re.findall(r"export (\w+)=(\S+)", said))
            assert httpx.get(f"{settings['SPOTIFY_API_URL']}/v1/me").status_code == 401
            assert httpx.get(f"{settings['SPOTIFY_ACCOUNTS_URL']}/authorize", params=asked()).status_code == 200
            assert httpx.get(f"{settings['RECCOBEATS_URL']}/v1/audio-features").status_code == 400
        finally:
            started.terminate()

    assert settings["SPOTIFY_CLIENT_ID"] == CLIENT_ID


def test_a_token_from_before_a_reset_is_nobodys(fake):
    """What a slow request of one test still writes would otherwise be written in the next one."""
    before = fake.grant("ada")
    fake.reset()
    fake.grant("ada")

    emptied = httpx.put(f"{fake.api_url}/v1/playlists/{OWN}/items", json={"uris": []}, headers=bearer(before))

    assert emptied.status_code == 401
