"""A host of catalogue files on loopback, and a registry that names it: ranges, validators, stalls and faults."""

import asyncio
import hashlib
import json
import threading
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.faults import Faults, Faulty
from tests.fakes.loopback import Loopback

PATH = "/songs.csv"
CALL = f"GET {PATH}"


def registry_table(address, content=b"", **columns):
    """One table of a registry, as TOML; a value of None is left out."""
    values = {
        "name": "songs",
        "title": "Songs on loopback",
        "about": "For tests.",
        "kind": "file",
        "rows": 10,
        "songs": 10,
        "bytes": max(1, len(content)),
        "address": address,
        "page": "https://catalogues.example/songs",
        "licence": "CC0",
        "source": "invented",
        "date": "2026-11-01",
        "ids": "spotify",
        "has": ["year"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "tried": True,
    } | columns
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None]
    return "\n".join(["[[catalogue]]", *lines, ""])


class FakeCatalogueHost:
    """
    `with FakeCatalogueHost(content) as host:`; serves the bytes at `host.address`.

    `etag` may be changed or None; `stall_after` bytes it sends no more until `go_on`; `ranges` are the Range headers as
    they arrived, None for a request for all.
    """

    def __init__(self, content=b"", etag='"1"'):
        self.content, self.etag, self.stall_after = content, etag, None
        self.content_type = "text/csv"
        self.ranges = []
        self._may_go_on = threading.Event()
        self.faults = Faults()
        self.fail_next, self.fail_when, self.count = (self.faults.fail_next, self.faults.fail_when, self.faults.count)
        app = Starlette(routes=[Route(PATH, self._songs)])
        self._server = Loopback(Faulty(app, self.faults, "catalogues"))
        self.address = f"{self._server.url}{PATH}"

    def go_on(self):
        self.stall_after = None
        self._may_go_on.set()

    def entry(self, **columns):
        """The registry's table for the file, as TOML; a value of None is left out."""
        return registry_table(self.address, self.content, **columns)

    def registry(self, folder, **columns):
        """A registry file in a folder that names the host's file."""
        path = Path(folder) / "catalogues.toml"
        path.write_text(self.entry(**columns), "utf-8")
        return path

    async def _songs(self, request):
        wanted = request.headers.get("range")
        self.ranges.append(wanted)
        headers = {"content-type": self.content_type} | ({"etag": self.etag} if self.etag else {})
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        if not wanted or request.headers.get("if-range") != self.etag:
            return self._answer(self.content, 200, headers)
        if start >= len(self.content):
            return Response(status_code=416, headers=headers | {"content-range": f"bytes */{len(self.content)}"})
        whole = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        return self._answer(self.content[start:], 206, headers | {"content-range": whole})

    def _answer(self, body, status, headers):
        if self.stall_after is None:
            return Response(body, status, headers)
        return StreamingResponse(self._stalling(body), status, headers | {"content-length": str(len(body))})

    async def _stalling(self, body):
        at = self.stall_after
        yield body[:at]
        while not self._may_go_on.is_set():
            await asyncio.sleep(0.01)
        yield body[at:]

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self.go_on()
        self._server.stop()
