"""JSON that is not Spotify's own export: lists of tracks with keys that can be understood."""

import json

import pytest

from recsys.errors import UnreadableFile
from recsys.importers import json_stream
from recsys.importers.any_file import read_file
from tests.importers.files import ONE, TWO, as_file


def test_a_list_of_objects_is_read_like_a_table():
    rows = [
        {"id": ONE, "name": "Blue", "artists": ["Ann", "Bob"], "energy": 0.25, "explicit": True, "extra": {"a": 1}},
        {"id": TWO, "name": "Red", "artists": "Ann", "energy": 7},
    ]

    imported = read_file(as_file(json.dumps(rows)), "tracks.json")

    assert imported.tracks[["title", "artists", "explicit"]].fillna(-1).to_numpy().tolist() == [
        ["Blue", "Ann; Bob", 1],
        ["Red", "Ann", -1],
    ]
    assert imported.tracks["energy"].isna().tolist() == [False, True]
    assert imported.report.problem_count == 1


@pytest.mark.parametrize("chunk", [100, 1 << 20])
@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n"])
def test_json_lines_are_read_like_a_list(monkeypatch, chunk, between):
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", chunk)
    rows = [{"id": ONE, "name": "Blue {1}", "energy": 0.25}, {"id": TWO, "name": "Red", "energy": 0.5}]

    for end in ("", between):
        text = between.join(json.dumps(row) for row in rows) + end
        imported = read_file(as_file(text), "tracks.jsonl")
        assert imported.tracks["title"].tolist() == ["Blue {1}", "Red"]
        assert imported.report.rows == 2


def test_json_lines_cut_in_the_middle_are_not_half_imported():
    line = json.dumps({"id": ONE, "name": "Blue", "energy": 0.25})

    with pytest.raises(UnreadableFile, match="not complete JSON"):
        read_file(as_file(f"{line}\n{line[:20]}"), "tracks.jsonl")


@pytest.mark.parametrize("between", ["", "\n", " " * (2 << 20)])
def test_arrays_that_were_joined_are_read_to_the_end(between):
    rows = [[{"id": ONE, "name": "Blue"}], [{"id": TWO, "name": "Red"}], []]

    imported = read_file(as_file(between.join(json.dumps(each) for each in rows) + between), "joined.json")

    assert imported.tracks["title"].tolist() == ["Blue", "Red"]


def test_artists_as_objects_are_read_by_their_names():
    rows = [{"id": ONE, "name": "Blue", "artists": [{"id": "x", "name": "Ann"}, {"name": "Bob"}, {"id": "y"}, None]}]

    assert read_file(as_file(json.dumps(rows)), "tracks.json").tracks.loc[0, "artists"] == "Ann; Bob"


def test_entries_that_are_no_objects_are_counted():
    report = read_file(as_file(json.dumps([{"id": ONE, "energy": 0.5}, 3, None])), "tracks.json").report

    assert (report.rows, report.tracks, sum(report.skipped.values())) == (3, 1, 2)


def test_our_own_recommendations_are_read_back():
    listed = [{"rank": 1, "track_id": "demo-000001", "title": "Blue", "artists": "Ann", "score": 0.9, "why": {"a": 1}}]

    assert read_file(as_file(json.dumps(listed)), "x").tracks.loc[0, "track_id"] == "demo-000001"


def test_a_broken_character_is_replaced_and_control_characters_are_dropped():
    row = {"id": ONE, "name": "Bl\ud800ue", "artists": "An\u0000n\u0007"}

    assert read_file(as_file(json.dumps([row])), "x").tracks[["title", "artists"]].to_numpy().tolist() == [
        ["Bl?ue", "Ann"]
    ]


TRACK = {
    "id": ONE,
    "name": "Blue",
    "uri": f"spotify:track:{ONE}",
    "type": "track",
    "artists": [{"id": TWO, "name": "Ann", "type": "artist"}, {"name": "Bob"}],
    "album": {"id": TWO, "name": "Rooms", "release_date": "2010-01-01", "artists": [{"name": "Various"}]},
    "duration_ms": 200_000,
    "external_ids": {"isrc": "USAAA1000001"},
}
OWNER = {"id": TWO, "display_name": "me"}


@pytest.mark.parametrize(
    "value",
    [
        {"items": [{"added_at": "2024-01-01T00:00:00Z", "track": TRACK}], "total": 1},
        {"items": [{"added_at": "2024-01-01T00:00:00Z", "item": TRACK}], "total": 1},
        {"playlists": [{"name": "Liked", "owner": OWNER, "tracks": [{"track": TRACK}]}], "albums": []},
        [{"name": "Liked", "id": TWO, "owner": OWNER, "tracks": {"items": [{"track": TRACK}], "total": 1}}],
        {"tracks": [TRACK]},
        {"tracks": {"items": [TRACK]}},
        [{"track": TRACK, "audio_features": {"energy": 0.25}}],
        {"a": {"b": {"c": [TRACK]}}},
        TRACK,
        [TRACK],
    ],
)
def test_a_track_is_found_in_any_wrapping(value):
    imported = read_file(as_file(json.dumps(value)), "wrapped.json")

    found = imported.tracks[["track_id", "title", "artists", "album", "year", "duration_ms"]].to_numpy().tolist()
    assert found == [[ONE, "Blue", "Ann; Bob", "Rooms", 2010, 200_000]]
    assert imported.report.rows == 1


@pytest.mark.parametrize(
    "value",
    [
        [{"title": "Blue", "artist": {"name": "Ann", "id": 1}, "album": {"title": "Rooms"}}],
        {"payload": [{"track_metadata": {"track_name": "Blue", "artist_name": "Ann", "release_name": "Rooms"}}]},
        {"library": {"songs": [{"name": "Blue", "artist": "Ann"}]}},
    ],
)
def test_other_services_tracks_are_found_by_their_shape(value):
    imported = read_file(as_file(json.dumps(value)), "other.json")

    assert imported.tracks[["title", "artists"]].to_numpy().tolist() == [["Blue", "Ann"]]


def test_features_beside_a_track_are_its():
    imported = read_file(as_file(json.dumps([{"track": TRACK, "audio_features": {"energy": 0.25, "key": 4}}])), "x")

    assert imported.tracks[["energy", "key"]].to_numpy().tolist() == [[0.25, 4]]


@pytest.mark.parametrize(
    "value",
    [
        {"items": [{"id": ONE, "name": "Ann", "type": "artist", "genres": ["pop"], "uri": f"spotify:artist:{ONE}"}]},
        {"playlists": [{"name": "Empty", "tracks": []}]},
        {"settings": {"theme": "dark"}},
    ],
)
def test_json_without_a_track_is_refused(value):
    with pytest.raises(UnreadableFile, match="holds no tracks"):
        read_file(as_file(json.dumps(value)), "x.json")


def test_a_playlist_larger_than_a_chunk_is_read():
    tracks = [
        {"track": TRACK | {"id": f"{number:022d}", "uri": f"spotify:track:{number:022d}"}} for number in range(9_000)
    ]

    assert read_file(as_file(json.dumps([{"name": "Long", "tracks": tracks}])), "x.json").report.tracks == 9_000
