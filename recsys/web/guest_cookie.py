"""Gives a first-time browser a random session id, so that what a guest imports is still there after a reload."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.auth.models import is_session_id, new_guest_id
from recsys.web.cookies import give_session, session_cookie
from recsys.web.requests import asks_for_page


class GuestCookie:
    """
    Sets the session cookie on pages asked for without one. Nothing is written to the store for it.

    Streamlit freezes cookies when its socket opens, so only the answer that carries the page can set one. Pure ASGI.
    """

    def __init__(self, app: ASGIApp, is_https: bool) -> None:
        self.app = app
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add a cookie to the answer where a page is asked for by a browser without one."""

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                response = Response()
                give_session(response, new_guest_id(), self.is_https)
                headers.append("set-cookie", response.headers["set-cookie"])
                headers["cache-control"] = "no-store"  # a page that carries a session id belongs to one browser
            await send(message)

        is_stranger = (
            scope["type"] == "http"
            and asks_for_page(scope)
            and not is_session_id(HTTPConnection(scope).cookies.get(session_cookie(self.is_https)))
        )
        await self.app(scope, receive, with_cookie if is_stranger else send)
