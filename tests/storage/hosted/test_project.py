"""Whatever a Supabase project answers, or does not, becomes a sentence within two seconds, and no secret is in it."""

import logging
import threading
import time
import traceback
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from recsys.auth.encryption import Cipher
from recsys.auth.models import Tokens
from recsys.auth.supabase import ListenerTokens, SupabaseAccounts
from recsys.errors import SpotifyProblem, StorageProblem
from recsys.storage.hosted.project import SupabaseProject, answer
from recsys.storage.hosted.sessions import SupabaseSessions
from recsys.storage.hosted.store import SupabaseStore
from tests.fakes.loopback import Loopback
from tests.storage.conftest import SECRET
from tests.storage.tables import some_tracks


class OddServer:
    """Answers every request with what `says` is set to, and remembers the requests."""

    def __init__(self):
        self.says, self.paths, self.may_answer = Response("{}", 200), [], threading.Event()
        self.may_answer.set()

    async def __call__(self, scope, receive, send):
        import anyio

        self.paths.append(scope["path"])
        await anyio.to_thread.run_sync(self.may_answer.wait)
        await self.says(scope, receive, send)


@pytest.fixture(scope="module")
def odd_server():
    app = OddServer()
    server = Loopback(app).start()
    app.url = server.url
    yield app
    app.may_answer.set()
    server.stop()


@pytest.fixture
def odd(odd_server):
    project = SupabaseProject(odd_server.url, "sb_publishable_x", "sb_secret_hidden")
    yield SupabaseStore(project, lambda listener: "a token")
    project.close()


def seconds_until_refused(call, match):
    began = time.monotonic()
    with pytest.raises(StorageProblem, match=match):
        call()
    return time.monotonic() - began


def test_a_server_that_is_down_is_a_sentence_at_once():
    project = SupabaseProject("http://127.0.0.1:9", "p", "s")

    assert seconds_until_refused(SupabaseStore(project, lambda listener: "t").check, "does not answer") < 2
    project.close()


@pytest.mark.parametrize(
    "call",
    [
        SupabaseStore.check,
        lambda store: store.tracks("ada"),
        lambda store: store.counts("ada"),
        lambda store: store.save_tracks("ada", some_tracks("a")),
        lambda store: store.save_state("ada", "cursor", {"offset": 50}),
    ],
    ids=["check", "tracks", "counts", "save_tracks", "save_state"],
)
def test_a_server_that_does_not_answer_is_a_sentence_within_two_seconds(odd_server, odd, call):
    odd_server.may_answer.clear()
    try:
        assert seconds_until_refused(lambda: call(odd), "does not answer") < 2
    finally:
        odd_server.may_answer.set()


def refused(status, code="", message="", details=None):
    return JSONResponse({"code": code or None, "message": message, "details": details, "hint": None}, status)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (refused(400, "23502", "null value"), "breaks the rules"),
        (refused(400, "22P02", "invalid input syntax"), "breaks the rules"),
        (refused(409, "23503", "foreign key"), "does not know this listener"),
        (refused(403, "42501", "permission denied"), "tonearm doctor"),
        (refused(404, "PGRST202", "no function"), "db push --remote"),
        (refused(404, "PGRST205", "no table"), "db push --remote"),
        (refused(401, "PGRST301", "Expected 3 parts in JWT; got 1"), "keys are wrong"),
        (refused(401, "PGRST303", "JWT expired"), "Sign in again"),
        (refused(500, "54000", "index row size exceeds btree maximum"), "too long"),
        (refused(413, "54023", "at most 1000 rows"), "no room"),
        (refused(500, "57014", "canceling statement"), "took too long"),
        (refused(401, "", "Invalid API key"), "SUPABASE_SECRET_KEY"),
        (refused(500, "XX000", "cache lookup failed"), "code XX000"),
        (Response("<h1>Welcome to our wireless</h1>", media_type="text/html"), "not Supabase"),
        (Response("<h1>Bad gateway</h1>", 502), "code 502"),
        (Response("", 522), "code 522"),
    ],
)
def test_every_refusal_is_a_sentence(odd_server, odd, says, sentence):
    odd_server.says = says

    with pytest.raises(StorageProblem, match=sentence):
        odd.save_tracks("ada", some_tracks("a"))


def test_nothing_of_a_refused_row_is_repeated_or_logged(odd_server, odd, caplog):
    caplog.set_level(logging.DEBUG)
    odd_server.says = refused(400, "23514", "violates check", "Failing row contains (1, BQD-secret-token)")
    sessions = SupabaseSessions(odd._project, Cipher(SECRET))

    try:
        sessions.end("x" * 43)
    except StorageProblem as problem:
        shown = "".join(traceback.format_exception(problem))

    assert "breaks the rules" in shown
    assert "BQD-secret-token" not in shown + caplog.text
    assert "sb_secret_hidden" not in shown + caplog.text + repr(odd._project)


class EndingTokens:
    """A `TokenStore` with tokens that end this minute."""

    def __init__(self, ends):
        self.stored = Tokens("an access token", "a refresh token", ends)

    def tokens(self, listener, issuer):
        return self.stored

    def remove_tokens(self, listener, issuer):
        self.stored = None

    def locked(self, name):
        return nullcontext()


@pytest.mark.parametrize(
    "says",
    [
        JSONResponse({"message": "Invalid API key", "hint": "Double check your key."}, 401),
        JSONResponse({"error": "requested path is invalid"}, 404),
        Response("", 540),
        Response("<h1>Welcome to our wireless</h1>", media_type="text/html"),
        JSONResponse({"access_token": "BQD-secret-token", "user": {}}),
    ],
    ids=["wrong key", "no such path", "paused", "a page", "another shape"],
)
def test_what_auth_does_not_say_itself_ends_no_session_and_repeats_no_token(odd_server, odd, says):
    odd_server.says = says
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    tokens = EndingTokens(now)
    renew = ListenerTokens(odd._project, tokens, lambda: now)
    finish = partial(SupabaseAccounts(odd._project, ("a",), lambda: now).finish, {"code": "c"}, "v" * 43)

    with pytest.raises(StorageProblem) as not_renewed:
        renew("ada")
    with pytest.raises(SpotifyProblem) as not_signed_in:
        finish()

    assert tokens.stored
    for problem in (not_renewed.value, not_signed_in.value):
        assert "BQD-secret-token" not in "".join(traceback.format_exception(problem))


def test_a_read_is_not_tried_again_behind_the_listeners_back(odd_server, odd):
    odd_server.says, odd_server.paths[:] = Response("", 503), []

    with pytest.raises(StorageProblem):
        odd.check()

    assert len(odd_server.paths) == 1


def test_clients_of_two_listeners_do_not_become_each_other(gateway, supabase):
    ids = {name: gateway.listener(name) for name in ("ada", "grace")}
    clients = {name: supabase.as_listener(gateway.access_token(ids[name])) for name in ids}
    for name, client in clients.items():
        row = {"user_id": ids[name], "key": "whose", "value": {"name": name}}
        answer(client.table("sync_state").insert(row))

    seen = {name: answer(client.table("sync_state").select("value")) for name, client in clients.items()}

    assert seen == {"ada": [{"value": {"name": "ada"}}], "grace": [{"value": {"name": "grace"}}]}
    assert supabase.server.options.headers.get("Authorization") == f"Bearer {gateway.project.secret_key}"


@pytest.mark.parametrize(
    ("method", "path", "size", "seconds"),
    [
        ("POST", "/rest/v1/plays", 10, 1.5),
        ("POST", "/rest/v1/rpc/save_tracks", 5_000_000, 11.5),
        ("POST", "/rest/v1/rpc/export_rows", 2, 60),
        ("DELETE", "/auth/v1/admin/users/00000000-0000-4000-8000-000000000000", 0, 20),
    ],
)
def test_more_time_is_given_for_more_to_do(supabase, method, path, size, seconds):
    request = httpx.Request(method, f"http://x{path}", content=b"x" * size)

    supabase._allow_time(request)

    assert request.extensions["timeout"]["read"] == pytest.approx(seconds, abs=0.01)
    assert request.extensions["timeout"]["connect"] == 1
