"""Distributions: how often a feature takes which value in the library, with the catalogue behind it."""

from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import axis_title, laid_out
from recsys.core.insights.summary import percentile
from recsys.core.insights.wording import between, in_unit, leaning, with_unit
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES, Feature, feature

BINS: Final = 24
TOO_FEW: Final = 5


def distribution(name: str, library: pd.Series, catalogue: pd.Series) -> go.Figure:
    """
    One feature of the library as bars, the catalogue as a dashed outline.

    Both are shares of the tracks whose value is known, so that a small library compares with a large catalogue. They
    are counted here: the browser gets some twenty bars, not a million values. What lies beyond the outermost bar is
    counted in it.

    Parameters
    ----------
    name : str
        A number feature.
    library, catalogue : Series
        Its values; missing ones take no part. Either may be empty; an empty catalogue is not drawn.

    Raises
    ------
    UnknownFeature
        There is no number feature of that name.
    """
    f = feature(name, NUMBER_FEATURES)
    own, others = (in_unit(f, values.dropna().to_numpy(float)) for values in (library, catalogue))
    edges = _edges(f, np.concatenate([own, others]))
    per_unit = 1 / in_unit(f, np.ones(1))[0]
    spans = [between(f, low, high) for low, high in pairwise(edges * per_unit)]
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=((edges[:-1] + edges[1:]) / 2).round(4).tolist(),
            y=_shares(own, edges),
            text=spans,
            textposition="none",
            opacity=0.75,
            hovertemplate="%{y:.1%} of your tracks<br>%{text}<extra></extra>",
            name="You",
        )
    ]
    if len(others):
        # Steps from edge to edge, and down to the axis at both ends.
        outline = go.Scatter(
            x=[edges[0], *edges.round(4)],
            y=[0, *_shares(others, edges), 0],
            text=["", *spans, ""],
            mode="lines",
            line={"shape": "hv", "dash": "dash"},
            hovertemplate="%{y:.1%} of the catalogue<br>%{text}<extra></extra>",
            name="Catalogue",
        )
        traces.append(outline)
    axis = {"title": axis_title(f), "range": [edges[0], edges[-1]]}
    years = {"tickformat": "d"} if f.name == "year" else {}
    shares = {"tickformat": ".0%", "rangemode": "tozero", "title": {"text": "of the tracks"}}
    return laid_out(traces, 260, xaxis=axis | years, yaxis=shares, bargap=0.08)


def sentence(name: str, library: pd.Series, catalogue: pd.Series) -> str:
    """
    The distribution in words; also the figure's alternative text.

    "Half of your tracks lie between 98 and 131 beats per minute. The catalogue’s median is 118 beats per minute; yours
    is 112 beats per minute, further towards “slow” than 62% of the catalogue." Says so when too few tracks are known.
    """
    f = feature(name, NUMBER_FEATURES)
    own, others = library.dropna(), catalogue.dropna()
    if len(own) < TOO_FEW:
        what, count = f.title.lower(), len(library)
        if own.empty:
            return f"We don’t know the {what} of your songs yet."
        if len(own) == count:
            return f"{'One track is' if count == 1 else f'{count:,} tracks are'} too few to describe the {what} of."
        return f"The {what} is known of only {len(own):,} of your {count:,} tracks, too few to describe."
    q25, median, q75 = own.quantile([0.25, 0.5, 0.75])
    half = f"Half of your tracks lie {between(f, q25, q75)}."
    if others.empty:
        return f"{half} Your median is {with_unit(f, median)}."
    place = leaning(name, percentile(median, others))
    theirs = f"The catalogue’s median is {with_unit(f, others.median())}"
    return f"{half} {theirs}; yours is {with_unit(f, median)}, {place}."


def _edges(f: Feature, values: Doubles) -> Doubles:
    """Where bars begin and end: round numbers over 0..1, or over where 98 % of the values are."""
    if (f.low, f.high) == (0, 1) or not len(values):
        return np.linspace(0, 1, 21)
    low, high = np.quantile(values, [0.01, 0.99])
    # The next number up of 1, 2 or 5 times a power of ten; 1 where everything is equal.
    step, least = 1.0, (high - low) / BINS
    if least > 0:
        power = 10 ** np.floor(np.log10(least))
        step = float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least))
    first, last = np.floor(low / step), np.floor(high / step) + 1
    return np.asarray(np.arange(first, last + 1) * step)


def _shares(values: Doubles, edges: Doubles) -> list[float]:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return [round(float(count / max(len(values), 1)), 4) for count in counts]
