"""A Supabase project on the test server: its roles, the migrations applied as hosted projects apply them, and pgTAP."""

from pathlib import Path
from typing import Final

from tests.database.postgres import Cluster

HERE: Final = Path(__file__).parent
SUPABASE: Final = HERE.parents[1] / "supabase"
MIGRATIONS: Final = sorted((SUPABASE / "migrations").glob("*.sql"))
PROOFS: Final = sorted((SUPABASE / "tests" / "database").glob("*.test.sql"))
SEARCH_PATH: Final = '"$user", public, extensions'  # of every hosted project


def make_project(cluster: Cluster, name: str) -> str:
    """Make a database with all migrations applied; others are copied from it. The name."""
    with cluster.connect("template1") as connection:
        connection.execute((HERE / "roles.sql").read_text())
        connection.execute(f'create database "{name}"')
        connection.execute(f'alter database "{name}" set search_path to {SEARCH_PATH}')
    with cluster.connect(name) as connection:
        connection.execute((HERE / "project.sql").read_text())
        connection.execute("set search_path to extensions")
        connection.execute((HERE / "pgtap" / "pgtap-core--1.2.0.sql").read_text())
    with cluster.connect(name, "postgres") as connection:  # not a superuser, as on hosted projects
        for migration in MIGRATIONS:
            connection.execute(migration.read_text())
    return name
