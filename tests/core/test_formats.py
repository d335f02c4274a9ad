"""Lists as files: each is parsed back, and hostile titles are inert in each."""

import csv
import io
import json
import math
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.explanation import explain_all
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.export import without_guard
from recsys.core.formats import FORMATS, XSPF, ListFile
from recsys.core.model.features import FEATURES
from tests.core.small import random_tracks

HOSTILE = [
    '=HYPERLINK("http://evil","x")',
    "line\nbreak\r\n#EXTINF:0,x\nhttp://evil",
    "<b>&amp;]]></title><track/>",
    "nul\x00 bell\x07 escape\x1b separator\u2028 end\uffff",
    '", "why": 1, "x": "',
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "# not a comment",
    "  ",
]
TABLE = random_tracks(60, seed=1, prefix="c")
TABLE["track_id"] = [f"{name:0>22}" for name in TABLE["track_id"]]
TABLE.loc[:29, "isrc"] = [f"USAB1{at:07}" for at in range(30)]
TABLE.loc[50, "track_id"] = "../../etc/passwd\n#x"
for at, text in enumerate(HOSTILE):
    TABLE.loc[at, ["title", "artists", "album"]] = [text, f"By {text}", text]


def written(name, note=None):
    recommender = Recommender(Catalogue.from_tracks(TABLE), random_tracks(9, seed=2, prefix="l"))
    found = recommender.recommend(Recipe(length=100, per_artist=None))
    explained = explain_all(recommender, Recipe(length=100, per_artist=None), found.table["track_id"].tolist())
    return found, FORMATS[name].write(ListFile(found, explained, note))


def clean(text):
    return " ".join("".join(" " if ord(c) < 32 or c in "\u2028\uffff" else c for c in text).split())


def test_csv_is_read_back_with_isrc_features_and_reasons():
    found, content = written("csv", note="demo data")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert len(rows) == len(found.table)
    for row, song, features in zip(rows, found.table.itertuples(), found.features.itertuples(), strict=True):
        assert without_guard(row["title"]) == song.title
        assert not row["title"].startswith("=")
        assert float(row["energy"]) == features.energy
        assert row["isrc"] == (features.isrc if isinstance(features.isrc, str) else "")
        assert sum(float(row[f"why_{f.name}"]) for f in FEATURES) == pytest.approx(song.score, abs=1e-6)
        assert row["note"] == "demo data"


def test_json_is_read_back():
    found, content = written("json")
    songs = json.loads(content)

    assert [song["title"] for song in songs] == [title for title in found.table["title"]]
    for song, features in zip(songs, found.features.itertuples(), strict=True):
        assert song["features"]["tempo"] == features.tempo
        assert song["features"]["explicit"] is None
        assert isinstance(song["features"]["duration_ms"], int)
        assert math.fsum(song["why"].values()) == pytest.approx(song["score"], abs=1e-6)
        assert len(song["nearest"]) == 3


def test_m3u_has_two_lines_per_song_whatever_the_titles():
    found, content = written("m3u", note="demo data")
    first, named, *lines = content.decode().splitlines()

    assert (first, named) == ("#EXTM3U", "#PLAYLIST:Tonearm (demo data)")
    assert len(lines) == 2 * len(found.table)
    songs = zip(lines[::2], lines[1::2], found.table.itertuples(), found.features.itertuples(), strict=True)
    for info, place, song, features in songs:
        assert info == f"#EXTINF:{round(features.duration_ms / 1000)},{clean(song.artists)} - {clean(song.title)}"
        assert urlsplit(place).scheme in ("https", "urn")
        assert "/etc/" not in place


def test_xspf_is_read_back_whatever_the_titles():
    found, content = written("xspf")
    tracks = ElementTree.fromstring(content).findall(f"{{{XSPF}}}trackList/{{{XSPF}}}track")

    assert len(tracks) == len(found.table)
    for track, song, features in zip(tracks, found.table.itertuples(), found.features.itertuples(), strict=True):
        texts = {child.tag.removeprefix(f"{{{XSPF}}}"): child.text or "" for child in track}
        assert texts["title"] == clean(song.title)
        assert texts["creator"] == clean(song.artists)
        assert texts["duration"] == str(round(features.duration_ms))
        isrc = features.isrc if isinstance(features.isrc, str) else None
        assert texts["identifier"].startswith(f"urn:isrc:{isrc}" if isrc else "urn:tonearm:")


def test_jspf_says_the_same_as_xspf():
    found, content = written("jspf")
    playlist = json.loads(content)["playlist"]

    assert [track["title"] for track in playlist["track"]] == [clean(title) for title in found.table["title"]]
    assert all(isinstance(track["identifier"], list) for track in playlist["track"])


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_utf_8_and_holds_every_song(name):
    found, content = written(name)

    assert content.decode("utf-8-sig").count("Song c ") >= len(found.table) - len(HOSTILE)
