"""Every way to weaken the schema by one step, read from the database's own catalogue."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

VERBS: Final = ("select", "insert", "update", "delete", "truncate")
ROLES: Final = ("anon", "authenticated", "service_role")

TABLES: Final = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"
POLICIES: Final = "select policyname, cmd from pg_policies where schemaname = 'public' and tablename = %s order by 1"
HELD: Final = "select has_table_privilege(%s, %s, %s)"
COLUMNS: Final = """
select attname, attacl is not null from pg_attribute
where attrelid = %s::regclass and attnum > 0 and attname in ('user_id', 'spotify_id', 'display_name', 'access_token')
"""
CONSTRAINTS: Final = """
select contype, conname from pg_constraint where conrelid = %s::regclass and contype in ('c', 'f', 'p') order by 2
"""
FUNCTIONS: Final = """
select oid::regprocedure::text, pg_get_functiondef(oid),
    array(select rolname from unnest(%s::text[]) as rolname where has_function_privilege(rolname, oid, 'execute'))
from pg_proc where pronamespace = 'public'::regnamespace order by 1
"""
WEAKER_PIECES: Final = {
    r"coalesce\((excluded\.\w+), kept\.\w+\)": r"\1",
    r"where not to_jsonb\(kept\) .*": "",
    r" - 'saved_order'": "",
    r"and excluded\.ms_played is not null": "",
    r"is distinct from kept\.ms_played": "is null",
    r"and spotify_track_id > after": "",
    r"and spotify_track_id = any \(track_ids\)": "",
    r"and origin = place": "",
    r"limit at_most": "",
    r"delete from public\.\w+ where user_id = \(select auth\.uid\(\)\).*;": "",
    r"expires_at <= at or ": "",
    r" or id_hash = replaces": "",
    r"where held\.expires_at <= at": "",
}
"""Pieces of our functions and what is left when they are forgotten. `user_id = (select auth.uid())` is not among them:
row security says the same, so forgetting it costs speed and nothing else."""


@dataclass(frozen=True)
class Mutation:
    """A weakening: the statement, and the table it weakens ("" for functions)."""

    statement: str
    table: str = ""

    def __str__(self) -> str:
        return " ".join(self.statement.split())[:160]


def mutations(connection: psycopg.Connection) -> list[Mutation]:
    """All weakenings of the schema in this database."""
    statements = []
    for (table,) in _rows(connection, TABLES):
        for kind in (_of_policies, _of_row_security, _of_grants, _of_constraints):
            statements += [Mutation(statement, table) for statement in kind(connection, table)]
    return [*statements, *map(Mutation, _of_functions(connection))]


def _rows(connection: psycopg.Connection, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()


def _of_policies(connection: psycopg.Connection, table: str) -> Iterator[str]:
    for policy, verb in _rows(connection, POLICIES, table):
        alter = f'alter policy "{policy}" on public.{table}'
        yield f'drop policy "{policy}" on public.{table}'
        yield f"{alter} to public"
        if verb != "INSERT":
            yield f"{alter} using (true)"
        if verb in ("INSERT", "UPDATE"):
            yield f"{alter} with check (true)"


def _of_row_security(connection: psycopg.Connection, table: str) -> Iterator[str]:
    yield f"alter table public.{table} disable row level security"
    yield f"alter table public.{table} no force row level security"
    yield f"create policy anybody on public.{table} for all to authenticated using (true)"
    yield f"create view public.around_{table} as select * from public.{table}"


def _of_grants(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Each verb given where it is not, and taken where it is."""
    yield f"grant select on public.{table} to public"
    for role in ROLES:
        for verb in VERBS:
            ((is_held,),) = _rows(connection, HELD, role, f"public.{table}", verb)
            word, side = ("revoke", "from") if is_held else ("grant", "to")
            yield f"{word} {verb} on public.{table} {side} {role}"
    for column, granted in _rows(connection, COLUMNS, f"public.{table}"):
        verb = "revoke update" if granted else "grant update"
        yield f"{verb} ({column}) on public.{table} {'from' if granted else 'to'} authenticated"
        yield f"grant select ({column}) on public.{table} to anon"


def _of_constraints(connection: psycopg.Connection, table: str) -> Iterator[str]:
    for kind, name in _rows(connection, CONSTRAINTS, f"public.{table}"):
        drop = f"alter table public.{table} drop constraint {name}"
        yield drop
        if kind == "f":
            yield f"{drop}, add foreign key (user_id) references auth.users (id)"
        if name.endswith("token_is_encrypted"):
            column = name.removesuffix("_is_encrypted")
            for weaker in ("like 'enc:v1:%'", "like '%enc:v1:%'", "<> ''"):
                yield f"{drop}, add constraint {name} check ({column} {weaker})"


def _of_functions(connection: psycopg.Connection) -> Iterator[str]:
    for signature, definition, callers in _rows(connection, FUNCTIONS, list(ROLES)):
        for role in (*ROLES, "public"):
            verb, word = ("revoke", "from") if role in callers else ("grant", "to")
            yield f"{verb} execute on function {signature} {word} {role}"
        yield f"alter function {signature} security definer"
        yield f"alter function {signature} reset search_path"
        for pattern, replacement in WEAKER_PIECES.items():
            for piece in re.finditer(pattern, definition):
                yield definition[: piece.start()] + piece.expand(replacement) + definition[piece.end() :]
