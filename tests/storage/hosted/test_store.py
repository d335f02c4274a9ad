"""The Supabase store keeps the contract of every store, over HTTP and behind row security."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys.errors import ReconnectSpotify, StorageProblem
from recsys.storage.hosted import store as supabase_module
from recsys.storage.hosted.store import SupabaseStore
from tests.storage.contract import StoreContract
from tests.storage.tables import NOON, fill_everything, many_tracks, origins, plays, some_tracks


class TestSupabaseStore(StoreContract):
    """The contract, unchanged."""

    @pytest.fixture
    def store(self, supabase_store):
        return supabase_store

    @pytest.fixture
    def new_listener(self, gateway):
        return lambda: gateway.listener("somebody")


@pytest.fixture
def listener(gateway):
    return gateway.listener("ada")


@pytest.mark.parametrize("max_rows", [1_000, 7])
def test_history_beyond_the_cap_on_rows_is_read_whole(gateway, supabase_store, listener, monkeypatch, max_rows):
    monkeypatch.setattr(gateway.project, "max_rows", max_rows)
    moments = [f"2026-11-20T12:{minute:02d}:00Z" for minute in range(20)]
    history = pd.concat([plays(*moments, track_id=f'a "quoted", (odd)\\{number}') for number in range(3)])

    supabase_store.save_plays(listener, history)

    stored = supabase_store.plays(listener)
    assert len(stored) == 60
    assert not stored.duplicated().any()
    assert list(stored["played_at"]) == sorted(stored["played_at"])


def test_origins_with_names_that_look_like_filters_are_read_whole(gateway, supabase_store, listener, monkeypatch):
    monkeypatch.setattr(gateway.project, "max_rows", 2)
    names = ["file:a,b (1).csv", 'file:"q"', "playlist:x.gt.1", "file:\\", "file:null", "file:é 🎧", "file:*%_"]
    for name in names:
        supabase_store.save_origins(listener, origins("a", "b", origin=name))

    stored = supabase_store.origins(listener)

    assert len(stored) == 2 * len(names)
    assert set(stored["origin"]) == set(names)


def test_a_large_library_is_written_and_read_in_parts(supabase_store, listener, monkeypatch):
    monkeypatch.setattr(supabase_module, "AT_ONCE", 40)
    monkeypatch.setattr(supabase_module, "LIBRARY_PAGE", 30)
    tracks = many_tracks(100)

    assert supabase_store.save_tracks(listener, tracks).added == 100
    assert_frame_equal(supabase_store.tracks(listener), tracks)


def test_erasing_deletes_the_user_at_supabase_too(gateway, supabase, supabase_store, listener):
    fill_everything(supabase_store, listener)

    counts = supabase_store.erase(listener)

    assert set(counts.values()) == {0}
    assert gateway.accounts.user(listener) is None
    assert set(supabase_store.erase(listener).values()) == {0}


def test_a_listener_who_was_erased_can_write_nothing_more(gateway, supabase, listener):
    token = gateway.access_token(listener)  # valid for an hour, whoever is deleted meanwhile
    store = SupabaseStore(supabase, lambda _: token)
    store.erase(listener)

    with pytest.raises(StorageProblem, match="does not know this listener"):
        store.save_tracks(listener, some_tracks("a"))
    assert len(store.tracks(listener)) == 0


def test_rows_are_read_as_the_listener_not_as_the_server(gateway, supabase, listener):
    """With another's token a store gets nothing, whoever it asks for: row security decides, not this code."""
    other = gateway.listener("grace")
    fill_everything(SupabaseStore(supabase, gateway.access_token), listener)
    confused = SupabaseStore(supabase, lambda _: gateway.access_token(other))

    assert len(confused.tracks(listener)) == len(confused.plays(listener)) == len(confused.feedback(listener)) == 0
    assert confused.profile(listener) is None
    assert confused.recipes(listener) == {}
    with pytest.raises(StorageProblem):
        confused.save_state(listener, "cursor", {"mine": True})
    with pytest.raises(StorageProblem):
        confused.log_sent(listener, "x", "y", 1, NOON)


def test_a_listener_without_a_token_is_told_why(supabase):
    def signed_out(listener):
        raise ReconnectSpotify("Sign in again.")

    with pytest.raises(ReconnectSpotify):
        SupabaseStore(supabase, signed_out).tracks("ada")
