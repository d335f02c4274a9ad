"""Percentiles of waiting times, and whether memory grows."""

from collections.abc import Sequence

import numpy as np
from scipy import stats


def percentiles(seconds: Sequence[float]) -> str:
    """p50, p95 and maximum in milliseconds, to read."""
    if not seconds:
        return "no answer"
    p50, p95, most = np.percentile(seconds, [50, 95, 100]) * 1000
    return f"p50 {p50:,.0f} ms, p95 {p95:,.0f} ms, at most {most:,.0f} ms"


def slope(minutes: Sequence[float], megabytes: Sequence[float]) -> tuple[float, float, float]:
    """
    Growth in MB a minute with its 95 % interval: the median slope of all pairs, which a single jump does not move
    (Theil and Sen; https://doi.org/10.1080/01621459.1968.10480934).
    """
    found = stats.theilslopes(megabytes, minutes, 0.95)
    return float(found.slope), float(found.low_slope), float(found.high_slope)
