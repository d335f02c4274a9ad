"""The taste map: a library over a sample of the catalogue, on the two axes along which the catalogue differs most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import FAINT, laid_out, plain, shortened
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.scaling import AXIS_FEATURE, FIRST_AXIS, NUMBER_AXES, FeatureMatrix

MOST_SHOWN: Final = 1_500
ENOUGH_KNOWN: Final = 0.5
SYMBOLS: Final = ("diamond", "square", "triangle-up", "star", "hexagon", "cross")
EDGE: Final = "rgba(128,128,128,.9)"


@dataclass(frozen=True)
class MapBox:
    """A part of the map: how far its edges are from the left and from the bottom, in per cent of what is drawn."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True)
class BoxedSongs:
    """The listener's own songs in a part of the map, and those of the catalogue that are drawn there: track ids."""

    own: list[str]
    others: list[str]


def taste_map(
    library: pd.DataFrame,
    catalogue: Catalogue,
    medoids: Sequence[str] = (),
    box: MapBox | None = None,
) -> go.Figure:
    """
    Every track as a point; near points sound alike.

    Points are the recommender's own (`recsys.core.model.scaling`), without genres, projected on the first two
    principal components of the catalogue's sample (Pearson 1901; by singular value decomposition). Each axis is named
    after the feature that counts most in it.

    Parameters
    ----------
    library : DataFrame
        A track table. Tracks with fewer than half of the number features known have no place and are left out.
    catalogue : Catalogue
        At most 1,500 tracks of its sample are drawn. Fewer than three leave an axis without meaning.
    medoids : sequence of str
        Ids of own tracks that represent a taste each; numbered in this order, with their titles in the legend.
    box : MapBox, optional
        A part that is outlined; dragging then draws another one.
    """
    own, others, ends = _placed(library, catalogue)
    # One trace for each taste, so that the legend holds the titles: on the map they would cover points and each other.
    placed = own.set_index("track_id").reindex(medoids).dropna(subset="x").reset_index()
    tastes = [
        go.Scatter(
            x=[row.x],
            y=[row.y],
            mode="markers",
            marker={"size": 17, "symbol": SYMBOLS[number % len(SYMBOLS)], "line": {"width": 2, "color": EDGE}},
            hovertemplate="%{fullData.name}<extra>stands for one of your tastes</extra>",
            name=plain(f"{number + 1}. {shortened(row.title)}"),
            zorder=1,
        )
        for number, row in enumerate(placed.itertuples())
    ]
    traces = [
        _points(own, "You", {"size": 7, "opacity": 0.8}),
        _points(_thinned(others), "Catalogue", {"size": 4, "color": FAINT}, "in the catalogue").update(zorder=-1),
        *tastes,
    ]
    x, y = ({"title": {"text": words}, "showticklabels": False, "showgrid": False} for words in ends)
    drawing: dict[str, Any] = {}
    if box is not None:
        (left, right), (bottom, top) = _edges(box, _reach(own, others))
        corners = {"x0": left, "x1": right, "y0": bottom, "y1": top}
        # Dark dashes on a light line are seen on both pages, and over the points of both.
        outline = [
            {"type": "rect", **corners, "line": line}
            for line in ({"width": 5, "color": "#fff"}, {"width": 3, "dash": "dash", "color": "#111"})
        ]
        drawing = {"dragmode": "select", "shapes": outline}
    return laid_out(traces, 480, xaxis=x, yaxis=y, hovermode="closest", **drawing)


def songs_within(library: pd.DataFrame, catalogue: Catalogue, box: MapBox) -> BoxedSongs:
    """The songs in a part of the map, its edges included."""
    own, others, _ = _placed(library, catalogue)
    others = _thinned(others)
    (left, right), (bottom, top) = _edges(box, _reach(own, others))
    found = [
        songs.loc[songs["x"].between(left, right) & songs["y"].between(bottom, top), "track_id"].tolist()
        for songs in (own, others)
    ]
    return BoxedSongs(*found)


def box_from_drawing(
    library: pd.DataFrame, catalogue: Catalogue, across: Sequence[float], up: Sequence[float]
) -> MapBox:
    """The part of the map between two corners that were drawn, in the units of its axes; cut off at what is drawn."""
    own, others, _ = _placed(library, catalogue)
    ends = _reach(own, others)
    sides = [
        [float(np.clip(round(100 * (at - low) / (high - low), 1), 0, 100)) for at in (min(drawn), max(drawn))]
        for drawn, (low, high) in zip((across, up), ends, strict=True)
    ]
    return MapBox(*sides[0], *sides[1])


def axis_words(library: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str]:
    """What the map shows from left to right, and from bottom to top."""
    return _placed(library, catalogue)[2]


Ends = tuple[float, float]


def _reach(own: pd.DataFrame, others: pd.DataFrame) -> tuple[Ends, Ends]:
    """The lowest and the highest position of what is drawn, across and up; never the same."""
    drawn = pd.concat([own[["x", "y"]], _thinned(others)[["x", "y"]]])
    ends = [(float(drawn[axis].min()), float(drawn[axis].max())) if len(drawn) else (0.0, 0.0) for axis in ("x", "y")]
    across, up = ((low, high) if high > low else (low - 1, high + 1) for low, high in ends)
    return across, up


def _edges(box: MapBox, reach: tuple[Ends, Ends]) -> tuple[Ends, Ends]:
    """The edges of a part in the units of the axes; a little wider, as positions are rounded."""
    margin = 1e-6
    across, up = (
        (low + (high - low) * near / 100 - margin, low + (high - low) * far / 100 + margin)
        for (low, high), (near, far) in zip(reach, ((box.left, box.right), (box.bottom, box.top)), strict=True)
    )
    return across, up


def map_in_words(library: pd.DataFrame, catalogue: Catalogue, medoids: Sequence[str] = ()) -> str:
    """The map in a sentence or two, for those who do not see it."""
    own, _, ends = _placed(library, catalogue)
    axes = f"Left to right: {ends[0]}. Bottom to top: {ends[1]}."
    if own.empty:
        return f"Map of the catalogue alone: too little is known of your tracks to place them. {axes}"
    titles = own.set_index("track_id")["title"].reindex(medoids).dropna()
    tastes = f" Your tastes are marked by {'; '.join(map(shortened, titles))}." if len(titles) else ""
    left_out = ""
    if missing := len(library) - len(own):
        left_out = f" {missing:,} {'track has' if missing == 1 else 'tracks have'} too few known features to be placed."
    return f"Map of {len(own):,} of your tracks among the catalogue. {axes}{tastes}{left_out}"


def _placed(library: pd.DataFrame, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, str]]:
    """Library and sample with `x` and `y`, what cannot be placed left out, and the words at both ends of each axis."""
    own, own_points = _enough_known(library, catalogue.space.transform(library))
    sample, points = _enough_known(catalogue.sample, catalogue.background)
    middle = points.mean(axis=0) if len(points) else np.zeros(NUMBER_AXES)
    # The first two principal components, (axes, 2), each pointing towards the high end of its strongest feature.
    centred = points - middle
    directions = np.zeros((2, centred.shape[1]))
    found = np.linalg.svd(centred, full_matrices=False)[2][:2]
    directions[: len(found)] = found
    strongest = np.abs(directions[:, _NAMED]).argmax(axis=1)
    signs = np.sign(directions[:, _NAMED][np.arange(2), strongest])
    components = np.asarray((directions * np.where(signs == 0, 1, signs)[:, None]).T)
    placed = [
        tracks.assign(x=xy[:, 0].round(3), y=xy[:, 1].round(3))
        for tracks, xy in ((own, (own_points - middle) @ components), (sample, (points - middle) @ components))
    ]
    return placed[0], placed[1], (_ends(components[:, 0]), _ends(components[:, 1]))


def _enough_known(tracks: pd.DataFrame, points: FeatureMatrix) -> tuple[pd.DataFrame, Doubles]:
    """Tracks with at least half of the number features known, and their places, (n, NUMBER_AXES)."""
    enough = points.mask[: len(NUMBER_FEATURES)].mean(axis=0) >= ENOUGH_KNOWN
    return tracks[enough], points.values[:NUMBER_AXES].T[enough].astype(np.float64)


def _ends(component: Doubles) -> str:
    strongest = NUMBER_FEATURES[AXIS_FEATURE[_NAMED[np.abs(component[_NAMED]).argmax()]]]
    return f"{strongest.low_words} ↔ {strongest.high_words}"


_NAMED: Final = FIRST_AXIS[[number for number, f in enumerate(NUMBER_FEATURES) if f.is_ordered]]
"""Axes that have a low and a high end; a tempo goes round in octaves."""


def _points(songs: pd.DataFrame, name: str, marker: dict[str, Any], where: str = "") -> go.Scatter:
    return go.Scatter(
        x=songs["x"].tolist(),
        y=songs["y"].tolist(),
        mode="markers",
        marker=marker,
        text=[plain(f"{title}, {by}") for title, by in zip(songs["title"], songs["artists"], strict=True)],
        hovertemplate=f"%{{text}}<extra>{where}</extra>",
        name=plain(name),
    )


def _thinned(others: pd.DataFrame) -> pd.DataFrame:
    """Every n-th song of the sample, so that at most `MOST_SHOWN` are drawn."""
    return others.iloc[:: -(-len(others) // MOST_SHOWN) or 1]
