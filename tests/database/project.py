"""A Supabase project on the test server: its roles, the migrations applied as hosted projects apply them, and pgTAP."""

from pathlib import Path
from typing import Final

from tests.database.postgres import Cluster

HERE: Final = Path(__file__).parent
SUPABASE: Final = HERE.parents[1] / "supabase"
MIGRATIONS: Final = sorted((SUPABASE / "migrations").glob("*.sql"))
PROOFS: Final = sorted((SUPABASE / "tests" / "database").glob("*.test.sql"))
SEARCH_PATH: Final = '"$user", public, extensions'  # of every hosted project


ROLES: Final = (HERE / "roles.sql").read_text()
FORMER_DEFAULTS: Final = "\n".join(
    f"alter default privileges in schema public grant all on {kind} to anon, authenticated, service_role;"
    for kind in ("tables", "sequences", "functions")
)
"""What projects made before 2026-05-30 granted by themselves."""


def make_project(cluster: Cluster, name: str, first: str = "") -> str:
    """Make a database with all migrations applied; others are copied from it. `first` runs before them. The name."""
    with cluster.connect("template1") as connection:
        if not connection.execute("select 1 from pg_roles where rolname = 'authenticator'").fetchone():
            connection.execute(ROLES)
        connection.execute(f'create database "{name}"')
        connection.execute(f'alter database "{name}" set search_path to {SEARCH_PATH}')
    with cluster.connect(name) as connection:
        connection.execute((HERE / "project.sql").read_text())
        connection.execute("set search_path to extensions")
        connection.execute((HERE / "pgtap" / "pgtap-core--1.2.0.sql").read_text())
    with cluster.connect(name, "postgres") as connection:  # not a superuser, as on hosted projects
        connection.execute(first)
        for migration in MIGRATIONS:
            connection.execute(migration.read_text())
    return name
