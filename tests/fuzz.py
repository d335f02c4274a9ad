"""
Mutated exports against every importer, and mutated parameters against the API.

None may crash, hang or take more memory than its limit.

`make fuzz` runs it for long and prints a table; `tests/importers/test_fuzz.py` runs it briefly. A file that fails is
written to `tests/importers/found/`, where it stays as a regression.
"""

import gzip
import io
import json
import plistlib
import re
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.core.engine.recipe_link import REPEATED
from recsys.errors import TonearmError
from recsys.importers import workbook
from recsys.importers.any_file import read_file
from recsys.web.recommend_request import RecommendRequest
from tests.importers import files
from tests.importers.test_packed_file import ods, xlsx

FOUND = Path(__file__).parent / "importers" / "found"
MOST_SECONDS = 5.0
MOST_MEGABYTES = 500
DEFAULT_EXAMPLES = 5_000
PIECES = [
    *(b'"', b"'", b"''", b",", b";", b"\t", b"\n", b"\r\n", b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\\", b"\\'"),
    *(b"[", b"]", b"{", b"}", b"[[", b'{"a":', b"null", b"-", b" - ", b"NaN", b"1e400", b"9" * 400, b" " * 2_000),
    *(b"original " * 500, b"#EXTM3U\n", b"Total", b"&amp;", b"&#9999999;", b"spotify:track:", b"\xe2\x80\x83" * 700),
]


def _seeds() -> dict[str, list[bytes]]:
    """Small valid files by importer."""
    tables = [value.encode() for name, value in vars(files).items() if name.isupper() and isinstance(value, str)]
    tables = [table for table in tables if len(table) > 100]
    odd = [b"Ann - Blue\nBob - Red\n", b"#EXTM3U\n#EXTINF:1,Ann - Blue\n", b"Title,Artist\nBlue,Ann\n"]
    frame = pd.DataFrame({"id": [files.ONE, files.TWO], "name": ["Blue", "Red"], "artists": ["Ann", "Bob"]})
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    track = {"id": files.ONE, "name": "Blue", "artists": [{"name": "Ann"}], "album": {"name": "Rooms"}}
    values = [
        [track],
        {"items": [{"track": track}]},
        {"playlists": [{"name": "A", "tracks": [{"track": track}]}]},
        [{"endTime": "2024-01-01 10:00", "artistName": "Ann", "trackName": "Blue", "msPlayed": 60_000}],
        [{"ts": "2024-01-01T10:00:00Z", "ms_played": 60_000, "spotify_track_uri": f"spotify:track:{files.ONE}"}],
        {"tracks": [{"artist": "Ann", "track": "Blue", "uri": f"spotify:track:{files.ONE}"}]},
    ]
    texts = [json.dumps(value).encode() for value in values]
    return {
        "CSV and text": tables + odd + [table.decode().encode("utf-16") for table in tables[:2]],
        "JSON": texts,
        "Parquet": [parquet.getvalue()],
        "ZIP": [files.as_zip({"a.csv": tables[0], "b.json": texts[0]}).getvalue()],
        "iTunes XML": [plistlib.dumps({"Tracks": {"1": {"Name": "Blue", "Artist": "Ann", "Total Time": 200_000}}})],
        "packed with gzip": [gzip.compress(tables[0], mtime=0)],
    }


SONGS = [["Title", "Artist", "Energy"], ["Blue", "Ann", "0.5"], ["Red", "Bob", "0.7"]]
WORKBOOKS = {"xlsx": ("xl/worksheets/sheet1.xml", xlsx), "ods": ("content.xml", ods)}
"""The member of each kind of workbook that holds the cells, which is mutated before it is packed."""

SHEETS = [
    *(b'table:number-columns-repeated="999999999"', b'table:number-rows-repeated="1048576"', b'r="XFD1048576"'),
    *(
        b'office:value-type="float" office:value="1e400"',
        b't="s"',
        b't="d"',
        b"<f>1+1</f>",
        b"<row>",
        b"</table:table>",
    ),
    *(b'<text:s text:c="2000000000"/>', b"&#0;", b"&a;", b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY a '&a;'>]>"),
]


def _cells(kind: str) -> bytes:
    member, build = WORKBOOKS[kind]
    with zipfile.ZipFile(build(SONGS)) as archive:
        return archive.read(member)


def packed(kind: str, cells: bytes) -> bytes:
    """A workbook with other cells."""
    member, build = WORKBOOKS[kind]
    stream = io.BytesIO()
    with zipfile.ZipFile(build(SONGS)) as good, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in good.namelist():
            archive.writestr(name, cells if name == member else good.read(name))
    return stream.getvalue()


API = "API parameters"
SEEDS = (
    _seeds()
    | {kind: [_cells(kind)] for kind in WORKBOOKS}
    | {
        API: [
            b"energy=2&weights=valence:0&limit=12&shifts=energy:-1.5",
            b"seeds=a,b&familiarity=-0.5&locked=a:3&variety=0.25",
        ]
    }
)


def ask(query: bytes) -> None:
    """The parameters of one request as the programs' API reads them."""
    pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    values = {name: [value] if name in REPEATED else value for name, value in pairs}
    with suppress(ValidationError):
        RecommendRequest(**values).recipe()


@st.composite
def mutations(draw: st.DrawFn, seeds: list[bytes], pieces: list[bytes] = PIECES) -> bytes:
    """A seed with a few pieces put in, cut out, repeated or exchanged; half of them where a tag or a field begins."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        edges = [match.start() for match in re.finditer(rb"[ <>,]", content)]
        start = draw(st.one_of(st.integers(0, len(content)), st.sampled_from(edges or [0])))
        end = min(len(content), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(pieces), st.binary(max_size=8), st.just(content[start:end] * 20)))
        content = content[:start] + piece + content[end:]
    return content


@dataclass
class Fuzzed:
    """What came of one importer."""

    importer: str
    tried: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    child_megabytes: float = 0.0
    crashes: int = 0


def attempt(content: bytes, fuzzed: Fuzzed) -> None:
    """Import one file; anything but an answer or a sentence within the limits is a crash, and is written down."""
    is_workbook = fuzzed.importer in WORKBOOKS
    content = packed(fuzzed.importer, content) if is_workbook else content
    clock = time.monotonic if is_workbook else time.thread_time
    before, began, is_bad = _megabytes(), clock(), False
    try:
        if fuzzed.importer == API:
            ask(content)
        else:
            report = read_file(io.BytesIO(content), "fuzzed").report
            is_bad = report.rows != report.tracks + report.duplicates + sum(report.skipped.values())
    except TonearmError:
        pass  # refused with a sentence
    except Exception as problem:  # noqa: BLE001  whatever it is, it is a crash
        print(f"{fuzzed.importer}: {type(problem).__name__}: {str(problem)[:200]}", file=sys.stderr)
        is_bad = True
    seconds, megabytes = clock() - began, _megabytes() - before
    fuzzed.tried += 1
    fuzzed.seconds, fuzzed.megabytes = max(fuzzed.seconds, seconds), max(fuzzed.megabytes, megabytes)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 if is_workbook else 0.0
    fuzzed.child_megabytes = max(fuzzed.child_megabytes, child)
    is_bad |= child > workbook.MEMORY_BYTES >> 20
    most_seconds = 4 * workbook.SECONDS if is_workbook else MOST_SECONDS
    if is_bad or seconds > most_seconds or megabytes > MOST_MEGABYTES:
        fuzzed.crashes += 1
        FOUND.mkdir(exist_ok=True)
        (FOUND / sha256(content).hexdigest()[:12]).write_bytes(content)


def fuzz(importer: str, examples: int, is_repeatable: bool = False) -> Fuzzed:
    """Try so many mutated files on one importer."""
    fuzzed = Fuzzed(importer)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=is_repeatable,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(SEEDS[importer], SHEETS + PIECES if importer in WORKBOOKS else PIECES))
    def run(content: bytes) -> None:
        attempt(content, fuzzed)

    run()
    return fuzzed


def _megabytes() -> float:
    """Memory of this process now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = status.read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def main(examples: int = DEFAULT_EXAMPLES, say: Callable[[str], None] = print) -> int:
    """Print the table; 1 where anything crashed."""
    say(f"{'importer':20}{'inputs tried':>14}{'worst time':>14}{'worst memory':>15}{'its process':>14}{'crashes':>9}")
    crashes = 0
    for importer in SEEDS:
        fuzzed = fuzz(importer, examples // 10 if importer in WORKBOOKS else examples)
        crashes += fuzzed.crashes
        say(
            f"{importer:20}{fuzzed.tried:>14,}{fuzzed.seconds:>12.2f} s{fuzzed.megabytes:>12.0f} MB"
            f"{fuzzed.child_megabytes or 0:>11.0f} MB{fuzzed.crashes:>9,}"
        )
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
