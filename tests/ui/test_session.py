"""A session asks the store once for what does not change by itself, and never keeps what belongs to somebody else."""

from dataclasses import dataclass, field

import pandas as pd
import pytest

from recsys.app.container import Container
from recsys.auth.models import Visitor
from recsys.auth.tokens import Connection
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.tracks import as_tracks, empty_tracks
from recsys.services.jobs import Job
from recsys.settings import Settings
from recsys.ui import session as session_module
from recsys.ui.session import ListenerSession

SONG = as_tracks(pd.DataFrame({"track_id": ["a" * 22], "title": ["A song"], "artists": ["A band"], "energy": [0.5]}))

OTHERS = pd.concat([SONG.assign(track_id=letter * 22, title=f"Song {letter}") for letter in "bc"], ignore_index=True)


class RemoteStore:
    """A store that notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def tracks(self, listener):
        self.asked.append("tracks")
        return SONG

    def plays(self, listener):
        self.asked.append("plays")
        return pd.DataFrame({"track_id": [], "played_at": [], "ms_played": []}).astype(
            {"track_id": "str", "played_at": "str"}
        )

    def pool(self, listener):
        self.asked.append("pool")
        return empty_tracks().assign(answered_at=pd.Series(dtype="str"))

    def recipes(self, listener):
        self.asked.append("recipes")
        return {}

    def feedback(self, listener):
        self.asked.append("feedback")
        return empty_tracks().assign(liked=pd.Series(dtype=bool), at=pd.Series(dtype="str"))

    def save_feedback(self, listener, track, liked, at):
        self.asked.append("save_feedback")


@dataclass
class Connected:
    """Spotify as the session sees it: how a listener is connected."""

    state_now: Connection = field(default_factory=lambda: Connection(True))
    asked: int = 0

    @property
    def connections(self):
        return self

    def state(self, listener):
        self.asked += 1
        return self.state_now


@pytest.fixture
def app(tmp_path):
    app = Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet")))
    yield app
    app.close()


@pytest.fixture
def store(app, monkeypatch):
    store = RemoteStore()
    monkeypatch.setattr(app, "store_for", lambda listener: store)
    return store


@pytest.fixture
def spotify(app, monkeypatch):
    connected = Connected()
    monkeypatch.setattr(app, "spotify", connected, raising=False)
    return connected


@pytest.fixture
def session(app):
    return ListenerSession(app, Visitor("somebody", is_guest=False))


def test_what_is_on_the_screen_is_read_once(session, store):
    for _ in range(3):
        assert list(session.library["title"]) == ["A song"]
        assert session.plays.empty
        assert session.recipes == {}

    assert store.asked == ["tracks", "plays", "recipes"]


def test_songs_found_meanwhile_are_offered_although_the_new_table_lies_where_the_old_one_was(
    session, store, monkeypatch
):
    """An object that is gone leaves its `id` to another: seven times out of ten the pool of before was offered."""
    monkeypatch.setattr(session_module, "id", lambda _: 1, raising=False)
    offered = []
    for number in range(1, 3):
        songs = OTHERS.head(number).assign(answered_at="2026-01-01T00:00:00Z", pool="listenbrainz")
        monkeypatch.setattr(store, "pool", lambda listener, songs=songs: songs.copy())
        session.show_own()
        offered.append(sorted(session.catalogue.tracks["track_id"]))

    assert offered == [["b" * 22], ["b" * 22, "c" * 22]]


def test_a_search_is_in_the_library_and_catalogue_of_now(session, store, monkeypatch):
    monkeypatch.setattr(session_module, "id", lambda _: 1, raising=False)
    for tracks in (SONG, OTHERS):
        monkeypatch.setattr(store, "tracks", lambda listener, tracks=tracks: tracks)
        session.show_own()
        search = session.search
        assert search.library is session.library
        assert search.catalogue is session.catalogue


def test_a_changed_library_is_read_afresh(session, store):
    assert len(session.library) == 1
    session.show_own()
    assert len(session.library) == 1

    assert store.asked == ["tracks", "tracks"]


def test_the_demo_reads_nothing(session, store):
    session.show_demo(0)

    assert len(session.library) > 1
    assert len(session.plays) > 1
    assert store.asked == []


def test_a_thumb_ranks_again_without_reading_the_library_again(session, store):
    session.own_catalogue = Catalogue.from_tracks(OTHERS)
    before = session.recommender
    session.rate(OTHERS.head(1), liked=True)

    assert session.recommender is not before
    assert store.asked == ["pool", "feedback", "tracks", "save_feedback", "feedback"]


def test_what_was_forgotten_is_read_again(session, store):
    assert session.recipes == {}
    session.forget("recipes", "never known")
    assert session.recipes == {}

    assert store.asked == ["recipes", "recipes"]


def test_what_background_work_changed_is_read_again_once_it_has_ended(session, store):
    ended = frozenset({Job()})
    assert len(session.own_library) == 1
    session.notice(ended)
    assert len(session.own_library) == 1
    session.notice(ended)
    assert len(session.own_library) == 1

    assert store.asked == ["tracks", "tracks"]


def test_an_ended_connection_is_noticed_within_a_minute(session, spotify, monkeypatch):
    passed = 0.0
    monkeypatch.setattr(session_module.time, "monotonic", lambda: passed)
    assert session.connection.is_connected
    spotify.state_now = Connection(False, problem="The permission was withdrawn.")

    passed = 59.0
    assert session.connection.is_connected
    passed = 60.0
    assert session.connection.problem == "The permission was withdrawn."
    assert spotify.asked == 2


def test_a_guest_has_no_connection(app, spotify):
    assert ListenerSession(app, Visitor("guest-1", is_guest=True)).connection is None
    assert spotify.asked == 0
