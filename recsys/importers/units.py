"""The units a file writes its numbers in: shares or percents, minutes or milliseconds, decibels or something else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from recsys.core.model.features import AUDIO_FEATURES
from recsys.importers.columns import OTHER, Columns
from recsys.importers.number_cells import BELIEVED

PERCENT_COLUMNS: Final = tuple(f.column for f in AUDIO_FEATURES if (f.low, f.high) == (0, 1))
MINUTE, SECOND = 60_000.0, 1_000.0
SURELY_PERCENT: Final = 10
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
    believed : dict of column to (lowest, highest)
    """

    columns: Columns
    factors: dict[str, float] = field(default_factory=dict)
    believed: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(BELIEVED))

    def scaled(self, read: Numbers, cells: Numbers) -> Numbers:
        """Numbers of a batch in our units; `cells` are the same columns as the file writes them."""
        if self._may_decide(read, PERCENT_COLUMNS):
            self.factors |= self._percent_factors(read, cells)
        if self._may_decide(read, ("duration_ms",)):
            self.factors["duration_ms"] = _duration_factor(read["duration_ms"], self.columns.names["duration_ms"])
        if self._may_decide(read, ("loudness",)):
            self.factors["loudness"] = 1.0
            if not self.columns.dialect.is_ours:
                self.believed["loudness"] = _decibels(read["loudness"])
        factors = {ours: factor for ours, factor in self.factors.items() if factor != 1 and ours in read}
        return read | {ours: pc.multiply(read[ours], factor) for ours, factor in factors.items()}

    def _may_decide(self, read: Numbers, names: Iterable[str]) -> bool:
        """True if nothing is decided about some columns, and one of them has values."""
        is_decided = any(ours in self.factors for ours in names)
        return not is_decided and any(read[ours].null_count < len(read[ours]) for ours in names if ours in read)

    def _percent_factors(self, read: Numbers, cells: Numbers) -> dict[str, float]:
        """1/100 for every 0..1 feature that is written with a percent sign, and for the others if they look like it."""
        names = [ours for ours in PERCENT_COLUMNS if ours in read]
        signed = [ours for ours in names if "%" in self.columns.names[ours] or _are_signed(cells[ours])]
        others = [ours for ours in names if ours not in signed]
        are_percents = self.columns.dialect is OTHER and _look_like_percents([read[ours] for ours in others])
        return dict.fromkeys(others, 0.01 if are_percents else 1.0) | dict.fromkeys(signed, 0.01)


def _are_signed(cells: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, r"%\s*$")).as_py())


def _look_like_percents(columns: list[pa.Array]) -> bool:
    """True if most of the values above 0 lie above 1, and some far above."""
    above_zero = [value for column in columns for value in column.drop_null().to_pylist() if value > 0]
    above_one = [value for value in above_zero if value > 1]
    return len(above_one) > len(above_zero) / 2 and max(above_one) >= SURELY_PERCENT


def _duration_factor(durations: pa.Array, header: str) -> float:
    """What brings durations to milliseconds: said by the header, else guessed from the middle value."""
    header, middle = header.casefold(), _middle(durations)
    if "ms" in header or middle > MOST_SECONDS:
        return 1.0
    is_minutes = "min" in header or ("sec" not in header and middle < MOST_MINUTES)
    return MINUTE if is_minutes else SECOND


def _decibels(loudness: pa.Array) -> tuple[float, float]:
    """What is believed of a column: hardly any music is above 0 dB; one that mostly is lost its sign or was scaled."""
    low, high = BELIEVED["loudness"]
    return (low, 0.0) if _middle(loudness) > 0 else (low, high)


def _middle(values: pa.Array) -> float:
    return float(pc.quantile(values, 0.5)[0].as_py())
