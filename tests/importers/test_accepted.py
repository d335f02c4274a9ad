"""What the page accepts is what can be read, and lists that were taken along can be brought back."""

import gzip
import io
import json
import plistlib

import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.formats import FORMATS, ListFile
from recsys.errors import UnreadableFile
from recsys.importers.any_file import ENDINGS, read_file
from tests.core.small import random_tracks
from tests.importers.files import as_file, as_zip
from tests.importers.test_packed_file import ods, xlsx

TABLE = [["Title", "Artist"], ["Blue", "Ann"], ["Red", "Bob"]]
CSV = "\n".join(",".join(row) for row in TABLE).encode()
RECORDS = [dict(zip(TABLE[0], row, strict=True)) for row in TABLE[1:]]
LINES = "\n".join(json.dumps(record) for record in RECORDS).encode()
M3U = b"#EXTM3U\n#EXTINF:180,Ann - Blue\na.mp3\n#EXTINF:180,Bob - Red\nb.mp3\n"
JSPF = {
    "playlist": {
        "title": "Mine",
        "creator": "Me",
        "track": [{"title": r["Title"], "creator": r["Artist"]} for r in RECORDS],
    }
}


def parquet():
    stream = io.BytesIO()
    pd.DataFrame(RECORDS).to_parquet(stream)
    return stream.getvalue()


BY_ENDING = {
    "csv": CSV,
    "tsv": CSV.replace(b",", b"\t"),
    "txt": b"Ann - Blue\nBob - Red\n",
    "m3u": M3U,
    "m3u8": M3U,
    "json": json.dumps(RECORDS).encode(),
    "jsonl": LINES,
    "ndjson": LINES,
    "jspf": json.dumps(JSPF).encode(),
    "xml": plistlib.dumps({"Tracks": {str(at): {"Name": t, "Artist": a} for at, (t, a) in enumerate(TABLE[1:])}}),
    "parquet": parquet(),
    "xlsx": xlsx(TABLE).getvalue(),
    "ods": ods(TABLE).getvalue(),
    "zip": as_zip({"a.csv": CSV}).getvalue(),
    "gz": gzip.compress(CSV),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_that_the_page_accepts_is_read(ending):
    found = read_file(as_file(BY_ENDING[ending]), f"mine.{ending}")

    assert found.tracks[["title", "artists"]].to_numpy().tolist() == [["Blue", "Ann"], ["Red", "Bob"]]


def a_list():
    """A list of songs whose ids are Spotify's."""
    songs = random_tracks(20, seed=1, prefix="c")
    songs["track_id"] = songs["track_id"].str.zfill(22)
    return Recommender(Catalogue.from_tracks(songs), random_tracks(9, seed=2, prefix="l")).recommend(Recipe(length=5))


@pytest.mark.parametrize("form", [form for form in FORMATS.values() if form.extension != "xspf"])
def test_a_list_taken_along_in_any_format_can_be_brought_back(form):
    found = a_list()
    back = read_file(as_file(form.write(ListFile(found))), f"list.{form.extension}")

    assert back.tracks["title"].tolist() == found.table["title"].tolist()
    assert back.tracks["artists"].tolist() == found.table["artists"].tolist()


def test_a_playlist_in_xml_is_named():
    with pytest.raises(UnreadableFile, match="is XML"):
        read_file(as_file(FORMATS["xspf"].write(ListFile(a_list()))), "list.xspf")
