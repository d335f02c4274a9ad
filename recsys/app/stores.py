"""Where rows are stored: in the data folder, and where a Supabase project is configured, there too."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

from recsys.app.built_once import built_once
from recsys.app.hosted import Hosted, storage_place
from recsys.auth.encryption import Cipher, cipher_for
from recsys.auth.models import Visitor, is_guest
from recsys.errors import StorageProblem
from recsys.settings import Settings
from recsys.storage.hosted.sessions import SupabaseSessions
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.sessions import SqliteSessions
from recsys.storage.sqlite.store import SqliteStore
from recsys.storage.store import Store


class Stores:
    """
    The stores of one running app. Each is built at its first use and then shared by all threads.

    Parameters
    ----------
    settings : Settings
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self.settings = settings
        self._clock = clock
        self._to_close = ExitStack()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    @built_once
    def database(self) -> Database:
        """The SQLite file in the data folder."""
        database = Database(self.settings.data_folder / "tonearm.db", must_open=False)
        self._to_close.callback(database.close)
        return database

    @built_once
    def embedded_store(self) -> SqliteStore:
        """The store in the data folder: the default, and always that of guests."""
        return SqliteStore(self.database, self.now)

    @built_once
    def cipher(self) -> Cipher:
        """Encrypts tokens and cookies with the server's key."""
        s = self.settings
        return cipher_for(s.app_secret_key, s.app_secret_key_former, s.data_folder)

    @built_once
    def hosted(self) -> Hosted | None:
        """The Supabase project; None where none is configured."""
        if not self.settings.has_supabase:
            return None
        hosted = Hosted(self.settings, self.cipher, self.now)
        self._to_close.callback(hosted.project.close)
        return hosted

    @built_once
    def sessions(self) -> SqliteSessions | SupabaseSessions:
        """Browser sessions and tokens."""
        return self.hosted.sessions if self.hosted else SqliteSessions(self.database, self.cipher)

    @property
    def app_store(self) -> Store:
        """The store with the state of the whole app."""
        return self.hosted.store if self.hosted else self.embedded_store

    def store_for(self, listener: str) -> Store:
        """The store with a listener's rows. Guests have no row at Supabase that theirs could belong to."""
        return self.embedded_store if is_guest(listener) else self.app_store

    def weekly_listeners(self) -> Iterator[str]:
        """Who asks for a weekly list and whose rows this server can reach: signed-in listeners and its own guests."""
        yield from self.app_store.weekly_listeners()
        if self.app_store is not self.embedded_store:
            yield from self.embedded_store.weekly_listeners()

    def storage_place(self, listener: str) -> str:
        """Where a listener's rows are stored, in words."""
        return storage_place(self.hosted.project.url if self.hosted else None, listener)

    def check_stores(self) -> None:
        """Raise `StorageProblem` when a store cannot be reached."""
        self.embedded_store.check()
        self.app_store.check()

    def read_only_because(self) -> str:
        """Why this server's own disk takes nothing at the moment, as a sentence; empty where it does."""
        return self.embedded_store.read_only_because()

    def note_visit(self, visitor: Visitor) -> None:
        """Remember that a guest was here, so that their rows stay. A store that cannot be written changes nothing."""
        if visitor.is_guest:
            with suppress(StorageProblem):
                self.embedded_store.note_visit(visitor.listener)
