"""Uploads fill the memory of a server only so far, whoever sends them and however many at once."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount, Route

from recsys.web import upload_room
from recsys.web.upload_room import BUSY, REFUSED, UploadRoom
from tests.web.conftest import Browser

KB = 1_000
TOO_MUCH = upload_room.TOO_MUCH.format(0)
TOO_LARGE = upload_room.TOO_LARGE.format(0)


@pytest.fixture
def server(deployment, monkeypatch):
    """A browser of a server with room for 100 kB, 60 of one tab; and the files that it holds, by tab and file."""
    monkeypatch.setattr(upload_room, "MOST_OF_ALL", 100 * KB)
    deployment = replace(deployment, largest_upload=40 * KB)
    held = {}

    async def put(request):
        async with request.form() as form:
            [file] = form.values()
            held[request.path_params["tab"], request.path_params["file"]] = file
            file.content = await file.read()
        return Response(status_code=204)

    def bytes_of(tab):
        return sum(file.size for (of, _), file in held.items() if tab in (None, of))

    app = Starlette(
        routes=[Route("/_stcore/upload_file/{tab}/{file}", put, methods=["PUT"])],
        middleware=[Middleware(UploadRoom, dependencies=replace(deployment, uploaded_bytes=bytes_of))],
    )
    return Browser(app), held


def put_app(put):
    return Starlette(routes=[Route("/_stcore/upload_file/{tab}/{file}", put, methods=["PUT"])])


def sent(server, *uploads):
    """What the tabs hold of each upload: its size, or the sentence in its place."""
    browser, held = server
    for path, size in uploads:
        form = {path: ("naïve “list”.csv", b"x" * size, "text/csv")}
        assert browser.put(f"/_stcore/upload_file/{path}", files=form).status_code == 204
    files = [held[tuple(path.split("/"))] for path, _ in uploads]
    return [file.content.decode() if file.content_type == REFUSED else file.size for file in files]


def test_a_tab_has_its_share_and_no_more(server):
    assert sent(server, ("a/1", 40 * KB), ("a/2", 18 * KB), ("a/3", 2 * KB)) == [40 * KB, 18 * KB, TOO_MUCH]

    _, held = server
    del held["a", "1"]
    assert sent(server, ("a/3", 40 * KB)) == [40 * KB]


def test_many_tabs_share_what_the_server_has(server):
    assert sent(server, ("a/1", 49 * KB), ("b/1", 49 * KB), ("c/1", 2 * KB)) == [49 * KB, 49 * KB, BUSY]

    _, held = server
    held.clear()
    assert sent(server, ("c/1", 2 * KB)) == [2 * KB]


@pytest.mark.parametrize(("size", "sentence"), [(61 * KB, TOO_MUCH), (9_000 * KB, TOO_LARGE)])
def test_the_sentence_comes_under_the_name_of_the_file_and_nothing_of_it_is_held(server, size, sentence):
    assert sent(server, ("a/1", size)) == [sentence]
    file = server[1]["a", "1"]
    assert (file.filename, file.content_type, file.size) == ("naïve “list”.csv", REFUSED, len(sentence))


@pytest.mark.parametrize("body", [b"x" * 70 * KB, b"--\r\n" * 20 * KB, b"--a\r\ncontent-disposition:" + b"x" * 70 * KB])
def test_what_is_no_form_with_a_file_and_does_not_fit_becomes_none(deployment, body):
    deployment = replace(deployment, largest_upload=40 * KB)
    passed_on = []

    async def put(request):
        passed_on.append(await request.body())
        return Response(status_code=400)

    browser = Browser(Starlette(routes=[Mount("/", UploadRoom(put_app(put), deployment))]))
    assert browser.put("/_stcore/upload_file/a/1", content=body).status_code == 400
    assert passed_on == [b""]


def test_an_upload_without_a_length_is_refused_before_it_is_read(server):
    browser, held = server
    answer = browser.put("/_stcore/upload_file/a/1", content=iter([b"x"] * 1_000))

    assert (answer.status_code, held) == (411, {})


def test_an_upload_in_chunks_is_refused_whatever_length_it_announces(server):
    """The chunks count, not the length (RFC 9112, 6.3): four uploads of "10 bytes" filled 800 MB."""
    browser, held = server
    headers = {
        "Content-Length": "10",
        "Transfer-Encoding": "chunked",
        "Content-Type": "multipart/form-data; boundary=x",
    }

    answer = browser.put("/_stcore/upload_file/a/1", content=b"--x\r\n" + bytes(50 * KB), headers=headers)

    assert (answer.status_code, held) == (411, {})


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "٣", "1e3"])
def test_a_length_that_is_none_is_refused(server, length):
    browser, held = server
    path = "/_stcore/upload_file/a/1"
    answer = browser.put(path, content=b"x", headers={"content-length": length.encode()})

    assert (answer.status_code, held) == (411, {})


def test_what_is_under_way_counts_until_it_has_ended(server):
    browser, held = server
    room = upload_room.UploadRoom(browser.app, browser.app.user_middleware[0].kwargs["dependencies"])
    room.arriving["one"] = "b", 99 * KB
    other = Browser(Starlette(routes=[Mount("/", room)])), held

    assert sent(other, ("a/1", 2 * KB)) == [BUSY]
    del room.arriving["one"]
    assert sent(other, ("a/1", 2 * KB)) == [2 * KB]
    assert room.arriving == {}


def test_an_upload_that_breaks_off_leaves_nothing_under_way(deployment):
    async def broken(scope, receive, send):
        assert room.arriving
        raise OSError("connection lost")

    room = UploadRoom(broken, deployment)
    with pytest.raises(OSError, match="lost"):
        Browser(Starlette(routes=[Mount("/", room)])).put("/_stcore/upload_file/a/1", content=b"x")
    assert room.arriving == {}


def test_other_requests_pass(server):
    browser, _ = server
    assert browser.get("/_stcore/upload_file/a/1").status_code == 405
