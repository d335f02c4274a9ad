"""What a title says of its recording."""

import pandas as pd
import pytest

from recsys.core.model.titles import label

LIVE = [
    "Song (Live)",
    "Song - Live",
    "Song - Live at Wembley",
    "Song (Recorded Live in Paris)",
    "Song [Live 1984]",
    "Song (Acoustic Live)",
    "Canción - En Vivo",
    "Música (Ao Vivo)",
    "SONG (LIVE FROM THE BBC)",
    "Song - Live / 1999",
]
NOT_LIVE = ["Live and Let Die", "Long Live (Taylor's Version)", "Song (Live Your Life)", "Alive (Remastered)", "Olive"]
REMIXES = ["Song - Remix", "Song (Somebody Remix)", "Song [RMX]", "Song - DJ X Bootleg", "Song (2019 Rework)"]
NOT_REMIXES = ["Remix", "Song (Original Mix)", "Song - Extended Mix", "Premixed Feelings"]
CHRISTMAS = ["Last Christmas", "Jingle Bell Rock", "Feliz Navidad", "Oh Weihnachtszeit", "Let It Snow! Let It Snow!"]
NOT_CHRISTMAS = ["Christine", "Snow", "Bells", "Holy"]


@pytest.mark.parametrize(
    ("kind", "titles", "is_one"),
    [
        ("live", LIVE, True),
        ("live", NOT_LIVE, False),
        ("remix", REMIXES, True),
        ("remix", NOT_REMIXES, False),
        ("christmas", CHRISTMAS, True),
        ("christmas", NOT_CHRISTMAS, False),
    ],
)
def test_a_title_is_labelled(kind, titles, is_one):
    found = label(pd.Series(titles, dtype="str"), kind)

    assert dict(zip(titles, found.tolist(), strict=True)) == dict.fromkeys(titles, is_one)


def test_a_missing_title_carries_no_label():
    assert label(pd.Series([None], dtype="str"), "live").tolist() == [False]
