"""When two rows are one song: by track id, by ISRC, or by normalised title and first artist.

Public dumps hold the same song under several ids (13 % of ids are doubles), and a library rarely holds the id that the
catalogue holds. Without this file the listener would be recommended songs they have.

What counts as the same song: remasters, live takes, radio, single, album and extended versions, mono and stereo, deluxe
and bonus editions, labels of videos, and a guest named in the title. What counts as another song, because it sounds
different and a listener may well want both: remixes, acoustic and instrumental takes, demos, covers, karaoke, sped-up
and slowed ones.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Integers, Mask
from recsys.core.model.credits import GUEST, Credits, artist_key, artist_names, leading_credits
from recsys.core.model.folding import fold, words
from recsys.core.model.tracks import SPOTIFY_ID

SONG_COLUMN: Final = "song_number_v2"
"""The column in which a prepared catalogue stores `song_hashes`. The version rises when the rules below change, so that
hashes made by older rules are made again instead of being used."""

NAMED: Final = "name:"
"""What an id begins with that was made of a name."""

_PLAIN: Final = re.compile(r"[a-z0-9 ]+")
_BRACKETS: Final = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_DASH: Final = re.compile(r"(?<!\s)\s++[-‐-―~]++\s++")  # possessive, and begun once per run of blanks: linear
_DATED_REMASTER: Final = re.compile(r"(\s[-‐-―~]\s\d{4})\s[-‐-―~]\s(?=re-?master)")
"""The second dash of "Song - 2011 - Remaster"."""

_SAME_SONG: Final = re.compile(
    r"""(?=\w)(?:  # everything here begins with a letter or digit: other signs cost one look each
    re-?master | \bmono\b | \bstereo\b | \bdeluxe\b | \bexpanded\b | \banniversary\b | \bbonus\b
    | ^(?:recorded\s)?live\b | \blive$ | \blive\s(?:at|in|from|on|version|session|recording|performance|\d)
    | \b(?:en|ao|dal)\svivo\b | \ben\s(?:directo|concert)\b
    | \b(?:single|album|radio|original|extended|lp|ep|full|long|short|main|studio|video|edited|explicit|clean|\d{4}
        |\d{1,2}(?:"|''|”|\s?inch)|\w+['’]s)\s(?:version|ver|edit|mix)\b
    | ^(?:the\s)?official\b | ^(?:the\s)?(?:lyrics?|music|video|audio|visuali[sz]er|hd|hq|4k)\b(?!\sof\b)
    | \b(?:lyrics?|music)\svideo\b | \bclip\sofficiel\b | \bv[ií]deo\soficial\b | \boffizielles\b
    | ^(?:edit|explicit|clean|album|single|original)$
    | ^(?:feat|ft|featuring|with|w|prod)\b | ^from\s(?:["'“”‘«]|the\s.*(?:soundtrack|motion\spicture|film|movie))
    ) | ^(?>.*?\boriginal\s).*soundtrack\b""",
    re.VERBOSE,
)
_OTHER_SONG: Final = re.compile(
    r"remix|\brmx\b|acoustic|unplugged|instrumental|karaoke|\bdemo\b|\bcover\b|rework|bootleg|\bdub\b|reprise"
    r"|\bsped\b|\bspeed\b|slowed|nightcore|cappella|capella|orchestral|\bpiano\b"
)


def song_key(title: str, artists: str) -> str:
    """
    The same text for every version of one song: normalised title and first artist.

    `artists` is joined with "; "; the first one counts. Accents, case, width and
    punctuation do not count, in any script that has them. A row without title or without artist gets "", which equals
    nothing: two nameless rows are not the same song.
    """
    return _joined(_title_key(title), artist_key(artist_names(artists)[0]))


def song_keys(tracks: pd.DataFrame) -> pd.Series:
    """
    The song key of every row of a table with `title` and `artists`, as text on the table's index; "" where none.

    As `song_key`, but whether "A & B" is one artist or two is decided by the artists of the whole table.
    """
    texts = tracks["artists"].fillna("").astype("category")
    names, codes = texts.cat.categories.tolist(), texts.cat.codes.to_numpy()
    credits = Credits.of(dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True)))
    firsts = [credits.first(name) for name in names]
    each = zip(tracks["title"].fillna("").tolist(), codes.tolist(), strict=True)
    joined = [_joined(_title_key(title), firsts[code]) if firsts[code] else "" for title, code in each]
    return pd.Series(joined, index=tracks.index, dtype="str")


def song_hashes(tracks: pd.DataFrame) -> Integers:
    """
    A 64-bit number per row that is equal for versions of one song: compact, and stable between runs and machines.

    A row without a song key is numbered by its track id and so equals only itself. Hashes found in a prepared table
    (`SONG_COLUMN`) are used as they are. With a million songs two different ones collide with a chance of 3e-8.
    """
    if SONG_COLUMN in tracks.columns:
        return np.asarray(tracks[SONG_COLUMN].to_numpy(), dtype=np.int64)
    keys, ids = song_keys(tracks).tolist(), tracks["track_id"].tolist()
    return hash_texts(key or f"id {track_id}" for key, track_id in zip(keys, ids, strict=True))


def song_aliases(tracks: pd.DataFrame) -> tuple[Integers, Integers]:
    """
    Every hash that another table may have given the song of each row.

    The other table decides by its own artists whether "A & B" is one artist or two, so both are tried.

    Returns
    -------
    positions, hashes : (n,)
        The row of the table that each hash belongs to, rising; of one row the longest credit first. A prepared table
        has one hash for each row.
    """
    if SONG_COLUMN in tracks.columns:
        return np.arange(len(tracks)), song_hashes(tracks)
    credits = {text: leading_credits(text) for text in tracks["artists"].dropna().unique().tolist()}
    of_each = [credits.get(artists, []) for artists in tracks["artists"].tolist()]
    given = zip(tracks["title"].fillna("").tolist(), of_each, strict=True)
    titles = [_title_key(title) if names else "" for title, names in given]
    # Every row with every name that its artists may have; rows without a title or artists give none.
    pairs = [
        (at, f"{title} | {credit}")
        for at, (title, names) in enumerate(zip(titles, of_each, strict=True))
        for credit in (names if title else [])
    ]
    return np.array([at for at, _ in pairs], dtype=np.int64), hash_texts(key for _, key in pairs)


def hash_texts(texts: Iterable[str]) -> Integers:
    """64 bits of BLAKE2b of each text (RFC 7693), as signed integers."""
    digests = b"".join(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    # Eight bytes per digest, read as big-endian so that every machine makes the same number.
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
    with_id, named = tracks[has_id], tracks[is_named]
    known = pd.Series(with_id["track_id"].array, index=song_hashes(with_id))
    known = known[~known.index.duplicated()]
    at, hashes = song_aliases(named)
    found = pd.Series(known.reindex(hashes).array, index=named["track_id"].array[at]).dropna()
    return {str(name): str(track_id) for name, track_id in found[~found.index.duplicated()].items()}


def renamed(track_ids: pd.Series, ids: Mapping[str, str]) -> pd.Series:
    """Ids with those that `ids_of_names` found taking the place of names."""
    return track_ids.map(ids).fillna(track_ids) if ids else track_ids


def owned(candidates: pd.DataFrame, library: pd.DataFrame) -> Mask:
    """Which rows of a track table are in the library: by track id, else by ISRC, else by song key. Shape (rows,)."""
    by_id = candidates["track_id"].isin(library["track_id"]).to_numpy(dtype=bool)
    by_isrc = isrcs(candidates["isrc"]).isin(isrcs(library["isrc"]).dropna()).to_numpy(dtype=bool)
    by_song = np.isin(song_hashes(candidates), song_aliases(library)[1])
    return np.asarray(by_id | by_isrc | by_song, dtype=bool)


def isrcs(column: pd.Series) -> pd.Series:
    """ISRCs as compared: upper case, without hyphens and blanks; missing stays missing."""
    return column.str.replace(r"[\s-]+", "", regex=True).str.upper().replace("", None)


def _joined(title: str, artist: str) -> str:
    return f"{title} | {artist}" if title and artist else ""


def _title_key(title: str) -> str:
    folded = fold(title)
    if _PLAIN.fullmatch(folded) and " f" not in folded:
        return " ".join(folded.split())
    # Without the brackets and the " - " endings that name a version of the same song.
    without = _BRACKETS.sub(lambda bracket: " " if _is_same_song(bracket[1]) else bracket[0], folded)
    first, *endings = _DASH.split(_DATED_REMASTER.sub(r"\1 ", without))
    without = " - ".join([first, *(ending for ending in endings if not _is_same_song(ending))])
    return words(GUEST.sub("", without)) or words(folded)


def _is_same_song(part: str) -> bool:
    part = part.strip()
    return bool(_SAME_SONG.search(part)) and not _OTHER_SONG.search(part)
