"""The folder `supabase/` is what the CLI expects: settings that let listeners in, migrations in order, rows as seed."""

import re
import tomllib

from recsys.settings import Settings
from recsys.storage.quotas import QUOTAS
from recsys.storage.sqlite.schema import LISTENER_TABLES
from tests.database.project import MIGRATIONS, PROOFS, SUPABASE

CONFIG = tomllib.loads((SUPABASE / "config.toml").read_text())


def test_spotify_is_the_only_way_in():
    auth = CONFIG["auth"]

    assert [name for name, provider in auth["external"].items() if provider["enabled"]] == ["spotify"]
    assert auth["external"]["spotify"]["client_id"] == "env(SPOTIFY_CLIENT_ID)"
    assert auth["external"]["spotify"]["secret"] == "env(SPOTIFY_CLIENT_SECRET)"
    assert auth["email"] == {"enabled": False, "enable_confirmations": False}
    assert not auth["enable_anonymous_sign_ins"]


def test_browsers_may_come_back_to_where_the_app_runs_by_default(tmp_path):
    app = Settings.from_environment({}, secrets=tmp_path / "none").public_url

    assert f"{app}/callback" in CONFIG["auth"]["additional_redirect_urls"]
    assert CONFIG["auth"]["site_url"] == app


def test_nothing_is_exposed_by_itself():
    assert CONFIG["api"]["auto_expose_new_tables"] is False
    assert CONFIG["api"]["schemas"] == ["public"]


def test_migrations_are_named_by_time_and_by_what_they_do():
    names = [path.name for path in MIGRATIONS]

    assert all(re.fullmatch(r"20\d{12}_[a-z]+(_[a-z]+)*\.sql", name) for name in names)
    assert len({name[:14] for name in names}) == len(names)


def test_the_seed_holds_rows_and_no_schema():
    statements = re.sub(r"--.*", "", (SUPABASE / "seed.sql").read_text())

    assert not re.search(r"\b(create|alter|drop|grant|revoke)\b", statements, re.IGNORECASE)


def test_every_proof_says_what_it_proves_and_undoes_itself():
    for path in PROOFS:
        text = path.read_text()
        assert text.startswith("-- Proves"), path.name
        assert text.endswith("select * from finish();\nrollback;\n"), path.name


def test_both_stores_have_the_same_tables_and_columns(cluster, project, tmp_path):
    from recsys.storage.sqlite.database import Database

    with Database(tmp_path / "own.db").read() as connection:
        shapes = {table: connection.execute(f"pragma table_info({table})") for table in LISTENER_TABLES}
        embedded = {table: {name for _, name, *_ in columns} for table, columns in shapes.items()}
    with cluster.connect(cluster.copy(project, "compared"), "postgres") as connection:
        columns = connection.execute(
            "select table_name, array_agg(column_name::text) from information_schema.columns"
            " where table_schema = 'public' group by 1"
        ).fetchall()

    hosted = {table: set(names) for table, names in columns}
    assert {table: hosted[table] for table in LISTENER_TABLES} == embedded


def test_both_stores_limit_the_rows_of_a_listener_alike():
    triggers = "create trigger quota after insert on public.(\\w+)\n.*check_quota\\((\\d+)\\)"
    found = [pair for path in MIGRATIONS for pair in re.findall(triggers, path.read_text())]

    assert {table: int(rows) for table, rows in found} == QUOTAS
