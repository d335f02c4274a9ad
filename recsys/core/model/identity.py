"""When two rows are one song: by track id, by ISRC, or by normalised title and first artist.

Public dumps hold the same song under several ids (13 % of ids are doubles), and a library rarely holds the id that the
catalogue holds. Without this file the listener would be recommended songs they have.

What counts as the same song: remasters, live takes, radio, single, album and extended versions, mono and stereo, deluxe
and bonus editions, and a guest named in the title. What counts as another song, because it sounds different and a
listener may well want both: remixes, acoustic and instrumental takes, demos, covers, karaoke, sped-up and slowed ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Integers, Mask
from recsys.core.model.tracks import SPOTIFY_ID

SONG_COLUMN: Final = "song_number_v1"
"""Where a prepared catalogue keeps `song_hashes`. The version rises when the rules below change, so that numbers made
by older rules are made again instead of being believed."""

NAMED: Final = "name:"
"""What an id begins with that was made of a name."""

_BETWEEN_ARTISTS: Final = re.compile(r";|,(?=[^\s\d])")
"""What joins artists: ";", and the "," without a blank that some exports use. "Tyler, The Creator" is one artist."""

_PLAIN: Final = re.compile(r"[a-z0-9 ]+")
_BRACKETS: Final = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_DASH: Final = re.compile(r"(?<!\s)\s++[-‐-―~]++\s++")  # possessive, and begun once per run of blanks: linear
_GUEST: Final = re.compile(r"(?<!\d)\s(?:feat|ft|featuring)\b\.?\s.*", re.DOTALL)
_SAME_SONG: Final = re.compile(
    r"""re-?master | \bmono\b | \bstereo\b | \bdeluxe\b | \bexpanded\b | \banniversary\b | \bbonus\b
    | ^(?:recorded\s)?live\b | \blive$ | \blive\s(?:at|in|from|on|version|session|recording|performance|\d)
    | \b(?:en|ao|dal)\svivo\b | \ben\s(?:directo|concert)\b
    | \b(?:single|album|radio|original|extended|lp|ep|full|long|short|main|studio|video|edited|explicit|clean|\d{4}
        |\d{1,2}(?:"|''|”|\s?inch)|\w+['’]s)\s(?:version|edit|mix)\b
    | ^(?:edit|explicit|clean|album|single|original)$ | ^(?>.*?\boriginal\s).*soundtrack\b
    | ^(?:feat|ft|featuring|with|w|prod)\b | ^from\s(?:["'“”‘«]|the\s.*(?:soundtrack|motion\spicture|film|movie))""",
    re.VERBOSE,
)
_OTHER_SONG: Final = re.compile(
    r"remix|\brmx\b|acoustic|unplugged|instrumental|karaoke|\bdemo\b|\bcover\b|rework|bootleg|\bdub\b|reprise"
    r"|\bsped\b|\bspeed\b|slowed|nightcore|cappella|capella|orchestral|\bpiano\b"
)
_ACCENTS: Final = re.compile(r"(?<=[a-zα-ω])[\u0300-\u036f]+")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]")
_NOT_WORDS: Final = re.compile(r"[\W_]+")
_WHOLE_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


def song_key(title: str, artists: str) -> str:
    """
    The same text for every version of one song: normalised title and first artist.

    `artists` is joined with "; "; the first one counts. Accents, case, width and
    punctuation do not count, in any script that has them. A row without title or without artist gets "", which equals
    nothing: two nameless rows are not the same song.
    """
    name, artist = _title_key(title), artist_key(artist_names(artists)[0])
    return f"{name} | {artist}" if name and artist else ""


def song_keys(tracks: pd.DataFrame) -> pd.Series:
    """The song key of every row of a table with `title` and `artists`, as text on the table's index; "" where none."""
    firsts = tracks["artists"].fillna("").astype("category")
    keys = [artist_key(artist_names(artists)[0]) for artists in firsts.cat.categories.tolist()]
    artists_of = [keys[code] for code in firsts.cat.codes.tolist()]
    names = [_title_key(title) for title in tracks["title"].fillna("").tolist()]
    joined = [f"{name} | {artist}" if name and artist else "" for name, artist in zip(names, artists_of, strict=True)]
    return pd.Series(joined, index=tracks.index, dtype="str")


def song_hashes(tracks: pd.DataFrame) -> Integers:
    """
    A 64-bit number per row that is equal for versions of one song: compact, and stable between runs and machines.

    A row without a song key is numbered by its track id and so equals only itself. Numbers found in a prepared table
    (`SONG_COLUMN`) are used as they are. With a million songs two different ones collide with a chance of 3e-8.
    """
    if SONG_COLUMN in tracks.columns:
        return np.asarray(tracks[SONG_COLUMN].to_numpy(), dtype=np.int64)
    keys, ids = song_keys(tracks).tolist(), tracks["track_id"].tolist()
    return hash_texts(key or f"id {track_id}" for key, track_id in zip(keys, ids, strict=True))


def hash_texts(texts: Iterable[str]) -> Integers:
    """64 bits of BLAKE2b of each text (RFC 7693), as signed integers."""
    digests = b"".join(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype=">i8").astype(np.int64)


def name_id(title: str, artists: str) -> str:
    """An id for a track that came without one: "name:" and 16 hexadecimal digits, the same for the same song."""
    text = song_key(title, artists) or f"{title} | {artists}"
    return f"{NAMED}{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def ids_of_names(tracks: pd.DataFrame) -> dict[str, str]:
    """The ids that `name_id` made -> the Spotify id that another row gives the same song; of several the first."""
    has_id = tracks["track_id"].str.fullmatch(SPOTIFY_ID) & tracks["title"].notna() & tracks["artists"].notna()
    is_named = tracks["track_id"].str.startswith(NAMED)
    if not (has_id.any() and is_named.any()):
        return {}
    keys = song_keys(tracks[has_id | is_named])
    known = pd.Series(tracks.loc[has_id, "track_id"].array, index=keys[has_id[has_id | is_named]])
    known = known[~known.index.duplicated()]
    named = pd.Series(tracks.loc[is_named, "track_id"].array, index=keys[is_named[has_id | is_named]])
    return {name: known[key] for key, name in named.items() if key in known.index}


def renamed(track_ids: pd.Series, ids: Mapping[str, str]) -> pd.Series:
    """Ids with those that `ids_of_names` found taking the place of names."""
    return track_ids.map(ids).fillna(track_ids) if ids else track_ids


def owned(candidates: pd.DataFrame, library: pd.DataFrame) -> Mask:
    """Which rows of a track table are in the library: by track id, else by ISRC, else by song key. Shape (rows,)."""
    by_id = candidates["track_id"].isin(library["track_id"]).to_numpy(dtype=bool)
    by_isrc = isrcs(candidates["isrc"]).isin(isrcs(library["isrc"]).dropna()).to_numpy(dtype=bool)
    by_song = np.isin(song_hashes(candidates), song_hashes(library))
    return np.asarray(by_id | by_isrc | by_song, dtype=bool)


def isrcs(column: pd.Series) -> pd.Series:
    """ISRCs as compared: upper case, without hyphens and blanks; missing stays missing."""
    return column.str.replace(r"[\s-]+", "", regex=True).str.upper().replace("", None)


def artist_names(artists: str) -> list[str]:
    """The joined artists one by one, as written; at least one, which may be empty."""
    return [name.strip() for name in _BETWEEN_ARTISTS.split(artists)]


def artist_key(name: str) -> str:
    """One artist's name as compared: folded, without guests and a leading "the"."""
    folded = _GUEST.sub("", fold(name).strip())
    words = _words(folded)
    return words[4:] if words.startswith("the ") and len(words) > 4 and words != "the the" else words


def fold(text: str) -> str:
    """Lower case without accents or width: "Beyoncé" is "beyonce", "Ｇｒｏß" is "gross".

    Marks are taken from Latin and Greek letters only: elsewhere they are vowels or tell letters apart.
    """
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()))
    return unicodedata.normalize("NFC", bare.translate(_WHOLE_LETTERS))


def _title_key(title: str) -> str:
    folded = fold(title)
    if _PLAIN.fullmatch(folded) and " f" not in folded:
        return " ".join(folded.split())
    return _words(_without_versions(folded)) or _words(folded)


def _without_versions(title: str) -> str:
    """A folded title without the brackets and the " - " endings that name a version of the same song."""
    kept = _BRACKETS.sub(lambda bracket: " " if _is_same_song(bracket[1]) else bracket[0], title)
    first, *endings = _DASH.split(kept)
    kept = " - ".join([first, *(ending for ending in endings if not _is_same_song(ending))])
    return _GUEST.sub("", kept)


def _is_same_song(part: str) -> bool:
    part = part.strip()
    return bool(_SAME_SONG.search(part)) and not _OTHER_SONG.search(part)


def _words(folded: str) -> str:
    """Letters and digits with single blanks; where there are none, the signs themselves ("???" is a title)."""
    joined = _APOSTROPHES.sub("", folded.replace("&", " and "))
    if joined.isascii():
        words = _NOT_WORDS.sub(" ", joined)
    else:
        words = "".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in joined)
    return " ".join(words.split()) or "".join(folded.split())
