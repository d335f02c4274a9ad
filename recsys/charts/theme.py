"""What all figures share: layout, grid, and words that are safe inside a figure."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from recsys.core.insights.wording import unit
from recsys.core.model.features import Feature

GRID: Final = "rgba(128,128,128,.35)"
FAINT: Final = "rgba(128,128,128,.45)"
SHADE: Final = "rgba(128,128,128,.22)"
"""Greys that read on a light and on a dark page. All other colours come from the page's theme, in its order: the
listener is always the first colour, the one they are compared with the second, dashed or hollow."""

AXIS: Final[dict[str, Any]] = {"gridcolor": GRID, "zeroline": False, "automargin": True}

CONFIG: Final[Mapping[str, Any]] = {"displayModeBar": False, "scrollZoom": False}
"""What `st.plotly_chart` should be given as `config`."""


def laid_out(traces: Sequence[Any], height: int, **layout: Any) -> go.Figure:
    """A figure of these traces in the shared look: no title, legend below, and no dragging, so that pages scroll."""
    below = {"yref": "container", "y": 0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"}
    common: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 16, "b": 64},
        "legend": below | {"orientation": "h", "traceorder": "normal"},
        "dragmode": False,
        "hoverlabel": {"align": "left"},
    }
    axes = {name: AXIS | layout.get(name, {}) for name in ("xaxis", "yaxis")}
    return go.Figure(traces, common | layout | axes)


def axis_title(f: Feature) -> dict[str, str]:
    """What is written beside the axis of a feature: its name, and its unit where it has one."""
    return {"text": f"{f.title}, {unit(f)}" if unit(f) else f.title}


def plain(text: str) -> str:
    """Text for a figure with `<`, `>` and `&` escaped: plotly.js would read `<b>` and `<a>` in a title as HTML."""
    return html.escape(text, quote=False)


def shortened(text: str, at_most: int = 28) -> str:
    """Text of at most this many characters, an ellipsis for what was cut."""
    return text if len(text) <= at_most else text[: at_most - 1].rstrip() + "…"


def listed(parts: list[str]) -> str:
    """Words as a list in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
