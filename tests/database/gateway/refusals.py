"""Refusals of both halves, with the status and body that PostgREST and Auth give them."""

from typing import Final

import psycopg
from starlette.responses import JSONResponse

STATUS_BY_CODE: Final = {
    "23503": 409,  # foreign key
    "23505": 409,  # unique
    "25006": 405,  # read-only transaction
    "42883": 404,  # no such function
    "42P01": 404,  # no such table
    "42P17": 500,
    "57P01": 503,
    "53400": 500,
    "P0001": 400,  # raise exception
}
STATUS_BY_CLASS: Final = {
    **dict.fromkeys(("08", "53"), 503),
    **dict.fromkeys(("0L", "0P", "28"), 403),
    **dict.fromkeys(("09", "25", "2D", "38", "39", "3B", "40", "54", "55", "57", "58", "F0", "HV", "P0", "XX"), 500),
}
"""https://docs.postgrest.org/en/stable/references/errors.html: the rest is 400."""


class Refused(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, code: str | None, message: str, **more: str | None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "details": None, "hint": None, **more}


def not_known(what: str) -> Refused:
    """What this double has not learnt. Teach it, or ask for something else."""
    return Refused(501, "GATEWAY", f"The test gateway does not know {what}.")


def refused_by_postgres(problem: psycopg.Error, role: str, is_write: bool) -> Refused:
    """A refusal of Postgres as PostgREST tells it."""
    said, code = problem.diag, problem.sqlstate or "XX000"
    message = said.message_primary or str(problem)
    if code == "42P01":
        return Refused(404, "PGRST205", f"Could not find the table in the schema cache: {message}")
    if code == "42703" and is_write:
        return Refused(400, "PGRST204", f"Could not find the column in the schema cache: {message}")
    if code == "42501":
        status = 401 if role == "anon" else 403
    else:
        status = STATUS_BY_CODE.get(code) or STATUS_BY_CLASS.get(code[:2], 400)
    return Refused(status, code, message, details=said.message_detail, hint=said.message_hint)


def auth_refusal(status: int, code: str, message: str) -> JSONResponse:
    """A refusal of Auth, in the shape of API version 2024-01-01."""
    return JSONResponse({"code": code, "message": message}, status, {"x-supabase-api-version": "2024-01-01"})
