"""Text that was damaged before it came: UTF-8 that was encoded twice, and HTML entities."""

import html
from dataclasses import dataclass
from typing import Final

import ftfy
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import is_bad

MOST_CHARACTERS: Final = 2_000
"""Of a text that is looked at; a longer one is reported anyway."""

MOST_REPAIRED: Final = 4_000_000
"""Characters of a file that are repaired, at up to 3 µs each; the texts after that are counted as damaged."""


@dataclass
class Repairs:
    """
    What was repaired in one file.

    Attributes
    ----------
    repaired, damaged : int
        How many texts had been encoded twice, and how many still look damaged.
    characters : int
        Of the texts that were repaired, or tried.
    """

    repaired: int = 0
    damaged: int = 0
    characters: int = 0

    def read(self, cells: pa.Array) -> pa.Array:
        """Cells with entities decoded (`&amp;` to `&`) and twice-encoded UTF-8 (`Ã©` to `é`) repaired."""
        is_suspect = pc.or_(pc.invert(pc.string_is_ascii(cells)), pc.match_substring(cells, "&"))
        is_suspect = pc.fill_null(is_suspect, False)
        if not pc.any(is_suspect).as_py():
            return cells
        repaired = []
        for cell in map(html.unescape, cells.filter(is_suspect).to_pylist()):
            better, is_long = cell, len(cell) > MOST_CHARACTERS
            if not is_long and self.characters < MOST_REPAIRED and is_bad(cell):
                self.characters += len(cell)
                better = ftfy.fix_encoding(cell)
            self.repaired += better != cell
            self.damaged += "\ufffd" in better or (not is_long and is_bad(better))
            repaired.append(better)
        return pc.replace_with_mask(cells, is_suspect, pa.array(repaired, cells.type))
