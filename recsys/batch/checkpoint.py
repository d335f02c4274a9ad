"""Finished chunks of a batch run on disk, so that an interrupted run continues where it ended."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.batch.ranking import Ranked
from recsys.errors import UnreadableFile


class Checkpoint:
    """
    A folder `OUT.parts` beside the output file. A chunk is stored as two files; the second one makes it valid.

    Parameters
    ----------
    out : Path
        The file the run will end in.
    settings : mapping
        Everything the lists depend on, as plain values. Chunks of other settings are discarded.

    Raises
    ------
    UnreadableFile
        The folder cannot be written to.
    """

    def __init__(self, out: Path, settings: Mapping[str, Any]) -> None:
        self._out, self._folder = out, out.with_name(f"{out.name}.parts")
        wanted = json.dumps(settings, sort_keys=True)
        stored = self._folder / "settings.json"
        try:
            if self._folder.exists() and not (stored.exists() and stored.read_text("utf-8") == wanted):
                shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True, exist_ok=True)
            stored.write_text(wanted, "utf-8")
        except OSError as problem:
            raise UnreadableFile(f"{self._folder} cannot be written: {problem.strerror or problem}.") from problem

    def has(self, chunk: int) -> bool:
        """True when a chunk was stored by this run or an earlier one."""
        return self._problems(chunk).exists()

    def add(self, chunk: int, ranked: Ranked) -> None:
        """Store a finished chunk. The file of its problems is written last: without it the chunk does not count."""
        _write(ranked.lists, self._lists(chunk))
        _write(ranked.problems, self._problems(chunk))

    def finish(self, chunks: int) -> Ranked:
        """Join all chunks, in order, into the output file (replaced in one step), and remove the folder."""
        lists = [pq.read_table(self._lists(chunk)) for chunk in range(chunks)]
        problems = [pd.read_parquet(self._problems(chunk)) for chunk in range(chunks)]
        whole = pa.concat_tables(lists)
        temporary = self._out.with_name(f"{self._out.name}.tmp")
        pq.write_table(whole, temporary)
        temporary.replace(self._out)
        shutil.rmtree(self._folder)
        return Ranked(whole.to_pandas(), pd.concat(problems, ignore_index=True))

    def _lists(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.lists.parquet"

    def _problems(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.problems.parquet"


def _write(table: pd.DataFrame, path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    table.to_parquet(temporary, index=False)
    temporary.replace(path)
