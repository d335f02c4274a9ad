"""Who asks, for what kind of answer, and whether the question came from our own pages."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from recsys.services.visitors import Visitor, visitor
from recsys.web.cookies import session_cookie
from recsys.web.deployment import Deployment


def visitor_of(request: Request, deployment: Deployment) -> Visitor | None:
    """The visitor behind the session cookie, looked up in the store every time; None without a usable cookie."""
    return visitor(session_id_of(request, deployment), deployment.sessions, deployment.clock())


def session_id_of(request: Request, deployment: Deployment) -> str | None:
    """The value of the session cookie, whatever it is worth."""
    return request.cookies.get(session_cookie(deployment.is_https))


def is_same_origin(request: Request, deployment: Deployment) -> bool:
    """
    True when the browser says that one of our own pages sent this. Required for every write: browsers add the cookie
    to some requests that other sites cause, but never a false Origin (RFC 6454, 7.3).
    """
    return request.headers.get("origin") == deployment.public_url


def asks_for_page(scope: Scope) -> bool:
    """True for a GET made by a browser to show a page (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header)."""
    headers = Headers(scope=scope)
    if scope["method"] != "GET":
        return False
    if "sec-fetch-dest" in headers:
        return headers["sec-fetch-dest"] == "document"
    return "text/html" in headers.get("accept", "")
