"""What every test stands on: one thread for numbers, no settings of the developer's, a data folder of its own."""

import os
import shutil
import subprocess
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy and scikit-learn: a second thread only spins on small machines
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

# A commit passes or fails alike wherever it is tested, however loaded the machine: no random examples, no deadline.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("other", deadline=None)  # --hypothesis-profile other looks for examples that nobody has seen
settings.load_profile("same")

pytest_plugins = ["tests.database.fixtures"]


def pytest_collection_modifyitems(items):
    """
    A browser test that fails is run once more, as a slow machine can be late for one of thousands of waits.

    Its first failure is printed all the same, and is a defect to find. No other test is run twice.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, tmp_path_factory):
    """Settings come from the test alone: never from the developer's shell or secrets."""
    for name in [name for name in os.environ if name.startswith(("SPOTIFY_", "SUPABASE_", "TONEARM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("APP_SECRET_KEY", raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path_factory.mktemp("data")))
    # Streamlit puts the page that it runs there, and every worker process of a later test would run it as well.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def small_disk(tmp_path):
    """`small_disk("remount,ro")` changes a real file system of eight megabytes; unmounted afterwards."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options):
        return subprocess.run(["mount", *options, str(folder)], capture_output=True).returncode == 0

    if not shutil.which("mount") or not mount("-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        pytest.skip("only root may mount a disk")
    mount.folder = folder
    yield mount
    subprocess.run(["umount", "-l", str(folder)], check=True)
