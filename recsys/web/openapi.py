"""The OpenAPI 3.1 description of the programs' API, made from the same tables the API reads."""

from typing import Any, Final

from recsys.services.programs import PARAMETERS, WEIGHTS

ERROR: Final = {"$ref": "#/components/schemas/Error"}
TEXT_OR_NULL: Final = {"type": ["string", "null"]}
NUMBER_OR_NULL: Final = {"type": ["number", "null"]}
COUNT: Final = {"type": "integer", "minimum": 0}
SESSION: Final[list[dict[str, list[str]]]] = [{"session": []}]


def document(version: str, public_url: str, cookie: str) -> dict[str, Any]:
    """
    The document at `/api/openapi.json` (https://spec.openapis.org/oas/v3.1.0).

    `cookie` is the name of the session cookie; a program uses the one of a browser that signed in.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tonearm",
            "version": version,
            "summary": "Music recommendations you can steer, understand and take with you.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": public_url}],
        "paths": {
            "/health": {"get": _health()},
            "/api/me": {"get": _me()},
            "/api/sync-spotify": _sync(),
            "/api/recommend": {"get": _recommend("recommend")},
            "/recommend": {"get": _recommend("recommendForPrograms")},
        },
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
            "schemas": SCHEMAS,
        },
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(name: str, summary: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": answers, **more}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _health() -> dict[str, Any]:
    answers = {
        "200": _answer("Everything works.", _ref("Health")),
        "503": _answer("Something does not; `failed` names it.", _ref("Health")),
    }
    return _operation("health", "Whether the store answers and the catalogue is loaded", answers, security=[])


def _me() -> dict[str, Any]:
    answers = {
        "200": _answer("The caller's profile.", _ref("Me")),
        "401": _answer("Nobody is signed in.", ERROR),
        "503": _answer("The store does not answer.", ERROR),
    }
    return _operation("me", "Who is signed in", answers, security=SESSION)


def _sync() -> dict[str, Any]:
    def one(name: str, summary: str, status: str, **more: Any) -> dict[str, Any]:
        answers = {
            status: _answer("How far the sync is.", _ref("Sync")),
            "401": _answer("Nobody is signed in.", ERROR),
            "503": _answer("No Spotify app is configured, or the store does not answer.", ERROR),
            **more,
        }
        return _operation(name, summary, answers, security=SESSION)

    refused = {"403": _answer("The request did not come from the app's own origin.", ERROR)}
    return {
        "get": one("readSync", "How far the caller's sync is", "200"),
        "post": one("startSync", "Start the caller's sync, or join the one that runs", "202", **refused),
        "delete": one("cancelSync", "Stop the caller's sync after the page at hand", "200", **refused),
    }


def _recommend(name: str) -> dict[str, Any]:
    found = _answer("The list, best first. It is also kept for the caller.", _ref("Recommendations"))
    found["content"]["text/csv"] = {"schema": {"type": "string"}}
    answers = {
        "200": found,
        "401": _answer("The caller has no session.", ERROR),
        "403": _answer("`user_id` is somebody else.", ERROR),
        "409": _answer("There is nothing to rank yet.", ERROR),
        "422": _answer("A value means nothing here; `field` names it.", ERROR),
        "503": _answer("The store does not answer.", ERROR),
    }
    parameters = [
        {"name": one.name, "in": "query", "required": False, "description": one.says, "schema": dict(one.schema)}
        for one in PARAMETERS.values()
    ]
    summary = "Tracks of the catalogue for the caller's own library"
    return _operation(name, summary, answers, security=SESSION, parameters=parameters)


_STAGE: Final = _object(
    name={"type": "string"},
    title={"type": "string"},
    state={"enum": ["waiting", "running", "paused", "done", "blocked", "failed"]},
    found=COUNT,
    stored=COUNT,
    skipped={"type": "object", "additionalProperties": COUNT},
    pending=COUNT,
    added=COUNT,
    removed=COUNT,
    message={"type": "string"},
    blocked_until=TEXT_OR_NULL,
)
_TRACK: Final = _object(
    rank={"type": "integer", "minimum": 1},
    track_id={"type": "string"},
    title={"type": "string"},
    artists={"type": "string"},
    album=TEXT_OR_NULL,
    year=NUMBER_OR_NULL,
    genres=TEXT_OR_NULL,
    score={"type": "number"},
    cosine={"type": "number", "minimum": -1.001, "maximum": 1.001},
    url=TEXT_OR_NULL,
    contributions={
        "type": "object",
        "description": "How much each feature added to the score; the values sum to it.",
        "required": [weight.name for weight in WEIGHTS],
        "additionalProperties": {"type": "number"},
    },
)
SCHEMAS: Final = {
    "Error": {
        "type": "object",
        "properties": {"error": {"type": "string"}, "field": {"type": "string"}},
        "required": ["error"],
        "additionalProperties": False,
    },
    "Health": _object(
        status={"enum": ["ok", "failing"]},
        version={"type": "string"},
        failed={"type": "array", "items": {"enum": ["store", "catalogue"]}},
    ),
    "Me": _object(user_id={"type": "string"}, display_name=TEXT_OR_NULL, avatar_url=TEXT_OR_NULL),
    "Sync": _object(
        is_running={"type": "boolean"},
        started_at=TEXT_OR_NULL,
        finished_at=TEXT_OR_NULL,
        blocked_until=TEXT_OR_NULL,
        message={"type": "string"},
        found=COUNT,
        stored=COUNT,
        skipped=COUNT,
        pending=COUNT,
        stages={"type": "array", "items": _STAGE},
    ),
    "Recommendations": _object(
        user_id={"type": "string"},
        created_at={"type": "string", "format": "date-time"},
        note={**TEXT_OR_NULL, "description": "Says so where the songs are invented."},
        counts={"type": "object", "additionalProperties": COUNT},
        tracks={"type": "array", "items": _TRACK},
    ),
}
