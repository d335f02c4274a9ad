"""Your data: what is stored, what was sent to whom, the export of all of it, and its erasure."""

import io
import json
import logging
import math
import zipfile
from collections.abc import Callable
from typing import Any, Final, Protocol

import pandas as pd

from recsys.core.export import to_csv
from recsys.errors import StorageProblem
from recsys.log_context import serving
from recsys.services.capabilities import STATE as CAPABILITIES
from recsys.storage.store import Store

audit = logging.getLogger("recsys.audit")

README: Final = """Everything Tonearm stores about you, as of {now}.

Every table is here twice: as CSV for spreadsheets and as JSON for programs. Tokens and sessions are left out, because
anybody who has them could act as you. Song titles and names come from Spotify or from your files.

{tables}
"""


class Connections(Protocol):
    """Where a listener's tokens are deleted."""

    def disconnect(self, listener: str) -> None: ...


class Work(Protocol):
    """Background work that writes a listener's rows."""

    def stop(self, listener: str) -> None:
        """End it and wait for that."""


class Account:
    """
    Parameters
    ----------
    store_for : callable
        The store with a listener's rows.
    connections : Connections or None
        None where no Spotify app is configured.
    work : Work or None
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        connections: Connections | None = None,
        work: Work | None = None,
    ) -> None:
        self._store_for, self._connections, self._work = store_for, connections, work

    def counts(self, listener: str) -> dict[str, int]:
        """Rows per table, every table named."""
        return self._store_for(listener).counts(listener)

    def sent(self, listener: str) -> pd.DataFrame:
        """What was sent to whom, oldest first: `at, recipient, what, rows`."""
        sent = self._store_for(listener).sent(listener)
        return sent.sort_values("at", kind="stable", ignore_index=True)  # a guest's log came in later

    def export(self, listener: str, now: str) -> bytes:
        """
        Everything of the listener's as a ZIP of CSV and JSON files, one of each per table, and a README.

        The same data at the same `now` give the same bytes. Cells that a spreadsheet would run are made harmless in
        the CSV files; the JSON files have every value as it is stored.
        """
        tables = self._store_for(listener).export(listener)
        lines = "\n".join(
            f"{name}: {len(table)} {'row' if len(table) == 1 else 'rows'}" for name, table in tables.items()
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, "README.txt", README.format(now=now, tables=lines).encode())
            for name, table in tables.items():
                _add(archive, f"{name}.csv", to_csv(table))
                records = [
                    {name: plain_value(value) for name, value in row.items()} for row in table.to_dict("records")
                ]
                _add(
                    archive, f"{name}.json", json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False).encode()
                )
        with serving(listener):
            audit.info("exported everything")
        return file.getvalue()

    def disconnect(self, listener: str) -> None:
        """Stop running work, delete the listener's tokens and the probe results. The library stays."""
        if self._work:  # no page of a running sync may arrive after the rows are gone
            self._work.stop(listener)
        if self._connections:
            self._connections.disconnect(listener)
        self._store_for(listener).remove_state(listener, CAPABILITIES)

    def erase(self, listener: str) -> dict[str, int]:
        """
        Remove everything of the listener's: rows, tokens and sessions in every browser. The counts afterwards.

        Raises
        ------
        StorageProblem
            The store did not answer, or something is left; nothing is called erased that is not counted as zero.
        """
        self.disconnect(listener)
        left = {name: rows for name, rows in self._store_for(listener).erase(listener).items() if rows}
        counts = self.counts(listener)
        if left or any(counts.values()):
            names = ", ".join(sorted({*left, *(name for name, rows in counts.items() if rows)}))
            raise StorageProblem(f"Not everything could be erased: rows are left in {names}. Please try again.")
        with serving(listener):
            audit.info("erased everything")
        return counts


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With a fixed time stamp: equal data make equal files."""
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def plain_value(value: Any) -> Any:
    """A table cell as JSON holds it: a NumPy scalar as a Python one, and NaN and infinities as null."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
