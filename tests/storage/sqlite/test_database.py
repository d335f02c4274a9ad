"""The file is private, opens safely whatever it is, and says in a sentence what is wrong with it."""

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from recsys.core.model.tracks import NUMBERS
from recsys.errors import StorageProblem
from recsys.storage import table_specs as rows
from recsys.storage.sqlite import database as database_module
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.schema import APPLICATION_ID, LISTENER_TABLES, MIGRATIONS
from recsys.storage.sqlite.store import SqliteStore
from tests.storage.tables import everything, fill_everything, many_tracks, some_tracks

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
VERSION = len(MIGRATIONS)


def bytes_on_disk(database):
    """The bytes of the file, its log and its index."""
    return b"".join(path.read_bytes() for path in sorted(database.path.parent.glob(f"{database.path.name}*")))


def run_python(script, *arguments):
    """Run a script in another process; what it said."""
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


# Privacy


def test_every_file_can_be_read_by_its_owner_only(database, store):
    store.save_tracks("ada", some_tracks("a"))

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in database.path.parent.iterdir()}

    assert modes == {"tonearm.db": 0o600, "tonearm.db-wal": 0o600, "tonearm.db-shm": 0o600}
    assert stat.S_IMODE(database.path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(database, store):
    store.save_tracks("ada", some_tracks("a"))
    for path in database.path.parent.iterdir():
        path.chmod(0o644)

    Database(database.path)

    assert {stat.S_IMODE(path.stat().st_mode) for path in database.path.parent.iterdir()} == {0o600}


def test_what_was_erased_is_in_no_file_any_more(database, store):
    tracks = many_tracks(2_000).assign(album="Of Ada Only")
    store.save_tracks("ada", tracks)
    store.save_tracks("bob", some_tracks("b", album="Of Bob Only"))
    assert b"Of Ada Only" in bytes_on_disk(database)

    store.erase("ada")

    assert b"Of Ada Only" not in bytes_on_disk(database)
    assert b"Of Bob Only" in bytes_on_disk(database)


# What can be wrong with a file


@pytest.mark.parametrize(
    "content", [b"track_id,title\n" * 100, os.urandom(4096), b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "likes.csv"
    path.write_bytes(content)
    path.chmod(0o644)

    with pytest.raises(StorageProblem, match=r"likes\.csv” is (not a Tonearm database|damaged)"):
        Database(path)

    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["likes.csv"]


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "places.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url text)")
    before = path.read_bytes()

    with pytest.raises(StorageProblem, match="not a Tonearm database"):
        Database(path)

    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "tonearm.db"
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(StorageProblem, match=rf"newer Tonearm .*{VERSION + 1}.*knows {VERSION}"):
        Database(path)

    assert path.read_bytes() == before


def test_a_damaged_file_is_a_sentence(database, store):
    store.save_tracks("ada", many_tracks(2_000))
    store.erase("nobody")  # empties the log
    database.close()
    with database.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40 * 4096)

    with pytest.raises(StorageProblem, match="is damaged"):
        store.tracks("ada")


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path):
    with pytest.raises(StorageProblem, match="is a folder, not a file"):
        Database(tmp_path)


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path):
    (tmp_path / "data").write_text("in the way")

    with pytest.raises(StorageProblem, match="cannot be written"):
        Database(tmp_path / "data" / "tonearm.db")


def test_a_file_that_vanished_is_noticed(database, store):
    assert store.check() is None
    database.path.unlink()

    with pytest.raises(StorageProblem, match="cannot be opened"):
        store.check()


def test_a_file_that_is_removed_while_it_is_used_loses_nothing_that_was_acknowledged(database, store):
    store.save_tracks("ada", some_tracks("a"))
    database.path.unlink()

    with pytest.raises(StorageProblem, match="cannot be opened"):
        store.save_tracks("ada", some_tracks("b"))
    with pytest.raises(StorageProblem, match="cannot be opened"):
        store.tracks("ada")


def test_a_file_that_is_replaced_during_a_write_is_noticed_before_the_write_is_acknowledged(database, store, tmp_path):
    other = Database(tmp_path / "other.db")
    other.close()

    with pytest.raises(StorageProblem, match="removed, replaced or emptied"), database.write() as connection:
        connection.execute("INSERT INTO app_state VALUES ('key', '{}')")
        other.path.replace(database.path)

    store.save_app_state("key", {"of": "the new file"})
    assert SqliteStore(Database(database.path)).app_state("key") == {"of": "the new file"}


def test_a_replaced_file_is_read_instead_of_the_old_one(database, store, tmp_path):
    store.save_tracks("ada", some_tracks("a"))
    other = SqliteStore(Database(tmp_path / "other.db"))
    other.save_tracks("ada", some_tracks("b"))
    other.erase("nobody")  # empties the log
    other._database.close()
    for name in ("tonearm.db-wal", "tonearm.db-shm"):
        database.path.with_name(name).unlink(missing_ok=True)
    other._database.path.replace(database.path)

    assert list(store.tracks("ada")["track_id"]) == ["b"]


def test_a_file_cut_to_nothing_while_it_is_open_acknowledges_nothing_more(database, store):
    store.save_tracks("ada", some_tracks("a"))
    os.truncate(database.path, 0)

    for _ in range(2):
        with pytest.raises(StorageProblem):
            store.save_tracks("ada", some_tracks("b"))
    with pytest.raises(StorageProblem):
        store.check()


def test_a_file_cut_to_nothing_is_not_healthy_and_is_a_sentence(database, store):
    store.save_tracks("ada", some_tracks("a"))
    database.close()
    os.truncate(database.path, 0)

    with pytest.raises(StorageProblem, match="is damaged"):
        store.check()
    with pytest.raises(StorageProblem, match="is damaged"):
        store.save_tracks("ada", some_tracks("b"))
    with pytest.raises(StorageProblem, match="is damaged"):
        store.tracks("ada")


def on_disk(folder):
    database = Database(folder / "tonearm.db", must_open=False)
    return database, SqliteStore(database)


def test_a_read_only_disk_is_read_and_the_first_write_works_once_it_is_writable_again(small_disk):
    database, store = on_disk(small_disk.folder)
    store.save_tracks("ada", some_tracks("a"))
    database.close()
    assert small_disk("-o", "remount,ro")

    database, store = on_disk(small_disk.folder)
    assert list(store.tracks("ada")["track_id"]) == ["a"]
    assert store.check() is None
    assert "cannot be written (Read-only file system)" in store.read_only_because()
    with pytest.raises(StorageProblem, match="written"):
        store.save_tracks("ada", some_tracks("b"))
    assert list(store.tracks("ada")["track_id"]) == ["a"]

    assert small_disk("-o", "remount,rw")
    assert store.read_only_because() == ""
    store.save_tracks("ada", some_tracks("b"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "b"]
    database.close()


def test_a_disk_that_becomes_read_only_and_writable_again_loses_nothing(small_disk):
    database, store = on_disk(small_disk.folder)
    store.save_tracks("ada", some_tracks("a"))
    database.close()  # lets the disk be remounted
    assert small_disk("-o", "remount,ro")
    with pytest.raises(StorageProblem):
        store.save_tracks("ada", some_tracks("b"))
    assert list(store.tracks("ada")["track_id"]) == ["a"]

    assert small_disk("-o", "remount,rw")
    store.save_tracks("ada", some_tracks("c"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "c"]
    database.close()


def test_a_full_disk_is_read_from_the_start_and_written_once_there_is_room(small_disk):
    database, store = on_disk(small_disk.folder)
    store.save_tracks("ada", some_tracks("a"))
    database.close()
    ballast = small_disk.folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)

    database, store = on_disk(small_disk.folder)
    assert list(store.tracks("ada")["track_id"]) == ["a"]
    assert "is full" in store.read_only_because()
    with pytest.raises(StorageProblem):
        store.save_tracks("ada", many_tracks(500))

    ballast.unlink()
    assert store.read_only_because() == ""
    store.save_tracks("ada", some_tracks("b"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "b"]
    database.close()


def test_erasing_says_so_when_the_log_cannot_be_emptied(database, store):
    store.save_tracks("ada", some_tracks("a"))
    database._patience = 0.2
    with database.read() as reading:
        reading.execute("SELECT count(*) FROM user_tracks").fetchone()
        with pytest.raises(StorageProblem, match="still in the file's log"):
            store.erase("ada")

    store.erase("ada")
    assert b"Song a" not in b"".join(path.read_bytes() for path in database.path.parent.iterdir())


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_folder_or_file_that_may_not_be_written_is_a_sentence(tmp_path, what):
    folder = Path(os.path.realpath(tmp_path)) / "data"
    Database(folder / "tonearm.db").close()
    name = "tonearm.db" if what == "file" else "other.db"
    script = """
        import os, sys
        from pathlib import Path
        from recsys.errors import StorageProblem
        from recsys.storage.sqlite.database import Database
        os.chdir(sys.argv[1])
        Path("tonearm.db").chmod(0o444)
        Path().chmod(0o555)
        if os.geteuid() == 0:
            os.setuid(int(sys.argv[3]))  # root may write everywhere
        try:
            Database(Path(sys.argv[2]))
        except StorageProblem as problem:
            print(problem)
    """

    said = run_python(script, folder, name, NOBODY)

    assert f"“{name}” cannot be written (Permission denied)" in said


class FullDisk(Database):
    """A disk without room for more than a few pages: SQLite itself answers as it does on a full disk."""

    def _open(self):
        connection = super()._open()
        connection.execute("PRAGMA max_page_count = 60")
        return connection


def test_a_full_disk_is_a_sentence_and_keeps_what_was_there(tmp_path):
    store = SqliteStore(FullDisk(tmp_path / "tonearm.db"))
    store.save_tracks("ada", some_tracks("a"))

    with pytest.raises(StorageProblem, match="is full"):
        store.save_tracks("ada", many_tracks(5_000))

    assert list(store.tracks("ada")["track_id"]) == ["a"]
    store.save_tracks("ada", some_tracks("b"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "b"]


def test_a_disk_that_filled_up_is_named_until_something_was_written(tmp_path):
    store = SqliteStore(FullDisk(tmp_path / "tonearm.db"))
    assert store.read_only_because() == ""
    with pytest.raises(StorageProblem, match="is full"):
        store.save_tracks("ada", many_tracks(5_000))

    assert store._database._unwritable
    assert store.read_only_because() == "", "a little fits"


def test_a_fault_in_our_own_sql_is_not_taken_for_a_fault_of_the_file(database):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), database.read() as connection:
        connection.execute("SELECT * FROM tracks")


def test_a_write_that_fails_halfway_is_undone(database, store):
    with pytest.raises(KeyboardInterrupt), database.write() as connection:
        connection.execute("INSERT INTO profiles VALUES ('ada', null, null, null)")
        raise KeyboardInterrupt

    assert store.profile("ada") is None
    store.save_profile("ada", {"display_name": "Ada"})
    assert store.profile("ada")["display_name"] == "Ada"


# Many at once


def test_a_file_locked_by_another_program_is_a_sentence(tmp_path):
    path = tmp_path / "tonearm.db"
    store = SqliteStore(Database(path, patience=0.1))
    store.save_tracks("ada", some_tracks("a"))

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="Another program is using"):
            store.save_tracks("ada", some_tracks("b"))
        assert list(store.tracks("ada")["track_id"]) == ["a"], "reading goes on"

    store.save_tracks("ada", some_tracks("c"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "c"]


def test_a_thread_that_cannot_get_its_turn_is_told_so(tmp_path):
    database = Database(tmp_path / "tonearm.db", patience=0.1)

    with database.write(), ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(SqliteStore(database).save_profile, "ada", {})
        with pytest.raises(StorageProblem, match="Another program is using"):
            waiting.result(timeout=30)


def test_threads_that_come_and_go_share_a_few_connections(database, store):
    store.save_tracks("ada", some_tracks("a"))
    opened = []
    database._open, original = lambda: opened.append(1) or original(), database._open

    for _ in range(20):
        thread = threading.Thread(target=store.tracks, args=("ada",))
        thread.start()
        thread.join()

    assert opened == []


def test_a_second_process_writes_and_reads_the_same_rows(database, store):
    store.save_tracks("ada", some_tracks("a"))
    script = """
        import sys
        from pathlib import Path
        from recsys.storage.sqlite.database import Database
        from recsys.storage.sqlite.store import SqliteStore
        from tests.storage.tables import some_tracks
        store = SqliteStore(Database(Path(sys.argv[1])))
        store.save_tracks("ada", some_tracks("b"))
        print(*store.tracks("ada")["track_id"])
    """

    assert run_python(script, database.path) == "a b"
    assert list(store.tracks("ada")["track_id"]) == ["a", "b"]


LOOKS = """
    import sqlite3, sys
    connection = sqlite3.connect(sys.argv[1])
    print(*connection.execute("select count(*) from user_tracks").fetchone())
    connection.close()
"""
"""Another program that reads and goes: if it takes itself for the only one, it deletes the write-ahead log."""


def test_another_program_takes_no_log_away_from_a_process_that_has_the_file_open_twice(database, store):
    store.save_tracks("ada", some_tracks("a"))
    Database(database.path)  # the same process opens it again, and forgets it

    assert run_python(LOOKS, database.path) == "1"
    store.save_tracks("ada", some_tracks("b"))

    assert run_python(LOOKS, database.path) == "2"


def test_another_program_takes_no_log_away_after_threads_that_all_opened_the_file_first(tmp_path, monkeypatch):
    SqliteStore(Database(tmp_path / "tonearm.db")).save_tracks("ada", some_tracks("a"))
    database, both = Database(tmp_path / "tonearm.db", must_open=False), threading.Barrier(2)
    store, make = SqliteStore(database), database_module._make_file

    def one_after_the_other(path):
        """Both threads have seen that the file is not open yet before either of them opens it."""
        with suppress(threading.BrokenBarrierError):
            both.wait(1)
        make(path)

    monkeypatch.setattr(database_module, "_make_file", one_after_the_other)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: store.tracks("ada"), range(2)))

    assert run_python(LOOKS, database.path) == "1"
    store.save_tracks("ada", some_tracks("b"))
    assert run_python(LOOKS, database.path) == "2"


def test_databases_opened_at_the_same_moment_are_made_once(tmp_path):
    path, start = tmp_path / "tonearm.db", threading.Barrier(8)

    def open_and_write(number):
        start.wait()
        store = SqliteStore(Database(path))
        store.save_tracks("ada", some_tracks(f"t{number}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(open_and_write, range(8)))

    assert sorted(SqliteStore(Database(path)).tracks("ada")["track_id"]) == [f"t{number}" for number in range(8)]


# The schema


def make_version(path, version):
    """A file as an older Tonearm left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_file_of_an_older_version_is_brought_up_to_date_with_its_rows(tmp_path, version):
    path = tmp_path / "tonearm.db"
    make_version(path, version)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO user_tracks (user_id, saved_order, spotify_track_id, name, artist, energy) "
            "VALUES ('ada', 1, 'a', 'Song a', 'Somebody', 0.5)"
        )

    store = SqliteStore(Database(path))

    assert_frame_equal(store.tracks("ada"), some_tracks("a", energy=0.5))
    fill_everything(store, "bob")
    assert everything(store, "bob")["counts"]["user_tracks"] == 2


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "tonearm.db"
    Database(path).close()
    broken = (*MIGRATIONS, ("create table more (x text) strict", "create table profiles (x text) strict"))
    monkeypatch.setattr("recsys.storage.sqlite.database.MIGRATIONS", broken)

    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Database(path)

    monkeypatch.undo()
    with Database(path).read() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)


def test_the_tables_have_a_column_for_all_that_is_stored(database):
    for shape in rows.EXPORTED:
        assert set(shape.stored) <= columns(database, shape.table)
    assert set(NUMBERS) < columns(database, "user_tracks")


def test_every_table_with_a_listener_in_it_is_counted_and_erased(database):
    with database.read() as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    assert {table for table in tables if "user_id" in columns(database, table)} == set(LISTENER_TABLES)


def test_every_table_is_strict_and_the_log_is_written_ahead(database):
    with database.read() as connection:
        strict = [row[5] for row in connection.execute("PRAGMA table_list") if not row[1].startswith("sqlite_")]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    assert set(strict) == {1}


@pytest.mark.parametrize("table", LISTENER_TABLES)
def test_rows_of_a_listener_are_found_by_an_index(database, table):
    with database.read() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE user_id = 'ada'").fetchall()

    assert [step[3].split()[0] for step in plan] == ["SEARCH"]


def columns(database, table):
    with database.read() as connection:
        return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
