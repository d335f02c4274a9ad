"""A workbook (.xlsx, .ods) on standard input becomes CSV on standard output; run as a process of its own.

A sheet of a few kilobytes can name a cell so far out that the library reserves hundreds of gigabytes, which ends the
process. So it is a process that nobody else depends on, with limits that the operating system keeps. It imports
nothing of ours: it starts in a tenth of a second.
"""

import csv
import io
import struct
import sys
from datetime import date, datetime
from typing import Any, Final

MEMORY_BYTES: Final = 2 << 30
SECONDS: Final = 10
LENGTH: Final = struct.Struct("<Q")
"""What each sheet on standard output begins with."""


def main() -> None:
    """Limit this process, then write every sheet that has rows: its length in bytes, and CSV in UTF-8."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in workbook.sheet_names:
        text = io.StringIO(newline="")
        rows = workbook.get_sheet_by_name(name).iter_rows()
        csv.writer(text).writerows([as_cell(value) for value in row] for row in rows)
        if content := text.getvalue().encode():
            sys.stdout.buffer.write(LENGTH.pack(len(content)) + content)


def as_cell(value: Any) -> str:
    """A value of a sheet as CSV would hold it: whole numbers without a point, times in ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


if __name__ == "__main__":
    main()
