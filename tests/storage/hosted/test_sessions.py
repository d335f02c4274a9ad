"""Sessions and tokens in a Supabase project keep the contract, and the database gives no secret away."""

import pytest

from recsys.auth.encryption import Cipher
from recsys.storage.hosted.sessions import SupabaseSessions
from tests.storage.conftest import SECRET
from tests.storage.sessions_contract import SessionsContract


class TestSupabaseSessions(SessionsContract):
    """The contract, unchanged."""

    @pytest.fixture
    def store(self, supabase_store):
        return supabase_store

    @pytest.fixture
    def new_listener(self, gateway):
        return lambda: gateway.listener("somebody")

    @pytest.fixture
    def open_sessions(self, supabase):
        return lambda **timing: SupabaseSessions(supabase, Cipher(SECRET), **timing)
