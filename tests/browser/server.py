"""Starts the app as a listener would, on a free port with a data folder of its own."""

import atexit
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path

import psutil

from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).resolve().parents[2]
OURS = ("SPOTIFY_", "SUPABASE_", "TONEARM_", "RECCOBEATS_", "APP_SECRET_KEY", "PUBLIC_URL")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(folder) as server:` gives a running app at `server.url`; its output is in `server.log`."""

    script = "app.py"

    def __init__(self, data, **environment):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(data) / "server.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "TONEARM_DATA": str(data),
            "PUBLIC_URL": self.url,
            **environment,
        }
        self._process = None

    def start(self):
        options = ["--server.port", str(self.port), "--server.fileWatcherType", "none"]
        self._process = self._started(["run", self.script, *options])
        self._wait()
        return self

    def _started(self, words):
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "streamlit", *words]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def _is_running(self):
        return self._process.poll() is None

    def _wait(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                assert self._is_running(), self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"The server did not answer within {seconds} s:\n{self.log.read_text()}")

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=20)

    def kill(self):
        """As `kill -9`: it gets no chance to tidy up."""
        self._process.kill()
        self._process.wait(timeout=20)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class ForkedServer(Server):
    """As `Server`, for 1.1 s of processor time instead of 2.8: it is a copy of a process that has imported the app."""

    def _started(self, words):
        self.log.touch()
        asked = {"words": words, "environment": self.environment, "log": str(self.log), "folder": str(ROOT)}
        parent = _forking()
        print(json.dumps(asked), file=parent.stdin, flush=True)
        return psutil.Process(int(parent.stdout.readline()))

    def _is_running(self):
        return self._process.is_running()


@cache
def _forking():
    command = [sys.executable, "-m", "tests.browser.forking"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)  # its input ends, and with it the process
    return process


def connected_server(data, spotify, kind=ForkedServer, **environment):
    """
    A server that knows an invented Spotify.

    Spotify's accounts host goes by the name `localhost`, which to a browser is another site than 127.0.0.1: so coming
    back from it is cross-site, as it is from the real one.
    """
    return kind(
        data,
        SPOTIFY_CLIENT_ID=CLIENT_ID,
        SPOTIFY_CLIENT_SECRET=CLIENT_SECRET,
        SPOTIFY_ACCOUNTS_URL=spotify.accounts_url.replace("127.0.0.1", "localhost"),
        SPOTIFY_API_URL=spotify.api_url,
        **environment,
    )
