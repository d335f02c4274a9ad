"""Tables of numbers that all workers of a machine fill together: what one has computed, the others read."""

from pathlib import Path

import numpy as np

from recsys.core.model.arrays import Floats


class SharedTables:
    """
    Makes tables for `ManyListeners` as mapped files beside a catalogue, named by what they hold.

    Two workers that compute the same number at the same time write the same bytes, so nothing needs a lock.
    """

    def __init__(self, catalogue: Path) -> None:
        self._catalogue = catalogue

    def __call__(self, name: str, count: int) -> Floats:
        """The table of a name, (count,) float32; zeros where nothing was written yet."""
        path = self._catalogue.with_suffix(f".{name}.table")
        with path.open("ab") as file:
            file.truncate(4 * count)  # a sparse file: it takes no more room than is written to
        return np.memmap(path, dtype=np.float32, mode="r+", shape=(count,))
