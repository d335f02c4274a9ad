"""Comparison: two listeners, or two moments of one, side by side in the same catalogue."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import FAINT, laid_out, listed, plain
from recsys.core.insights.wording import with_unit
from recsys.core.model.features import NUMBER_FEATURES, feature

NOTICEABLE: Final = 0.005
"""Below half a percent of the catalogue two places are the same."""


def comparison(mine: pd.DataFrame, theirs: pd.DataFrame, names: tuple[str, str]) -> go.Figure:
    """
    A line per feature between two medians, each at its place in the catalogue.

    Parameters
    ----------
    mine, theirs : DataFrame
        What `recsys.core.insights.summary.describe` returns, both against the same catalogue.
    names : pair of str
        Who they are.

    Returns
    -------
    Figure
        A full mark for the first, a hollow one for the second; a feature that either lacks has one mark or none.
    """
    marks = [_marks(mine, names[0], "circle"), _marks(theirs, names[1], "diamond-open")]
    # Thin lines from mark to mark, one trace: a missing point after every pair ends the line.
    x: list[float | None] = []
    y: list[str | None] = []
    for f in NUMBER_FEATURES:
        x += [mine.loc[f.name, "percentile"], theirs.loc[f.name, "percentile"], None]
        y += [f.title, f.title, None]
    line = {"color": FAINT, "width": 3}
    lines = go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, zorder=-1)
    ticks = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%"}
    places = ticks | {"title": {"text": "of the catalogue lies below"}}
    margin = {"l": 8, "r": 24, "t": 16, "b": 64}
    height = 120 + 28 * len(NUMBER_FEATURES)
    features = {"autorange": "reversed", "categoryorder": "array", "categoryarray": [f.title for f in NUMBER_FEATURES]}
    return laid_out([*marks, lines], height, xaxis=places, yaxis=features, margin=margin)


def comparison_in_words(mine: pd.DataFrame, theirs: pd.DataFrame, names: tuple[str, str]) -> str:
    """Where the two are furthest apart and where they are closest, in words."""
    apart = (mine["percentile"] - theirs["percentile"]).dropna()
    if apart.empty:
        return f"{names[0]} and {names[1]} cannot be compared: no feature is known of both."
    order = apart.abs().sort_values(ascending=False, kind="stable").index
    differing = [str(name) for name in order if abs(apart[name]) >= NOTICEABLE]
    if not differing:
        return f"{names[0]} and {names[1]} are at the same place in every feature that is known of both."
    furthest = differing[: min(2, max(len(order) - 1, 1))]
    who = "you" if names[0] == "You" else names[0]
    differences = []
    for f in map(feature, furthest):
        end = f.high_words if apart[f.name] > 0 else f.low_words
        differences.append(f"{f.title.lower()} ({who} more towards “{end}”)")
    says = f"{names[0]} and {names[1]} are furthest apart in {listed(differences)}"
    return f"{says}, and closest in {feature(str(order[-1])).title.lower()}." if len(order) > 1 else f"{says}."


def _marks(described: pd.DataFrame, name: str, symbol: str) -> go.Scatter:
    rows = described.loc[[f.name for f in NUMBER_FEATURES]]
    known = rows[rows["percentile"].notna()]
    features = [feature(name) for name in known.index]
    return go.Scatter(
        x=known["percentile"].round(3).tolist(),
        y=[f.title for f in features],
        mode="markers",
        marker={"size": 12, "symbol": symbol, "line": {"width": 2 if symbol.endswith("open") else 0}},
        text=[with_unit(f, median) for f, median in zip(features, known["median"], strict=True)],
        hovertemplate="%{y}: %{text}<extra>%{fullData.name}</extra>",
        name=plain(name),
        cliponaxis=False,
    )
