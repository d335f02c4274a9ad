"""A reverse proxy as in compose.yaml, for HTTP alone: a browser stays on one instance until that is gone."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.loopback import Loopback

COOKIE = "tonearm_instance"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}


class StickyProxy:
    """`with StickyProxy() as proxy:` answers at `proxy.url` from whichever of `proxy.instances` (addresses) is up."""

    def __init__(self):
        self.instances = []
        self._server = Loopback(Starlette(routes=[Route("/{path:path}", self._pass_on, methods=METHODS)]))
        self.url = self._server.url

    async def _pass_on(self, request: Request) -> Response:
        wished = request.cookies.get(COOKIE)
        address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        for number, instance in sorted(enumerate(self.instances), key=lambda one: str(one[0]) != wished):
            headers = [(name, value) for name, value in request.headers.items() if name not in OF_ONE_CONNECTION]
            try:
                async with httpx.AsyncClient(timeout=30) as http:
                    answer = await http.request(
                        request.method, instance + address, headers=headers, content=await request.body()
                    )
            except httpx.TransportError:
                continue
            found = Response(answer.content, answer.status_code)
            for name, value in answer.headers.multi_items():
                if name not in OF_ONE_CONNECTION:
                    found.headers.append(name, value)
            found.set_cookie(COOKIE, str(number))
            return found
        return Response("No instance is up.", 502)

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop()
