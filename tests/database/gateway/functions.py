"""Calling functions: `POST /rest/v1/rpc/NAME` with the arguments by name."""

from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from tests.database.gateway.refusals import Refused, not_known
from tests.database.gateway.tables import Request

SIGNATURE: Final = """
select coalesce(proargnames, '{}'), proargtypes::regtype[]::text[], prorettype::regtype::text, proretset,
    provolatile <> 'v', coalesce(proconfig, '{}')
from pg_proc where pronamespace = 'public'::regnamespace and proname = %s
"""
SCALARS: Final = {"json", "jsonb", "bigint", "integer", "boolean", "text", "void"}


@dataclass(frozen=True)
class Function:
    """What the catalogue says about a function."""

    types: dict[str, str]
    result: str
    is_reading: bool
    statement_timeout: str | None

    @property
    def is_void(self) -> bool:
        """True when it gives nothing back."""
        return self.result == "void"


def find(connection: psycopg.Connection, name: str, arguments: dict) -> Function:
    """The function of that name and those arguments; sets and rows as results are not known."""
    found = connection.execute(SIGNATURE, (name,)).fetchall()
    if len(found) != 1 or set(arguments) != set(found[0][0]):
        asked = f"public.{name}({', '.join(sorted(arguments))})"
        raise Refused(404, "PGRST202", f"Could not find the function {asked} in the schema cache")
    names, types, result, is_set, is_reading, settings = found[0]
    if is_set or result not in SCALARS:
        raise not_known(f"functions that return {result}")
    own = dict(setting.split("=", 1) for setting in settings)
    return Function(dict(zip(names, types, strict=True)), result, is_reading, own.get("statement_timeout"))


def call(request: Request, function: Function) -> Composed:
    """The statement that calls a function with the arguments in the body."""
    if request.query or request.method != "POST":
        raise not_known("calling functions by GET or filtering what they return")
    if not function.types:
        return SQL("select {}()").format(request.target)
    named = SQL(", ").join(SQL("{0} => given.{0}").format(Identifier(name)) for name in function.types)
    typed = [SQL("{} {}").format(Identifier(name), SQL(kind)) for name, kind in function.types.items()]
    given = SQL("json_to_record({}::json) as given ({})")
    source = given.format(request.values.add(request.body.decode()), SQL(", ").join(typed))
    return SQL("select {}({}) from {}").format(request.target, named, source)
