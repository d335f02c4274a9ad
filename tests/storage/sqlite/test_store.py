"""The SQLite store keeps the contract of every store, also for listeners with hostile names."""

from datetime import UTC, datetime, timedelta

import pytest

from recsys.errors import Erased, StorageProblem
from recsys.storage import quotas
from recsys.storage.sqlite.store import SqliteStore
from tests.storage.contract import StoreContract
from tests.storage.tables import NOON, fill_everything, misses, origins, plays, some_tracks

HOSTILE = ("", "%", "' or 1=1 --", "_", "listener", "LISTENER", "listener ", "é", "e\u0301", "../x", "\n", "夜")


class TestSqliteStore(StoreContract):
    """The contract, unchanged."""


class TestSqliteStoreWithHostileNames(StoreContract):
    """The same promises to listeners whose ids look like patterns, SQL, paths, and each other."""

    @pytest.fixture
    def new_listener(self):
        names = iter(HOSTILE)
        return lambda: next(names)


GUEST = "guest-" + "a" * 32
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Days:
    """A clock that is moved by days."""

    def __init__(self):
        self.passed = 0

    def __call__(self):
        return NOW + timedelta(days=self.passed)


@pytest.fixture
def days():
    return Days()


@pytest.fixture
def dated(database, days):
    return SqliteStore(database, days)


def test_a_guest_who_was_not_here_for_thirty_days_is_erased_and_nobody_else(dated, days):
    for listener in (GUEST, "guest-b", "spotify-ada"):
        fill_everything(dated, listener)
    days.passed = 20
    dated.note_visit("guest-b")

    days.passed = 30
    assert dated.sweep_guests(30) == 0
    days.passed = 31
    assert dated.sweep_guests(30) == 1

    assert not any(dated.counts(GUEST).values())
    assert all(dated.counts(listener)["user_tracks"] for listener in ("guest-b", "spotify-ada"))
    assert dated.sweep_guests(30) == 0


def test_a_visit_or_a_removal_of_nothing_leaves_no_row_of_a_guest(dated, database):
    dated.note_visit(GUEST)
    dated.remove_state(GUEST, "anything")
    dated.remove_feedback(GUEST, "anything")

    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM guest_visits").fetchone() == (0,)


def test_a_guest_of_whom_everything_was_removed_leaves_no_row(dated, database):
    """Such as the one that work has while it runs, once a file was refused."""
    dated.save_state(GUEST, "under way", {})
    dated.save_state(GUEST, "cursor", {})
    dated.remove_state(GUEST, "under way")
    with database.read() as connection:
        assert connection.execute("SELECT guest FROM guest_visits").fetchall() == [(GUEST,)]

    dated.remove_state(GUEST, "cursor")

    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM guest_visits").fetchone() == (0,)


def test_a_guest_who_comes_back_while_others_are_erased_stays(dated, database, days):
    guests = [f"guest-{letter * 32}" for letter in "abc"]
    for guest in guests:
        fill_everything(dated, guest)
    days.passed = 31
    with database.write() as connection:  # as soon as one of them is erased
        connection.execute(
            "CREATE TRIGGER back AFTER DELETE ON guest_visits BEGIN "
            f"UPDATE guest_visits SET visited_on = '{days().date()}'; END"
        )

    assert dated.sweep_guests(30) == 1

    assert [any(dated.counts(guest).values()) for guest in guests].count(True) == 2


def test_an_erased_guest_leaves_not_even_the_day_of_the_visit(dated, database):
    fill_everything(dated, GUEST)
    dated.erase(GUEST)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM guest_visits").fetchone() == (0,)


WRITES = {
    "save_tracks": lambda store: store.save_tracks("ada", some_tracks("a")),
    "save_origins": lambda store: store.save_origins("ada", origins("a")),
    "save_plays": lambda store: store.save_plays("ada", plays(NOON)),
    "save_state": lambda store: store.save_state("ada", "cursor", {}),
    "save_feedback": lambda store: store.save_feedback("ada", some_tracks("a"), True, NOON),
    "save_misses": lambda store: store.save_misses("ada", misses("a")),
    "save_pool": lambda store: store.save_pool("ada", some_tracks("a"), NOON),
    "log_sent": lambda store: store.log_sent("ada", "reccobeats", "track ids", 1, NOON),
    "remove_pool": lambda store: store.remove_pool("ada"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_work_that_began_before_an_erasure_writes_nothing_after_it(store, write):
    store.save_state("ada", "work", {})
    of_work = store.until_erased("ada", "work")
    write(of_work)

    store.erase("ada")
    store.save_pool("ada", some_tracks("new"), NOON)
    with pytest.raises(Erased):
        write(of_work)

    assert {table: count for table, count in store.counts("ada").items() if count} == {"pool_tracks": 1}


@pytest.mark.parametrize("table", quotas.QUOTAS)
def test_a_write_over_the_quota_is_refused_with_a_sentence_and_stores_nothing(store, monkeypatch, table):
    fill_everything(store, "ada")
    before = store.counts("ada")
    fill_everything(store, "bob")
    monkeypatch.setitem(quotas.QUOTAS, table, before[table] - 1)

    with pytest.raises(StorageProblem, match="no room"):
        fill_everything(store, "cleo")

    assert store.counts("cleo")[table] == 0 or store.counts("cleo")[table] == before[table] - 1
    assert store.counts("ada") == before


def test_what_is_known_already_does_not_count_against_the_quota(store, monkeypatch):
    store.save_tracks("ada", some_tracks("a", "b"))
    monkeypatch.setitem(quotas.QUOTAS, "user_tracks", 2)

    assert store.save_tracks("ada", some_tracks("a", "b")).unchanged == 2
    with pytest.raises(StorageProblem, match="no room"):
        store.save_tracks("ada", some_tracks("b", "c"))
    assert list(store.tracks("ada")["track_id"]) == ["a", "b"]
