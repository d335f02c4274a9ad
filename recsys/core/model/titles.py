"""What a title says of its recording: live, a remix, or a Christmas song.

"Live" and "remix" count where they label a title, in brackets or behind a dash: "Live and Let Die" is no concert.
"""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Mask

_LABEL: Final = r"(?:[(\[{]|\s[-‐-―~]+\s)"
_LIVE_ENDS: Final = (
    r"(?:\s*[)\]},;:/|]|\s*$|\s+(?:at|in|from|on|version|edit|mix|take|single|album|bonus|acoustic|bbc)\b"
)
_LIVE_AS: Final = r"(?:sessions?|recordings?|performance|tour|festival|concert|the|\d)"
LABELS: Final = {
    "live": (
        rf"(?i){_LABEL}(?:[^)\]]*\s)?(?:recorded\s+)?live(?:{_LIVE_ENDS}|\s+{_LIVE_AS}))"
        rf"|{_LABEL}[^)\]]*\b(?:en|ao|dal)\s+vivo\b|{_LABEL}[^)\]]*\ben\s+(?:directo|concert)\b"
    ),
    "remix": rf"(?i){_LABEL}.*\b(?:remix(?:ed|es)?|rmx|bootleg|mash-?up|re-?work(?:ed)?|re-?edit|vip mix)\b",
    "christmas": (
        r"(?i)\b(?:christmas|x-?mas|navidad|weihnacht\w*|no[eë]l|natale|santa claus|jingle bells?|silent night"
        r"|sleigh (?:ride|bells?)|winter wonderland|let it snow|rudolph the red|o holy night|mistletoe"
        r"|deck the halls?|little drummer boy|frosty the snowman|carol of the bells|joy to the world"
        r"|away in a manger|come all ye faithful|here comes santa|merry little)\b"
    ),
}
"""Patterns by kind of recording, in the syntax that Python and RE2 share (no look-around)."""


def label(titles: pd.Series, kind: str) -> Mask:
    """Which titles carry the label of a kind of `LABELS`, (n,); a missing title carries none."""
    return np.asarray(titles.str.contains(LABELS[kind], regex=True).fillna(False), dtype=bool)
