"""A page of somebody else's."""

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.fakes.loopback import Loopback


class OtherSite:
    """
    `with OtherSite() as evil:`; `evil.page(html)` gives the address of a page of somebody else's.

    By the name `localhost` it is another site than the app; by the number 127.0.0.1 only another origin, whose
    requests carry the app's cookies even where SameSite is Lax.
    """

    def __init__(self):
        self._html = ""
        self._server = Loopback(Starlette(routes=[Route("/", self._show)]))

    async def _show(self, request):
        return HTMLResponse(self._html)

    def page(self, html, host="localhost"):
        self._html = f"<!doctype html><title>Elsewhere</title>{html}"
        return f"http://{host}:{self._server.port}/"

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop()
