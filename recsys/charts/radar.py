"""The radar: where a listener's middle track stands in the catalogue, feature by feature."""

from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import GRID, SHADE, TRANSPARENT, laid_out, listed, plain
from recsys.core.insights.wording import between, leaning, with_unit
from recsys.core.model.features import AUDIO_FEATURES, Feature, feature

TICKS: Final = {0.25: "25%", 0.5: "50%", 0.75: "75%"}
NOTABLE: Final = 0.15
"""A leaning is put into words from so far beside the catalogue's median."""


def radar(described: pd.DataFrame, names: tuple[str, str] = ("You", "Catalogue")) -> go.Figure:
    """
    The listener's median track as a polygon over the catalogue's.

    Every axis is a place in the catalogue, not a raw value: 0.5 is the catalogue's own median, 0.9 means that nine in
    ten tracks of the catalogue have less of it. Raw values would crowd at an end (most music is neither spoken nor
    live), and a tempo could not share an axis with a probability. The grey ring holds the listener's middle half, so
    that two tastes at opposite ends do not look like one in the middle.

    Parameters
    ----------
    described : DataFrame
        What `recsys.core.insights.summary.describe` returns.
    names : pair of str
        What to call the listener and the catalogue.

    Returns
    -------
    Figure
        A feature nobody knows is labelled so and leaves a gap: it is never drawn as zero.
    """
    rows = described.loc[[f.name for f in AUDIO_FEATURES]]
    is_known = rows["percentile"].notna()
    # "unknown" on a line of its own, or it would be cut at the edge
    labels = [f.title if is_known[f.name] else f"{f.title}<br>unknown" for f in AUDIO_FEATURES]
    traces = [_median(rows, labels, names[0]), _catalogue(rows, labels, names[1])]
    if has_ring(described):
        traces.append(_middle_half(rows, labels, names[0]))
    return laid_out(traces, 460, polar=_polar(labels), margin={"l": 64, "r": 64, "t": 32, "b": 72})


def has_ring(described: pd.DataFrame) -> bool:
    """Whether the radar shows the middle half: a ring with gaps in it would be no ring."""
    return bool(described.loc[[f.name for f in AUDIO_FEATURES], "percentile"].notna().all())


def radar_in_words(described: pd.DataFrame, names: tuple[str, str] = ("You", "Catalogue")) -> str:
    """The radar for those who do not see it: what it is, and what it shows."""
    return f"Radar of audio features, {names[0]} against {names[1]}. {standing(described)}"


def standing(described: pd.DataFrame) -> str:
    """
    What the radar shows, in two or three sentences: where the listener stands apart from the catalogue, where the
    taste is widest, and what is unknown.
    """
    rows = described.loc[[f.name for f in AUDIO_FEATURES]]
    known = rows[rows["percentile"].notna()]
    if known.empty:
        return "No audio features are known yet."
    notable = known["percentile"][(known["percentile"] - 0.5).abs() >= NOTABLE]
    places = [leaning(name, place).removesuffix(" of the catalogue") for name, place in notable.items()]
    every = "every feature" if len(known) == len(rows) else "every feature that is known"
    says = f"{listed(places)} of the catalogue" if places else f"near the middle of the catalogue in {every}"
    return f"{says[0].upper()}{says[1:]}.{_widest(known)}{_missing(rows)}"


def _missing(rows: pd.DataFrame) -> str:
    """Which features are not on the radar, and whose numbers are lacking."""
    titles, is_yours = pd.Series({f.name: f.title.lower() for f in AUDIO_FEATURES}), rows["known"] > 0
    yours, catalogues = titles[~is_yours], titles[is_yours & rows["percentile"].isna()]
    says = f" Nothing is known about {listed(list(yours))}." if len(yours) else ""
    return says + (f" The catalogue knows nothing about {listed(list(catalogues))}." if len(catalogues) else "")


def _widest(known: pd.DataFrame) -> str:
    spread = known["high"] - known["low"]
    if not spread.max() > 0:
        return ""
    f, row = feature(str(spread.idxmax())), known.loc[spread.idxmax()]
    return f" Widest spread: {f.title.lower()}, where the middle half lies {between(f, row['q25'], row['q75'])}."


def _median(rows: pd.DataFrame, labels: list[str], name: str) -> go.Scatterpolar:
    places = rows["percentile"]
    hover = [_hover(f, rows.loc[f.name]) for f in AUDIO_FEATURES]
    order = _closed(places)
    return go.Scatterpolar(
        r=[None if np.isnan(places.iloc[at]) else round(places.iloc[at], 3) for at in order],
        theta=[labels[at] for at in order],
        text=[hover[at] for at in order],
        hovertemplate="%{text}<extra></extra>",
        mode="lines+markers",
        line_width=3,
        name=plain(name),
    )


def _catalogue(rows: pd.DataFrame, labels: list[str], name: str) -> go.Scatterpolar:
    medians = [f"{f.title}: {with_unit(f, rows.loc[f.name, 'catalogue_median'])}" for f in AUDIO_FEATURES]
    return go.Scatterpolar(
        r=[0.5] * (len(labels) + 1),
        theta=[*labels, labels[0]],
        text=[*medians, medians[0]],
        hovertemplate="%{text}<br>the catalogue’s median<extra></extra>",
        mode="lines",
        line_dash="dash",
        name=plain(f"{name} (median)"),
    )


def _middle_half(rows: pd.DataFrame, labels: list[str], name: str) -> go.Scatterpolar:
    """A ring: once round along the upper quartiles and back along the lower ones, which leaves the inside empty."""
    there = [*range(len(labels)), 0]
    back = there[::-1]
    return go.Scatterpolar(
        r=[*rows["high"].iloc[there].round(3), *rows["low"].iloc[back].round(3)],
        theta=[labels[at] for at in there + back],
        mode="lines",
        line={"width": 0, "color": SHADE},
        fill="toself",
        fillcolor=SHADE,
        hoverinfo="skip",
        name=plain(f"{name} (middle half)"),
    )


def _closed(places: pd.Series) -> list[int]:
    """Positions once round, the first repeated; begun behind a gap, so that a single gap is the only opening."""
    gaps = np.flatnonzero(places.isna())
    start = int(gaps[0]) + 1 if len(gaps) else 0
    return [(start + step) % len(places) for step in range(len(places) + 1)]


def _hover(f: Feature, row: pd.Series) -> str:
    if np.isnan(row["percentile"]):
        return f"{f.title}: unknown"
    middle = f"{f.title}: {with_unit(f, row['median'])}"
    return f"{middle}<br>{leaning(f.name, row['percentile'])}<br>known of {row['known']:,.0f} tracks"


def _polar(labels: list[str]) -> dict[str, Any]:
    """Streamlit's theme does not reach polar axes: without a transparent disc a dark page shows a white one."""
    radial = {"range": [0, 1], "tickvals": list(TICKS), "ticktext": list(TICKS.values()), "gridcolor": GRID}
    angular = {"type": "category", "categoryarray": labels, "gridcolor": GRID, "linecolor": GRID}
    return {
        "bgcolor": TRANSPARENT,
        "gridshape": "linear",
        "radialaxis": radial | {"showline": False, "angle": 90, "tickangle": 90, "tickfont": {"size": 10}},
        "angularaxis": angular | {"direction": "clockwise", "rotation": 90},
    }
