"""Text that was damaged before it came: UTF-8 that was encoded twice, and HTML entities."""

import html
from typing import Final

import ftfy
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import is_bad

MOST_CHARACTERS: Final = 2_000
"""Of a text that is looked at; a longer one is reported anyway."""


def repair(cells: pa.Array) -> tuple[pa.Array, int, int]:
    """
    Cells with entities decoded (`&amp;` to `&`) and twice-encoded UTF-8 (`Ã©` to `é`) repaired.

    Returns
    -------
    array, int, int
        The cells, how many had been encoded twice, and how many still look damaged.
    """
    is_suspect = pc.or_(pc.invert(pc.string_is_ascii(cells)), pc.match_substring(cells, "&"))
    is_suspect = pc.fill_null(is_suspect, False)
    if not pc.any(is_suspect).as_py():
        return cells, 0, 0
    decoded = [html.unescape(cell) for cell in cells.filter(is_suspect).to_pylist()]
    repaired = [ftfy.fix_encoding(cell) if len(cell) <= MOST_CHARACTERS and is_bad(cell) else cell for cell in decoded]
    changed = sum(before != after for before, after in zip(decoded, repaired, strict=True))
    damaged = sum("\ufffd" in cell or (len(cell) <= MOST_CHARACTERS and is_bad(cell)) for cell in repaired)
    return pc.replace_with_mask(cells, is_suspect, pa.array(repaired, cells.type)), changed, damaged
