"""Connections to Postgres, held and lent to one request at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg


class Connections:
    """As many connections of one role as requests run at the same time."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._idle: list[psycopg.Connection] = []

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """A connection inside a transaction: committed when the block ends, rolled back when it raises."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=None)
        try:
            with connection.transaction():
                yield connection
        finally:
            if not connection.closed:
                self._idle.append(connection)

    def close(self) -> None:
        """Close what is idle."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
