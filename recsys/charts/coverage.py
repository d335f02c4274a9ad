"""Coverage: of how many tracks each feature is known, and from which source."""

import pandas as pd
import plotly.graph_objects as go

from recsys.charts.theme import FAINT, laid_out, listed, plain
from recsys.core.insights.summary import MISSING
from recsys.core.insights.wording import counted
from recsys.core.model.features import feature


def coverage_chart(covered: pd.DataFrame) -> go.Figure:
    """
    A bar per feature, divided by source, what is missing last in grey.

    Parameters
    ----------
    covered : DataFrame
        What `recsys.core.insights.summary.features_by_source` returns: features by name, sources as columns, and
        `missing` last.
    """
    titles = [feature(name).title for name in covered.index]
    bars = [
        go.Bar(
            y=titles,
            x=covered[source].tolist(),
            orientation="h",
            marker_color=FAINT if source == MISSING else None,
            hovertemplate=f"%{{y}}: %{{x:,}} tracks, {plain(source)}<extra></extra>",
            name=plain(source),
        )
        for source in covered.columns
    ]
    axes = {"xaxis": {"title": {"text": "tracks"}}, "yaxis": {"autorange": "reversed"}}
    return laid_out(bars, 120 + 26 * len(covered), barmode="stack", **axes)


def coverage_in_words(covered: pd.DataFrame) -> str:
    """The chart in a sentence or two, for those who do not see it."""
    tracks = int(covered.iloc[0].sum()) if len(covered) else 0
    if not tracks:
        return "Coverage of features: there are no tracks yet."
    gaps = covered[MISSING][covered[MISSING] > 0].sort_values(ascending=False, kind="stable")
    if gaps.empty:
        return f"Coverage of features: every feature is known of all {tracks:,} tracks."
    worst = [f"{feature(str(name)).title.lower()} of {count:,}" for name, count in gaps.head(3).items()]
    return f"Coverage of features over {counted(tracks, 'track')}. Most often missing: {listed(worst)}."
