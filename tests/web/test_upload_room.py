"""Uploads fill the memory of a server only so far, whoever sends them and however many at once."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount, Route

from recsys.web import upload_room
from recsys.web.upload_room import UploadRoom
from tests.web.conftest import Browser


@pytest.fixture
def server(deployment, monkeypatch):
    """A browser of a server with room for 100 bytes, 60 of one tab; and what it holds, by tab and file."""
    monkeypatch.setattr(upload_room, "MOST_OF_ALL", 100)
    monkeypatch.setattr(upload_room, "MOST_OF_ONE", 60)
    held = {}

    async def put(request):
        held[request.path_params["tab"], request.path_params["file"]] = len(await request.body())
        return Response(status_code=204)

    def bytes_of(tab):
        return sum(size for (of, _), size in held.items() if tab in (None, of))

    app = Starlette(
        routes=[Route("/_stcore/upload_file/{tab}/{file}", put, methods=["PUT"])],
        middleware=[Middleware(UploadRoom, dependencies=replace(deployment, uploaded_bytes=bytes_of))],
    )
    return Browser(app), held


def statuses(browser, *uploads):
    return [browser.put(f"/_stcore/upload_file/{path}", content=b"x" * size).status_code for path, size in uploads]


def test_a_tab_has_its_share_and_no_more(server):
    browser, held = server
    assert statuses(browser, ("a/1", 40), ("a/2", 20), ("a/3", 1)) == [204, 204, 413]

    del held["a", "1"]
    assert statuses(browser, ("a/3", 40)) == [204]


def test_many_tabs_share_what_the_server_has(server):
    browser, held = server
    assert statuses(browser, ("a/1", 50), ("b/1", 50), ("c/1", 1)) == [204, 204, 503]
    answer = browser.put("/_stcore/upload_file/c/1", content=b"x")
    assert answer.headers["retry-after"] == "60"
    assert answer.text == "Many large files are being read at the moment. Try again in a minute."

    held.clear()
    assert statuses(browser, ("c/1", 1)) == [204]


def test_an_upload_without_a_length_is_refused_before_it_is_read(server):
    browser, held = server
    answer = browser.put("/_stcore/upload_file/a/1", content=iter([b"x"] * 1_000))

    assert (answer.status_code, held) == (411, {})


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "٣", "1e3"])
def test_a_length_that_is_none_is_refused(server, length):
    browser, held = server
    path = "/_stcore/upload_file/a/1"
    answer = browser.put(path, content=b"x", headers={"content-length": length.encode()})

    assert (answer.status_code, held) == (411, {})


@pytest.mark.usefixtures("server")
def test_what_is_under_way_counts_until_it_has_ended(deployment):
    statuses = []

    async def another_comes_meanwhile(scope, receive, send):
        if scope["path"].endswith("a/1"):
            await room({**scope, "path": "/_stcore/upload_file/b/1"}, receive, note)
        await Response(status_code=204)(scope, receive, send)

    async def note(message):
        statuses.extend([message["status"]] if "status" in message else [])

    room = UploadRoom(another_comes_meanwhile, deployment)
    browser = Browser(Starlette(routes=[Mount("/", room)]))

    assert browser.put("/_stcore/upload_file/a/1", content=b"x" * 51).status_code == 204
    assert statuses == [503]
    assert room.arriving == {}


def test_other_requests_pass(server):
    browser, _ = server
    assert browser.get("/_stcore/upload_file/a/1").status_code == 405
