"""The SQLite store keeps the contract of every store, also for listeners with hostile names."""

import pytest

from tests.storage.contract import StoreContract

HOSTILE = ("", "%", "' or 1=1 --", "_", "listener", "LISTENER", "listener ", "é", "e\u0301", "../x", "\n", "夜")


class TestSqliteStore(StoreContract):
    """The contract, unchanged."""


class TestSqliteStoreWithHostileNames(StoreContract):
    """The same promises to listeners whose ids look like patterns, SQL, paths, and each other."""

    @pytest.fixture
    def new_listener(self):
        names = iter(HOSTILE)
        return lambda: next(names)
