"""A server that cannot work does not start, and says why in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("STREAMLIT_SERVER_BASE_URL_PATH", "tonearm", "the root of a host"),
        ("PUBLIC_URL", "https://example.org/tonearm", "the app is at the root of its host"),
        ("TONEARM_REQUESTS_A_MINUTE", "many", "TONEARM_REQUESTS_A_MINUTE must be a whole number"),
        ("TONEARM_CATALOGUES", "/nowhere/registry.toml", "/nowhere/registry.toml is no file"),
        ("APP_SECRET_KEY", "short", "APP_SECRET_KEY must have at least 32 characters"),
        ("TONEARM_DATA", __file__, "secret.key” cannot be made or read"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_a_sentence(tmp_path, setting, value, sentence):
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"],
        cwd=ROOT,
        env={**os.environ, "TONEARM_DATA": str(tmp_path), setting: value},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode != 0
    assert ended.stderr.strip().splitlines()[-1].startswith("Tonearm cannot start. ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
