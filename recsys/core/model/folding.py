"""Text as compared: lower case, without accents, width and punctuation, in any script that has them."""

import re
import unicodedata
from typing import Final

_ACCENTS: Final = re.compile(r"(?<=[a-zα-ω])[\u0300-\u036f]+")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]")
_PLAIN: Final = re.compile(r"(?<! ) *+[a-z0-9][a-z0-9 ]*+")  # begun once per run of blanks: linear
_NOT_WORDS: Final = re.compile(r"[\W_]+")
_WHOLE_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


def fold(text: str) -> str:
    """Lower case without accents or width: "Beyoncé" is "beyonce", "Ｇｒｏß" is "gross".

    Marks are taken from Latin and Greek letters only: elsewhere they are vowels or tell letters apart.
    """
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()))
    return unicodedata.normalize("NFC", bare.translate(_WHOLE_LETTERS))


def words(folded: str) -> str:
    """Letters and digits with single blanks; where there are none, the signs themselves ("???" is a title)."""
    if _PLAIN.fullmatch(folded):
        return " ".join(folded.split())
    joined = _APOSTROPHES.sub("", folded.replace("&", " and "))
    if joined.isascii():
        found = _NOT_WORDS.sub(" ", joined)
    else:
        found = "".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in joined)
    return " ".join(found.split()) or "".join(folded.split())
