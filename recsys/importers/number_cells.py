"""Cells to numbers: decimal commas, percents, clocks, key names; what is not a number is reported, not guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.model.tracks import RANGES

MISSING: Final = pa.array(
    [
        *("", "na", "n/a", "nan", "none", "null", "(null)", "\\n", "-", "–", "—", "?", "undefined", "unknown"),
        *("n.a.", "k.a.", "k. a.", "#n/a", "#nv", "#n/v", "#value!", "#wert!", "#valeur!", "#div/0!", "#ref!"),
    ]
)
"""Ways to say that there is no value, also those of spreadsheets."""
NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
CLOCK: Final = r"^(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{1,2}(?:\.\d+)?)$"
SPELLED_OUT: Final = r"^(?:pt)?(\d{1,3}) ?m(?:in)?\.? ?(\d\d?) ?s(?:ec)?\.?$"
UNIT: Final = r"[\s\x{a0}\x{202f}]*(%|ms|dbfs|db|lufs|bpm)$"
THOUSANDS: Final = r"^\d{1,3}([.,\x{a0}\x{202f} ]\d{3})+$"
PITCHES: Final = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")
FLATS: Final = {"db": 1, "eb": 3, "gb": 6, "ab": 8, "bb": 10, "cb": 11, "fb": 4, "e#": 5, "b#": 0}
GERMAN: Final = {
    "cis": 1,
    "des": 1,
    "dis": 3,
    "es": 3,
    "fis": 6,
    "ges": 6,
    "gis": 8,
    "as": 8,
    "ais": 10,
    "b": 10,
    "h": 11,
}
"""Pitches by the names that go with Dur and Moll, where they differ from English ones."""

MODES: Final = {"major": 1, "maj": 1, "dur": 1, "minor": 0, "min": 0, "moll": 0, "m": 0}


def _key_names() -> dict[str, tuple[int, int | None]]:
    """Every written key -> pitch class and mode: "am", "c#/dbmajor", Camelot "8a", Open Key "1m"."""
    pitches = {name: at for at, name in enumerate(PITCHES)} | FLATS
    pitches |= {f"{sharp}/{flat}": at for sharp, at in pitches.items() for flat, same in pitches.items() if at == same}
    names: dict[str, tuple[int, int | None]] = {name: (at, None) for name, at in pitches.items()}
    names |= {name + word: (at, mode) for name, at in pitches.items() for word, mode in MODES.items()}
    names |= {name + word: (at, MODES[word]) for name, at in GERMAN.items() for word in ("dur", "moll")}
    for hour in range(1, 13):  # Camelot's 8B and Open Key's 1d are C major, and an hour on is a fifth up
        camelot, open_key = (hour - 8) * 7 % 12, (hour - 1) * 7 % 12
        names |= {f"{hour}b": (camelot, 1), f"{hour}a": ((camelot + 9) % 12, 0)}
        names |= {f"{hour}d": (open_key, 1), f"{hour}m": ((open_key + 9) % 12, 0)}
    return names


KEY_NAMES: Final = _key_names()
WORDS: Final[Mapping[str, Mapping[str, float]]] = {
    "explicit": {
        "true": 1,
        "yes": 1,
        "t": 1,
        "y": 1,
        "false": 0,
        "no": 0,
        "f": 0,
        "n": 0,
        "explicit": 1,
        "clean": 0,
        "e": 1,
        "ja": 1,
        "nein": 0,
        "wahr": 1,
        "falsch": 0,
        "oui": 1,
        "non": 0,
        "vrai": 1,
        "faux": 0,
        "sí": 1,
        "si": 1,
        "sì": 1,
        "verdadero": 1,
        "verdadeiro": 1,
        "vero": 1,
        "waar": 1,
        "prawda": 1,
        "tak": 1,
        "falso": 0,
        "onwaar": 0,
        "fałsz": 0,
        "não": 0,
        "nee": 0,
        "nie": 0,
        "да": 1,
        "нет": 0,
        "истина": 1,
        "ложь": 0,
    },
    "mode": {"major": 1, "minor": 0},
    "key": {name: key for name, (key, _) in KEY_NAMES.items()},
    "time_signature": {f"{beats}/4": beats for beats in range(1, 8)},
    "liked": {"true": 1, "yes": 1, "like": 1, "liked": 1, "false": 0, "no": 0, "dislike": 0, "disliked": 0},
}
"""Words that stand for a number in some columns."""

UNKNOWN: Final = {"key": -1.0, "time_signature": 0.0, "mode": -1.0}
"""Spotify's own way to say that it does not know."""

VALID_RANGES: Final[Mapping[str, tuple[float, float]]] = {**RANGES, "liked": (0, 1), "ms_played": (0, 86_400_000)}
"""The valid range of each column: of numbers as in the track table, of marks, and of a play, at most a day long."""


@dataclass(frozen=True)
class Numbers:
    """`values` are float64, null where unknown; `is_malformed` marks cells that hold something else than a number."""

    values: pa.Array
    is_malformed: pa.Array


def numbers(cells: pa.Array, column: str = "") -> Numbers:
    """
    Cells as numbers.

    Parameters
    ----------
    cells : string array
    column : str
        One of our columns: some allow words (`major`, `C#`, `true`), clocks (`3:45`, to milliseconds) or grouped
        thousands.
    """
    try:
        return _finite(pc.cast(cells, pa.float64()), cells)
    except pa.ArrowInvalid:
        return _finite(pc.cast(_as_plain_numbers(cells, column), pa.float64()), cells)


def _finite(values: pa.Array, cells: pa.Array) -> Numbers:
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    lost = pc.and_(pc.is_valid(cells), pc.is_null(values))
    if pc.any(lost).as_py():
        lost = pc.and_(lost, pc.invert(says_missing(cells)))
    return Numbers(values, lost)


def says_missing(cells: pa.Array) -> pa.Array:
    """Which cells say in words that there is no value."""
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(cells)), value_set=MISSING)


def _as_plain_numbers(cells: pa.Array, column: str) -> pa.Array:
    """The same cells in the one notation that casts; null where there is none."""
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(cells))
    if column == "key":
        plain = _plain_keys(plain)
    if column in WORDS:
        words = WORDS[column]
        at = pc.index_in(plain, value_set=pa.array(list(words)))
        plain = pc.coalesce(pa.array([str(value) for value in words.values()]).take(at), plain)
    if column == "duration_ms":
        # `3:45`, `1:02:03`, `3m 45s` and ISO 8601's `PT3M45S` as milliseconds.
        plain = pc.replace_substring_regex(plain, SPELLED_OUT, r"\1:\2")
        plain = pc.replace_substring_regex(plain, r"^(\d+:\d\d)\s*min\.?$", r"\1")
        clock = pc.extract_regex(plain, CLOCK)
        part = {name: pc.struct_field(clock, name) for name in ("hours", "minutes", "seconds")}
        hours = pc.cast(pc.if_else(pc.equal(part["hours"], ""), "0", part["hours"]), pa.float64())
        minutes = pc.add(pc.multiply(hours, 60.0), pc.cast(part["minutes"], pa.float64()))
        seconds = pc.add(pc.multiply(minutes, 60.0), pc.cast(part["seconds"], pa.float64()))
        milliseconds = pc.cast(pc.round(pc.multiply(seconds, 1000.0)), pa.int64())
        plain = pc.coalesce(pc.cast(milliseconds, pa.string()), plain)
    if column in ("duration_ms", "popularity"):
        is_grouped = pc.match_substring_regex(plain, THOUSANDS)
        plain = pc.if_else(is_grouped, pc.replace_substring_regex(plain, r"[^\d]", ""), plain)
    plain = pc.replace_substring_regex(plain, UNIT, "")
    plain = pc.replace_substring_regex(plain, r"^[−–]", "-")
    plain = pc.replace_substring_regex(plain, r"^([+-]?\d*),(\d+)(e[+-]?\d+)?$", r"\1.\2\3")
    return pc.if_else(pc.match_substring_regex(plain, NUMBER), plain, pa.scalar(None, plain.type))


def _plain_keys(plain: pa.Array) -> pa.Array:
    """Keys in lower case as `KEY_NAMES` writes them; numbers are left as they are."""
    plain = pc.replace_substring(pc.replace_substring(plain, "♯", "#"), "♭", "b")
    plain = pc.replace_substring(pc.replace_substring(plain, "sharp", "#"), "flat", "b")
    plain = pc.replace_substring_regex(plain, r"^0(\d[abdm])$", r"\1")
    return pc.replace_substring_regex(plain, r"([a-z#])[\s_-]+|\s*(/)\s*", r"\1\2")


def modes_of_keys(cells: pa.Array) -> pa.Array:
    """The mode that a cell of the column "key" names beside it ("G Major", "8A"): 1, 0 or null."""
    named = {name: float(mode) for name, (_, mode) in KEY_NAMES.items() if mode is not None}
    at = pc.index_in(_plain_keys(pc.utf8_lower(pc.utf8_trim_whitespace(cells))), value_set=pa.array(list(named)))
    return pa.array(list(named.values()), pa.float64()).take(at)
