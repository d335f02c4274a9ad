"""Finished chunks of a batch run on disk, so that an interrupted run continues where it ended."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.batch.ranking import Ranked
from recsys.errors import UnreadableFile

SETTINGS: Final = "settings.json"
OURS: Final = re.compile(rf"{re.escape(SETTINGS)}|[0-9]{{8,12}}\.(?:lists|problems)\.(?:parquet|tmp)")
"""Names of the files that are stored; no other is touched."""

ROWS_PER_GROUP: Final = 1 << 17
CONTINUES: Final = " What is finished is stored; run the same command again to continue."


class Finished(NamedTuple):
    """What a run wrote: how many rows, and `problems` as those of `Ranked`."""

    rows: int
    problems: pd.DataFrame


class Checkpoint:
    """
    A folder `OUT.parts` beside the output file. A chunk is stored as two files; the second one makes it valid.

    Every method raises `UnreadableFile` where the disk is full or the folder cannot be written to.

    Parameters
    ----------
    out : Path
        The file the run will end in.
    settings : mapping
        Everything the lists depend on, as plain values. Chunks of other settings are discarded.

    Raises
    ------
    UnreadableFile
        The folder cannot be written to, or holds files of somebody else.
    """

    def __init__(self, out: Path, settings: Mapping[str, Any]) -> None:
        self._out, self._folder = out, out.with_name(f"{out.name}.parts")
        wanted = json.dumps(settings, sort_keys=True)
        stored = self._folder / SETTINGS
        with _writing(self._folder, and_says=""):
            self._folder.mkdir(parents=True, exist_ok=True)
            found = list(self._folder.iterdir())
            if others := sorted(path.name for path in found if not OURS.fullmatch(path.name)):
                raise UnreadableFile(
                    f"{self._folder} holds other files, such as “{others[0]}”. Move them, or name another file with "
                    "--out."
                )
            if not (stored.exists() and stored.read_text("utf-8") == wanted):
                # The settings last, so that chunks of others never stand beside them.
                for path in found:
                    path.unlink()
                stored.write_text(wanted, "utf-8")

    def has(self, chunk: int) -> bool:
        """True when a chunk was stored by this run or an earlier one."""
        return self._problems(chunk).exists()

    def add(self, chunk: int, ranked: Ranked) -> None:
        """Store a finished chunk. The file of its problems is written last: without it the chunk does not count."""
        with _writing(self._folder):
            _write(ranked.lists, self._lists(chunk))
            _write(ranked.problems, self._problems(chunk))

    def finish(self, chunks: int) -> Finished:
        """Join all chunks (at least one), in order, into the output file (replaced in one step); remove the folder."""
        temporary = self._out.with_name(f"{self._out.name}.tmp")
        with _writing(self._out):
            try:
                rows = self._join(chunks, temporary)
                problems = [pd.read_parquet(self._problems(chunk)) for chunk in range(chunks)]
                temporary.replace(self._out)
            finally:
                temporary.unlink(missing_ok=True)  # what a full disk or Ctrl-C left half written
        with suppress(OSError):  # the lists are written, whatever becomes of the folder
            for path in self._folder.iterdir():
                if OURS.fullmatch(path.name):
                    path.unlink()
            self._folder.rmdir()
        return Finished(rows, pd.concat(problems, ignore_index=True))

    def _join(self, chunks: int, path: Path) -> int:
        """Write the lists of all chunks as one file, few of them in memory at a time, and return how many rows."""
        written, waiting, rows = 0, [], 0
        with pq.ParquetWriter(path, pq.read_schema(self._lists(0))) as file:
            for chunk in range(chunks):
                waiting.append(pq.read_table(self._lists(chunk)))
                rows += len(waiting[-1])
                if rows >= ROWS_PER_GROUP or chunk == chunks - 1:
                    file.write_table(pa.concat_tables(waiting))
                    written, waiting, rows = written + rows, [], 0
        return written

    def _lists(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.lists.parquet"

    def _problems(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.problems.parquet"


def _write(table: pd.DataFrame, path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    table.to_parquet(temporary, index=False)
    temporary.replace(path)


@contextmanager
def _writing(path: Path, and_says: str = CONTINUES) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or problem
        raise UnreadableFile(f"{path} cannot be written: {reason}.{and_says}") from problem
