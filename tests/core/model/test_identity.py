"""Which rows are one song."""

import pytest

from recsys.core.engine.catalogue import prepare
from recsys.core.model.credits import artist_key, artist_names
from recsys.core.model.identity import name_id, owned, song_hashes, song_key, song_keys
from tests.core.small import random_tracks, tracks

SAME = [
    "Song (Remastered 2011)",
    "Song - Remastered",
    "Song - 2011 Remaster",
    "Song [Remasterizado]",
    "Song - Live at Wembley",
    "Song (Live)",
    "Song - Live: New York 1994",
    "Song - En Vivo",
    "Song (Deluxe Edition)",
    "Song - Radio Edit",
    "Song - Single Version",
    "Song - Mono / 2009 Remaster",
    "Song (Stereo)",
    "Song (Bonus Track)",
    "Song feat. Somebody",
    "Song (feat. Somebody & Else)",
    "Song ft. Somebody",
    "Song (with Somebody)",
    "SONG",
    "  söng ",
    "Ｓｏｎｇ",
    "Song!",
    'Song - From "The Film"',
    "Song (Official Video)",
    "Song [Official Audio]",
    "Song (Official Music Video)",
    "Song (Lyric Video)",
    "Song [Lyrics]",
    "Song (Audio)",
    "Song (Explicit Ver.)",
    "Song - 2011 - Remaster",
    "Song (Video Oficial)",
]
OTHER = [
    "Song - Somebody Remix",
    "Song (Acoustic)",
    "Song - Instrumental",
    "Song - Demo",
    "Song (Sped Up)",
    "Song (Acoustic) - Live",
    "Song 2",
    "Songs",
    "Song (Spanish Version)",
    "Song of the Year",
    "Song (Official Remix)",
    "Song (Official Instrumental)",
    "Song (Music of the Sun)",
    "Song - 2011",
]


@pytest.mark.parametrize("title", SAME)
def test_a_version_of_a_song_is_the_song(title):
    assert song_key(title, "Artist") == song_key("Song", "Artist")


@pytest.mark.parametrize("title", OTHER)
def test_what_sounds_different_is_another_song(title):
    assert song_key(title, "Artist") != song_key("Song", "Artist")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Cars", "Cars"),
        ("Beyoncé", "beyonce"),
        ("Sigur Rós", "SIGUR ROS"),
        ("Ｇｒｏß", "gross"),
        ("Mø", "MO"),
        ("AC/DC", "AC DC"),
        ("Guns N’ Roses", "Guns N' Roses"),
        ("Earth, Wind & Fire", "Earth Wind and Fire"),
        ("A; B", "A"),
        ("Molly Tuttle,Golden Highway", "Molly Tuttle"),
    ],
)
def test_an_artist_is_the_same_however_it_is_written(one, other):
    assert song_key("Song", one) == song_key("Song", other)


def test_a_name_with_a_comma_is_one_artist():
    assert artist_names("Tyler, The Creator; Frank Ocean") == ["Tyler, The Creator", "Frank Ocean"]
    assert artist_names("10,000 Maniacs") == ["10,000 Maniacs"]
    assert artist_key("The The") == "the the"


@pytest.mark.parametrize(
    ("one", "other"),
    [("夜に駆ける", "紅蓮華"), ("か", "が"), ("Мой", "Мои"), ("हिंदी", "हंद"), ("???", "!!!"), ("❤", "☀"), ("ไม่", "มา")],
)
def test_titles_in_any_script_and_of_signs_alone_stay_apart(one, other):
    assert song_key(one, "X") != song_key(other, "X")
    assert song_key(one, "X").split(" | ")[0]


@pytest.mark.parametrize("title", ["(Live)", "(Interlude)", "[Remastered]", "- Radio Edit", "Live", "feat."])
def test_a_title_that_is_only_a_decoration_keeps_it(title):
    assert song_key(title, "X").split(" | ")[0]


@pytest.mark.parametrize("title", ["Long Live", "6 ft Under", "Live and Let Die", "Dancing with Myself", "Without Me"])
def test_a_word_of_a_title_is_not_taken_for_a_decoration(title):
    assert song_key(title, "X") == f"{title.lower()} | x"


def test_a_row_without_title_or_artist_is_no_version_of_another():
    nameless = tracks({"title": "", "artists": "X"}, {"title": "", "artists": "X"}, {"title": "A", "artists": ""})

    assert song_keys(nameless).tolist() == ["", "", ""]
    assert len(set(song_hashes(nameless))) == 3


def test_a_whole_table_gets_the_keys_of_its_rows():
    table = tracks(*({"title": title, "artists": "The Artist; Guest"} for title in SAME + OTHER))

    expected = [song_key(title, "The Artist; Guest") for title in SAME + OTHER]

    assert song_keys(table).tolist() == expected


def test_an_id_made_from_a_name_is_the_same_for_versions_and_differs_for_songs():
    assert name_id("Song", "Artist") == name_id("Song - Live", "ARTIST; Guest")
    assert name_id("Song", "Artist") != name_id("Other", "Artist")
    assert name_id("", "") != name_id("", "X")
    assert (
        name_id("Song", "Artist")
        == "name:" + f"{int(song_hashes(tracks({'title': 'Song', 'artists': 'Artist'}))[0]) % 2**64:016x}"
    )


def test_a_track_is_owned_by_id_by_isrc_or_by_song():
    library = tracks(
        {"track_id": "a", "title": "One", "artists": "X"},
        {"track_id": "b", "title": "Two", "artists": "X", "isrc": "GB-ABC-12-34567"},
        {"track_id": "c", "title": "Three", "artists": "X"},
    )
    candidates = tracks(
        {"track_id": "a", "title": "Renamed", "artists": "Y"},
        {"track_id": "p", "title": "Deux", "artists": "Y", "isrc": "gbabc1234567"},
        {"track_id": "q", "title": "Three - Live", "artists": "X; Z"},
        {"track_id": "r", "title": "Four", "artists": "X"},
    )

    assert owned(candidates, library).tolist() == [True, True, True, False]


def test_unknown_isrcs_do_not_match_each_other():
    assert not owned(tracks({"track_id": "a", "title": "One"}), tracks({"track_id": "b", "title": "Two"})).any()


def test_numbers_of_a_prepared_table_are_taken_as_they_are():
    prepared = prepare(random_tracks(5))

    assert song_hashes(prepared).tolist() == song_hashes(random_tracks(5)).tolist()
    assert song_hashes(prepared.assign(title="changed")).tolist() == song_hashes(prepared).tolist()
