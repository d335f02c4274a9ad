"""The exact numbers of the songs of a catalogue, read back from their scaled axes in hardly any memory.

Scaling by rank is monotone, so a scaled value has one value, except at the clipped ends (1 % of the songs) and
where single precision cannot tell two apart. The distinct values of each feature are stored once, and the songs whose
scaled value has several are stored with theirs. Tempo, key, mode and explicit are stored as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.core.engine.pruning import Block, patterns_of
from recsys.core.model.arrays import Doubles, Floats, Integers, Mask
from recsys.core.model.features import FEATURES, NUMBER_FEATURES, feature
from recsys.core.model.scaling import FIRST_AXIS, Columns, Space, rank_length

FLAGS: Final = ("key", "mode", "explicit")
UNKNOWN_FLAG: Final = -1
OCTAVES: Final = (0.5, 1.0, 2.0)
NUMBER_NAMES: Final = tuple(f.name for f in NUMBER_FEATURES)
COLUMNS: Final = pd.Index([*(f.column for f in NUMBER_FEATURES), *FLAGS])
"""Of `RawFeatures.at`."""


@dataclass(frozen=True)
class ScaledColumn:
    """
    The values behind one feature's scaled values.

    Attributes
    ----------
    values, scaled : (distinct,)
        Every value that occurs, rising, and its scaled value as the axis holds it (float32, never falling).
    rows, exact : (exceptions,)
        Rows of songs whose scaled value has several values, rising, and the value of each.
    """

    values: Doubles
    scaled: Floats
    rows: Integers
    exact: Doubles

    @classmethod
    def of(cls, column: Doubles, axis: Floats, scaled: Floats, values: Doubles) -> "ScaledColumn":
        """Of a column (songs,), its axis, and its distinct values with their scaled ones."""
        # Scaling never falls, so values that share a scaled value are neighbours in `scaled`.
        repeats = np.flatnonzero(np.diff(scaled) == 0)
        shared = np.unique(scaled[repeats])
        rows = np.flatnonzero(np.isin(axis, shared) & ~np.isnan(column)) if len(shared) else repeats
        return cls(values, scaled, rows.astype(np.int32), column[rows])

    def within(self, axis: Floats, low: float, high: float) -> Mask:
        """Which songs have a value in low..high, both included, (songs,); wrong where the feature is unknown."""
        first, stop = np.searchsorted(self.values, low, "left"), np.searchsorted(self.values, high, "right")
        if first >= stop:
            return np.zeros(len(axis), dtype=bool)
        # A range of values is a range of scaled values, because scaling is monotone; rows whose scaled value is shared
        # are then corrected by their exact one.
        found = (axis >= self.scaled[first]) & (axis <= self.scaled[stop - 1])
        found[self.rows] = (self.exact >= low) & (self.exact <= high)
        return np.asarray(found, dtype=bool)

    def at(self, axis: Floats, rows: Integers) -> Doubles:
        """The values of some rows, (n,); any value where the feature is unknown."""
        if not len(self.values):
            return np.full(len(rows), np.nan)
        found = self.values[np.searchsorted(self.scaled, axis[rows]).clip(0, len(self.values) - 1)]
        # Where each row would be among the exceptions; it is one if it is there.
        place = np.searchsorted(self.rows, rows).clip(0, max(len(self.rows) - 1, 0))
        is_exception = self.rows[place] == rows if len(self.rows) else np.zeros(len(rows), dtype=bool)
        found[is_exception] = self.exact[place[is_exception]]
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class RawFeatures:
    """
    Every number feature of the songs of a catalogue, and key, mode and explicit, in its order of rows.

    Attributes
    ----------
    axes : (axes, songs) float32
        The catalogue's own.
    columns : mapping of feature name to ScaledColumn
    tempo : (songs,) float32
        Beats per minute, NaN where unknown.
    flags : mapping of "key", "mode", "explicit" to (songs,) int8
        `UNKNOWN_FLAG` where unknown.
    patterns : (patterns, features) bool
    chunks : sequence of Block
    """

    axes: Floats
    columns: Mapping[str, ScaledColumn]
    tempo: Floats
    flags: Mapping[str, NDArray[np.int8]]
    patterns: Mask
    chunks: Sequence[Block]

    @classmethod
    def of(
        cls,
        tracks: pd.DataFrame,
        columns: Columns,
        axes: Floats,
        space: Space,
        layout: tuple[Mask, Sequence[Block]],
    ) -> "RawFeatures":
        """Of a track table and its feature columns in the order of the catalogue's rows, and what they became."""
        by_name = dict(zip(NUMBER_NAMES, columns, strict=True))
        flags = {}
        for name in FLAGS:
            flag = tracks[name].to_numpy(np.float64)
            is_in_range = (flag >= 0) & (flag <= np.iinfo(np.int8).max)  # NaN is not
            flags[name] = np.where(is_in_range, flag, UNKNOWN_FLAG).astype(np.int8)
        scaled = {}
        for name, transform in space.quantiles.items():
            # Distinct values only: of most features there are far fewer than songs.
            values = np.sort(pd.unique(by_name[name][~np.isnan(by_name[name])]))
            axis = axes[FIRST_AXIS[NUMBER_NAMES.index(name)]]
            on_axis = rank_length(feature(name)) * transform.transform(values)
            scaled[name] = ScaledColumn.of(by_name[name], axis, on_axis.astype(np.float32), values)
        return cls(axes, scaled, by_name["tempo"].astype(np.float32), flags, *layout)

    def is_known(self, name: str) -> Mask:
        """Of which songs a feature is known, (songs,)."""
        if name in self.flags:
            return np.asarray(self.flags[name] != UNKNOWN_FLAG)
        number = [f.name for f in FEATURES].index(feature(name).name)
        lengths = [chunk.stop - chunk.start for chunk in self.chunks]
        # All rows of a chunk know the same features, so one bit per chunk is repeated to its rows.
        known = np.array([self.patterns[chunk.pattern, number] for chunk in self.chunks], dtype=bool)
        return np.repeat(known, lengths)

    def within(self, name: str, low: float, high: float) -> Mask:
        """
        Which songs have a known feature in low..high, both included, (songs,).

        Of tempo either octave counts: a song at 170 beats per minute is also one at 85.
        """
        if name == "tempo":
            found = np.zeros(len(self.tempo), dtype=bool)
            for octave in OCTAVES:
                counted = self.tempo * np.float32(octave)
                found |= (counted >= np.float32(low)) & (counted <= np.float32(high))
            return found
        axis = self.axes[FIRST_AXIS[NUMBER_NAMES.index(feature(name, NUMBER_FEATURES).name)]]
        return np.asarray(self.columns[name].within(axis, low, high) & self.is_known(name))

    def at(self, rows: Integers) -> pd.DataFrame:
        """The numbers of some rows: a column per number feature (named as in a track table), key, mode, explicit."""
        known = self.patterns[patterns_of(self.chunks, rows)]
        numbers: dict[str, Doubles] = {}
        for number, f in enumerate(NUMBER_FEATURES):
            if f.name == "tempo":
                # The shortest decimal number that is this one in single precision: 94.474, not 94.47399902.
                numbers[f.column] = np.array([float(str(value)) for value in self.tempo[rows]], dtype=np.float64)
            else:
                values = self.columns[f.name].at(self.axes[FIRST_AXIS[number]], rows)
                numbers[f.column] = np.where(known[:, number], values, np.nan)
        flags = {name: np.where((flag := self.flags[name][rows]) < 0, np.nan, flag) for name in FLAGS}
        return pd.DataFrame(np.column_stack([*numbers.values(), *flags.values()]).astype(np.float64), columns=COLUMNS)
