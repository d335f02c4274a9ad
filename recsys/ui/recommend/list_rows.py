"""A ranked list as the rows of its component: what is known of each song, why it is there, and what changed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Any, Final

import numpy as np
import pandas as pd

from recsys.core.engine.pool import AROUND_YOU, POOL
from recsys.core.engine.recommender import Recommendations
from recsys.core.insights.placement import percentile
from recsys.core.insights.song_words import AVERAGE
from recsys.core.insights.wording import artists_in_words, number
from recsys.core.model.features import AUDIO_FEATURES, FEATURES, feature
from recsys.ui.recommend.changes import Changes
from recsys.ui.recommend.listener_view import ListenerView

_TITLES: Final = {f.name: f.title for f in FEATURES}
_DURATION: Final = feature("duration")
_GENRE: Final = feature("genre").title
_NOUNS: Final = {"instrumentalness": "vocals", "duration": "length"}
"""What is average where the feature's own name is long or stiff."""

_MOST_NAMED: Final = 3
YOUR_GENRES: Final = "your genres"
SIMILAR_GENRES: Final = "similar genres"
"""What genre is called as a reason in the whole library's list, and in one that starts from chosen songs."""

Words = Mapping[str, Sequence[str]]
SHARED: Final = 2 / 3
"""From this share of the rows on, a reason that comes first is said once, above them."""


def match(score: float) -> int:
    """
    A score as a match from 0 to 100.

    A score is the log of how much likelier a song is among the listener's own than in the catalogue at large
    (`core.engine.scoring`), so its logistic is the probability that a song drawn with even odds from either is the
    listener's: 50 is no closer than the average song.
    """
    return int(100 / (1 + exp(-score)))


@dataclass(frozen=True)
class ListedSongs:
    """
    What is known of the songs of a list: their raw features, best first, and where they lie in the catalogue.

    `positions` has an array (songs,) per feature name, NaN where unknown. `words` says what each song is in a feature,
    "" where that is unknown (`core.insights.song_words`), and `genres` what genre is called as a reason.
    """

    raw: pd.DataFrame
    positions: dict[str, np.ndarray]
    words: Words = field(default_factory=dict)
    genres: str = YOUR_GENRES


def listed_songs(view: ListenerView, found: Recommendations) -> ListedSongs:
    """The songs of a list, in its order."""
    positions = view.yardstick.positions(found.features)
    years, tempos = (found.features[name].to_numpy(np.float64) for name in ("year", "tempo"))
    words = view.song_words.words(positions, years, tempos)
    return ListedSongs(found.features, positions, words, SIMILAR_GENRES if view.seeds else YOUR_GENRES)


def list_rows(
    found: Recommendations, songs: ListedSongs, last: Changes, modes: dict[str, int], locked: Collection[str] = ()
) -> list[dict[str, Any]]:
    """
    The rows, best first, as plain values.

    `modes` numbers the taste mode of each song; 0 where it is not known. `locked` songs keep their place. A song of
    unknown sound has no match: a few numbers that happen to fit would look as certain as all of them.
    """
    audio = np.array([songs.positions[f.name] for f in AUDIO_FEATURES]).T
    entered = set(last.entered)
    why = reasons(found.contributions, songs.words)
    named = named_reasons(found.contributions, songs.words, songs.genres)
    shared = shared_reason(named)
    names = ("rank", "track_id", "title", "artists", "year", "score", "url")
    columns = [found.table[name].tolist() for name in names]  # several times as fast as rows of a table
    pools = found.table[POOL].tolist() if POOL in found.table else [""] * len(found.table)
    is_heard = (~np.isnan(audio)).any(axis=1).tolist()
    sounds = zip(pools, songs.raw["duration_ms"].tolist(), audio.tolist(), is_heard, why, named, strict=True)
    return [
        {
            "id": track,
            "rank": rank,
            "title": title,
            "artists": artists_in_words(artists),
            "year": "" if pd.isna(year) else f"{year:.0f}",
            "pool": AROUND_YOU if pool == AROUND_YOU else "",
            "length": "" if pd.isna(milliseconds) else number(_DURATION, milliseconds),
            "match": match(score) if heard else None,
            "is_new": track in entered,
            "is_locked": track in locked,
            "moved": last.moved.get(track, 0),
            "mode": modes.get(track, 0),
            "sleeve": [rounded(percentile(position)) for position in sound],
            "why": because,
            "named": first,
            "is_shared": bool(first) and first[0][0] == shared,
            "url": bool(pd.notna(url)),
        }
        for (rank, track, title, artists, year, score, url), (pool, milliseconds, sound, heard, because, first) in zip(
            zip(*columns, strict=True), sounds, strict=True
        )
    ]


def reasons(contributions: pd.DataFrame, words: Words) -> list[list[tuple[str, float, str]]]:
    """
    For each row each reason with what it adds to the score, and what the song is in it; largest first.

    What adds nothing is left out. `words` are those of `ListedSongs`.
    """
    titles, said = _titles(contributions), _said(contributions, words)
    values = contributions.to_numpy(np.float64)
    order = np.argsort(-np.abs(values), axis=1, kind="stable")  # (rows, reasons): columns, largest first
    sizes = np.take_along_axis(values, order, axis=1).round(4).tolist()
    return [
        [(titles[column], size, song[column]) for column, size in zip(columns, row, strict=True) if size]
        for columns, row, song in zip(order.tolist(), sizes, said, strict=True)
    ]


def named_reasons(
    contributions: pd.DataFrame, words: Words, genres: str = YOUR_GENRES
) -> list[list[tuple[str, float]]]:
    """
    For each row the reasons to name, three at most: its strongest, then what sets the song apart from the list.

    Where one reason carries the whole list, the next largest are much the same in every row. So they are ordered by how
    far each exceeds its median in the list (0 where that is negative), then by size. A reason is named by what the song
    is in it ("calm", "average energy"), as in `words`; where there is no word for that, by the feature ("energy").
    """
    titles = [title.lower() if title != _GENRE else genres for title in _titles(contributions)]
    nouns = [_NOUNS.get(title, title) for title in titles]
    said = _said(contributions, words)
    values = contributions.to_numpy(np.float64)
    apart = np.where(values > 0, values - np.maximum(np.median(values, axis=0), 0.0), -np.inf)
    apart[np.arange(len(values)), values.argmax(axis=1)] = np.inf  # the strongest comes first
    order = np.lexsort((-values, -apart), axis=1)[:, :_MOST_NAMED]  # (rows, reasons): columns, first to name first
    sizes = np.take_along_axis(values, order, axis=1).round(4).tolist()
    return [
        [
            (f"{AVERAGE} {nouns[column]}" if song[column] == AVERAGE else song[column] or titles[column], size)
            for column, size in zip(columns, row, strict=True)
            if size > 0
        ]
        for columns, row, song in zip(order.tolist(), sizes, said, strict=True)
    ]


def _titles(contributions: pd.DataFrame) -> list[str]:
    return [_TITLES.get(str(name), str(name).capitalize()) for name in contributions.columns]


def _said(contributions: pd.DataFrame, words: Words) -> list[tuple[str, ...]]:
    """For each row a word per column."""
    nothing = [""] * len(contributions)
    return list(zip(*(words.get(str(name), nothing) for name in contributions.columns), strict=True))


def shared_reason(named: Sequence[Sequence[tuple[str, float]]]) -> str:
    """The reason that comes first in most rows (`SHARED`), and so tells none from another; empty without one."""
    first, rows = max(Counter(row[0][0] for row in named if row).items(), key=lambda one: one[1], default=("", 0))
    return first if len(named) > 1 and rows >= SHARED * len(named) else ""


def shared_in_words(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What is above the rows of a list that share their first reason, and that reason; nothing where they do not."""
    sharing = [row["named"][0][0] for row in rows if row["is_shared"]]
    if not sharing:
        return []
    songs = f"all {len(rows):,}" if len(sharing) == len(rows) else f"{len(sharing):,} of {len(rows):,}"
    return [f"Strongest reason for {songs} songs:", sharing[0]]


def rounded(value: float | None) -> float | None:
    """A share with three digits, as the browser needs it."""
    return None if value is None else round(value, 3)
