"""Timeline: how much was listened to, month by month, and how a feature of it moved."""

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import SHADE, axis_title, laid_out, plain
from recsys.core.insights.summary import percentile
from recsys.core.insights.wording import in_unit, leaning, number, with_unit
from recsys.core.model.arrays import Doubles
from recsys.core.model.features import NUMBER_FEATURES, feature

TOO_FEW: Final = 5
HOUR: Final = 3_600_000
MONTHS_OF_THEIR_OWN: Final = 6
"""At most this many months are named one by one."""


def plays_per_month(plays: pd.DataFrame) -> go.Figure:
    """
    A bar per calendar month (UTC) with the number of plays; months without any are shown as such.

    `plays` has `played_at` (ISO 8601, UTC) and `ms_played`, as `Store.plays` returns it.
    """
    monthly = _monthly(plays)
    bars = go.Bar(
        x=monthly.index.tolist(),
        y=monthly["plays"].tolist(),
        text=[_lasting(row.plays, row.timed, f"{row.hours:.1f} hours", ", ") for row in monthly.itertuples()],
        textposition="none",
        hovertemplate="%{x|%B %Y}: %{y:,} plays%{text}<extra></extra>",
        name="Plays",
    )
    margin = {"l": 8, "r": 8, "t": 16, "b": 24}
    axes = {"xaxis": _month_axis(monthly.index), "yaxis": {"title": {"text": "plays"}, "rangemode": "tozero"}}
    return laid_out([bars], 260, showlegend=False, margin=margin, **axes)


def plays_in_words(plays: pd.DataFrame) -> str:
    """
    How much was listened to, and when most, in words.

    Hours are left out where no play's length is known, and are the least there were where some plays' is not.
    """
    if plays.empty:
        return "There is no listening history yet."
    monthly = _monthly(plays)
    first, last, most = (_said(month) for month in (monthly.index[0], monthly.index[-1], monthly["plays"].idxmax()))
    hours = round(monthly["hours"].sum())
    total = f"{len(plays):,} {'play' if len(plays) == 1 else 'plays'}"
    if hours:
        total += _lasting(len(plays), monthly["timed"].sum(), f"{hours:,} {'hour' if hours == 1 else 'hours'}", " in ")
    if first == last:
        return f"{total} in {first}."
    return f"{total} from {first} to {last}; most in {most}, with {monthly['plays'].max():,}."


def feature_drift(name: str, plays: pd.DataFrame, library: pd.DataFrame) -> go.Figure:
    """
    The median of a feature over the plays of each month, with the middle half as a grey band.

    Parameters
    ----------
    name : str
        A number feature.
    plays : DataFrame
        `track_id` and `played_at`.
    library : DataFrame
        A track table; plays of other tracks, or of tracks whose feature is unknown, take no part.

    Returns
    -------
    Figure
        Months with fewer than five such plays leave a gap.
    """
    f = feature(name, NUMBER_FEATURES)
    played = _played(name, plays, library)
    drift = pd.DataFrame({"q25": [], "median": [], "q75": []}, dtype=float)
    if not played.empty:
        by_month = played.groupby(played["played_at"].str[:7])["value"]
        drift = by_month.quantile([0.25, 0.5, 0.75]).unstack().set_axis(["q25", "median", "q75"], axis=1)
        # NaN where a month has too few known plays.
        drift = drift.where(by_month.size() >= TOO_FEW).reindex(_months(played))
    q25, median, q75 = (in_unit(f, drift[name].to_numpy()) for name in ("q25", "median", "q75"))
    months = drift.index.tolist()
    texts = [with_unit(f, value) for value in drift["median"]]
    line = go.Scatter(
        x=months,
        y=_gapped(median),
        text=texts,
        mode="lines+markers",
        hovertemplate="%{x|%B %Y}: %{text}<extra></extra>",
        name=plain(f"{f.title} (median play)"),
    )
    band = [_band(months, q25, None), _band(months, q75, "tonexty")]
    return laid_out([line, *band], 280, xaxis=_month_axis(drift.index), yaxis={"title": axis_title(f)})


def drift_in_words(name: str, plays: pd.DataFrame, library: pd.DataFrame) -> str:
    """How the feature moved between the first and the last third of the plays, in words."""
    f = feature(name, NUMBER_FEATURES)
    values = _played(name, plays, library).sort_values("played_at")
    first, last = (part["value"] for part in (values.head(len(values) // 3), values.tail(len(values) // 3)))
    if len(first) < TOO_FEW:
        return f"We know the {f.title.lower()} of too few plays to say how it moved."
    moved = percentile(last.median(), first)
    ends = f"from {number(f, first.median())} to {with_unit(f, last.median())}"
    if abs(moved - 0.5) < 0.1:
        return f"{f.title} stayed much the same, {ends} from the first third of your plays to the last."
    return f"{f.title} moved {ends}: your median is now {leaning(name, moved, 'your earliest plays')}."


def _month_axis(months: pd.Index) -> dict[str, object]:
    """An axis on which a short history does not fall apart into weeks and days."""
    if len(months) > MONTHS_OF_THEIR_OWN:
        return {}
    return {"type": "date", "tickvals": months.tolist(), "ticktext": [_said(month) for month in months]}


def _months(plays: pd.DataFrame) -> pd.Index:
    """Every month from the first play to the last, as "2026-11"."""
    months = plays["played_at"].str[:7]
    return pd.period_range(months.min(), months.max(), freq="M").astype(str)


def _said(month: str) -> str:
    return str(pd.Period(month).strftime("%B %Y"))


def _lasting(plays: float, timed: float, hours: str, before: str) -> str:
    """How long plays lasted of which some are timed: "6.0 hours" after what comes before it; empty where none is."""
    if plays and not timed:
        return ""
    return f"{before}at least {hours}" if timed < plays else f"{before}{hours}"


def _monthly(plays: pd.DataFrame) -> pd.DataFrame:
    """`plays`, how many of them are `timed`, and the `hours` of these, by month."""
    if plays.empty:
        return pd.DataFrame({"plays": [], "timed": [], "hours": []})
    lengths = plays["ms_played"].groupby(plays["played_at"].str[:7])
    monthly = pd.DataFrame({"plays": lengths.size(), "timed": lengths.count(), "hours": lengths.sum() / HOUR})
    return monthly.reindex(_months(plays), fill_value=0)


def _played(name: str, plays: pd.DataFrame, library: pd.DataFrame) -> pd.DataFrame:
    """`played_at` and `value` of the plays whose feature is known."""
    values = library.set_index("track_id")[feature(name, NUMBER_FEATURES).column]
    return pd.DataFrame({"played_at": plays["played_at"], "value": plays["track_id"].map(values)}).dropna()


def _band(months: list[str], values: Doubles, fill: str | None) -> go.Scatter:
    return go.Scatter(
        x=months,
        y=_gapped(values),
        mode="lines",
        line={"width": 0, "color": SHADE},
        fill=fill,
        fillcolor=SHADE,
        hoverinfo="skip",
        showlegend=fill is not None,
        name="Middle half of the plays",
    )


def _gapped(values: Doubles) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 4) for value in values]
