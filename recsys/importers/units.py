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
HOUR, MINUTE, SECOND = 3_600_000.0, 60_000.0, 1_000.0
NO_SECONDS: Final = r"^\s*\d{1,3}:\d\d:00\s*$"
"""How a spreadsheet writes 3:45: as 03:45:00."""
SURELY_PERCENT: Final = 10
"""The largest value of a scale from 1 to 10; what is above is a percentage."""
HIGHEST_PERCENT: Final = 100

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
    notes : list of str
        What a listener should know of scales that were guessed.
    unknown_scales : list of str
        Columns on a scale that is not known, which are not used.
    """

    columns: Columns
    factors: dict[str, float] = field(default_factory=dict)
    valid_ranges: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(VALID_RANGES))

    notes: list[str] = field(default_factory=list)
    unknown_scales: list[str] = field(default_factory=list)

    def scaled(self, read: Numbers, cells: Numbers) -> Numbers:
        """Numbers of a batch in our units; `cells` are the same columns as the file writes them."""
        if not self.unknown_scales and self._may_decide(read, PERCENT_COLUMNS):
            self._leave_out_unknown_scales(read)
            self.factors |= self._percent_factors(read, cells)
        read = read | {ours: pa.nulls(len(read[ours]), pa.float64()) for ours in self.unknown_scales if ours in read}
        if self._may_decide(read, ("popularity",)):
            is_share = self.columns.dialect is OTHER and _are_shares(read["popularity"])
            self.factors["popularity"] = 100.0 if is_share else 1.0
        if self._may_decide(read, ("duration_ms",)):
            self.factors["duration_ms"] = self._duration_factor(read["duration_ms"], cells["duration_ms"])
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

    def _leave_out_unknown_scales(self, read: Numbers) -> None:
        """Of 0..1 features those with negative values, such as standardised ones: what is in range means nothing."""
        if self.columns.dialect is not OTHER:
            return
        self.unknown_scales = [ours for ours in PERCENT_COLUMNS if ours in read and _are_negative(read[ours])]
        if self.unknown_scales:
            names = ", ".join(self.columns.names[ours] for ours in self.unknown_scales)
            self.notes.append(f"Not used, as values below 0 show another scale than 0 to 1: {names}.")

    def _percent_factors(self, read: Numbers, cells: Numbers) -> dict[str, float]:
        """1/100 for every 0..1 feature that is written with a percent sign, and for the others if they look like it."""
        names = [ours for ours in PERCENT_COLUMNS if ours in read and ours not in self.unknown_scales]
        signed = [
            ours
            for ours in names
            if "%" in self.columns.names[ours] or bool(pc.any(pc.match_substring_regex(cells[ours], r"%\s*$")).as_py())
        ]
        others = {ours: read[ours] for ours in names if ours not in signed}
        factors = dict.fromkeys(others, 1.0)
        if self.columns.dialect is OTHER:
            factors |= self._scale_factors(others)
        return factors | dict.fromkeys(signed, 0.01)

    def _scale_factors(self, columns: Numbers) -> dict[str, float]:
        """1/100 or 1/10 for columns on another scale; of several scales each column is on the one that it shows."""
        percents = [ours for ours, values in columns.items() if _are_percents(values)]
        is_whole = bool(percents) and all(map(_are_whole, (columns[ours] for ours in percents)))
        shares = [ours for ours, values in columns.items() if (is_whole or ours in BROAD) and _are_shares(values)]
        others = {ours: values for ours, values in columns.items() if ours not in shares}
        above_one = _are_above_one(list(others.values()))
        largest = max(map(_largest, others.values()), default=0.0)
        tens = [ours for ours, values in others.items() if ours in BROAD and _ends_at_ten(values)]
        if above_one and largest <= SURELY_PERCENT:
            tens = list(others) if tens else []  # all of a file are on the scale that the broad ones show
        elif above_one and not any(map(_exceed_percents, others.values())):
            percents = [ours for ours in others if ours not in tens]
        else:
            tens = []
        self._note_scale("values from 1 to 10", tens)
        self._note_scale("percentages", percents if len(percents) < len(columns) else [])
        return dict.fromkeys(percents, 0.01) | dict.fromkeys(tens, 0.1)

    def _duration_factor(self, durations: pa.Array, cells: pa.Array) -> float:
        """What brings durations to milliseconds; 1/60 where a spreadsheet took minutes and seconds for hours."""
        header = self.columns.names["duration_ms"]
        clocks = pc.match_substring_regex(cells.drop_null(), NO_SECONDS)
        if _has_several(durations) and _middle(durations) >= HOUR and pc.all(clocks).as_py():
            self.notes.append(f"Read as minutes and seconds, which a spreadsheet took for hours and minutes: {header}.")
            return 1 / 60
        return _duration_factor(durations, header)

    def _note_scale(self, what: str, names: Iterable[str]) -> None:
        if shown := ", ".join(self.columns.names[ours] for ours in names):
            self.notes.append(f"Read as {what}: {shown}.")


def _largest(values: pa.Array) -> float:
    return float(pc.max(values).as_py() or 0.0)


def _exceed_percents(values: pa.Array) -> bool:
    """True if more than a hundredth of the values are above 100."""
    return float(pc.quantile(values, 0.99, interpolation="lower")[0].as_py() or 0.0) > HIGHEST_PERCENT


def _has_several(values: pa.Array) -> bool:
    return bool(len(values) - values.null_count >= FEWEST_VALUES)


def _are_negative(values: pa.Array) -> bool:
    """True for a column of which a twentieth or more is below 0, and not just a -1 for what is unknown."""
    below = values.filter(pc.less(values, 0.0))
    is_many = len(below) >= max(1, (len(values) - values.null_count) / 20)
    return is_many and _has_several(values) and not _are_whole(below)


def _are_shares(values: pa.Array) -> bool:
    """True for a column of several values that never exceed 1 and are not all whole."""
    return _has_several(values) and not _are_whole(values) and _largest(values) <= 1


def _are_whole(values: pa.Array) -> bool:
    return bool(pc.all(pc.equal(values, pc.floor(values))).as_py())


def _are_percents(values: pa.Array) -> bool:
    """True for a column of several values, most of them above 1 and some above 10, but none above 100."""
    is_percent = _largest(values) > SURELY_PERCENT and not _exceed_percents(values)
    return is_percent and _has_several(values) and _are_above_one([values])


def _are_above_one(columns: list[pa.Array]) -> bool:
    """True if most of the values above 0 are above 1."""
    above_zero, above_one = (sum(pc.sum(pc.greater(c, end)).as_py() or 0 for c in columns) for end in (0, 1))
    return bool(above_one > above_zero / 2)


def _ends_at_ten(values: pa.Array) -> bool:
    """True for a column of several values, most of them above 1 and none above 10."""
    is_ten = _has_several(values) and SURELY_PERCENT / 2 <= _largest(values) <= SURELY_PERCENT
    return is_ten and _are_above_one([values])


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
