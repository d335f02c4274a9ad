"""Who a song is credited to: "A; B" is two artists; whether "A & B" is one or two, the catalogue's artists decide.

Exports join artists in many ways: "A; B", "A, B", "A & B", "A x B", "A/B", "A feat. B". Only ";", a "," without a blank
and a guest are definite. Names hold all others too: Tyler, The Creator; Simon & Garfunkel; AC/DC.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from recsys.core.model.folding import fold, words

_BETWEEN_ARTISTS: Final = re.compile(r";|,(?=[^\s\d])")
"""What joins artists: ";", and the "," without a blank that some exports use. "Tyler, The Creator" is one artist."""

GUEST: Final = re.compile(r"(?<!\d)\s(?:feat|ft|featuring)\b\.?\s.*", re.DOTALL)
_DEFINITE: Final = r" ?;|,(?=[^ \d])|(?<!\d) [(\[]?(?:feat|ft|featuring)\b\.? "
_JOINT: Final = r"(?: ?(?:,(?!\d)|[&/·+])| (?:x|×|and|with|vs\.?)(?= \w))++"
LONGEST_CREDIT: Final = 500
"""Characters of joined artists that are compared: as many splits as a hostile file likes would take quadratic time."""

_MAY_BE_JOINT: Final = re.compile(r"[;,&/·+×]|\s(?:x|and|with|vs|feat|ft|featuring)\b|[(\[]f")
"""Quickly finds nothing in most credits, which then need no splitting."""

_BETWEEN_CREDITS: Final = re.compile(rf"(?:{_DEFINITE}) ?")
_BETWEEN_PARTS: Final = re.compile(rf"{_JOINT} ?")
_BETWEEN_ALL: Final = re.compile(rf"(?:{_DEFINITE}|{_JOINT}) ?")


def artist_names(artists: str) -> list[str]:
    """The definitely joined artists one by one, as written; at least one, which may be empty."""
    return [name.strip() for name in _BETWEEN_ARTISTS.split(artists)]


def artist_key(name: str) -> str:
    """One artist's name as compared: folded, without guests and a leading "the"."""
    return _without_article(words(GUEST.sub("", fold(name).strip())))


def leading_credits(artists: str) -> list[str]:
    """
    Everything that the artists of a song may be called if the last ones are left out, the longest first.

    "Ada & Bo feat. Cy" gives "ada bo cy", "ada bo", "ada": keys, in which no separator is left. Empty for no artist.
    """
    folded = _folded(artists)
    ends = [match.start() for match in _BETWEEN_ALL.finditer(folded)]
    keys = dict.fromkeys(_key(folded[:end]) for end in [len(folded), *reversed(ends)])
    return [key for key in keys if key]


@dataclass(frozen=True)
class Credits:
    """
    The artists of a catalogue, and how it credits them.

    `evidence` is how much there is for each key that it is one artist: the songs credited to it alone, and how many
    different names follow it in longer credits.
    """

    evidence: Mapping[str, int]

    @classmethod
    def of(cls, songs_by_text: Mapping[str, int]) -> "Credits":
        """From the distinct texts of joined artists, with the number of songs of each."""
        evidence: dict[str, int] = defaultdict(int)
        following: dict[str, set[str]] = defaultdict(set)
        for text, songs in songs_by_text.items():
            for credit in _credits(text):
                prefixes = _prefixes(credit)
                evidence[prefixes[-1]] += songs
                for shorter, longer in pairwise(prefixes):
                    following[shorter].add(longer)
        for key, names in following.items():
            evidence[key] += len(names)
        return cls(dict(evidence))

    def artists(self, text: str) -> list[str]:
        """The keys of all artists of a text, in order, empty ones left out."""
        found = []
        for credit in _credits(text):
            found += self._split(credit)
        return list(dict.fromkeys(found))

    def first(self, text: str) -> str:
        """The key of the first artist; "" where there is none."""
        found = self._split(_credits(text)[0])
        return found[0] if found else ""

    def _split(self, credit: str) -> list[str]:
        """A credit without definite separators as artists: again and again the beginning with the most evidence."""
        if not _MAY_BE_JOINT.search(credit):
            return [key] if (key := _without_article(words(credit))) else []
        found: list[str] = []
        while credit:
            ends = [*_BETWEEN_PARTS.finditer(credit)]
            prefixes = _prefixes(credit)
            # Of equal evidence the longest: where nothing is known a name stays whole.
            best = max(range(len(prefixes)), key=lambda at: (self.evidence.get(prefixes[at], 0), at))
            if prefixes[best]:
                found.append(prefixes[best])
            credit = credit[ends[best].end() :] if best < len(ends) else ""
        return found


def _folded(text: str) -> str:
    """A text folded, with single blanks: every pattern above is linear on it."""
    return " ".join(fold(text[:LONGEST_CREDIT]).split())


def _credits(text: str) -> list[str]:
    """The definitely joined artists of a text, folded; at least one, which may be empty."""
    folded = _folded(text)
    return _BETWEEN_CREDITS.split(folded) if _MAY_BE_JOINT.search(folded) else [folded]


def _prefixes(credit: str) -> list[str]:
    """The keys of a folded credit up to each separator and as a whole, the shortest first."""
    if not _MAY_BE_JOINT.search(credit):
        return [_without_article(words(credit))]
    return [_key(credit[: match.start()]) for match in _BETWEEN_PARTS.finditer(credit)] + [_key(credit)]


def _key(folded: str) -> str:
    """Folded artists as compared: separators are blanks, so that "A & B" and "A, B" as a whole are equal."""
    return _without_article(words(_BETWEEN_ALL.sub(" ", folded)))


def _without_article(key: str) -> str:
    return key[4:] if key.startswith("the ") and len(key) > 4 and key != "the the" else key


def songs_by_text(artists: Iterable[str]) -> dict[str, int]:
    """How many songs have each text of joined artists."""
    counts: dict[str, int] = defaultdict(int)
    for text in artists:
        counts[text] += 1
    return dict(counts)


def may_be_joint(artists: str) -> bool:
    """Whether a text of joined artists may be read in more than one way; quick, and rather yes than no."""
    return bool(_MAY_BE_JOINT.search(_folded(artists)))
