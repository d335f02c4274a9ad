"""What an import does to a library that is there already."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from recsys.core.model.identity import name_id
from recsys.core.model.tracks import as_tracks
from recsys.errors import StorageProblem
from recsys.services.library import NOTE, forget_import, plays, songs, unfinished_imports
from recsys.storage.hosted.store import SupabaseStore
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.services.tables import importing, tracks

NOW = "2026-11-25T12:00:00Z"


@pytest.fixture
def store(tmp_path):
    database = Database(tmp_path / "tonearm.db")
    yield SqliteStore(database)
    database.close()


def by_name(*titles, **columns):
    """Tracks of Ida Voss as a listening history knows them."""
    ids = [name_id(title, "Ida Voss") for title in titles]
    return as_tracks(pd.DataFrame({"track_id": ids, "title": titles, "artists": "Ida Voss", **columns}))


def saved_import(store, table, **more):
    return list(importing(store, "ada", table, "file:a.csv", **more))[-1]


def test_a_song_known_by_name_is_the_one_the_library_has_under_an_id(store):
    library = tracks(2, title=["Song 0 - Remastered 2011", "Song 1"], energy=[None, 0.5])
    saved_import(store, library)
    history = by_name("SONG 0", "Another", energy=[0.25, 0.75])
    plays = pd.DataFrame({"track_id": history["track_id"], "played_at": NOW, "ms_played": 1000.0})

    count, saved = saved_import(store, history, plays=plays)

    assert (count, saved.added, saved.updated) == (2, 1, 1)
    held = store.tracks("ada")
    assert held["title"].tolist() == ["Song 0 - Remastered 2011", "Song 1", "Another"]
    assert held["energy"].tolist() == [0.25, 0.5, 0.75]
    assert set(store.plays("ada")["track_id"]) == {library["track_id"][0], history["track_id"][1]}


def test_a_song_that_only_names_know_keeps_its_name_as_id_and_comes_in_once(store):
    for _ in range(2):
        saved_import(store, by_name("Another"))

    assert store.tracks("ada")["track_id"].tolist() == [name_id("Another", "Ida Voss")]


def test_a_song_that_came_by_name_first_is_stored_once_under_the_id_it_came_with_later(store):
    named = by_name("SONG 0", "Another", energy=[0.25, 0.75], valence=[0.5, 0.5])
    saved_import(
        store, named, plays=pd.DataFrame({"track_id": named["track_id"], "played_at": NOW, "ms_played": 1000.0})
    )
    with_id = tracks(1, energy=[0.9])

    saved_import(store, with_id)

    library = songs(store, "ada")
    assert library["track_id"].tolist() == [named["track_id"][1], with_id["track_id"][0]]
    assert library["title"].tolist() == ["Another", "Song 0"]
    assert library["energy"].tolist() == [0.75, 0.9]
    assert library["valence"].tolist() == [0.5, 0.5]
    assert library.dtypes.equals(store.tracks("ada").dtypes)
    assert set(plays(store, "ada")["track_id"]) == set(library["track_id"])
    assert len(store.tracks("ada")) == 3


def test_a_library_that_knows_all_songs_alike_is_read_as_it_is(store):
    for table in (tracks(2), by_name("Another")):
        saved_import(store, table)
        assert songs(store, "ada").equals(store.tracks("ada"))
    assert plays(store, "ada").empty


def test_a_thumb_down_for_a_name_is_one_for_the_song_of_the_library(store):
    saved_import(store, tracks(1))
    disliked = by_name("Song 0")

    saved_import(store, disliked, liked=pd.Series([False], index=disliked["track_id"]))

    assert store.feedback("ada")["track_id"].tolist() == tracks(1)["track_id"].tolist()


def test_an_import_that_was_interrupted_is_remembered_until_it_comes_to_its_end(store):
    table = tracks(2_001)
    under_way = importing(store, "ada", table, "file:a.csv")
    assert next(under_way)[0] == 2_000
    under_way.close()  # as when the process ends here

    assert unfinished_imports(store, "ada") == {"file:a.csv": (2_000, 2_001)}
    saved_import(store, table)
    assert unfinished_imports(store, "ada") == {}
    assert len(store.tracks("ada")) == 2_001


def test_of_a_name_that_no_file_can_have_the_beginning_is_stored(store):
    under_way = importing(store, "ada", tracks(2_001), "file:" + "x" * 3_900)
    next(under_way)
    assert [len(origin) for origin in unfinished_imports(store, "ada")] == [260]

    list(under_way)
    assert store.origins("ada")["origin"].str.len().tolist() == [260] * 2_001
    assert unfinished_imports(store, "ada") == {}


def test_a_store_that_fails_in_the_middle_of_an_import_leaves_a_note(store, monkeypatch):
    def fail(store, listener, rows):
        raise StorageProblem("The disk is full.")

    monkeypatch.setattr(SqliteStore, "save_plays", fail)
    history = pd.DataFrame({"track_id": tracks(1)["track_id"], "played_at": NOW, "ms_played": 1000.0})
    with pytest.raises(StorageProblem):
        saved_import(store, tracks(1), plays=history)

    assert unfinished_imports(store, "ada") == {"file:a.csv": (1, 1)}
    forget_import(store, "ada", "file:a.csv")
    assert store.states("ada", NOTE) == {}


ERASE = """
import sys
from pathlib import Path
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
SqliteStore(Database(Path(sys.argv[1]))).erase("ada")
"""


@pytest.mark.parametrize("where", ["here", "another process"])
@pytest.mark.parametrize("erased_after", [0, 1, 2])
def test_what_is_erased_while_a_file_is_stored_stays_erased(store, tmp_path, erased_after, where):
    """
    Whichever of its parts was stored last, the first batch, the second, a thumb, or the history, and whichever
    instance of the app erased it.
    """

    def erase():
        if where == "here":
            store.erase("ada")
        else:
            subprocess.run([sys.executable, "-c", ERASE, str(tmp_path / "tonearm.db")], check=True, timeout=120)

    table = tracks(2_002)
    marks = pd.Series([False], index=table["track_id"].tail(1))
    history = pd.DataFrame({"track_id": table["track_id"].head(1), "played_at": NOW, "ms_played": 1000.0})
    under_way = importing(store, "ada", table, "file:a.csv", plays=history, liked=marks)

    for _ in range(erased_after + 1):
        next(under_way)
    erase()
    with pytest.raises(StorageProblem, match="was erased"):
        next(under_way)

    assert sum(store.counts("ada").values()) == 0


def test_what_is_erased_in_supabase_while_a_file_is_stored_stays_erased(supabase, supabase_store, gateway):
    """Of two processes: the one that imports still has a token of the listener, whose user is gone."""
    listener = gateway.listener("ada")
    token = gateway.access_token(listener)
    under_way = importing(SupabaseStore(supabase, lambda _: token), listener, tracks(2_001), "file:a.csv")
    next(under_way)

    assert not any(supabase_store.erase(listener).values())

    with pytest.raises(StorageProblem, match="does not know this listener any more"):
        next(under_way)
    assert not any(supabase_store.counts(listener).values())


def test_what_is_stored_after_an_erasure_outlives_the_next_batch_of_a_file(store):
    under_way = importing(store, "ada", tracks(2_001), "file:a.csv")
    next(under_way)
    store.erase("ada")
    store.save_recipe("ada", "Evening", {})

    with pytest.raises(StorageProblem, match="was erased"):
        next(under_way)

    assert {table for table, count in store.counts("ada").items() if count} == {"recipes"}


def test_two_imports_at_a_time_do_not_take_each_others_end_for_an_erasure(store):
    first, second = (importing(store, "ada", tracks(2_001), name) for name in ("file:a.csv", "file:a.csv"))
    next(first), next(second)

    assert list(first)[-1][0] == list(second)[-1][0] == 2_001
    assert len(store.tracks("ada")) == 2_001
    assert store.counts("ada")["sync_state"] == 0


def test_files_that_tabs_import_at_the_same_time_leave_no_note_when_they_end(store, monkeypatch):
    monkeypatch.setattr("recsys.services.library.BATCH", 1)
    with ThreadPoolExecutor() as tabs:
        for _ in tabs.map(lambda name: list(importing(store, "ada", tracks(5), f"file:{name}.csv")), "abcd"):
            pass

    assert unfinished_imports(store, "ada") == {}


INTERRUPTED_IMPORT = """
import sys
from pathlib import Path
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.services.tables import importing, tracks
next(importing(SqliteStore(Database(Path(sys.argv[1]))), "ada", tracks(2_002), "file:b.csv"))
"""


def test_imports_of_two_processes_do_not_overwrite_each_others_notes(store, tmp_path, monkeypatch):
    """Here the other process stores its note just before this one does."""
    write = SqliteStore.save_state

    def after_the_other(store, listener, key, value):
        if key.startswith("import") and not (tmp_path / "done").exists():
            (tmp_path / "done").touch()
            other = [sys.executable, "-c", INTERRUPTED_IMPORT, str(tmp_path / "tonearm.db")]
            subprocess.run(other, check=True, timeout=120, cwd=Path(__file__).parents[2])
        write(store, listener, key, value)

    monkeypatch.setattr(SqliteStore, "save_state", after_the_other)
    under_way = importing(store, "ada", tracks(2_001), "file:a.csv")
    next(under_way)
    assert unfinished_imports(store, "ada") == {"file:a.csv": (2_000, 2_001), "file:b.csv": (2_000, 2_002)}

    list(under_way)
    assert unfinished_imports(store, "ada") == {"file:b.csv": (2_000, 2_002)}


def test_imports_through_two_connections_to_supabase_do_not_overwrite_each_others_notes(supabase, gateway, monkeypatch):
    listener = gateway.listener("ada")
    token = gateway.access_token(listener)
    first, second = (SupabaseStore(supabase, lambda _: token) for _ in range(2))
    under_way, other = (
        importing(store, listener, tracks(2_001), name) for store, name in ((first, "a"), (second, "b"))
    )
    write, begun = first.save_state, []

    def after_the_other(listener, key, value):
        if key.startswith("import") and not begun:
            begun.append(next(other))
        write(listener, key, value)

    monkeypatch.setattr(first, "save_state", after_the_other)
    next(under_way)
    assert unfinished_imports(first, listener) == {"a": (2_000, 2_001), "b": (2_000, 2_001)}

    list(under_way)
    assert unfinished_imports(second, listener) == {"b": (2_000, 2_001)}


def test_an_import_whose_note_is_dismissed_in_another_tab_goes_on(store):
    under_way = importing(store, "ada", tracks(2_001), "file:a.csv")
    next(under_way)
    forget_import(store, "ada", "file:a.csv")

    assert list(under_way)[-1][0] == 2_001 and len(store.tracks("ada")) == 2_001


def test_an_import_of_nothing_leaves_nothing(store):
    assert list(importing(store, "ada", tracks(0), "file:a.csv")) == []
    assert sum(store.counts("ada").values()) == 0
