"""`make bench`: speed and memory as ratios measured in one run. `--json` for machines, `--quick` without 10M songs."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported: one thread, as the app is served
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
from collections.abc import Callable, Iterator
from importlib import import_module

from tests.bench.rows import Row

SECTIONS = (
    "core",
    "many",
    "workers",
    "search",
    "ordering",
    "thumbs",
    "memory",
    "imports",
    "sync",
    "database",
    "pages",
    "browser",
    "screen",
)
"""Modules of this folder, each with `rows(quick)`."""


def measured(sections: list[str], quick: bool) -> Iterator[Row]:
    """The rows of some sections, as they come."""
    for name in sections:
        rows: Callable[[bool], Iterator[Row]] = import_module(f"tests.bench.{name}").rows
        yield from rows(quick)


def line(row: Row) -> str:
    """A row to read."""
    seconds = "" if row.seconds is None else f"{1000 * row.seconds:,.2f} ms"
    return f"{row.name:<86}{seconds:>14}{row.ratio:>9.3f} ×  {row.against}"


def main() -> None:
    """Print a table, or a list of objects."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all by default")
    parser.add_argument("--json", action="store_true", help="a list of {name, seconds, against, ratio}")
    parser.add_argument("--quick", action="store_true", help="smaller sizes only")
    options = parser.parse_args()
    rows = measured(options.sections or list(SECTIONS), options.quick)
    if options.json:
        print(json.dumps([row._asdict() for row in rows], indent=1, ensure_ascii=False))
        return
    for row in rows:
        print(line(row), flush=True)


if __name__ == "__main__":
    main()
