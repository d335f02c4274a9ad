"""Each policy, grant, check, key and function is weakened in turn: the proofs must notice every time."""

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import psycopg
import pytest

from tests.database.mutations import Mutation, mutations
from tests.database.project import PROOFS
from tests.database.tap import run_file

WORKERS = 2
QUICKEST_FIRST = (
    "nobody_holds_more_than_was_granted",
    "each_role_does_only_what_it_may",  # quick for one table
    "functions_serve_their_caller_only",
    "every_table_is_behind_row_security",
)
SLOW = "queries_use_the_primary_key"  # proves speed, which no weakening here is about
BY_NAME = {path.name.removesuffix(".test.sql"): path for path in PROOFS}
NAMES = (*QUICKEST_FIRST, *sorted({*BY_NAME} - {*QUICKEST_FIRST, SLOW}))
OF_TABLES = [BY_NAME[name] for name in NAMES if name != "functions_serve_their_caller_only"]
OF_FUNCTIONS = [BY_NAME[name] for name in NAMES if name != "each_role_does_only_what_it_may"]
NOTHING = (Mutation("select 1"), Mutation("comment on table public.plays is 'changed'", table="plays"))
"""Tried before and after all others: proofs that are red for any other reason would prove nothing."""


@pytest.fixture(scope="module")
def is_noticed(cluster, project):
    """A function: does any proof turn red with the schema weakened? The schema is as before afterwards."""
    idle = SimpleQueue()  # databases, so that two mutations can be tried at the same time
    for number in range(WORKERS):
        idle.put(cluster.copy(project, f"mutated{number}"))

    def is_noticed(mutation):
        files = OF_TABLES if mutation.table else OF_FUNCTIONS
        database = idle.get()
        try:
            with cluster.connect(database, "postgres") as connection:
                return any(turns_red(connection, path, mutation) for path in files)
        finally:
            idle.put(database)

    return is_noticed


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
