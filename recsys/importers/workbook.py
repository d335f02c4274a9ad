"""A workbook (.xlsx, .ods) on standard input becomes CSV on standard output; run as a process of its own.

A sheet of a few kilobytes can name a cell so far out that the library reserves hundreds of gigabytes, which ends the
process. So it is a process that nobody else depends on, with limits that the operating system enforces. It imports
nothing of ours: it starts in a tenth of a second.
"""

import csv
import io
import struct
import sys
from datetime import date, datetime, timedelta
from typing import Any, Final

MEMORY_BYTES: Final = 2 << 30
SECONDS: Final = 10
SMALL: Final = 16 << 20
MOST_RATIO: Final = 200
MOST_CSV: Final = 256 << 20
"""Bytes of CSV: at most `MOST_RATIO` times the workbook, `SMALL` in any case, and never more than this."""

LENGTH: Final = struct.Struct("<Q")
"""What each sheet on standard output begins with."""

TOO_LARGE: Final = 3
"""The exit status where the CSV would be longer."""


def main() -> None:
    """Limit this process, then write every sheet that is not hidden: its length in bytes, and CSV in UTF-8."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    packed = sys.stdin.buffer.read()
    left = min(MOST_CSV, max(SMALL, MOST_RATIO * len(packed)))
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed))
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    for name in visible or workbook.sheet_names:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for row in workbook.get_sheet_by_name(name).iter_rows():
            writer.writerow([as_cell(value) for value in row])
            if text.tell() > left:
                sys.exit(TOO_LARGE)
        content = text.getvalue().encode()
        left -= len(content)
        sys.stdout.buffer.write(LENGTH.pack(len(content)) + content)


def as_cell(value: Any) -> str:
    """A value of a sheet as CSV would hold it: whole numbers without a point, times in ISO 8601, spans as h:mm:ss."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


if __name__ == "__main__":
    main()
