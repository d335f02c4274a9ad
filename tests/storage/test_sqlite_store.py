"""The SQLite store keeps the contract, and what only a file can promise."""

import itertools

import pytest

from recsys.storage.database import Database
from recsys.storage.sqlite_store import SqliteStore
from tests.storage.contract import StoreContract

HOSTILE = ("", "%", "' or 1=1 --", "_", "listener", "LISTENER", "listener ", "é", "e\u0301", "../x", "\n", "夜")


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "tonearm.db")
    yield database
    database.close()


@pytest.fixture
def store(database):
    return SqliteStore(database)


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def new_listener(self):
        numbers = itertools.count()
        return lambda: f"listener-{next(numbers)}"


class TestSqliteStoreWithHostileNames(StoreContract):
    """The same promises to listeners whose ids look like patterns, SQL, paths, and each other."""

    @pytest.fixture
    def new_listener(self):
        names = iter(HOSTILE)
        return lambda: next(names)
