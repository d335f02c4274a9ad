"""What a guest brought in becomes the listener's."""

import pytest

from recsys.errors import StorageProblem
from recsys.services.adoption import adopt
from tests.services.tables import tracks
from tests.storage.tables import fill_everything, origins, plays


def test_tracks_origins_plays_recipes_and_thumbs_come_along(world):
    store = world.store
    fill_everything(store, "guest-1")
    own = {name: len(table) for name, table in store.export("guest-1").items()}

    adopt(store, "guest-1", store, "bob")

    adopted = store.export("bob")
    for name in ("user_tracks", "track_origins", "plays", "recipes", "feedback"):
        assert len(adopted[name]) == own[name] > 0, name
    assert not any(store.counts("guest-1").values())


def test_what_the_listener_has_already_is_kept(world):
    store = world.store
    store.save_tracks("bob", tracks(3, energy=[0.1, 0.2, 0.3]))
    store.save_recipe("bob", "mine", {"length": 5})
    store.save_feedback("bob", tracks(1), liked=True, at="2026-11-20T12:00:00Z")
    store.save_tracks("guest-1", tracks(5))
    store.save_recipe("guest-1", "mine", {"length": 50})
    store.save_feedback("guest-1", tracks(1), liked=False, at="2026-11-21T12:00:00Z")

    assert adopt(store, "guest-1", store, "bob") == 2

    assert list(store.tracks("bob")["energy"][:3]) == [0.1, 0.2, 0.3]
    assert store.recipes("bob") == {"mine": {"length": 5}}
    assert list(store.feedback("bob")["liked"]) == [True]


def test_a_guest_with_nothing_leaves_nothing(world):
    assert adopt(world.store, "guest-1", world.store, "bob") == 0
    assert not any(world.store.counts("bob").values())


class RefusingPlays:
    """A store that breaks in the middle."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def save_plays(self, listener, table):
        raise StorageProblem("The store does not answer.")


def test_a_store_that_breaks_in_the_middle_keeps_the_guest_and_adopting_again_completes(world):
    store = world.store
    store.save_tracks("guest-1", tracks(2))
    store.save_origins("guest-1", origins(*tracks(2)["track_id"]))
    store.save_plays("guest-1", plays("2026-11-20T12:00:00Z"))
    with pytest.raises(StorageProblem):
        adopt(store, "guest-1", RefusingPlays(store), "bob")
    assert len(store.tracks("guest-1")) == 2

    adopt(store, "guest-1", store, "bob")

    assert len(store.plays("bob")) == 1
    assert len(store.tracks("bob")) == 2
