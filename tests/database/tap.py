"""Runs a pgTAP file and reads what it says (https://testanything.org/tap-specification.html)."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psycopg


@dataclass(frozen=True)
class Assertion:
    """One line `ok 3 - what was proved` with the lines that explain it."""

    is_ok: bool
    says: str
    why: str = ""


def run_file(connection: psycopg.Connection, path: Path) -> list[Assertion]:
    """
    The assertions of a file, which begins a transaction and rolls it back.

    Raises `psycopg.Error` where a statement fails, and `ValueError` where fewer assertions ran than were planned.
    """
    cursor = connection.execute(path.read_text())
    lines = []
    while True:
        if cursor.description:
            lines += [line for (cell, *_) in cursor.fetchall() if isinstance(cell, str) for line in cell.splitlines()]
        if not cursor.nextset():
            return _read(lines, path)


def _read(lines: list[str], path: Path) -> list[Assertion]:
    planned = [int(line.removeprefix("1..")) for line in lines if re.fullmatch(r"1\.\.\d+", line)]
    starts = [number for number, line in enumerate(lines) if re.match(r"(not )?ok \d", line)]
    if planned != [len(starts)]:
        raise ValueError(f"{path.name} planned {', '.join(map(str, planned))} assertions and made {len(starts)}.")
    return [_assertion(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def _assertion(lines: list[str]) -> Assertion:
    says = re.sub(r"^(not )?ok \d+( - )?", "", lines[0])
    return Assertion(lines[0].startswith("ok"), says, "\n".join(lines[1:]))
