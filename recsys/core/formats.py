"""A list as a file for a spreadsheet, a program or a player: CSV, JSON, M3U, XSPF and JSPF.

Titles come from strangers. In each format they are text and nothing else: no formula in CSV, no line of their own in
M3U, no element and no forbidden character in XML.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree

import pandas as pd

from recsys.core.engine.explanation import Explanation
from recsys.core.engine.pool import POOL
from recsys.core.engine.recommender import Recommendations
from recsys.core.export import to_csv
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.tracks import OTHER_NUMBERS

PLAYLIST: Final = "Tonearm"
XSPF: Final = "http://xspf.org/ns/0/"
TOP_REASONS: Final = 3
FEATURES_SHOWN: Final = (*(f.column for f in NUMBER_FEATURES if f.name != "year"), "key", "mode", "explicit")
_WHOLE: Final = ("duration_ms", *OTHER_NUMBERS)
_NOT_A_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
"""Control characters, line ends of every kind and what XML 1.0 forbids (section 2.2); lone surrogates are not UTF-8."""


@dataclass(frozen=True)
class ListFile:
    """
    What goes into a file.

    Attributes
    ----------
    found : Recommendations
    explanations : list of Explanation
        Of each song in the order of the list; may be empty, then no nearest songs are named.
    note : str or None
        What a file of invented songs says.
    """

    found: Recommendations
    explanations: list[Explanation] = field(default_factory=list)
    note: str | None = None

    @property
    def features(self) -> pd.DataFrame:
        """isrc and the numbers of each song, in the order of the list."""
        return self.found.features.reset_index(drop=True)[["isrc", *FEATURES_SHOWN]]


def as_csv(file: ListFile) -> bytes:
    """A table: the list, ISRC and features, one column "why_…" per reason, nearest titles joined with "; "."""
    reasons = file.found.contributions.add_prefix("why_").reset_index(drop=True)
    table = file.found.table.join(file.features).join(reasons)
    if file.explanations:
        table = table.assign(nearest=["; ".join(explained.nearest["title"]) for explained in file.explanations])
    return to_csv(table, note=file.note)


def as_json(file: ListFile) -> bytes:
    """A list of objects in the order of the list; what is unknown is null."""
    objects = []
    note = {"note": file.note} if file.note else {}
    for at in range(len(file.found.table)):
        row, features = file.found.table.iloc[at], file.features.iloc[at]
        shown = {name: _plain(row[name]) for name in ("rank", "track_id", "title", "artists", "album", "year", "score")}
        shown["year"] = None if shown["year"] is None else int(shown["year"])
        why = {str(name): float(value) for name, value in file.found.contributions.iloc[at].items()}
        nearest = file.explanations[at].nearest["title"].tolist() if file.explanations else []
        numbers = {name: _plain(features[name]) for name in FEATURES_SHOWN}
        numbers |= {name: int(numbers[name]) for name in _WHOLE if numbers.get(name) is not None}
        about = {"why": why, "nearest": nearest, "url": _plain(row["url"]), "isrc": _plain(features["isrc"])}
        if POOL in row:
            about["pool"] = _plain(row[POOL])
        objects.append({**shown, **about, "features": numbers, **note})
    return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if pd.isna(value) else value


def as_m3u(file: ListFile) -> bytes:
    """An extended M3U in UTF-8: length, artists and title, then where the song is found."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(_title(file))}"]
    for song in _songs(file):
        seconds = -1 if song["duration"] is None else round(song["duration"] / 1000)
        lines += [f"#EXTINF:{seconds},{song['creator']} - {song['title']}", song["location"] or song["identifier"]]
    return ("\n".join(lines) + "\n").encode()


def as_xspf(file: ListFile) -> bytes:
    """An XSPF playlist, version 1 (https://www.xspf.org/spec)."""
    root = ElementTree.Element("playlist", {"version": "1", "xmlns": XSPF})
    ElementTree.SubElement(root, "title").text = _line(_title(file))
    ElementTree.SubElement(root, "creator").text = PLAYLIST
    tracks = ElementTree.SubElement(root, "trackList")
    for song in _songs(file):
        track = ElementTree.SubElement(tracks, "track")
        for name, value in song.items():
            if value is not None:
                ElementTree.SubElement(track, name).text = str(value)
    ElementTree.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"


def as_jspf(file: ListFile) -> bytes:
    """The same as XSPF in JSON (https://www.xspf.org/jspf)."""
    tracks = [{name: value for name, value in song.items() if value is not None} for song in _songs(file)]
    for track in tracks:
        track |= {name: [track[name]] for name in ("location", "identifier") if name in track}
    playlist = {"title": _line(_title(file)), "creator": PLAYLIST, "track": tracks}
    return (json.dumps({"playlist": playlist}, ensure_ascii=False, indent=1) + "\n").encode()


def _songs(file: ListFile) -> list[dict[str, Any]]:
    """Each song by the names of XSPF, in the order its schema wants; None where unknown."""
    songs = zip(
        file.found.table.to_dict("records"),
        file.features.to_dict("records"),
        file.found.contributions.to_dict("records"),
        strict=True,
    )
    described = []
    for row, features, why in songs:
        # A URI that names the recording: its ISRC (RFC 3901) where it is known.
        isrc = _plain(features["isrc"])
        own_id = quote(str(row["track_id"]), safe="", errors="replace")
        reasons = sorted(why.items(), key=lambda pair: -pair[1])[:TOP_REASONS]
        song = {
            "location": _plain(row["url"]),
            "identifier": f"urn:isrc:{quote(isrc, safe='')}" if isrc else f"urn:tonearm:{own_id}",
            "title": _line(row["title"]),
            "creator": _line(row["artists"]),
            "annotation": ", ".join(f"{name} {value:+.2f}" for name, value in reasons),
            "album": None if pd.isna(row["album"]) else _line(row["album"]),
            "duration": None if pd.isna(features["duration_ms"]) else round(features["duration_ms"]),
        }
        described.append(song)
    return described


def _title(file: ListFile) -> str:
    return f"{PLAYLIST} ({file.note})" if file.note else PLAYLIST


def _line(text: object) -> str:
    """A text on one line, without what a playlist or XML cannot hold."""
    return " ".join(_NOT_A_LINE.sub(" ", str(text)).split())


@dataclass(frozen=True)
class Format:
    """How a file is written: its extension, its media type, what a listener reads, and the function."""

    extension: str
    media_type: str
    title: str
    write: Callable[[ListFile], bytes]


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format("csv", "text/csv", "CSV for a spreadsheet", as_csv),
    "json": Format("json", "application/json", "JSON for a program", as_json),
    "m3u": Format("m3u8", "audio/x-mpegurl", "M3U for a player", as_m3u),
    "xspf": Format("xspf", "application/xspf+xml", "XSPF for a player", as_xspf),
    "jspf": Format("jspf", "application/jspf+json", "JSPF for a program", as_jspf),
}
"""Every file format of a list, by the name that the command line and the API take."""
