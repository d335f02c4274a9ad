"""Who sends a request, which kind of answer is wanted, and whether it came from our own pages."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from recsys.auth.guests import visitor
from recsys.auth.models import Visitor
from recsys.web.cookies import session_cookie
from recsys.web.dependencies import Dependencies


def visitor_of(request: Request, dependencies: Dependencies) -> Visitor | None:
    """The visitor behind the session cookie, looked up in the store every time; None without a usable cookie."""
    return visitor(session_id_of(request, dependencies), dependencies.sessions, dependencies.clock())


def session_id_of(request: Request, dependencies: Dependencies) -> str | None:
    """The value of the session cookie, not yet checked."""
    return request.cookies.get(session_cookie(dependencies.is_https))


def is_same_origin(request: Request, dependencies: Dependencies) -> bool:
    """
    True when the browser says that one of our own pages sent this. Required for every write: browsers add the cookie
    to some requests that other sites cause, but never a false Origin (RFC 6454, 7.3).
    """
    return request.headers.get("origin") == dependencies.public_url


def asks_for_page(scope: Scope) -> bool:
    """True for a GET made by a browser to show a page (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header)."""
    headers = Headers(scope=scope)
    if scope["method"] != "GET":
        return False
    if "sec-fetch-dest" in headers:
        return headers["sec-fetch-dest"] == "document"
    return "text/html" in headers.get("accept", "")


def wanted(accept: str, kind: str) -> tuple[float, int]:
    """
    How much a kind of answer such as `text/csv` is wanted, to be compared with another kind's: its quality, from 0 for
    "not at all" to 1, then how exactly it was named (RFC 9110, 12.5.1).
    """
    qualities = {}
    for part in accept.split(","):
        # `text/csv;q=0.5`; a quality that is no number is taken for 1.
        media, *parameters = (word.strip().lower() for word in part.split(";"))
        given = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        qualities[media] = float(given) if re.fullmatch(r"[01](\.[0-9]{0,3})?", given) else 1.0
    for exactness, named in ((2, kind), (1, f"{kind.split('/')[0]}/*"), (0, "*/*")):
        if named in qualities:
            return qualities[named], exactness
    return 0.0, 0
