"""Every way to weaken the schema by one step, read from the database's own catalogue."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

ROW_VERBS: Final = ("select", "insert", "update", "delete")
VERBS: Final = (*ROW_VERBS, "truncate", "references", "trigger")
ROLES: Final = ("anon", "authenticated", "service_role")
OF_THE_SCHEMA: Final = (
    "grant create on schema public to authenticated",
    "grant create on schema public to public",
    "grant usage on all sequences in schema public to anon",
    "grant select on all sequences in schema public to service_role",
    "alter default privileges in schema public grant select on tables to anon",
    "alter default privileges in schema public grant truncate on tables to service_role",
    "alter default privileges in schema public grant usage on sequences to authenticated",
    "alter default privileges in schema public grant execute on functions to anon",
    "grant service_role to authenticated",
    "create function public.sly() returns bigint language sql set search_path = '' as 'select 1'",
    "create trigger sly after insert on auth.users execute function suppress_redundant_updates_trigger()",
)

TABLES: Final = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"
POLICIES: Final = "select policyname, cmd from pg_policies where schemaname = 'public' and tablename = %s order by 1"
HELD: Final = "select has_table_privilege(%s, %s, %s)"
COLUMNS: Final = """
select attname, attacl is not null from pg_attribute where attrelid = %s::regclass and attnum > 0 and attname
in ('user_id', 'spotify_id', 'display_name', 'avatar_url', 'access_token')
"""
BUILT: Final = """
select attname, attnotnull, attidentity <> '', attcollation = '"C"'::regcollation, attnum = any (conkey)
from pg_attribute join pg_constraint on conrelid = attrelid and contype = 'p'
where attrelid = %s::regclass and attnum > 0 order by array_position(conkey, attnum), attnum
"""
CONSTRAINTS: Final = """
select contype, conname, pg_get_constraintdef(oid) from pg_constraint
where conrelid = %s::regclass and contype in ('c', 'f', 'p') order by 2
"""
INDEXES: Final = """
select indexrelid::regclass::text from pg_index where indrelid = %s::regclass and indisunique and not indisprimary
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
    r"(?<!\.)expires_at <= at or ": "",
    r" or id_hash = replaces": "",
    r"where held\.expires_at <= at or held\.expires_at > until \+ 60": "",
    r" or held\.expires_at > until \+ 60": "",
    r" \+ 60": "",
    r"if rows > .* then": "if false then",
    r"if not found then": "if false then",
    r"and \(renewed_week is null or renewed_week < renewed\)": "",
    r"renewed_week is null or ": "",
    r"where user_id = listener": "",
    r"order by spotify_track_id": "",
}
"""Pieces of our functions and what is left when they are forgotten. `user_id = (select auth.uid())` is not among them:
row security says the same, so forgetting it costs speed and nothing else."""
WEAKER_CHECKS: Final = {
    r"'\^": "'",
    r"\$'": "'",
    r"\{\d+,?\}": "+",
    r"\[[^]]+\](?=[+{])": ".",
    r"gAAAAA": "",
    r"v1(?=:)": "v.",
    r"= 'object'": "<> 'array'",
    r"~ '.*'": "<> ''",
    r"ARRAY\[": "ARRAY['owner'::text, ",
}
"""Pieces of our checks as Postgres writes them, and a weaker piece in their place."""


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
        for kind in (_of_policies, _of_row_security, _of_grants, _of_columns, _of_constraints, _of_keys):
            statements += [Mutation(statement, table) for statement in kind(connection, table)]
    return [*statements, *map(Mutation, _of_functions(connection)), *map(Mutation, OF_THE_SCHEMA)]


def _rows(connection: psycopg.Connection, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()


def _of_policies(connection: psycopg.Connection, table: str) -> Iterator[str]:
    policies = _rows(connection, POLICIES, table)
    for policy, verb in policies:
        alter = f'alter policy "{policy}" on public.{table}'
        yield f'drop policy "{policy}" on public.{table}'
        yield f"{alter} to public"
        if verb != "INSERT":
            yield f"{alter} using (true)"
        if verb in ("INSERT", "UPDATE"):
            yield f"{alter} with check (true)"
    for verb in {*ROW_VERBS} - {verb.lower() for _, verb in policies}:
        condition = "with check (true)" if verb == "insert" else "using (true)"
        yield f"create policy one_more on public.{table} for {verb} to authenticated {condition}"


def _of_row_security(connection: psycopg.Connection, table: str) -> Iterator[str]:
    yield f"alter table public.{table} disable row level security"
    yield f"alter table public.{table} no force row level security"
    yield f"create policy anybody on public.{table} for all to authenticated using (true)"
    yield f"create view public.around_{table} as select * from public.{table}"


def _of_grants(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Each verb given where it is not, and taken where it is."""
    yield f"grant select on public.{table} to public"
    yield f"grant select on public.{table} to service_role with grant option"
    has_maintain = connection.info.server_version >= 170_000
    for verb in (*VERBS, "maintain") if has_maintain else VERBS:
        for role in ROLES:
            ((is_held,),) = _rows(connection, HELD, role, f"public.{table}", verb)
            word, side = ("revoke", "from") if is_held else ("grant", "to")
            yield f"{word} {verb} on public.{table} {side} {role}"


def _of_columns(connection: psycopg.Connection, table: str) -> Iterator[str]:
    for column, granted in _rows(connection, COLUMNS, f"public.{table}"):
        verb = "revoke update" if granted else "grant update"
        yield f"{verb} ({column}) on public.{table} {'from' if granted else 'to'} authenticated"
        yield f"grant select ({column}) on public.{table} to anon"
        yield f"grant update ({column}) on public.{table} to anon"
        yield f"grant references ({column}) on public.{table} to authenticated"


def _of_constraints(connection: psycopg.Connection, table: str) -> Iterator[str]:
    for kind, name, definition in _rows(connection, CONSTRAINTS, f"public.{table}"):
        drop = f"alter table public.{table} drop constraint {name}"
        yield drop
        if kind == "f":
            yield f"{drop}, add foreign key (user_id) references auth.users (id)"
            yield f"{drop}, add foreign key (user_id) references auth.users (id) on delete cascade not valid"
        if kind == "c":
            yield from (f"{drop}, add constraint {name} {weaker}" for weaker in _weaker(definition, WEAKER_CHECKS))


def _of_keys(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Keys that tell more or fewer rows apart, and columns that may be unknown."""
    alter, columns = f"alter table public.{table}", _rows(connection, BUILT, f"public.{table}")
    key = [name for name, *_, is_key in columns if is_key]
    for name, is_known, is_counted, is_by_letter, is_key in columns:
        if is_key and is_by_letter:
            yield f'{alter} alter column {name} type text collate "default"'
        if is_counted:
            yield f"{alter} alter column {name} set generated by default"
        elif is_known and not is_key:
            yield f"{alter} alter column {name} drop not null"
            yield f"{alter} drop constraint {table}_pkey, add primary key ({', '.join((*key, name))})"
    if len(key) > 1:
        yield f"{alter} drop constraint {table}_pkey, add primary key ({', '.join(key[:-1])})"
        yield f"{alter} drop constraint {table}_pkey, add primary key ({', '.join(key[::-1])})"
    yield from (f"drop index {index}" for (index,) in _rows(connection, INDEXES, f"public.{table}"))


def _of_functions(connection: psycopg.Connection) -> Iterator[str]:
    for signature, definition, callers in _rows(connection, FUNCTIONS, list(ROLES)):
        for role in (*ROLES, "public"):
            verb, word = ("revoke", "from") if role in callers else ("grant", "to")
            yield f"{verb} execute on function {signature} {word} {role}"
        yield f"alter function {signature} security definer"
        yield f"alter function {signature} reset search_path"
        yield f"alter function {signature} set search_path = public"
        yield f"alter function {signature} set role = postgres"
        if "statement_timeout" in definition:
            yield f"alter function {signature} reset statement_timeout"
        yield from _weaker(definition, WEAKER_PIECES)


def _weaker(definition: str, pieces: dict[str, str]) -> Iterator[str]:
    """The definition with one piece after the other made weaker."""
    for pattern, replacement in pieces.items():
        for piece in re.finditer(pattern, definition):
            yield definition[: piece.start()] + piece.expand(replacement) + definition[piece.end() :]
