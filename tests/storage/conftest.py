"""A store in a file of its own for every test."""

import itertools

import pytest

from recsys.auth.encryption import Cipher
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.sessions import SqliteSessions
from recsys.storage.sqlite.store import SqliteStore

SECRET = "a secret for tests, long enough to be one"


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "data" / "tonearm.db", patience=5.0)
    yield database
    database.close()


@pytest.fixture
def store(database):
    return SqliteStore(database)


@pytest.fixture
def open_sessions(database):
    return lambda **timing: SqliteSessions(database, Cipher(SECRET), **timing)


@pytest.fixture
def new_listener():
    numbers = itertools.count()
    return lambda: f"listener-{next(numbers)}"
