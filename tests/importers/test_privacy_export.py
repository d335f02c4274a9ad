"""Spotify's answer to "download your data": plays and saved tracks come in, everything personal stays out."""

import json

import pytest

from recsys.importers.any_file import read_file
from tests.importers.files import ONE, TWO, as_file, as_zip

PERSONAL = ("192.0.2.7", "someone", "Mozilla", "Windows 10", "NL")


def play(title="Blue", artist="Ann", uri=f"spotify:track:{ONE}", ms=200_000, ts="2020-04-11T00:27:53Z", **others):
    """A play of the extended history with everything that Spotify writes into it."""
    return {
        "ts": ts,
        "username": "someone",
        "platform": "Windows 10",
        "ms_played": ms,
        "conn_country": "NL",
        "ip_addr_decrypted": "192.0.2.7",
        "user_agent_decrypted": "Mozilla",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "master_metadata_album_album_name": "Rooms",
        "spotify_track_uri": uri,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": None,
        "skipped": None,
        "offline": False,
        "offline_timestamp": 0,
        "incognito_mode": False,
    } | others


def account_play(title="Blue", artist="Ann", ms=200_000, end="2024-01-05 14:23"):
    return {"endTime": end, "artistName": artist, "trackName": title, "msPlayed": ms}


def read(content, name="history.json"):
    return read_file(as_file(json.dumps(content)), name)


EXTENDED = [
    play(),
    play(ts="2021-04-11T00:27:53Z"),
    play("Red", uri=f"spotify:track:{TWO}"),
    play(ms=29_999),
    play(None, None, None, episode_name="Talk", spotify_episode_uri="spotify:episode:x"),
    play(None, None, None, audiobook_title="Novel", audiobook_uri="spotify:show:x"),
    play(None, None, None),
    "not a play",
]


def test_every_play_of_the_extended_history_is_accounted_for():
    report = read(EXTENDED).report

    assert report.format == "Spotify extended streaming history"
    assert (report.rows, report.tracks, report.duplicates) == (8, 2, 1)
    assert report.skipped == {
        "played for less than 30 seconds": 1,
        "podcast episode": 1,
        "audiobook": 1,
        "no track named": 1,
        "not an entry of this export": 1,
    }


def test_a_history_gives_tracks_and_plays():
    imported = read(EXTENDED)

    assert imported.tracks[["track_id", "title", "artists", "album"]].to_numpy().tolist() == [
        [ONE, "Blue", "Ann", "Rooms"],
        [TWO, "Red", "Ann", "Rooms"],
    ]
    assert imported.plays.to_numpy().tolist() == [
        [ONE, "2020-04-11T00:27:53Z", 200_000],
        [ONE, "2021-04-11T00:27:53Z", 200_000],
        [TWO, "2020-04-11T00:27:53Z", 200_000],
    ]


def test_nothing_personal_is_stored():
    imported = read(EXTENDED)
    shown = repr(imported.tracks.to_dict()) + repr(imported.plays.to_dict()) + repr(imported.reports)

    assert not any(word in shown for word in PERSONAL)


def test_a_time_that_is_none_is_reported_and_the_play_stored():
    imported = read([play(), play(ts="yesterday")])

    assert imported.plays["played_at"].isna().tolist() == [False, True]
    assert imported.report.problems[0].sentence == "Entry 2: “yesterday” is not a time, so it was left empty."


def test_values_of_the_wrong_kind_are_missing():
    imported = read([play(ms="long"), play({"a": 1}, ["b"], 7)])

    assert imported.plays["ms_played"].isna().tolist() == [True]
    assert imported.report.skipped == {"no track named": 1}


def test_a_broken_character_is_replaced():
    assert read([play("Bl\ud800ue")]).tracks["title"].tolist() == ["Bl?ue"]


def test_a_history_of_podcasts_alone_is_read_and_empty():
    imported = read([play(None, None, None, episode_name="Talk")])

    assert (len(imported.tracks), len(imported.plays)) == (0, 0)
    assert imported.report.skipped == {"podcast episode": 1}


def test_account_data_knows_plays_by_name():
    imported = read([account_play(), account_play(end="2024-01-06 10:00"), account_play("Red", ms=1000)])

    (track_id,) = imported.tracks["track_id"]
    assert track_id.startswith("name:")
    assert imported.plays["track_id"].tolist() == [track_id, track_id]
    assert imported.plays["played_at"].tolist() == ["2024-01-05T14:23:00Z", "2024-01-06T10:00:00Z"]
    assert imported.report.skipped == {"played for less than 30 seconds": 1}


def test_the_podcasts_of_account_data_are_counted():
    podcasts = [{"endTime": "2024-01-05 14:23", "podcastName": "Talk", "episodeName": "One", "msPlayed": 99_000}]

    assert read(podcasts).report.skipped == {"podcast episode": 1}


LIBRARY = {
    "tracks": [{"artist": "Ann", "album": "Rooms", "track": "Blue", "uri": f"spotify:track:{ONE}"}],
    "albums": [{"artist": "Ann", "album": "Rooms", "uri": "spotify:album:x"}],
    "artists": [],
}


def test_the_saved_tracks_of_account_data():
    imported = read(LIBRARY, "YourLibrary.json")

    assert imported.report.format == "Spotify account data: library"
    assert imported.tracks[["track_id", "title"]].to_numpy().tolist() == [[ONE, "Blue"]]


def test_a_library_of_tracks_alone_is_known_by_how_they_are_written():
    imported = read({"tracks": LIBRARY["tracks"]})

    assert imported.report.format == "Spotify account data: library"
    assert imported.tracks["track_id"].tolist() == [ONE]


def test_the_playlists_of_account_data():
    track = {"trackName": "Blue", "artistName": "Ann", "albumName": "Rooms", "trackUri": f"spotify:track:{ONE}"}
    items = [{"track": track, "addedDate": "2021-02-03"}, {"track": None, "episode": {"episodeName": "Talk"}}]

    imported = read({"playlists": [{"name": "Mix", "items": items}, {"name": "Empty"}]})

    assert imported.tracks[["track_id", "added_at"]].to_numpy().tolist() == [[ONE, "2021-02-03T00:00:00Z"]]
    assert imported.report.skipped == {"podcast episode": 1}


def test_the_zip_of_account_data_as_spotify_sends_it():
    imported = read_file(
        as_zip(
            {
                "Spotify Account Data/Read_Me_First.pdf": b"%PDF-1.7 ...",
                "Spotify Account Data/Userdata.json": json.dumps({"username": "someone", "country": "NL"}),
                "Spotify Account Data/StreamingHistory_music_0.json": json.dumps([account_play()]),
                "Spotify Account Data/StreamingHistory_podcast_0.json": json.dumps([]),
                "Spotify Account Data/YourLibrary.json": json.dumps(LIBRARY),
            }
        ),
        "my_spotify_data.zip",
    )

    assert imported.tracks["track_id"].tolist() == [ONE]
    assert imported.plays["track_id"].tolist() == [ONE]
    assert (imported.report.rows, imported.report.tracks, imported.report.duplicates) == (2, 1, 1)
    assert imported.report.notes == (
        "Not imported, as they hold no tracks: Read_Me_First.pdf, Userdata.json, StreamingHistory_podcast_0.json.",
    )


def test_the_zip_of_the_extended_history_as_spotify_sends_it():
    folder = "Spotify Extended Streaming History"
    imported = read_file(
        as_zip(
            {
                f"{folder}/ReadMeFirst_ExtendedStreamingHistory.pdf": b"%PDF-1.7 ...",
                f"{folder}/Streaming_History_Audio_2019-2020_0.json": json.dumps(EXTENDED),
                f"{folder}/Streaming_History_Audio_2020-2021_1.json": json.dumps([play()]),
                f"{folder}/Streaming_History_Video_2020.json": json.dumps([play(None, None, None, episode_name="x")]),
            }
        ),
        "my_spotify_data.zip",
    )

    assert (imported.report.rows, imported.report.tracks, imported.report.duplicates) == (10, 2, 2)
    assert len(imported.plays) == 4


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_entries_are_found_however_the_text_is_cut(chunk, monkeypatch):
    monkeypatch.setattr("recsys.importers.json_stream.CHUNK_BYTES", chunk)

    assert read([play("Señorita"), play("Blue")]).report.rows == 2
