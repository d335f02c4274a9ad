"""Reading and writing tables: one statement per request, built like PostgREST's."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.sql import SQL, Composable, Composed, Identifier
from starlette.datastructures import Headers, QueryParams

from tests.database.gateway import filters
from tests.database.gateway.filters import Values
from tests.database.gateway.refusals import Refused, not_known

WRITES: Final = {"POST": 201, "PATCH": 204, "DELETE": 204}
PREFERENCES: Final = {
    *("return=minimal", "return=representation", "count=exact"),
    *("resolution=merge-duplicates", "resolution=ignore-duplicates"),
}
PRIMARY_KEY: Final = """
select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
where indisprimary and indrelid = to_regclass(%s)
"""


@dataclass
class Request:
    """A request as the statements need it. `values` collects the parameters of the statement that answers it."""

    method: str
    path: str
    query: QueryParams
    headers: Headers
    body: bytes
    max_rows: int
    values: Values = field(default_factory=Values)

    @property
    def target(self) -> Composed:
        """The table or function, in the only schema that is exposed."""
        return SQL("public.{}").format(filters.name(self.path.removeprefix("rpc/")))

    @property
    def preferences(self) -> set[str]:
        """What the `Prefer` header asks for."""
        asked = {part.strip() for part in self.headers.get("prefer", "").split(",") if part.strip()}
        if unknown := asked - PREFERENCES:
            raise not_known(f"Prefer: {', '.join(sorted(unknown))}")
        return asked

    @property
    def json(self) -> Any:
        """The body."""
        try:
            return json.loads(self.body)
        except ValueError as problem:
            raise Refused(400, "PGRST102", "Empty or invalid json") from problem


def read(request: Request) -> Composed:
    """The rows of a GET or HEAD."""
    select = SQL("select {} from {}").format(filters.columns(request.query), request.target)
    rows = filters.where(request.query, request.values)
    page = filters.order_and_limit(request.query, request.values, request.max_rows)
    return select + rows + page


def count(request: Request) -> tuple[Composed, Values]:
    """How many rows a GET or HEAD would give without a limit."""
    values = Values()
    return SQL("select count(*) from {}").format(request.target) + filters.where(request.query, values), values


def write(request: Request, primary_key: list[str]) -> Composed:
    """The change a POST, PATCH or DELETE asks for, giving back the rows it touched."""
    statements = {"POST": _insert, "PATCH": _update, "DELETE": _delete}
    statement = statements[request.method](request, primary_key)
    is_asked_back = "return=representation" in request.preferences
    # As in PostgREST, nothing of a row is named unless rows are asked back: the right to write is then enough.
    returned = filters.columns(request.query) if is_asked_back else SQL("1")
    return SQL("{} returning {}").format(statement, returned)


def _insert(request: Request, primary_key: list[str]) -> Composed:
    rows = request.json if isinstance(request.json, list) else [request.json]
    keys = sorted({key for row in rows for key in row})
    asked = request.query.get("columns")
    columns = filters.names(asked) if asked else [Identifier(key) for key in keys]
    insert = SQL("insert into {table} ({columns}) select {columns} from json_populate_recordset(null::{table}, {rows})")
    body = SQL("{}::json").format(request.values.add(json.dumps(rows)))
    statement = insert.format(table=request.target, columns=SQL(", ").join(columns), rows=body)
    return statement + _on_conflict(request, columns, primary_key)


def _on_conflict(request: Request, columns: list[Identifier], primary_key: list[str]) -> Composable:
    """A key absent in one row of many is null there, and on conflict all given columns are set, the key included."""
    resolution = {word for word in request.preferences if word.startswith("resolution=")}
    if not resolution:
        return SQL("")
    given = request.query.get("on_conflict")
    key = filters.names(given) if given else [Identifier(column) for column in primary_key]
    changes = SQL(", ").join(SQL("{0} = excluded.{0}").format(column) for column in columns)
    is_merging = resolution == {"resolution=merge-duplicates"} and bool(columns)
    action = SQL("do update set {}").format(changes) if is_merging else SQL("do nothing")
    return SQL(" on conflict ({}) {}").format(SQL(", ").join(key), action)


def _update(request: Request, _: list[str]) -> Composed:
    columns = [Identifier(key) for key in request.json]
    body = SQL("{}::json").format(request.values.add(json.dumps(request.json)))
    source = SQL("json_populate_record(null::{}, {}) as given").format(request.target, body)
    changes = SQL(", ").join(SQL("{0} = (select given.{0} from {1})").format(column, source) for column in columns)
    return SQL("update {} set {}").format(request.target, changes) + _some_rows(request)


def _delete(request: Request, _: list[str]) -> Composed:
    return SQL("delete from {}").format(request.target) + _some_rows(request)


def _some_rows(request: Request) -> Composed:
    """Supabase loads pg-safeupdate, which refuses changes that name no rows."""
    rows = filters.where(request.query, request.values)
    if not list(rows):
        verb = {"PATCH": "UPDATE", "DELETE": "DELETE"}[request.method]
        raise Refused(400, "21000", f"{verb} requires a WHERE clause")
    return rows
