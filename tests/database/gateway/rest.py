"""The REST half: one transaction per request, as the caller's role, with the caller's claims."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL
from starlette import requests
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tests.database.gateway import functions, tables
from tests.database.gateway.caller import Caller, caller
from tests.database.gateway.connections import Connections
from tests.database.gateway.refusals import Refused, not_known, refused_by_postgres
from tests.database.gateway.settings import Project
from tests.database.gateway.tables import WRITES, Request

BECOME = "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)"
LIMITS = "select rolname, split_part(setting, '=', 2) from pg_roles, unnest(rolconfig) as setting where setting like %s"


@dataclass
class Rest:
    """Answers `/rest/v1/…`."""

    project: Project
    connections: Connections

    async def __call__(self, asked: requests.Request) -> Response:
        """Answer one request in a thread of its own."""
        who = caller(asked, self.project)
        path, body = asked.path_params["path"], await asked.body()
        schema = asked.headers.get("content-profile", asked.headers.get("accept-profile", "public"))
        if schema != "public" or not self.project.is_exposing_public:
            raise Refused(406, "PGRST106", f"Invalid schema: {schema}")
        if asked.headers.get("accept", "*/*") not in ("*/*", "application/json"):
            raise not_known(f"Accept: {asked.headers['accept']}")
        request = Request(asked.method, path, asked.query_params, asked.headers, body, self.project.max_rows)
        return await run_in_threadpool(self._answer, request, who)

    def _answer(self, request: Request, who: Caller) -> Response:
        answers = {"GET": self._read, "HEAD": self._read, **dict.fromkeys(WRITES, self._write)}
        if request.method not in answers:
            raise not_known(f"the method {request.method}")
        answer = self._call if request.path.startswith("rpc/") else answers[request.method]
        with self._transaction(request, who) as connection:
            return answer(connection, request)

    @contextmanager
    def _transaction(self, request: Request, who: Caller) -> Iterator[psycopg.Connection]:
        """A transaction that is the caller's: their role, its time limit, their claims."""
        try:
            with self.connections.transaction() as connection:
                limits = dict(connection.execute(LIMITS, ("statement_timeout=%",)).fetchall())
                _limit(connection, limits.get(who.role))
                connection.execute(BECOME, (who.role, json.dumps(who.claims)))
                yield connection
        except psycopg.Error as problem:
            raise refused_by_postgres(problem, who.role, request.method in WRITES) from problem

    def _read(self, connection: psycopg.Connection, request: Request) -> Response:
        total = "*"
        if "count=exact" in request.preferences:
            total = connection.execute(*tables.count(request)).fetchone()[0]
        rows, many = _rows(connection, tables.read(request), request)
        status = 206 if total != "*" and many < total else 200
        return _json(b"" if request.method == "HEAD" else rows, status, many, total)

    def _write(self, connection: psycopg.Connection, request: Request) -> Response:
        primary_key = connection.execute(tables.PRIMARY_KEY, (f"public.{request.path}",)).fetchall()
        rows, many = _rows(connection, tables.write(request, [name for (name,) in primary_key]), request)
        total = many if "count=exact" in request.preferences else "*"
        if "return=representation" in request.preferences:
            return _json(rows, 201 if request.method == "POST" else 200, many, total)
        return Response(status_code=WRITES[request.method], headers={"content-range": f"*/{total}"})

    def _call(self, connection: psycopg.Connection, request: Request) -> Response:
        function = functions.find(connection, request.path.removeprefix("rpc/"), request.json)
        if function.statement_timeout:  # PostgREST lifts it from the function to the transaction
            _limit(connection, function.statement_timeout)
        if function.is_reading:
            connection.execute("set transaction read only")
        statement = functions.call(request, function)
        if function.is_void:
            connection.execute(statement, request.values)
            return Response(status_code=204)
        shown = SQL("answer") if function.result == "json" else SQL("to_json(answer)")
        statement = SQL("select {}::text from ({}) as t (answer)").format(shown, statement)
        (answer,) = connection.execute(statement, request.values).fetchone()
        return _json(answer or "null", 200, 1, "*")


def _limit(connection: psycopg.Connection, statement_timeout: str | None) -> None:
    if statement_timeout:
        connection.execute("select set_config('statement_timeout', %s, true)", (statement_timeout,))


def _rows(connection: psycopg.Connection, statement: SQL, request: Request) -> tuple[str, int]:
    """The rows a statement gives as JSON text, and how many they are."""
    gathered = SQL("with t as ({}) select coalesce(json_agg(t), '[]')::text, count(*) from t").format(statement)
    return connection.execute(gathered, request.values).fetchone()


def _json(content: str | bytes, status: int, many: int, total: int | str) -> Response:
    span = f"0-{many - 1}" if many else "*"
    return Response(content, status, {"content-range": f"{span}/{total}"}, "application/json; charset=utf-8")
