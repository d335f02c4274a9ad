"""The same services for programs: JSON over the session cookie, described at `/api/openapi.json`.

Every answer is about the caller: the listener is read from the session, never from the address. Plain functions, which
Starlette runs in threads of their own, so that no ranking and no store holds up the screens' sockets.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from recsys.auth.models import Visitor
from recsys.errors import (
    BadTracks,
    BadValue,
    NotAllowed,
    NothingToRank,
    StorageProblem,
    TonearmError,
)
from recsys.services.programs import Wish, as_csv, as_json, kept, wish
from recsys.services.sync_progress import SyncProgress
from recsys.times import to_iso
from recsys.web.cookies import session_cookie
from recsys.web.dependencies import Deployment, SyncService
from recsys.web.openapi import document
from recsys.web.requests import asks_for_page, is_same_origin, visitor_of, wanted

STATUS: Final[dict[type[TonearmError], int]] = {
    BadValue: 422,
    NothingToRank: 409,
    NotAllowed: 403,
    StorageProblem: 503,
}
COUNTS: Final = ("found", "stored", "skipped", "pending", "message", "blocked_until")
OF_A_SYNC: Final = ("is_running", "started_at", "finished_at")
OF_A_STAGE: Final = ("name", "title", "state", "added", "removed")
RANKED_AT_ONCE: Final = 2
"""Lists made at a time. Each needs some 50 MB for a million songs, and more at once than processors gain nothing."""

NO_STORE: Final = {"Cache-Control": "no-store"}
Endpoint = Callable[["Api", Request], Response]


class _SignedOut(Exception):
    """There is nobody to answer about."""


class _Unavailable(Exception):
    """This deployment does not offer what was asked for."""


def _answers_errors(endpoint: Endpoint) -> Endpoint:
    """Errors raised on purpose become a status and their sentence; others are left to the server."""

    @wraps(endpoint)
    def answer(api: "Api", request: Request) -> Response:
        try:
            return endpoint(api, request)
        except _SignedOut:
            return _json({"error": "Sign in first."}, 401)
        except _Unavailable as reason:
            return _json({"error": str(reason)}, 503)
        except TonearmError as problem:
            status = next((code for kind, code in STATUS.items() if isinstance(problem, kind)), None)
            if status is None:
                raise
            field = {"field": problem.field} if isinstance(problem, BadValue) else {}
            return _json({"error": str(problem), **field}, status)

    return answer


class ForPrograms(Route):
    """A route that leaves browsers showing a page to the page of the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As a route, but never for a page in a tab."""
        if scope["type"] == "http" and asks_for_page(scope):
            return Match.NONE, {}
        return super().matches(scope)


class Api:
    """The routes of the API for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._ranking = threading.BoundedSemaphore(RANKED_AT_ONCE)

    def routes(self) -> list[Route]:
        """`/recommend` is also a screen; browsers that show pages get that."""
        return [
            Route("/health", self.health),
            Route("/api/openapi.json", self.openapi),
            Route("/api/me", self.me),
            Route("/api/sync-spotify", self.read_sync, methods=["GET"]),
            Route("/api/sync-spotify", self.start_sync, methods=["POST"]),
            Route("/api/sync-spotify", self.cancel_sync, methods=["DELETE"]),
            Route("/api/recommend", self.recommend),
            ForPrograms("/recommend", self.recommend),
            Route("/api/{path:path}", self.unknown),
        ]

    def health(self, request: Request) -> Response:
        """Whether the store answers and the catalogue is loaded; 503 names what does not."""
        parts = {"store": self._deployment.check_store, "catalogue": self._deployment.catalogue_is_loaded}
        failed = [name for name, check in parts.items() if not _is_well(check)]
        status = "failing" if failed else "ok"
        return _json({"status": status, "version": self._deployment.version, "failed": failed}, 503 if failed else 200)

    def openapi(self, request: Request) -> Response:
        """The description of this API."""
        d = self._deployment
        return JSONResponse(document(d.version, d.public_url, session_cookie(d.is_https)))

    def unknown(self, request: Request) -> Response:
        """A path that is none of ours: without this a mistyped one would get the page of a screen, and status 200."""
        return _json({"error": "There is nothing here. /api/openapi.json says what there is."}, 404)

    @_answers_errors
    def me(self, request: Request) -> Response:
        """Who is signed in."""
        listener = self._signed_in(request)
        return _json(
            {
                "user_id": listener.listener,
                "display_name": listener.display_name,
                "avatar_url": listener.avatar_url,
            }
        )

    @_answers_errors
    def read_sync(self, request: Request) -> Response:
        """How far the caller's sync is."""
        listener = self._signed_in(request)
        return _json(_progress(self._sync().progress(listener.listener)))

    @_answers_errors
    def start_sync(self, request: Request) -> Response:
        """Start the caller's sync or join it."""
        listener = self._writing(request)
        return _json(_progress(self._sync().start(listener.listener)), 202)

    @_answers_errors
    def cancel_sync(self, request: Request) -> Response:
        """Stop the caller's sync; what is stored stays."""
        listener = self._writing(request)
        return _json(_progress(self._sync().cancel(listener.listener)))

    @_answers_errors
    def recommend(self, request: Request) -> Response:
        """A list for the caller's own library, guests included; kept in `recommendations`."""
        caller = visitor_of(request, self._deployment)
        if caller is None:
            raise _SignedOut
        asked = wish(request.query_params.multi_items())
        if asked.user_id not in (None, caller.listener):
            raise NotAllowed("You can only ask for recommendations for yourself.")
        with self._ranking:
            found = self._ranked(caller.listener, asked)
        note, now = self._deployment.note(), to_iso(self._deployment.clock())
        self._deployment.store_for(caller.listener).save_recommendations(caller.listener, kept(found, now))
        if _prefers_csv(request):
            headers = {**NO_STORE, "Content-Disposition": 'attachment; filename="recommendations.csv"'}
            return Response(as_csv(found, note), media_type="text/csv", headers=headers)
        return _json(as_json(caller.listener, found, now, note))

    def _ranked(self, listener: str, asked: Wish) -> Any:
        try:
            return self._deployment.recommend(listener, asked.recipe, asked.seeds)
        except BadTracks as problem:  # the other tracks are the store's and the catalogue's, which are whole
            raise BadValue(str(problem), "seeds") from problem

    def _signed_in(self, request: Request) -> Visitor:
        visitor = visitor_of(request, self._deployment)
        if visitor is None or visitor.is_guest:
            raise _SignedOut
        return visitor

    def _writing(self, request: Request) -> Visitor:
        if not is_same_origin(request, self._deployment):
            raise NotAllowed("Send this from the app's own origin.")
        return self._signed_in(request)

    def _sync(self) -> SyncService:
        if self._deployment.sync is None:
            raise _Unavailable("No Spotify app is configured here.")
        return self._deployment.sync


def _is_well(check: Callable[[], object]) -> bool:
    """True unless the check says False, or why not."""
    try:
        return check() is not False
    except TonearmError:
        return False


def _progress(progress: SyncProgress) -> dict[str, Any]:
    """The part of a progress that programs see; where reading goes on is our business."""
    return {
        **{name: getattr(progress, name) for name in (*COUNTS, *OF_A_SYNC)},
        "stages": [{name: getattr(stage, name) for name in (*COUNTS, *OF_A_STAGE)} for stage in progress.stages],
    }


def _prefers_csv(request: Request) -> bool:
    """True when CSV is wanted more than JSON."""
    accept = request.headers.get("accept", "*/*")
    return wanted(accept, "text/csv") > wanted(accept, "application/json")


def _json(content: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers=NO_STORE)
