"""The units a file writes its numbers in: shares or percents, minutes or milliseconds, decibels or something else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.model.features import AUDIO_FEATURES
from recsys.importers.columns import OTHER, Columns
from recsys.importers.number_cells import VALID_RANGES

PERCENT_COLUMNS: Final = tuple(f.column for f in AUDIO_FEATURES if (f.low, f.high) == (0, 1))
MINUTE, SECOND = 60_000.0, 1_000.0
SURELY_PERCENT: Final = 10
"""The largest value of a scale from 1 to 10; what is above is a percentage."""

BROAD: Final = ("energy", "danceability", "valence")
"""Features that take all of their range: if none of them is above 10, the scale ends there."""

FEWEST_VALUES: Final = 3
MOST_MINUTES, MOST_SECONDS = 30, 5_000
"""A column whose middle value is below these holds minutes, or seconds; half of all songs are never that long."""

Numbers = dict[str, pa.Array]


@dataclass
class Units:
    """
    The units of one file, each decided for all rows by the first batch that has values.

    Attributes
    ----------
    columns : Columns
    factors : dict of column to float
        What brings numbers to our units; 1 where they are in them already.
    valid_ranges : dict of column to (lowest, highest)
    """

    columns: Columns
    factors: dict[str, float] = field(default_factory=dict)
    valid_ranges: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(VALID_RANGES))

    scale_note: str = ""

    def scaled(self, read: Numbers, cells: Numbers) -> Numbers:
        """Numbers of a batch in our units; `cells` are the same columns as the file writes them."""
        if self._may_decide(read, PERCENT_COLUMNS):
            self.factors |= self._percent_factors(read, cells)
        if self._may_decide(read, ("duration_ms",)):
            self.factors["duration_ms"] = _duration_factor(read["duration_ms"], self.columns.names["duration_ms"])
        if self._may_decide(read, ("loudness",)):
            self.factors["loudness"] = 1.0
            if not self.columns.dialect.is_ours:
                # Hardly any music is above 0 dB: a column that mostly is lost its sign or was scaled.
                low, high = VALID_RANGES["loudness"]
                self.valid_ranges["loudness"] = (low, 0.0 if _middle(read["loudness"]) > 0 else high)
        factors = {ours: factor for ours, factor in self.factors.items() if factor != 1 and ours in read}
        return read | {ours: pc.multiply(read[ours], factor) for ours, factor in factors.items()}

    def _may_decide(self, read: Numbers, names: Iterable[str]) -> bool:
        """True if nothing is decided about some columns, and one of them has values."""
        is_decided = any(ours in self.factors for ours in names)
        return not is_decided and any(read[ours].null_count < len(read[ours]) for ours in names if ours in read)

    def _percent_factors(self, read: Numbers, cells: Numbers) -> dict[str, float]:
        """1/100 for every 0..1 feature that is written with a percent sign, and for the others if they look like it."""
        names = [ours for ours in PERCENT_COLUMNS if ours in read]
        signed = [
            ours
            for ours in names
            if "%" in self.columns.names[ours] or bool(pc.any(pc.match_substring_regex(cells[ours], r"%\s*$")).as_py())
        ]
        others = [ours for ours in names if ours not in signed]
        factors = dict.fromkeys(others, 1.0)
        if self.columns.dialect is OTHER and _are_above_one([read[ours] for ours in others]):
            largest = {ours: pc.max(read[ours]).as_py() or 0.0 for ours in others}
            tens = [ours for ours in others if ours in BROAD and _ends_at_ten(read[ours])]
            if max(largest.values()) > SURELY_PERCENT:
                factors = dict.fromkeys(others, 0.01)
            elif tens:  # all of a file are on the scale that the broad ones show
                tens = others
            factors |= dict.fromkeys(tens, 0.1)
            if tens:
                self.scale_note = (
                    f"Read as values from 1 to 10: {', '.join(self.columns.names[ours] for ours in tens)}."
                )
        return factors | dict.fromkeys(signed, 0.01)


def _are_above_one(columns: list[pa.Array]) -> bool:
    """True if most of the values above 0 are above 1."""
    above_zero, above_one = (sum(pc.sum(pc.greater(c, end)).as_py() or 0 for c in columns) for end in (0, 1))
    return bool(above_one > above_zero / 2)


def _ends_at_ten(values: pa.Array) -> bool:
    """True for a column of several values, most of them above 1 and none above 10."""
    enough = len(values) - values.null_count >= FEWEST_VALUES
    return enough and SURELY_PERCENT / 2 <= pc.max(values).as_py() <= SURELY_PERCENT and _are_above_one([values])


def _duration_factor(durations: pa.Array, header: str) -> float:
    """What brings durations to milliseconds: given by the header, else guessed from the middle value."""
    header, middle = header.casefold(), _middle(durations)
    if "ms" in header and MOST_MINUTES <= middle < SECOND:
        return SECOND  # no song is shorter than a second: `225.000` is 225,000 with a point between the thousands
    if "ms" in header or middle > MOST_SECONDS:
        return 1.0
    is_minutes = "min" in header or ("sec" not in header and middle < MOST_MINUTES)
    return MINUTE if is_minutes else SECOND


def _middle(values: pa.Array) -> float:
    return float(pc.quantile(values, 0.5)[0].as_py())
