"""Each policy, grant, check, key and function is weakened in turn: the proofs must notice every time."""

import re
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import psycopg
import pytest

from tests.database.mutations import Mutation, mutations
from tests.database.project import PROOFS
from tests.database.tap import run_file

WORKERS = 2
GRANTS, ROLES, TABLES, FUNCTIONS, MERGING, SECRETS, SHAPES, LEAVING, SESSIONS = (
    "nobody_holds_more_than_was_granted",
    "each_role_does_only_what_it_may",  # quick for one table
    "every_table_is_behind_row_security",
    "functions_serve_their_caller_only",
    "a_missing_value_never_overwrites_a_known_one",
    "only_ciphertext_is_kept_of_tokens_and_sessions",
    "malformed_rows_are_refused",
    "deleting_a_listener_deletes_their_rows",
    "one_browser_one_session_one_turn",
)
LIKELIEST = {
    "(grant|revoke) execute": FUNCTIONS,
    "revoke": ROLES,
    "(alter|drop|create) policy": TABLES,
    r"alter table .*_is_(encrypted|hashed)\b": SECRETS,
    r"alter table .*_is_(an_object|known)\b": SHAPES,
    "alter (table|function)|create view": TABLES,
    r"create or replace function public\.(save_(tracks|origins|plays)|export)": MERGING,
    r"create or replace function public\.count_rows": LEAVING,
    r"create or replace function public\.(begin_session|take_turn)|drop index": SESSIONS,
    "create or replace": FUNCTIONS,
}
"""How a weakening begins and which proofs notice it most often: tried first, they leave little for the others."""
SLOW = "queries_use_the_primary_key"  # proves speed, which no weakening here is about
BY_NAME = {path.name.removesuffix(".test.sql"): path for path in PROOFS}
NAMES = (GRANTS, ROLES, TABLES, FUNCTIONS, *sorted({*BY_NAME} - {GRANTS, ROLES, TABLES, FUNCTIONS, SLOW}))
FIRST_FAILURE_ENDS = """
alter function extensions.ok(boolean, text) rename to ok_or_not;
create function extensions.ok(is_ok boolean, description text) returns text language plpgsql as $$
begin
    assert coalesce(is_ok, false), description;
    return ok_or_not(is_ok, description);
end
$$;
"""
"""Every assertion of pgTAP ends in `ok`. One that fails is enough, so the rest of its file is not run; no `when others`
of pgTAP or of a proof catches a failed `assert`."""
NOTHING = (Mutation("select 1"), Mutation("comment on table public.plays is 'changed'", table="plays"))
"""Tried before and after all others: proofs that are red for any other reason would prove nothing."""


@pytest.fixture(scope="module")
def is_noticed(cluster, project):
    """A function: does any proof turn red with the schema weakened? The schema is as before afterwards."""
    idle = SimpleQueue()  # databases, so that two mutations can be tried at the same time
    for number in range(WORKERS):
        database = cluster.copy(project, f"mutated{number}")
        with cluster.connect(database) as connection:
            connection.execute(FIRST_FAILURE_ENDS)
        idle.put(database)

    def is_noticed(mutation):
        database = idle.get()
        try:
            with cluster.connect(database, "postgres") as connection:
                return any(turns_red(connection, path, mutation) for path in likeliest_first(mutation))
        finally:
            idle.put(database)

    return is_noticed


def likeliest_first(mutation):
    """The files of proofs, those first that most often notice such a weakening; none that cannot."""
    statement, cannot = mutation.statement.lower(), FUNCTIONS if mutation.table else ROLES
    first = next((name for beginning, name in LIKELIEST.items() if re.match(beginning, statement)), GRANTS)
    return [BY_NAME[name] for name in (first, *(name for name in NAMES if name not in (first, cannot)))]


def turns_red(connection, path, mutation):
    connection.execute("begin")
    connection.execute(f"set local proofs.only_table to '{mutation.table}'")
    connection.execute(mutation.statement)
    try:  # the file's own `begin` goes on with this transaction, and its `rollback` ends it
        return not all(assertion.is_ok for assertion in run_file(connection, path))
    except psycopg.Error:
        connection.rollback()
        return True


def test_every_weakening_turns_the_proofs_red(cluster, project, is_noticed):
    with cluster.connect(cluster.copy(project, "unchanged"), "postgres") as connection:
        tried = mutations(connection)

    tried = [*NOTHING, *tried, *NOTHING]
    with ThreadPoolExecutor(WORKERS) as threads:
        noticed = list(threads.map(is_noticed, tried))

    survivors = [str(mutation) for mutation, is_red in zip(tried, noticed, strict=True) if not is_red]
    assert len(tried) > 900
    assert survivors == [*map(str, NOTHING), *map(str, NOTHING)]
