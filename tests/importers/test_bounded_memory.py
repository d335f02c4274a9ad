"""Small files that stand for gigabytes are refused before they take the memory, measured in a process with a limit."""

import json
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from recsys.core.model.tracks import as_tracks
from recsys.importers.any_file import read_file
from tests.importers.files import ONE

IMPORT_WITH_LIMIT = """
import json, resource, sys, time
from pathlib import Path
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
def megabytes(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024
import pyarrow.parquet, recsys.importers.parquet_file
before = megabytes("VmRSS")
size = int(megabytes("VmSize") * 2**20)
resource.setrlimit(resource.RLIMIT_AS, (size + (int(sys.argv[2]) << 20),) * 2)
began = time.process_time()
try:
    answer = read_file(Path(sys.argv[1]), "bomb").report.as_json()
except UnreadableFile as problem:
    answer = str(problem)
print(json.dumps([answer, time.process_time() - began, megabytes("VmHWM") - before]))
"""


def import_with_limit(path, megabytes):
    """What an import says, its processor seconds and the megabytes it took, in a process that may take no more."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITH_LIMIT, path, str(megabytes)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def bomb(path, columns, **options):
    parquet.write_table(pa.table(columns), path, compression="zstd", **options)
    return path


def test_a_small_parquet_file_that_unpacks_to_gigabytes_is_refused_at_once(tmp_path):
    text = pa.array(["x" * 1_000_000])
    many = pa.DictionaryArray.from_arrays(pa.array([0] * 2_500, pa.int32()), text)
    path = bomb(tmp_path / "bomb.parquet", {"id": many, "name": many, "artists": many})
    assert path.stat().st_size < 300_000

    answer, seconds, megabytes = import_with_limit(path, 1000)

    assert answer == "“bomb” unpacks to far more than it should. It was not read."
    assert seconds < 1
    assert megabytes < 300


def test_a_parquet_file_of_many_short_repeated_texts_is_refused(tmp_path):
    many = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000_000, pa.int32()), pa.array(["x" * 1_000]))
    path = bomb(tmp_path / "bomb.parquet", {"id": many, "name": many, "artists": many})

    answer, seconds, megabytes = import_with_limit(path, 1000)

    assert "unpacks to far more than it should" in answer
    assert seconds < 2
    assert megabytes < 300


def test_a_parquet_file_of_a_billion_rows_of_nothing_is_refused(tmp_path):
    path = bomb(tmp_path / "bomb.parquet", {"id": pa.nulls(30_000_000, pa.string()), "name": pa.nulls(30_000_000)})

    answer, _, megabytes = import_with_limit(path, 1000)

    assert "30,000,000 rows; at most 20,000,000 can be read" in answer
    assert megabytes < 300


def test_a_catalogue_with_a_long_title_reports_it(tmp_path):
    tracks = as_tracks(pd.DataFrame({"track_id": [ONE], "title": ["x" * 96_000], "artists": ["Ann"]}))
    tracks.to_parquet(tmp_path / "long.parquet")

    report = read_file(tmp_path / "long.parquet", "long").report

    assert "is longer than" in report.problems[0].sentence


@pytest.mark.parametrize(
    ("head", "unit", "tail", "size"),
    [
        ('[{"a":', "{},", "1}]", 40),
        ('{"a":[', "[],", "[]]}", 50),
        ("[" + '{"id":1},' * 300, "[[],[],[],[]],", "1]", 60),
        ("[{", '"KEY":1,', '"a":1}]', 160_000),
    ],
)
def test_json_that_would_grow_in_memory_is_refused_or_read_within_a_limit(tmp_path, head, unit, tail, size):
    path = tmp_path / "bomb.json"
    with path.open("w") as file:
        file.write(head)
        if "KEY" in unit:
            file.write("".join(unit.replace("KEY", f"key{number}") for number in range(size)))
        else:
            for _ in range(size):
                file.write(unit * ((1 << 20) // len(unit)))
        file.write(tail)

    answer, seconds, megabytes = import_with_limit(path, 1500)

    assert isinstance(answer, str)
    assert seconds < 15
    assert megabytes < 700
