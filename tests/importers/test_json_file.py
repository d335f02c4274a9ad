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
