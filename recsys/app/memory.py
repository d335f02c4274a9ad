"""Returning memory to the system."""

import ctypes
import gc
import sys

import pyarrow as pa


def release_memory() -> None:
    """Return what building the catalogue used for a moment; at a million songs it is as much as the catalogue."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):  # glibc has it, musl does not
        libc.malloc_trim(0)
