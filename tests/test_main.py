"""The command line as a shell meets it: one sentence for a mistake, quick help, the promised commands."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from recsys import __version__

ROOT = Path(__file__).resolve().parents[1]


def run(*words):
    return subprocess.run([sys.executable, "-m", "recsys", *words], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "Error: No such command 'nonsense'.\n"),
        (["check"], "Error: Missing argument 'FILE...'.\n"),
        (
            ["recommend", "a.csv", "--catalogue", "b.csv", "-n", "ten"],
            "Error: Invalid value for '-n': 'ten' is not a valid integer.\n",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(words, sentence):
    answer = run(*words)

    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", sentence)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a device that is always full.")
def test_an_output_onto_a_full_disk_is_one_sentence_and_status_2():
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "recsys", "catalogue", "list"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE
        )

    assert answer.returncode == 2
    assert answer.stderr == b"Error: The disk is full, so not everything was written. Make room, and run this again.\n"


def test_the_version_is_written_once():
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert metadata["project"]["dynamic"] == ["version", "dependencies"]
    assert metadata["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "recsys.__version__"}
    assert run("--version").stdout == f"tonearm, version {__version__}\n"


def test_the_console_script_and_the_module_are_one_command():
    script = Path(sys.executable).with_name("tonearm")

    answer = subprocess.run([script, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout == run("--help").stdout


def test_help_names_every_command_and_imports_no_engine():
    code = "import sys\nfrom recsys.__main__ import main\nsys.argv = ['recsys', '--help']\n"
    code += "try: main()\nexcept SystemExit: print([m for m in ('pandas', 'sklearn', 'streamlit') if m in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    for command in ("check", "recommend", "catalogue", "demo", "batch", "refresh", "evaluate", "doctor"):
        assert f"  {command} " in answer.stdout
    assert answer.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    "command", ["check", "recommend", "catalogue add", "demo", "batch", "refresh", "evaluate", "doctor"]
)
def test_every_command_explains_itself_with_examples(command):
    answer = run(*command.split(), "--help")

    assert answer.returncode == 0
    assert f"tonearm {command}" in answer.stdout
    assert "Example" in answer.stdout


@pytest.mark.parametrize("entrance", ["app", "recsys.__main__"])
def test_numbers_are_counted_by_one_thread(entrance):
    code = f"import {entrance}, sklearn.cluster, threadpoolctl\n"
    code += "print({pool['num_threads'] for pool in threadpoolctl.threadpool_info()})"
    nothing_said = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}

    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=nothing_said, capture_output=True, text=True)

    assert answer.stdout == "{1}\n", answer.stderr
