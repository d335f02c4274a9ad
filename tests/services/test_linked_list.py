"""An album or a playlist behind a link is read to its end, or as far as is of use."""

import pytest

from recsys.errors import SpotifyRefused
from recsys.services import linked_list
from recsys.services.linked_list import read_linked_list
from recsys.services.song_search import read_link
from tests.fakes.spotify.music import Track, spotify_id, track


def of_album(world, name):
    return [one.id for one in world.fake.tracks.values() if one.album == name]


def link(kind, identity):
    return read_link(f"https://open.spotify.com/{kind}/{identity}?si=0a1b2c")


def test_an_album_has_its_name_and_all_its_songs(world):
    name = track(0).album

    found = read_linked_list(world.spotify.library("ada"), link("album", spotify_id("album", name)))

    assert found.name == name
    assert found.tracks["track_id"].tolist() == of_album(world, name)
    assert found.total == len(of_album(world, name)) > 0


def test_a_long_album_is_read_page_by_page_and_no_further_than_is_of_use(world, monkeypatch):
    monkeypatch.setattr(linked_list, "MOST_SONGS", 100)
    for number in range(180):
        one = track(number, "box set")
        box = Track(one.id, one.name, one.artists, "Everything", None, None, one.duration_ms, False)
        world.fake.tracks[one.id] = box

    found = read_linked_list(world.spotify.library("ada"), link("album", spotify_id("album", "Everything")))

    assert len(found.tracks) == 100
    assert found.total == 180
    assert world.fake.count(f"GET /v1/albums/{spotify_id('album', 'Everything')}/tracks") == 2


def test_a_playlist_is_read_and_what_is_no_song_is_left_out(world):
    playlist = spotify_id("playlist", "ada", "mixed")

    found = read_linked_list(world.spotify.library("ada"), link("playlist", playlist))

    assert len(found.tracks) == 55
    assert not found.name


def test_a_playlist_of_somebody_else_is_refused_in_a_sentence(world):
    with pytest.raises(SpotifyRefused, match="playlist"):
        read_linked_list(world.spotify.library("ada"), link("playlist", spotify_id("playlist", "followed")))
