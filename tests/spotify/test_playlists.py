"""Playlists out: made once, filled a hundred at a time, found again, replaced in place."""

import pytest

from recsys.errors import SpotifyRefused, SpotifyUnreachable
from recsys.spotify.playlists import Contents, SpotifyPlaylists
from tests.fakes.spotify import Fault, music
from tests.fakes.spotify.music import spotify_id
from tests.spotify.test_wrappers import Scripted

SONGS = [spotify_id("song", number) for number in range(230)]


def held(spotify, playlist_id):
    return [track.id for _, track in spotify.playlist(playlist_id).entries]


def test_a_playlist_is_private_and_carries_its_mark(spotify, dial):
    made = dial().playlists.create("For <you> & me", "from Tonearm mark42")

    saved = spotify.playlist(made.playlist_id)
    assert (saved.name, saved.description, saved.is_public) == ("For <you> & me", "from Tonearm mark42", False)
    assert spotify.requests[-1].body["collaborative"] is False


def test_a_playlist_whose_answer_was_lost_is_found_and_not_made_twice(spotify, dial):
    playlists = dial().playlists
    spotify.fail_next("POST /v1/me/playlists", Fault.answer_lost())
    with pytest.raises(SpotifyUnreachable):
        playlists.create("Mine", "mark42")

    found = playlists.find("mark42", "ada")

    assert found is not None and found.name == "Mine"
    assert spotify.count("POST /v1/me/playlists") == 1
    assert len(spotify.listeners["ada"].playlists) == 5


def test_a_mark_in_somebody_elses_playlist_is_not_ours(spotify, dial):
    spotify.listeners["ada"].playlists[3].description = "mark42"

    assert dial().playlists.find("mark42", "ada") is None


def test_a_mark_is_looked_for_on_every_page(spotify, dial):
    playlists = dial().playlists
    playlists.create("Old", "mark42")
    for number in range(55):
        playlists.create(f"Newer {number}")

    assert playlists.find("mark42", "ada").name == "Old"
    assert playlists.find("mark43", "ada") is None


def test_an_answer_without_an_id_makes_no_playlist():
    with pytest.raises(SpotifyUnreachable, match="we look first"):
        SpotifyPlaylists(Scripted({"name": "Mine"})).create("Mine")


def test_tracks_are_added_a_hundred_a_call(spotify, dial):
    playlists = dial().playlists
    made = playlists.create("Mine")

    snapshot = playlists.add(made.playlist_id, SONGS)

    assert held(spotify, made.playlist_id) == SONGS
    assert [len(r.body["uris"]) for r in spotify.requests[1:]] == [100, 100, 30]
    assert snapshot == spotify.playlist(made.playlist_id).snapshot_id
    assert playlists.contents(made.playlist_id) == Contents(tuple(SONGS))


def test_no_tracks_are_no_call(spotify, dial):
    assert dial().playlists.add("whatever", []) is None
    assert spotify.requests == []


@pytest.mark.parametrize("count", [0, 1, 100, 101, 230])
def test_a_playlist_is_replaced_in_place(spotify, dial, count):
    playlists = dial().playlists
    made = playlists.create("Mine")
    playlists.add(made.playlist_id, SONGS[:120])

    snapshot = playlists.replace(made.playlist_id, SONGS[::-1][:count])

    assert held(spotify, made.playlist_id) == SONGS[::-1][:count]
    assert snapshot == spotify.playlist(made.playlist_id).snapshot_id


@pytest.mark.parametrize("fault", [Fault.answer_lost(), Fault.cut_before(), Fault.server_error()])
@pytest.mark.parametrize("call", ["PUT", "POST"])
def test_replacing_again_after_a_lost_answer_doubles_nothing(spotify, dial, fault, call):
    playlists = dial().playlists
    made = playlists.create("Mine")
    spotify.fail_next(f"{call} /v1/playlists/*/items", fault)
    with pytest.raises(SpotifyUnreachable):
        playlists.replace(made.playlist_id, SONGS)

    playlists.replace(made.playlist_id, SONGS)

    assert held(spotify, made.playlist_id) == SONGS


def test_a_playlist_that_was_deleted_is_refused_with_its_reason(dial):
    with pytest.raises(SpotifyRefused) as caught:
        dial().playlists.replace(spotify_id("gone"), SONGS[:1])

    assert caught.value.reason == "not_found"


def test_without_permission_to_write_nothing_is_made(spotify, dial):
    with pytest.raises(SpotifyRefused) as caught:
        dial(scopes=["playlist-read-private"]).playlists.create("Mine")

    assert caught.value.reason == "scope"
    assert len(spotify.listeners["ada"].playlists) == 4


def with_others(spotify, playlists, count):
    """A playlist of so many songs, in which the listener put a podcast, a file, and a song again."""
    made = playlists.create("Mine")
    playlists.add(made.playlist_id, SONGS[:count])
    entries = spotify.playlist(made.playlist_id).entries
    others = [music.EPISODE, music.LOCAL_FILE, None]
    entries[1:1] = [(music.iso(music.START), other) for other in others]
    entries.append(entries[0])
    return made.playlist_id, others


def test_what_is_no_track_is_counted_and_a_repeat_is_not(spotify, dial):
    playlists = dial().playlists
    playlist_id, _ = with_others(spotify, playlists, 120)

    assert playlists.contents(playlist_id) == Contents(tuple(SONGS[:120]), others=3)


@pytest.mark.parametrize("count", [0, 1, 100, 230])
def test_tracks_are_exchanged_and_the_rest_stays_below_them(spotify, dial, count):
    playlists = dial().playlists
    playlist_id, others = with_others(spotify, playlists, 120)

    snapshot = playlists.exchange(playlist_id, SONGS[:120], SONGS[::-1][:count])

    entries = [entry for _, entry in spotify.playlist(playlist_id).entries]
    assert [entry.id for entry in entries[:count]] == SONGS[::-1][:count]
    assert entries[count:] == others
    assert snapshot == spotify.playlist(playlist_id).snapshot_id


def test_a_playlist_whose_description_was_written_over_is_found_by_its_id(spotify, dial):
    playlists = dial().playlists
    made = playlists.create("Mine", "mark42")
    spotify.playlist(made.playlist_id).description = "my own words"

    assert playlists.find("mark42", "ada", made.playlist_id).playlist_id == made.playlist_id
    assert playlists.find("mark42", "ada") is None
    assert playlists.find("mark42", "sam", made.playlist_id) is None
