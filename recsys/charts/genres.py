"""Genres: which ones a library is made of, as bars."""

import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import laid_out, listed, plain, shortened
from recsys.core.model.genres import genre_names

SHOWN = 12


def common_genres(library: pd.DataFrame) -> pd.Series:
    """The most common genres of a library by name, as numbers of songs, most songs first; empty where none is known."""
    names = library["genres"].map(lambda joined: sorted(set(genre_names(joined)))).explode().dropna()
    counts = names.value_counts().rename_axis("genre").reset_index(name="songs")
    ordered = counts.sort_values(["songs", "genre"], ascending=[False, True], kind="stable")
    return ordered.set_index("genre")["songs"].head(SHOWN)


def genres_chart(counts: pd.Series) -> go.Figure:
    """A bar per genre of `common_genres`."""
    bars = go.Bar(
        y=[plain(shortened(str(name))) for name in counts.index],
        x=counts.tolist(),
        orientation="h",
        hovertemplate="%{y}: %{x:,} songs<extra></extra>",
    )
    axes = {"xaxis": {"title": {"text": "songs"}}, "yaxis": {"autorange": "reversed"}}
    return laid_out([bars], 100 + 26 * len(counts), showlegend=False, **axes)


def genres_in_words(counts: pd.Series, songs: int) -> str:
    """The chart in a sentence, for those who do not see it; `songs` is the size of the library."""
    if counts.empty:
        return "We don’t know the genres of your songs."
    named = [f"{name} ({count:,})" for name, count in counts.head(3).items()]
    return f"Most of your {songs:,} songs by genre: {listed(named)}. A song may have several."
