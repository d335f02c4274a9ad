"""All routes and middleware of the app, for `st.App(..., routes=…, middleware=…)`."""

from typing import Final

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from recsys.web.api import build_api
from recsys.web.canonical_host import CanonicalHost
from recsys.web.dependencies import Dependencies
from recsys.web.docs import docs_routes
from recsys.web.guest_cookie import GuestCookie
from recsys.web.limits import Limits
from recsys.web.metrics import PrivateMetrics, metrics_routes
from recsys.web.missing_files import MissingFiles
from recsys.web.page_styles import PageStyles, with_styles
from recsys.web.request_log import RequestLog
from recsys.web.requests import asks_for_page
from recsys.web.security_headers import DefaultHeaders, SecurityHeaders
from recsys.web.sign_in import SignIn
from recsys.web.socket_origin import OwnSocket
from recsys.web.upload_room import UploadRoom


class ForPrograms(Route):
    """A route that leaves browsers showing a page to the page of the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As a route, but never for a page in a tab."""
        if scope["type"] == "http" and asks_for_page(scope):
            return Match.NONE, {}
        return super().matches(scope)


OWN_PATHS: Final = (
    *("/login", "/callback", "/logout", "/livez", "/metrics", "/health", "/recommend"),
    *("/api/me", "/api/sync-spotify", "/api/recommend", "/api/docs", "/api/openapi.json"),
)
"""Requests that are counted by their path and logged."""

DOWNLOADS: Final = "/media/"
"""Where Streamlit serves what a page offers for download, a whole library too, and says nothing of caches."""


async def _livez(_: Request) -> Response:
    """That this process answers, even while a part fails: restarting the container does not bring Supabase back."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def routes(dependencies: Dependencies) -> list[BaseRoute]:
    """
    The routes beside the screens. They come before Streamlit's, so none may have the path of a page.

    The API has all paths below /api, so that a mistyped one is not found instead of the page of a screen.
    """
    api = build_api(dependencies)
    return [
        *SignIn(dependencies).routes(),
        *docs_routes(),
        *metrics_routes(dependencies),
        Route("/livez", _livez),
        Route("/health", api),
        ForPrograms("/recommend", api),
        Route("/api/{path:path}", api),
    ]


def middleware(dependencies: Dependencies) -> list[Middleware]:
    """What every answer passes through, Streamlit's included."""
    styled = with_styles(dependencies.page, dependencies.styles, dependencies.script)
    return [
        Middleware(RequestLog, paths=OWN_PATHS),
        Middleware(SecurityHeaders, page=styled, is_https=dependencies.is_https),
        Middleware(OwnSocket, public_url=dependencies.public_url),
        Middleware(PrivateMetrics, dependencies=dependencies),
        Middleware(Limits, dependencies=dependencies),
        Middleware(UploadRoom, dependencies=dependencies),
        Middleware(DefaultHeaders, headers={"cache-control": "private, no-store"}, below=DOWNLOADS),
        Middleware(MissingFiles),
        Middleware(CanonicalHost, public_url=dependencies.public_url),
        Middleware(GuestCookie, is_https=dependencies.is_https),
        Middleware(
            PageStyles,
            page=dependencies.page,
            styled=styled,
            modules=dependencies.modules,
        ),
    ]
