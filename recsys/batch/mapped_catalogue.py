"""A prepared catalogue as one file that every worker of a machine maps into memory, so that it is there once.

The file is a pickle (protocol 5, PEP 574) whose arrays lie outside the pickle stream, each at an address that is a
multiple of 64 bytes. Reading maps the file: no array is copied, and the pages are shared by all processes.
A pickle can run code: open only files that this program wrote, in a folder that nobody else may write to.
"""

import mmap
import pickle
import struct
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.shards import split
from recsys.core.model.arrays import Integers

ALIGNMENT: Final = 64
LENGTHS: Final = struct.Struct("<QQ")
"""The first bytes of the file: the length of the pickle stream, and where the table of arrays begins."""

MOST_FILES: Final = 16
"""Files that a process has open: libraries, and the shards that it holds where there are more shards than workers."""

MOST_SHARDS: Final = MOST_FILES - 1
"""Shards of one worker: with more, each would be opened again for every chunk of listeners."""


def complete(catalogue: Catalogue) -> None:
    """Compute what a catalogue computes lazily, so that no worker does it again."""
    _ = catalogue.artists, catalogue.known_features, catalogue.songs_by_pattern, catalogue.marks_explicit
    _ = catalogue.songs_in_order, catalogue.artists.pairs_by_text


def save_catalogue(catalogue: Catalogue, path: Path, rows: Integers | None = None) -> None:
    """Write a catalogue, `complete`. Of a shard `rows` (songs,) are its rows of the whole catalogue."""
    complete(catalogue)
    save((catalogue, np.arange(0) if rows is None else rows), path)


def save(content: object, path: Path) -> None:
    """Write anything whose arrays shall be mapped."""
    buffers: list[pickle.PickleBuffer] = []
    stream = pickle.dumps(content, protocol=5, buffer_callback=buffers.append)
    with path.open("wb") as file:
        file.write(LENGTHS.pack(len(stream), 0))
        file.write(stream)
        places = []
        for buffer in buffers:
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
            raw = buffer.raw()
            places.append((file.tell(), len(raw)))
            file.write(raw)
        table = file.tell()
        file.write(pickle.dumps(places))
        file.seek(0)
        file.write(LENGTHS.pack(len(stream), table))


def save_shards(catalogue: Catalogue, count: int, prefix: Path) -> list[Path]:
    """Write a catalogue as one file, or as `count` shards (fewer where it has fewer songs); returns their paths."""
    if count == 1 or len(catalogue) < 2:
        paths = [prefix.with_suffix(".catalogue")]
        save_catalogue(catalogue, paths[0])
        return paths
    paths = []
    for number, (shard, rows) in enumerate(split(catalogue, count)):
        paths.append(prefix.with_suffix(f".{number}.catalogue"))
        save_catalogue(shard, paths[-1], rows)
    return paths


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file; arrays are read-only views of it. Opened once per process."""
    return load_shard(path)[0]


def load_shard(path: Path) -> tuple[Catalogue, Integers]:
    """The same, and which rows of the whole catalogue a shard holds, (songs,); (0,) for a whole one."""
    shard: tuple[Catalogue, Integers] = load(path)
    return shard


@lru_cache(maxsize=MOST_FILES)
def load(path: Path) -> Any:
    """What `save` wrote, opened once per process."""
    with path.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    length, table = LENGTHS.unpack_from(content)
    views = [content[start : start + size] for start, size in pickle.loads(content[table:])]
    return pickle.loads(content[LENGTHS.size : LENGTHS.size + length], buffers=views)
