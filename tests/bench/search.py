"""How long a search by words takes, against its limit and against asking pandas."""

from collections.abc import Iterator

import pandas as pd

from recsys.core.engine.search import SongIndex
from tests.bench.invented import invented
from tests.bench.rows import Row, together

LIMIT_SECONDS = 0.100
QUERIES = {
    "one word of every title": "song",
    "a title and an artist": "named 0004711 artist",
    "a word that no song has": "zzzz",
    "a word of every artist with a rare one": "artist 0999999",
}


def rows(quick: bool) -> Iterator[Row]:
    """Each query at 100,000 or 1,000,000 songs; the first rows are held against the limit, the last against pandas."""
    count = 100_000 if quick else 1_000_000
    tracks = invented(count)
    index, size = SongIndex(tracks), f"{count:,} songs"
    for says, query in QUERIES.items():
        seconds, contains = together(
            lambda _, query=query: index.search(query), lambda _, query=query: _by_pandas(tracks, query), 3
        )
        yield Row(f"search: {says}, {size} (≤ 1.0)", seconds, f"{1000 * LIMIT_SECONDS:.0f} ms", seconds / LIMIT_SECONDS)
        yield Row(f"search: {says}, {size} (≤ 1.0)", seconds, "pandas str.contains", seconds / contains)


def _by_pandas(tracks: pd.DataFrame, query: str) -> pd.Series:
    """What is usually written, without accents, order of words or ranking."""
    text = tracks["title"] + " " + tracks["artists"]
    return text.str.contains(query, case=False, regex=False)
