"""A connection that breaks, and a listener who is deleted elsewhere: nothing is lost, doubled or half done."""

from functools import cache, partial

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys.errors import StorageProblem
from recsys.services.account import Account
from recsys.storage.hosted.store import SupabaseStore
from recsys.storage.store import Saved
from tests.database.gateway.server import running_gateway
from tests.fakes.faults import Fault, Faults, Faulty
from tests.storage.tables import NOON, fill_everything, many_tracks, plays, recommended, some_tracks


@pytest.fixture(scope="module")
def faults():
    """What goes wrong at Supabase."""
    return Faults()


@pytest.fixture(scope="module")
def gateway(cluster, project, faults):
    around = partial(Faulty, faults=faults, host="supabase")
    with running_gateway(cluster, cluster.copy(project, "faults"), around=around) as gateway:
        yield gateway


@pytest.fixture
def store(supabase, gateway):
    return SupabaseStore(supabase, cache(gateway.access_token))  # valid for an hour, whoever is deleted meanwhile


@pytest.fixture
def listener(gateway):
    return gateway.listener("ada")


@pytest.mark.parametrize("cut", ["before", "midway", "after"])
def test_what_was_being_saved_when_the_connection_broke_can_be_saved_again(store, listener, faults, cut):
    tracks = many_tracks(200)
    faults.fail_next("POST /rest/v1/rpc/save_tracks", Fault(cut=cut))

    with pytest.raises(StorageProblem, match="can be saved again"):
        store.save_tracks(listener, tracks)
    again = store.save_tracks(listener, tracks)

    assert again == (Saved(200, 0, 0) if cut == "before" else Saved(0, 0, 200))
    assert_frame_equal(store.tracks(listener), tracks)


def test_a_list_is_replaced_whole_or_not_at_all(store, listener, faults):
    store.save_recommendations(listener, recommended(old=0.5))
    faults.fail_next("POST /rest/v1/rpc/replace_recommendations", Fault(cut="before"))

    with pytest.raises(StorageProblem):
        store.save_recommendations(listener, recommended(new=0.9))

    assert list(store.recommendations(listener)["track_id"]) == ["old"]


def test_history_whose_second_page_does_not_come_is_no_history(store, gateway, listener, faults, monkeypatch):
    monkeypatch.setattr(gateway.project, "max_rows", 10)
    store.save_plays(listener, pd.concat([plays(NOON, track_id=f"t{number}") for number in range(15)]))
    pages = iter([1, 2])
    faults.fail_when("GET /rest/v1/plays", Fault(cut="midway"), lambda seen: next(pages) == 2)

    with pytest.raises(StorageProblem):
        store.plays(listener)
    faults.clear_faults()

    assert len(store.plays(listener)) == 15


CUT = {
    "POST /rest/v1/rpc/library": lambda store, listener: store.tracks(listener),
    "POST /rest/v1/rpc/save_tracks": lambda store, listener: store.save_tracks(listener, some_tracks("a")),
    "POST /rest/v1/rpc/export_rows": lambda store, listener: store.export(listener),
    "POST /rest/v1/rpc/count_rows": lambda store, listener: store.counts(listener),
    "GET /rest/v1/plays": lambda store, listener: store.plays(listener),
    "GET /rest/v1/sync_state": lambda store, listener: store.state(listener, "cursor"),
    "GET /rest/v1/weekly_lists": lambda store, listener: store.weekly_listeners(),
}


@pytest.mark.parametrize(("call", "read"), CUT.items(), ids=CUT)
def test_an_answer_that_was_cut_off_has_a_sentence(store, listener, faults, call, read):
    """It says 200, that it is JSON, and how long the part is: nothing but its content is wrong."""
    faults.fail_next(call, Fault.text(200, '[{"spotify_track_id": "4uL', "application/json"))

    with pytest.raises(StorageProblem, match="cut off"):
        read(store, listener)


def test_an_erasing_that_the_project_refuses_keeps_the_library_and_can_be_repeated(store, listener, faults):
    fill_everything(store, listener)
    account = Account(lambda _: store)
    faults.fail_next("DELETE /auth/v1/admin/users/*", Fault.server_error(500))

    with pytest.raises(StorageProblem):
        account.erase(listener)

    assert store.counts(listener)["user_tracks"] == 2
    assert not any(account.erase(listener).values())


def test_an_erasing_that_could_not_be_counted_is_not_called_one_until_it_is(store, gateway, listener, faults):
    fill_everything(store, listener)
    account = Account(lambda _: store)
    faults.fail_next("POST /rest/v1/rpc/count_rows", Fault(cut="before"))

    with pytest.raises(StorageProblem):
        account.erase(listener)

    assert gateway.accounts.user(listener) is None
    assert not any(account.erase(listener).values())


def test_a_listener_deleted_in_the_dashboard_is_told_to_sign_in_again(store, gateway, listener):
    store.save_tracks(listener, some_tracks("a"))
    gateway.accounts.remove(listener)

    with pytest.raises(StorageProblem, match="Sign in again"):
        store.save_tracks(listener, some_tracks("b"))
    assert not any(store.counts(listener).values())
