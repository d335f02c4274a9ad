"""The same services for programs: JSON over the session cookie, described at `/api/openapi.json` and `/api/docs`.

Every answer is about the caller: the listener is read from the session, never from the address. Endpoints and
dependencies that wait for a store are plain functions, which FastAPI runs in threads, so that no ranking and no store
holds up the screens' sockets.
"""

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import APIKeyCookie
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from recsys.auth.models import Visitor
from recsys.core.engine.filters import MOST_NAMES
from recsys.core.engine.pool import POOL
from recsys.core.engine.recipe_link import REPEATED
from recsys.core.formats import FORMATS, ListFile
from recsys.errors import (
    BadTracks,
    BadValue,
    NotAllowed,
    NothingToRank,
    ReconnectSpotify,
    ServerBusy,
    StorageProblem,
    TonearmError,
    UnknownMinus,
)
from recsys.log_context import LISTENER
from recsys.metrics import RANKING_SECONDS
from recsys.times import to_iso
from recsys.web.answers import Error, Health, Me, RecommendationList, Sync, as_json, as_rows
from recsys.web.cookies import session_cookie
from recsys.web.dependencies import Dependencies, SyncService
from recsys.web.recommend_request import RecommendRequest, no_parameter
from recsys.web.requests import is_same_origin, visitor_of, wanted
from recsys.web.security_headers import FAILED, DefaultHeaders

STATUS: Final[dict[type[TonearmError], int]] = {
    BadValue: 422,
    NothingToRank: 409,
    NotAllowed: 403,
    ReconnectSpotify: 401,
    ServerBusy: 503,
    StorageProblem: 503,
}
MAX_WAITING: Final = 16
"""Requests that wait for their turn, of the 28 threads that answer everything."""

LONGEST_WAIT_S: Final = 10

SESSION: Final = "session"
router = APIRouter()


def _error(description: str) -> dict[str, Any]:
    return {"model": Error, "description": description}


Answers = dict[int | str, dict[str, Any]]
SIGNED_OUT: Final[Answers] = {
    401: _error("The caller is not signed in."),
    429: _error("There were too many requests; `Retry-After` says when to try again."),
    503: _error("The store does not answer, or no Spotify app is configured."),
}
ELSEWHERE: Final[Answers] = {403: _error("The request did not come from the app's own origin.")}
NOT_RANKED: Final[Answers] = {
    200: {
        "description": "The list, best first; it is also stored, except for a guest without a library.",
        "content": {form.media_type: {} for form in FORMATS.values() if form.extension != "json"},
    },
    401: _error("The caller has no session."),
    403: _error("`user_id` is somebody else."),
    409: _error("There is nothing to rank yet."),
    422: _error("A value is not valid; `field` names it."),
    429: _error("There were too many requests; `Retry-After` says when to try again."),
    503: _error("The store does not answer, or too many lists are being made."),
}


async def _dependencies(request: Request) -> Dependencies:
    dependencies: Dependencies = request.app.state.dependencies
    return dependencies


Here = Annotated[Dependencies, Depends(_dependencies)]
_cookie = APIKeyCookie(name="tonearm", scheme_name=SESSION, auto_error=False)


def _visitor(request: Request, dependencies: Here, _: Annotated[str | None, Security(_cookie)]) -> Visitor | None:
    return visitor_of(request, dependencies)


async def _caller(visitor: Annotated[Visitor | None, Depends(_visitor)]) -> Visitor:
    """The listener of the session, guests included. What is logged from here on is theirs: threads get this context."""
    if visitor is None:
        raise HTTPException(401, "Sign in first.")
    LISTENER.set(visitor.listener)
    return visitor


async def _listener(caller: Annotated[Visitor, Depends(_caller)]) -> Visitor:
    if caller.is_guest:
        raise HTTPException(401, "Sign in first.")
    return caller


async def _from_own_origin(request: Request, dependencies: Here) -> None:
    if not is_same_origin(request, dependencies):
        raise NotAllowed("Send this from the app's own origin.")


async def _sync_service(dependencies: Here) -> SyncService:
    if dependencies.sync is None:
        raise HTTPException(503, "No Spotify app is configured here.")
    return dependencies.sync


async def _known_and_once(request: Request) -> None:
    """
    A parameter that does not exist or is given twice is refused. FastAPI would use the last one of two, and compares
    every name with all others: ten thousand of them would hold up the screens' sockets for many seconds.
    """
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in RecommendRequest.model_fields:
            raise no_parameter(name)
        if count > (MOST_NAMES if name in REPEATED else 1):
            raise BadValue(f"“{name}” is given too often.", name)


Caller = Annotated[Visitor, Depends(_caller)]
Listener = Annotated[Visitor, Depends(_listener)]
Syncs = Annotated[SyncService, Depends(_sync_service)]
OwnOrigin = Depends(_from_own_origin)


@router.get(
    "/health",
    operation_id="health",
    response_model=Health,
    responses={503: {"model": Health, "description": "A part does not work."}},
)
def health(response: Response, dependencies: Here) -> Any:
    """Whether the store answers and the catalogue is loaded; 503 names what does not."""
    parts: dict[str, Callable[[], object]] = {
        "store": dependencies.check_store,
        "catalogue": dependencies.catalogue_is_loaded,
    }
    failed = []
    for name, check in parts.items():
        # A check that fails returns False or raises.
        try:
            is_well = check() is not False
        except TonearmError:
            is_well = False
        if not is_well:
            failed.append(name)
    response.status_code = 503 if failed else 200
    return {"status": "failing" if failed else "ok", "version": dependencies.version, "failed": failed}


@router.get("/api/me", operation_id="me", responses=SIGNED_OUT)
def me(listener: Listener) -> Me:
    """Who is signed in."""
    return Me(user_id=listener.listener, display_name=listener.display_name, avatar_url=listener.avatar_url)


@router.get("/api/sync-spotify", operation_id="readSync", response_model=Sync, responses=SIGNED_OUT)
def read_sync(listener: Listener, syncs: Syncs) -> Any:
    """How far the caller's sync is."""
    return syncs.progress(listener.listener)


@router.post(
    "/api/sync-spotify",
    operation_id="startSync",
    status_code=202,
    response_model=Sync,
    responses={**SIGNED_OUT, **ELSEWHERE},
    dependencies=[OwnOrigin],
)
def start_sync(listener: Listener, syncs: Syncs) -> Any:
    """Start the caller's sync, or join the one that runs."""
    return syncs.start(listener.listener)


@router.delete(
    "/api/sync-spotify",
    operation_id="cancelSync",
    response_model=Sync,
    responses={**SIGNED_OUT, **ELSEWHERE},
    dependencies=[OwnOrigin],
)
def cancel_sync(listener: Listener, syncs: Syncs) -> Any:
    """Stop the caller's sync after the page at hand; what is stored stays."""
    return syncs.cancel(listener.listener)


@router.get("/recommend", operation_id="recommendForPrograms", response_model=RecommendationList, responses=NOT_RANKED)
@router.get("/api/recommend", operation_id="recommend", response_model=RecommendationList, responses=NOT_RANKED)
def recommend(
    request: Request,
    dependencies: Here,
    caller: Caller,
    asked: Annotated[RecommendRequest, Query()],
    _: Annotated[None, Depends(_known_and_once)],
) -> Any:
    """Tracks of the catalogue for the caller's own library. Browsers that show a page get the screen `/recommend`."""
    if asked.user_id not in (None, caller.listener):
        raise NotAllowed("You can only ask for recommendations for yourself.")
    try:
        with request.app.state.ranking.turn(), RANKING_SECONDS.labels("program").time():
            found = dependencies.recommend(caller.listener, asked.recipe(), asked.seed_ids, asked.minus_ids)
    except BadTracks as problem:  # the other tracks are the store's and the catalogue's, which are whole
        raise BadValue(str(problem), "minus" if isinstance(problem, UnknownMinus) else "seeds") from problem
    # Songs found around the listener are real, and never mixed with invented ones.
    note = None if POOL in found.table else dependencies.note()
    now = to_iso(dependencies.clock())
    store = dependencies.store_for(caller.listener)
    if not caller.is_guest or any(store.counts(caller.listener).values()):  # guests can be invented
        store.save_recommendations(caller.listener, as_rows(found, now))
    # The format that is wanted most; JSON where several are, or none.
    accept = request.headers.get("accept", "*/*")
    file = FORMATS[max(["json", *FORMATS], key=lambda name: wanted(accept, FORMATS[name].media_type))]
    if file.media_type == "application/json":
        return as_json(caller.listener, found, now, note)
    headers = {"Content-Disposition": f'attachment; filename="recommendations.{file.extension}"'}
    return Response(file.write(ListFile(found, note=note)), media_type=file.media_type, headers=headers)


def build_api(dependencies: Dependencies) -> FastAPI:
    """The programs' API of one app, as an ASGI app that answers full paths."""
    api = FastAPI(
        title="Tonearm",
        summary="Music recommendations you can steer, understand and take with you.",
        version=dependencies.version,
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": dependencies.public_url}],
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.dependencies = dependencies
    api.state.ranking = dependencies.ranking.queue(MAX_WAITING, LONGEST_WAIT_S)
    api.include_router(router)
    api.openapi()["components"]["securitySchemes"][SESSION]["name"] = session_cookie(dependencies.is_https)
    api.add_middleware(DefaultHeaders, headers={"cache-control": "no-store"})
    api.add_exception_handler(Exception, _answer_failure)
    api.add_exception_handler(TonearmError, _answer_error)
    api.add_exception_handler(RequestValidationError, _answer_error)
    api.add_exception_handler(StarletteHTTPException, _answer_error)
    return api


async def _answer_error(_: Request, problem: Exception) -> Response:
    """Errors raised on purpose become a status and their sentence; others are left to the server."""
    if isinstance(problem, RequestValidationError):
        problem = no_parameter(str(problem.errors()[0]["loc"][1]))
    if isinstance(problem, StarletteHTTPException):
        nothing_here = "There is nothing here. /api/openapi.json says what there is."
        sentence = nothing_here if problem.status_code == 404 else problem.detail
        return JSONResponse({"error": sentence}, problem.status_code, problem.headers)
    status = next((code for kind, code in STATUS.items() if isinstance(problem, kind)), None)
    if status is None:
        raise problem
    field = {"field": problem.field} if isinstance(problem, BadValue) else {}
    headers = {"Retry-After": str(LONGEST_WAIT_S)} if isinstance(problem, ServerBusy) else None
    return JSONResponse({"error": str(problem), **field}, status, headers)


async def _answer_failure(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": FAILED}, 500)
