"""What a title says of its recording: live, a remix, or a Christmas song.

"Live" and "remix" count where they label a title, in brackets or behind a dash: "Live and Let Die" is no concert.
"""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.model.arrays import Mask

_BLANK: Final = "[ \t\n\r\xa0\u2000-\u200a\u3000]"
_EDGE: Final = "(?:^|[^a-zà-öø-ÿ0-9_])"
_END: Final = "[^a-zà-öø-ÿ0-9_]"
"""The characters before and after a word; a title that is looked at ends with a bracket, so that there is one."""

_LABEL: Final = rf"(?:[(\[{{]|{_BLANK}[-‐-―~]+{_BLANK})"
_LIVE_ENDS: Final = (
    rf"(?:{_BLANK}*[)\]}},;:/|]"
    rf"|{_BLANK}+(?:at|in|from|on|version|edit|mix|take|single|album|bonus|acoustic|bbc){_END}"
)
_LIVE_AS: Final = r"(?:sessions?|recordings?|performance|tour|festival|concert|the|[0-9])"
LABELS: Final = {
    "live": (
        rf"(?i){_LABEL}(?:[^)\]]*{_BLANK})?(?:recorded{_BLANK}+)?live(?:{_LIVE_ENDS}|{_BLANK}+{_LIVE_AS}))"
        rf"|{_LABEL}(?:[^)\]]*[^)\]a-zà-öø-ÿ0-9_])?(?:en|ao|dal){_BLANK}+vivo{_END}"
        rf"|{_LABEL}(?:[^)\]]*[^)\]a-zà-öø-ÿ0-9_])?en{_BLANK}+(?:directo|concert){_END}"
    ),
    "remix": (
        rf"(?i){_LABEL}(?:.*[^a-zà-öø-ÿ0-9_])?"
        rf"(?:remix(?:ed|es)?|rmx|bootleg|mash-?up|re-?work(?:ed)?|re-?edit|vip mix){_END}"
    ),
    "christmas": (
        rf"(?i){_EDGE}(?:christmas|x-?mas|navidad|weihnacht[a-zà-öø-ÿ]*|no[eë]l|natale|santa claus|jingle bells?"
        r"|silent night|sleigh (?:ride|bells?)|winter wonderland|let it snow|rudolph the red|o holy night|mistletoe"
        r"|deck the halls?|little drummer boy|frosty the snowman|carol of the bells|joy to the world"
        rf"|away in a manger|come all ye faithful|here comes santa|merry little){_END}"
    ),
}
"""
Patterns by kind of recording for RE2, whose time is linear in the text. pandas falls back on Python's `re`, where a
title of brackets costs the square of its length, for any of `\\s`, `\\b`, `\\w`, `\\d`, `$` and look-around.
"""


def label(titles: pd.Series, kind: str) -> Mask:
    """Which titles carry the label of a kind of `LABELS`, (n,); a missing title carries none."""
    return np.asarray((titles + ")").str.contains(LABELS[kind], regex=True).fillna(False), dtype=bool)
