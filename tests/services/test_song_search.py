"""Songs are found by words and by link, the listener's own first and each song once."""

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.tracks import as_tracks
from recsys.services.song_search import SongSearch, SpotifyLink, read_link

ID = "4uLU6hMCjMI75M1A2tKUQC"


def table(*songs):
    rows = [{"track_id": i, "title": title, "artists": artists, "energy": 0.5} for i, title, artists in songs]
    return as_tracks(pd.DataFrame(rows))


@pytest.fixture(scope="module")
def search():
    library = table(("own1", "Halo", "Beyoncé"), ("own2", "Halo Two", "Somebody"))
    others = [("cat1", "Halo", "Beyoncé"), *((f"x{n}", f"Halo {n}", f"Band {n}") for n in range(9))]
    return SongSearch(library, Catalogue.from_tracks(table(*others)))


def test_own_songs_come_first_and_are_not_shown_twice(search):
    found = search.search("halo")

    assert [(song.track_id, song.is_own) for song in found[:2]] == [("own1", True), ("own2", True)]
    assert "cat1" not in {song.track_id for song in found}
    assert len(found) == 8


def test_songs_are_found_by_their_ids_and_unknown_ids_are_not(search):
    assert [(song.track_id, song.is_own) for song in search.by_id(["x3", "own2", "nothing"])] == [
        ("own2", True),
        ("x3", False),
    ]
    assert search.known(["x3", "own2", "nothing"]) == {"x3", "own2"}


def test_songs_of_an_album_are_recognised_under_the_ids_that_are_known_here(search):
    album = table(("x3", "Another name", "Nobody"), ("new1", "Halo Two", "Somebody"), ("new2", "Halo 5", "Band 5"))

    assert search.ids_of(pd.concat([album, table(("new3", "Unheard", "Nobody"))])) == ["x3", "own2", "x5"]
    assert search.ids_of(album.head(0)) == []


def test_a_song_is_called_by_title_and_artists(search):
    assert search.by_id(["own1"])[0].name == "Halo by Beyoncé"


@pytest.mark.parametrize(
    "text, link",
    [
        (f"https://open.spotify.com/track/{ID}?si=0123456789abcdef", SpotifyLink("track", ID)),
        (f"  open.spotify.com/intl-de/album/{ID}", SpotifyLink("album", ID)),
        (f"spotify:playlist:{ID}", SpotifyLink("playlist", ID)),
        (f"https://open.spotify.com/embed/track/{ID}", SpotifyLink("track", ID)),
        (f"https://open.spotify.com/artist/{ID}", None),
        (f"https://evil.example/open.spotify.com/track/{ID}", None),
        (f"https://open.spotify.com/track/{ID}X", None),
        ("halo", None),
        ("", None),
    ],
)
def test_a_link_is_read_as_spotify_shares_it(text, link):
    assert read_link(text) == link
