"""What a guest brought in becomes the listener's."""

import pytest

from recsys.auth.guests import merge_guest
from recsys.errors import StorageProblem
from recsys.storage.store import WeeklyList
from tests.services.tables import tracks
from tests.storage.tables import NOON, fill_everything, misses, weekly


def test_all_that_a_guest_has_comes_along(world):
    store = world.store
    fill_everything(store, "guest-1")
    own = {name: len(table) for name, table in store.export("guest-1").items()}

    merge_guest(store, "guest-1", store, "bob")

    adopted = store.export("bob")
    for name in (
        "user_tracks",
        "track_origins",
        "plays",
        "recipes",
        "feedback",
        "feature_misses",
        "pool_tracks",
        "sent_log",
        "weekly_lists",
        "weekly_songs",
    ):
        assert len(adopted[name]) == own[name] > 0, name
    assert not any(store.counts("guest-1").values())


def test_what_the_listener_has_already_is_unchanged(world):
    store = world.store
    store.save_tracks("bob", tracks(3, energy=[0.1, 0.2, 0.3]))
    store.save_recipe("bob", "mine", {"length": 5})
    store.save_feedback("bob", tracks(1), liked=True, at="2026-11-20T12:00:00Z")
    store.save_tracks("guest-1", tracks(5))
    store.save_feedback("guest-1", tracks(1), liked=False, at="2026-11-21T12:00:00Z")

    assert merge_guest(store, "guest-1", store, "bob") == 2

    assert list(store.tracks("bob")["energy"][:3]) == [0.1, 0.2, 0.3]
    assert store.recipes("bob") == {"mine": {"length": 5}}
    assert list(store.feedback("bob")["liked"]) == [True]


def test_a_recipe_of_a_name_that_is_taken_comes_along_under_another(world):
    store = world.store
    store.save_recipe("bob", "Evening", {"length": 5})
    store.save_recipe("bob", "Evening (2)", {"length": 6})
    store.save_recipe("bob", "Morning", {"length": 8})
    store.save_recipe("guest-1", "Evening", {"length": 7})
    store.save_recipe("guest-1", "Morning", {"length": 8})

    merge_guest(store, "guest-1", store, "bob")

    assert store.recipes("bob") == {
        "Evening": {"length": 5},
        "Evening (2)": {"length": 6},
        "Evening (3)": {"length": 7},
        "Morning": {"length": 8},
    }


def test_a_weekly_list_comes_along_without_a_playlist_and_never_replaces_ones_own(world):
    store = world.store
    for week in ("2026-11-16", "2026-11-23"):
        store.save_weekly("guest-1", WeeklyList({"length": 1}, 0, 1, "Planted"))
        store.save_weekly_songs("guest-1", week, weekly(week), NOON)
    store.save_weekly("ada", WeeklyList({"length": 5}, 3, 5))

    store.save_weekly("bob", WeeklyList({"length": 1}, 0, 1))  # a merge that was interrupted wrote a part
    store.save_weekly_songs("bob", "2026-11-16", weekly("2026-11-16"), NOON)
    merge_guest(store, "guest-1", store, "bob")

    assert store.weekly("bob") == WeeklyList({"length": 1}, 0, 1, None, "2026-11-23")
    assert list(store.weekly_songs("bob")["track_id"]) == ["2026-11-16", "2026-11-23"]
    fill_everything(store, "guest-2")
    merge_guest(store, "guest-2", store, "ada")
    assert store.weekly("ada") == WeeklyList({"length": 5}, 3, 5)


def test_what_was_sent_to_whom_is_not_forgotten(world):
    store = world.store
    store.log_sent("bob", "spotify", "tracks of a playlist", 3, "2026-11-20T12:00:00Z")
    store.log_sent("guest-1", "reccobeats", "track ids", 40, "2026-11-19T12:00:00Z")
    store.log_sent("guest-1", "reccobeats", "track ids", 40, "2026-11-19T12:00:00Z")

    merge_guest(store, "guest-1", store, "bob")

    sent = world.account.sent("bob")
    assert list(sent["recipient"]) == ["reccobeats", "reccobeats", "spotify"]
    assert list(sent["rows"]) == [40, 40, 3]


def test_a_consent_is_given_by_the_listener_and_never_taken_over_from_a_guest(world):
    store = world.store
    world.features.agree("bob", "other", True)
    world.features.agree("guest-1", "reccobeats", True)
    world.features.agree("guest-1", "other", False)

    merge_guest(store, "guest-1", store, "bob")

    assert not world.features.has_agreed("bob", "reccobeats")
    assert world.features.has_agreed("bob", "other")


def test_what_a_source_does_not_know_is_remembered_with_the_later_date(world):
    store = world.store
    store.save_misses("bob", misses("a", "b", asked_at="2026-11-20T12:00:00Z"))
    store.save_misses("guest-1", misses("b", "c", asked_at="2026-11-19T12:00:00Z"))

    merge_guest(store, "guest-1", store, "bob")

    days = store.misses("bob").set_index("track_id")["asked_at"].str[8:10]
    assert days.to_dict() == {"a": "20", "b": "20", "c": "19"}


def test_a_guest_with_nothing_leaves_nothing(world):
    assert merge_guest(world.store, "guest-1", world.store, "bob") == 0
    assert not any(world.store.counts("bob").values())


class Breaking:
    """A store that breaks at the n-th call of one method."""

    def __init__(self, store, method, at):
        self._store, self._method, self._left = store, method, at

    def __getattr__(self, name):
        self._left -= name == self._method
        if name == self._method and self._left <= 0:
            raise StorageProblem("The store does not answer.")
        return getattr(self._store, name)


@pytest.mark.parametrize(
    ("method", "at"),
    [("save_plays", 1), ("save_recipe", 2), ("save_misses", 1), ("log_sent", 1), ("log_sent", 2)],
)
def test_a_store_that_breaks_in_the_middle_keeps_the_guest_and_adopting_again_completes(world, method, at):
    store = world.store
    store.save_recipe("bob", "Evening", {"length": 1})
    fill_everything(store, "guest-1")
    store.save_recipe("guest-1", "Morning", {"length": 2})
    store.log_sent("guest-1", "ReccoBeats", "track ids", 7, "2026-11-20T12:00:00Z")
    own = store.counts("guest-1")
    with pytest.raises(StorageProblem):
        merge_guest(store, "guest-1", Breaking(store, method, at), "bob")
    assert store.counts("guest-1") == own

    merge_guest(store, "guest-1", store, "bob")

    assert not any(store.counts("guest-1").values())
    assert sorted(store.recipes("bob")) == ["Evening", "Evening (2)", "Morning"]
    assert sorted(store.sent("bob")["rows"]) == [2, 7]
    assert len(store.plays("bob")) == len(store.misses("bob")) == 1
    assert len(store.tracks("bob")) == 2
