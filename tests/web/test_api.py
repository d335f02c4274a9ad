"""The programs' API: for the caller only, described by a valid document, and clear about every wrong value."""

import csv
import io
import json
import logging
import math
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from recsys.auth.guests import guest_listener, visitor
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.pool import around
from recsys.core.engine.recipe_link import PARAMETERS
from recsys.core.model.features import FEATURES
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.errors import ReconnectSpotify, StorageProblem, UnreadableFile
from recsys.services.recent_lists import RecentLists
from recsys.services.turns import Turns
from recsys.web.recommend_request import RecommendRequest
from tests.fakes.faults import Fault
from tests.web.conftest import OURS, PAGE, Browser, app_of


@pytest.fixture(scope="module")
def music():
    return demo_listeners()[0].library


@pytest.fixture
def caller(world, spotify, browser, music):
    """A signed-in browser with a library."""
    browser.sign_in(spotify)
    world.store.save_tracks(listener_of(world, browser), music)
    return browser


def listener_of(world, browser):
    return visitor(browser.session_id(), world.sessions, world.now()).listener


def described(browser, answer):
    """The JSON of an answer, once it is what the document promises for this path, method and status."""
    document = browser.get("/api/openapi.json").json()
    request = answer.request
    operation = document["paths"][request.url.path][request.method.lower()]
    schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
    return answer.json()


def test_the_document_is_valid_openapi_3_1(browser):
    document = browser.get("/api/openapi.json").json()
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_the_document_names_every_route_and_every_parameter(browser):
    document = browser.get("/api/openapi.json").json()
    methods = {path: set(operations) for path, operations in document["paths"].items()}
    assert methods == {
        "/health": {"get"},
        "/api/me": {"get"},
        "/api/sync-spotify": {"get", "post", "delete"},
        "/api/recommend": {"get"},
        "/recommend": {"get"},
    }
    named = {parameter["name"] for parameter in document["paths"]["/api/recommend"]["get"]["parameters"]}
    own = {"user_id", *(feature.name for feature in FEATURES)}
    assert named == set(RecommendRequest.model_fields) == {*PARAMETERS, *own}


def test_health_says_that_all_is_well(browser):
    answer = browser.get("/health")
    assert answer.status_code == 200
    assert described(browser, answer) == {"status": "ok", "version": "0.1.0", "failed": []}


def test_health_names_the_part_that_failed(deployment):
    def broken():
        raise StorageProblem("The store does not answer.")

    def unreadable():
        raise UnreadableFile("The catalogue is damaged.")

    both = replace(deployment, check_store=broken, catalogue_is_loaded=lambda: False)
    for changed, failed in (
        (replace(deployment, check_store=broken), ["store"]),
        (replace(deployment, catalogue_is_loaded=lambda: False), ["catalogue"]),
        (replace(deployment, catalogue_is_loaded=unreadable), ["catalogue"]),
        (both, ["store", "catalogue"]),
    ):
        program = Browser(app_of(changed))
        answer = program.get("/health")
        assert answer.status_code == 503
        assert described(program, answer)["failed"] == failed


def test_me_is_the_caller_without_any_token(world, caller):
    answer = caller.get("/api/me")
    me = described(caller, answer)
    assert me["display_name"] == "Ada"
    assert set(me) == {"user_id", "display_name", "avatar_url"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("cookie", [None, "x" * 43, "nonsense"])
@pytest.mark.parametrize("path", ["/api/me", "/api/sync-spotify"])
def test_strangers_and_guests_are_signed_out(browser, path, cookie):
    if cookie:
        browser.keep_session(cookie)
    answer = browser.get(path)
    assert answer.status_code == 401
    assert described(browser, answer) == {"error": "Sign in first."}


def test_a_sync_is_started_read_and_finished(world, caller):
    answer = caller.post("/api/sync-spotify", headers=OURS)
    assert answer.status_code == 202
    assert described(caller, answer)["is_running"]
    world.sync.wait(listener_of(world, caller), 30)

    progress = described(caller, caller.get("/api/sync-spotify"))

    assert progress["finished_at"] is not None
    assert progress["found"] == progress["stored"] + progress["skipped"] + progress["pending"] == 120 + 140 + 50
    for stage in progress["stages"]:
        assert stage["found"] == stage["stored"] + sum(stage["skipped"].values()) + stage["pending"]


def test_a_sync_can_be_cancelled(world, spotify, caller):
    spotify.fail_when("GET /v1/me/top/tracks", Fault.slow(0.2))
    caller.post("/api/sync-spotify", headers=OURS)
    answer = caller.delete("/api/sync-spotify", headers=OURS)
    assert answer.status_code == 200
    described(caller, answer)
    world.sync.wait(listener_of(world, caller), 30)
    assert described(caller, caller.get("/api/sync-spotify"))["finished_at"] is None


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_another_site_can_neither_start_nor_stop_a_sync(world, spotify, caller, method, origin):
    answer = caller.request(method, "/api/sync-spotify", headers={} if origin is None else {"Origin": origin})
    assert answer.status_code == 403
    described(caller, answer)
    assert world.sync.progress(listener_of(world, caller)).stages == ()


def test_where_no_spotify_app_is_configured_a_sync_is_unavailable(world, spotify, deployment, caller):
    program = Browser(app_of(replace(deployment, sync=None)))
    program.keep_session(caller.session_id())
    answer = program.get("/api/sync-spotify")
    assert answer.status_code == 503
    assert "configured" in described(program, answer)["error"]


def test_a_list_is_ranked_explained_and_stored(world, caller, music):
    found = described(caller, caller.get("/api/recommend?limit=7"))

    scores = [track["score"] for track in found["tracks"]]
    assert len(scores) == 7
    assert scores == sorted(scores, reverse=True)
    for track in found["tracks"]:
        assert math.isclose(sum(track["contributions"].values()), track["score"], abs_tol=1e-6)
    assert not {track["track_id"] for track in found["tracks"]} & set(music["track_id"])
    stored = world.store.recommendations(listener_of(world, caller))
    assert list(stored["track_id"]) == [track["track_id"] for track in found["tracks"]]
    assert set(stored["created_at"]) == {found["created_at"]}


@pytest.mark.parametrize("query", ["energy=50", "weights=energy:50", "weights=energy:50,valence:0&tempo=1"])
def test_weights_can_be_given_one_by_one_or_as_a_list(caller, query):
    usual = described(caller, caller.get("/api/recommend"))
    found = described(caller, caller.get(f"/api/recommend?{query}"))
    assert share_of_energy(found) > share_of_energy(usual)


def share_of_energy(found):
    parts = [track["contributions"] for track in found["tracks"]]
    return sum(abs(part["energy"]) for part in parts) / sum(abs(value) for part in parts for value in part.values())


def test_seeds_are_used_instead_of_the_library(caller, music):
    usual = described(caller, caller.get("/api/recommend"))
    seeded = described(caller, caller.get(f"/api/recommend?seeds={music['track_id'].iloc[-1]}"))
    assert [t["track_id"] for t in seeded["tracks"]] != [t["track_id"] for t in usual["tracks"]]


def test_songs_like_one_to_stay_away_from_fall(caller):
    first = described(caller, caller.get("/api/recommend?limit=5"))["tracks"][0]
    found = described(caller, caller.get(f"/api/recommend?limit=5&minus={first['track_id']}"))
    assert first["track_id"] not in {track["track_id"] for track in found["tracks"]}
    assert found["tracks"][0]["score"] != first["score"]


def test_the_other_dials_are_understood(caller):
    query = "familiarity=0.5&variety=0.3&per_artist=1&only_new_artists=false&shifts=energy:-1.5"
    found = described(caller, caller.get(f"/api/recommend?{query}"))
    assert len({track["artists"].split("; ")[0] for track in found["tracks"]}) == len(found["tracks"])


def test_the_same_list_as_csv(caller):
    as_json = described(caller, caller.get("/api/recommend?limit=5"))
    answer = caller.get("/api/recommend?limit=5", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["track_id"] for row in rows] == [track["track_id"] for track in as_json["tracks"]]
    assert math.isclose(
        sum(float(value) for name, value in rows[0].items() if name.startswith("why_")),
        float(rows[0]["score"]),
        abs_tol=1e-6,
    )
    assert {row["note"] for row in rows} == {as_json["note"]} == {"demo data"}


def test_a_list_of_real_songs_carries_no_note(deployment, caller):
    program = Browser(app_of(replace(deployment, note=lambda: None)))
    program.keep_session(caller.session_id())
    assert described(program, program.get("/api/recommend?limit=1"))["note"] is None
    header = program.get("/api/recommend?limit=1", headers={"Accept": "text/csv"}).text.splitlines()[0]
    assert "note" not in header.split(",")


def test_songs_of_the_listeners_own_pool_are_said_to_be_and_carry_no_note(world, deployment, caller):
    with_pool = around(None, demo_catalogue().head(300))
    program = Browser(
        app_of(replace(deployment, recommend=lambda *asked: RecentLists().recommend(with_pool, world.store, *asked))),
    )
    program.keep_session(caller.session_id())
    answer = described(program, program.get("/api/recommend?limit=3"))
    assert [track["pool"] for track in answer["tracks"]] == ["found around you"] * 3
    assert answer["note"] is None


def test_titles_that_a_spreadsheet_would_run_are_harmless_in_csv_and_whole_in_json(world, deployment, caller):
    songs = demo_catalogue().head(300)
    songs["title"], songs["artists"] = '=HYPERLINK("http://evil")', "@" + songs["artists"]
    hostile = Catalogue.from_tracks(songs.assign(title=songs["title"] + songs.index.astype("str")))
    program = Browser(
        app_of(replace(deployment, recommend=lambda *asked: RecentLists().recommend(hostile, world.store, *asked))),
    )
    program.keep_session(caller.session_id())
    answer = program.get("/recommend?limit=5", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert all(row["title"].startswith("'=") and row["artists"].startswith("'@") for row in rows)
    assert program.get("/recommend?limit=1").json()["tracks"][0]["title"].startswith("=HYPERLINK")


def test_both_addresses_keep_the_list_they_gave(world, caller):
    for path in ("/recommend?limit=3&energy=50", "/api/recommend?limit=4&valence=50"):
        given = [track["track_id"] for track in caller.get(path).json()["tracks"]]
        assert list(world.store.recommendations(listener_of(world, caller))["track_id"]) == given


def test_many_programs_at_once_get_the_lists_they_would_get_alone(
    world, spotify, deployment, caller, music, monkeypatch
):
    monkeypatch.setattr("recsys.web.api.LONGEST_WAIT_S", 120)  # no machine is so busy that the last of them is refused
    queries = [f"limit=5&{feature.name}=50" for feature in FEATURES]
    alone = [caller.get(f"/api/recommend?{query}").json()["tracks"] for query in queries]
    most_at_once, inside, count = [], [], threading.Lock()

    def watched(*asked):
        with count:
            inside.append(1)
            most_at_once.append(len(inside))
        try:
            return deployment.recommend(*asked)
        finally:
            with count:
                inside.pop()

    app = app_of(replace(deployment, recommend=watched, ranking=Turns(2, 0, 0)))

    def ask(query):
        program = Browser(app)
        program.keep_session(caller.session_id())
        return program.get(f"/api/recommend?{query}").json()["tracks"]

    with ThreadPoolExecutor(len(queries)) as pool:
        assert list(pool.map(ask, queries)) == alone
    assert max(most_at_once) <= 2


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("image/png", "application/json"),
        ("text/csvx", "application/json"),
        ("text/csv, application/json", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
        ("text/csv;q=0.5, */*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV; charset=utf-8", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv, */*", "text/csv"),
        ("text/csv;q=much", "text/csv"),
        ("text/csv; q=0.9, application/json; q=0.1", "text/csv"),
        ("application/json;q=0, text/csv;q=0.001", "text/csv"),
    ],
)
def test_json_unless_csv_is_wanted_more(caller, accept, kind):
    answer = caller.get("/api/recommend?limit=1", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(kind)


def test_a_mistyped_path_is_not_found_instead_of_a_page(browser):
    for path in ("/api/sync_spotify", "/api/", "/api/recommend/3"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "/api/openapi.json" in answer.json()["error"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=3.5", "limit"),
        ("limit=", "limit"),
        ("limit=²", "limit"),
        ("limit=1e3", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=3&limit=4", "limit"),
        ("energy=nan", "energy"),
        ("energy=NaN", "energy"),
        ("energy=inf", "energy"),
        ("energy=-inf", "energy"),
        ("energy=-1", "energy"),
        ("energy=1e300", "energy"),
        ("energy=much", "energy"),
        ("energy=", "energy"),
        ("energy=1_0", "energy"),
        ("energy=%205", "energy"),
        ("energy=٣", "energy"),
        ("energy=.", "energy"),
        ("weights=energy:nan", "weights"),
        ("weights=energy", "weights"),
        ("weights=energy:1,energy:2", "weights"),
        ("weights=loudnes:1", "weights"),
        ("weights=energy:1&energy=2", "energy"),
        ("weights=" + ",".join(f"{feature.name}:0" for feature in FEATURES), "weights"),
        ("shifts=energy:4.5", "shifts"),
        ("shifts=genre:1", "shifts"),
        ("familiarity=2", "familiarity"),
        ("variety=-0.1", "variety"),
        ("per_artist=0", "per_artist"),
        ("only_new_artists=yes", "only_new_artists"),
        ("seeds=a b", "seeds"),
        ("seeds=", "seeds"),
        ("minus=a b", "minus"),
        ("seeds=" + ",".join(f"id{number}" for number in range(51)), "seeds"),
        ("enery=2", "enery"),
        ("only=year", "only"),
        ("only=year:", "only"),
        ("only=yeer:1990..1999", "only"),
        ("only=year:1999..1990", "only"),
        ("only=year:1990..1999&only=year:2000..", "only"),
        ("only=year:1_990..", "only"),
        ("not_artist=", "not_artist"),
        ("not_artist=" + "x" * 201, "not_artist"),
        ("genre=%20", "genre"),
        ("order=spiral", "order"),
        ("order=arc&order=rise", "order"),
        ("by=year", "by"),
        ("spacing=21", "spacing"),
        ("minutes=0", "minutes"),
        ("minutes=nan", "minutes"),
        ("no_explicit=yes", "no_explicit"),
        ("preset=loudest", "preset"),
        ("locked=a", "locked"),
        ("locked=a:1,b:1", "locked"),
    ],
)
def test_a_bad_value_is_refused_and_its_field_is_named(caller, query, field):
    answer = caller.get(f"/api/recommend?{query}")
    assert answer.status_code == 422
    problem = described(caller, answer)
    assert problem["field"] == field
    assert re.fullmatch(r".*\.", problem["error"])


def test_thousands_of_parameters_are_refused_at_once(caller):
    """Reading them holds up every socket of the server."""
    began = time.process_time()

    answer = caller.get(f"/api/recommend?{'&'.join(f'{number:x}' for number in range(12_000))}")

    assert time.process_time() - began < 2
    assert (answer.status_code, answer.json()["field"]) == (422, "0")


def test_a_seed_nobody_knows_is_refused(caller):
    answer = caller.get("/api/recommend?seeds=nobody-knows-me")
    assert answer.status_code == 422
    assert described(caller, answer)["field"] == "seeds"


def test_a_song_to_stay_away_from_that_nobody_knows_is_refused(caller):
    answer = caller.get("/api/recommend?minus=nobody-knows-me")
    assert answer.status_code == 422
    assert described(caller, answer)["field"] == "minus"


def test_somebody_elses_list_is_refused(world, spotify, caller, new_browser):
    other = new_browser()
    other.sign_in(spotify, "grace")
    for user_id in (listener_of(world, other), "ada", "", "*"):
        answer = caller.get("/api/recommend", params={"user_id": user_id})
        assert answer.status_code == 403
        described(caller, answer)


def test_ones_own_id_may_be_given(world, caller):
    assert caller.get("/api/recommend", params={"user_id": listener_of(world, caller)}).status_code == 200


def test_a_listener_without_tracks_is_told_so(spotify, browser):
    browser.sign_in(spotify, "nell")
    answer = browser.get("/api/recommend")
    assert answer.status_code == 409
    described(browser, answer)


def test_without_a_session_there_is_no_list(browser):
    answer = browser.get("/api/recommend")
    assert answer.status_code == 401
    described(browser, answer)


def test_a_guest_gets_a_list_for_what_they_brought(world, browser, music):
    browser.open()
    world.store.save_tracks(guest_listener(browser.session_id()), music)
    assert len(described(browser, browser.get("/api/recommend?limit=3"))["tracks"]) == 3


def test_a_store_that_does_not_answer_is_503_with_a_sentence(world, deployment, caller):
    def broken(listener, recipe, seeds, minus):
        raise StorageProblem("The store does not answer. Try again in a minute.")

    program = Browser(app_of(replace(deployment, recommend=broken)))
    program.keep_session(caller.session_id())
    answer = program.get("/api/recommend")
    assert answer.status_code == 503
    assert described(program, answer)["error"].startswith("The store does not answer")


def test_a_sign_in_that_has_ended_at_the_store_is_401_with_a_sentence(deployment, caller):
    """A session may outlive Supabase's tokens, without which nobody's rows can be read."""

    class Ended:
        def __getattr__(self, name):
            raise ReconnectSpotify("Your sign-in has ended. Log in again; your library is still here.")

    program = Browser(app_of(replace(deployment, sync=Ended())))
    program.keep_session(caller.session_id())
    answer = program.get("/api/sync-spotify")
    assert answer.status_code == 401
    assert described(program, answer)["error"].startswith("Your sign-in has ended")


def test_recommend_is_a_page_for_browsers_and_a_list_for_programs(caller):
    assert "<div id=root>" in caller.get("/recommend", headers=PAGE).text
    assert "<div id=root>" in caller.get("/recommend?limit=3", headers={"Accept": "text/html"}).text
    assert len(described(caller, caller.get("/recommend?limit=3"))["tracks"]) == 3


def test_every_answer_carries_the_security_headers(caller):
    for path in ("/health", "/api/me", "/api/recommend", "/api/openapi.json"):
        assert "content-security-policy" in caller.get(path).headers


def test_no_token_is_in_any_answer_or_log(world, spotify, caller, caplog):
    with caplog.at_level(logging.DEBUG):
        answers = [caller.post("/api/sync-spotify", headers=OURS)]
        world.sync.wait(listener_of(world, caller), 30)
        paths = ("/api/me", "/api/sync-spotify", "/api/recommend?limit=2", "/health", "/api/openapi.json")
        answers += [caller.get(path) for path in paths]
    shown = caplog.text + "".join(f"{answer.headers}{answer.text}" for answer in answers)
    tokens = world.sessions.tokens(listener_of(world, caller))
    assert tokens.access_token not in shown
    assert tokens.refresh_token not in shown
    assert caller.session_id() not in shown


def test_a_failure_nobody_expected_is_a_sentence_without_its_reason(world, deployment, caller):
    def broken(listener, recipe, seeds, minus):
        raise RuntimeError("a secret reason")

    program = Browser(app_of(replace(deployment, recommend=broken)), raise_server_exceptions=False)
    program.keep_session(caller.session_id())
    answer = program.get("/api/recommend")
    assert answer.status_code == 500
    assert answer.json() == {"error": "Something failed on this server; the log has details. Please try again."}
    assert "content-security-policy" in answer.headers


def test_guests_nobody_knows_get_lists_and_leave_no_rows(world, deployment, music):
    seed = demo_catalogue()["track_id"].iloc[0]
    app = app_of(deployment)
    for number in range(5):
        stranger = Browser(app)
        stranger.keep_session(f"{number:043}")
        assert len(stranger.get(f"/api/recommend?limit=3&seeds={seed}").json()["tracks"]) == 3
        assert not any(world.store.counts(guest_listener(stranger.session_id())).values())


def test_more_lists_than_may_wait_are_refused_and_say_when_to_try_again(world, deployment, caller, monkeypatch):
    monkeypatch.setattr("recsys.web.api.MAX_WAITING", 0)
    inside, end = threading.Event(), threading.Event()

    def slow(*asked):
        inside.set()
        end.wait(30)
        return deployment.recommend(*asked)

    app = app_of(replace(deployment, recommend=slow, ranking=Turns(1, 0, 0)))
    first, second = Browser(app), Browser(app)
    for program in (first, second):
        program.keep_session(caller.session_id())
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(first.get, "/api/recommend?limit=3")
        inside.wait(30)
        refused = second.get("/api/recommend?limit=3")
        end.set()
        assert made.result().status_code == 200
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "10"
    assert "Try again" in described(second, refused)["error"]


def test_filters_leave_out_and_are_counted(caller):
    usual = described(caller, caller.get("/api/recommend"))
    by = usual["tracks"][0]["artists"].split("; ")[0]
    query = {"only": ["year:1990..1999", "tempo:..120"], "not_artist": [by], "no_live": "true"}

    found = described(caller, caller.get("/api/recommend", params=query))

    assert found["tracks"]
    for track in found["tracks"]:
        assert 1990 <= track["year"] <= 1999
        assert by not in track["artists"].split("; ")
    assert found["counts"]["year"] > 0
    assert found["counts"]["catalogue"] == sum(n for name, n in found["counts"].items() if name != "catalogue")


def test_a_list_can_be_ordered_and_measured_in_minutes(caller):
    rising = described(caller, caller.get("/api/recommend?limit=20&order=rise&by=energy"))
    energies = [energy for track in rising["tracks"] if (energy := track["features"]["energy"]) is not None]
    assert energies == sorted(energies)
    assert len(set(energies)) > 10

    timed = described(caller, caller.get("/api/recommend?minutes=45"))
    durations = [track["features"]["duration_ms"] for track in timed["tracks"]]
    assert abs(sum(durations) / 60_000 - 45) <= min(durations) / 60_000 / 2


def test_a_locked_song_is_on_the_list_at_its_place_or_said_not_to_be(caller):
    tracks = described(caller, caller.get("/api/recommend?limit=20"))["tracks"]
    last, by = tracks[-1]["track_id"], tracks[-1]["artists"].split("; ")[0]
    kept = {"limit": 20, "locked": f"{last}:3", "shifts": "energy:2"}

    moved = described(caller, caller.get("/api/recommend", params=kept))
    assert (moved["tracks"][2]["track_id"], moved["unlisted"]) == (last, [])

    ruled_out = described(caller, caller.get("/api/recommend", params=kept | {"not_artist": by}))
    assert len(ruled_out["unlisted"]) == 1
    assert "(by artists you ruled out)" in ruled_out["unlisted"][0]


def titles_of_m3u(text):
    return [line.split(" - ", 1)[1] for line in text.splitlines() if line.startswith("#EXTINF:")]


def titles_of_xspf(text):
    return [track.find("{*}title").text for track in ElementTree.fromstring(text).iter("{http://xspf.org/ns/0/}track")]


def titles_of_jspf(text):
    return [track["title"] for track in json.loads(text)["playlist"]["track"]]


@pytest.mark.parametrize(
    ("media_type", "extension", "titles"),
    [
        ("audio/x-mpegurl", "m3u8", titles_of_m3u),
        ("application/xspf+xml", "xspf", titles_of_xspf),
        ("application/jspf+json", "jspf", titles_of_jspf),
    ],
)
def test_the_same_list_as_a_file_for_a_player(caller, media_type, extension, titles):
    usual = described(caller, caller.get("/api/recommend?limit=5"))
    answer = caller.get("/api/recommend?limit=5", headers={"Accept": f"{media_type}, */*;q=0.1"})
    assert answer.headers["content-type"].split(";")[0] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="recommendations.{extension}"'
    assert titles(answer.text) == [track["title"] for track in usual["tracks"]]
