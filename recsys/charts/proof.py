"""How many hidden songs each method found, with the interval in which the truth lies."""

import plotly.graph_objects as go

from recsys.charts.theme import SHADE, laid_out
from recsys.core.evaluation.proof import CHANCE, OURS, TEXTBOOK, Proof

NAMES = {OURS: "your sliders", TEXTBOOK: "a basic recommender", CHANCE: "pure luck"}


def found_chart(proof: Proof) -> go.Figure:
    """
    A mark and its 95 % interval per method, and a mark for chance, on one axis of songs found.

    The listener's sliders are a full mark in the first colour, what they are compared with hollow ones.
    """
    marks = [
        go.Scatter(
            x=[found.mean],
            y=[NAMES[method]],
            error_x={"type": "data", "array": [found.high - found.mean], "arrayminus": [found.mean - found.low]},
            **_look(method),
        )
        for method, found in proof.found.items()
    ]
    marks.append(go.Scatter(x=[proof.chance], y=[NAMES[CHANCE]], **_look(CHANCE)))
    title = f"songs found, of {proof.hidden:,} hidden"
    return laid_out(
        marks,
        230,
        xaxis={"title": {"text": title}, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "gridcolor": SHADE, "ticklabelstandoff": 8},
        showlegend=False,
        margin={"l": 8, "r": 24, "t": 16, "b": 48},
    )


def _look(method: str) -> dict[str, object]:
    return {
        "mode": "markers",
        "marker": {"size": 14, "symbol": "circle" if method == OURS else "circle-open", "line": {"width": 2}},
        "name": NAMES[method],
        "cliponaxis": False,  # a mark near 0 is drawn whole
        "hovertemplate": "%{y}: %{x:.1f}<extra></extra>",
    }


def found_in_words(proof: Proof) -> str:
    """The same as a sentence."""
    parts = [
        f"{NAMES[method]} {found.mean:.1f} ({found.low:.1f} to {found.high:.1f})"
        for method, found in proof.found.items()
    ]
    return f"Songs found of {proof.hidden:,} hidden: {', '.join(parts)}, {NAMES[CHANCE]} {proof.chance:.1f}."
