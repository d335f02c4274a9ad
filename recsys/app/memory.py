"""Using little memory, and returning it to the system."""

import ctypes
import gc
import sys
from typing import Final

import pyarrow as pa

M_ARENA_MAX: Final = -8
"""The number of this option in glibc's malloc.h."""

ARENAS: Final = 2
"""Also MALLOC_ARENA_MAX of the image and of `make run`."""


def limit_arenas() -> bool:
    """
    Let all threads share two arenas of memory; False where the system's malloc has no such option.

    glibc gives threads arenas of their own, up to eight for each processor, and Streamlit runs each move in a new
    thread: what one frees another cannot use. With ten listeners moving for 200 s the server had 552 MB, and has 501 MB
    with two arenas at the same speed. See mallopt(3).

    Threads that Streamlit began before it read app.py keep theirs, and new ones share those too: five in all. Only
    MALLOC_ARENA_MAX in the environment comes before them: after 2,500 moves of twelve listeners 475 MB, not 492.
    """
    if sys.platform != "linux" or not hasattr(libc := ctypes.CDLL(None), "mallopt"):
        return False
    return bool(libc.mallopt(M_ARENA_MAX, ARENAS))


def release_memory() -> None:
    """Return the memory that building the catalogue used temporarily: at a million songs as much as the catalogue."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):  # glibc has it, musl does not
        libc.malloc_trim(0)
