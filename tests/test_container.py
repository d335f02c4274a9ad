"""The container image, its steps walked by hand: what it copies is enough, and nothing is written beside the data."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import httpx
import pytest
import yaml
from packaging.markers import Marker

from recsys.app.memory import ARENAS
from tests.browser.server import free_port

ROOT = Path(__file__).resolve().parents[1]
BASE_BYTES = 135_000_000
"""python:3.11-slim, unpacked."""


def test_the_lock_pins_every_direct_dependency_with_hashes():
    wanted = dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", lock, re.M))

    assert wanted.items() <= locked.items(), "run `make lock`"
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[\w.-]+==)", lock, flags=re.M)[1:])


def test_docker_and_ci_install_what_is_locked():
    for name in ("Dockerfile", ".github/workflows/test.yml"):
        assert "--require-hashes -r requirements.lock" in (ROOT / name).read_text("utf-8"), name


def test_the_image_has_at_most_900_megabytes():
    """The installed files of every locked package without its tests, as the Dockerfile installs them."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    size, absent = BASE_BYTES, []
    for name, condition in re.findall(r"^([\w.-]+)==[^ ;\\]+(?: ; ([^\\]+))?", lock, re.M):
        if condition and not Marker(condition.strip()).evaluate():
            continue
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            absent.append(name)
            continue
        for file in files:
            if "tests" in file.parts[:-1] or "__pycache__" in file.parts or not (path := Path(file.locate())).exists():
                continue
            size += path.stat().st_size * (2 if path.suffix == ".py" else 1)  # compiled, a module takes as much again
    assert absent == [], "every locked package is installed here"
    assert size <= 900e6, f"{size / 1e6:.0f} MB"


def test_the_image_and_make_run_let_threads_share_memory_before_the_first_of_them_begins():
    for name in ("Dockerfile", "Makefile"):
        assert re.search(rf"\bMALLOC_ARENA_MAX={ARENAS}\b.* ", (ROOT / name).read_text("utf-8")), name


@pytest.fixture
def image(tmp_path):
    """The folder that the second stage of the Dockerfile makes: its COPY lines, walked by hand."""
    image = tmp_path / "tonearm"
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        words = line.split()
        if line.startswith("COPY") and words[1] != "--from=build":
            *sources, target = words[1:]
            for source in sources:
                to = image / target / Path(source).name if target.endswith("/") or target == "." else image / target
                to.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, to)
    return image


def serve(image, data, prefix=(), **environment):
    """Start the image's command at a port of its own; whether health, a page and its check answer, and what it said."""
    port, command = free_port(), [*prefix, sys.executable, "-m", "streamlit", "run", "app.py"]
    at = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "STREAMLIT_SERVER_PORT": str(port)}
    environment = {**at, "TONEARM_DATA": str(data), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    with (data / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=image, env=environment, stdout=log, stderr=log)
    try:
        answers = all(ok(f"http://127.0.0.1:{port}/{page}", server) for page in ("health", ""))
        return answers and is_healthy(at), (data / "log").read_text()
    finally:
        server.terminate()
        server.wait(timeout=30)


def is_healthy(environment):
    """What the image's own check says."""
    check = re.search(r"^HEALTHCHECK .* CMD (.+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)[1]
    return subprocess.run(["sh", "-c", check], env=environment, capture_output=True, timeout=30).returncode == 0


def test_what_the_image_copies_is_enough_to_serve_pages_and_only_data_is_written(tmp_path, image):
    copied = sorted(image.rglob("*"))
    data = tmp_path / "data"
    data.mkdir()

    answers, said = serve(image, data)

    assert answers, said
    assert sorted(image.rglob("*")) == copied, "with a read-only root this would have failed"


def test_a_read_only_root_with_a_folder_for_data_and_one_for_the_moment_is_enough(tmp_path, image):
    data, moment = tmp_path / "data", tmp_path / "tmp"
    data.mkdir()
    moment.mkdir()
    mounts = f"mount --make-rprivate / && mount --bind {data} {data} && mount -t tmpfs tmpfs {moment}"
    closed = ["unshare", "--mount", "sh", "-c", f'{mounts} && mount -o remount,bind,ro / && exec "$@"', "sh"]
    try:
        tried = subprocess.run([*closed, "touch", str(image / "app.py")], capture_output=True, text=True, timeout=60)
    except OSError as problem:
        pytest.skip(f"no mount namespace can be made here: {problem}")
    if "Read-only file system" not in tried.stderr:
        pytest.skip(f"no root can be made read-only here: {tried.stderr.strip()}")

    answers, said = serve(image, data, closed, TMPDIR=str(moment), HOME="/nonexistent")

    assert answers, said
    assert (data / "tonearm.db").exists()


def ok(url, server, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.2)
    return False


def compose():
    """The parts of compose.yaml, and the Caddyfile in it."""
    parts = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return parts, parts["configs"]["caddyfile"]["content"]


def test_compose_starts_two_instances_behind_a_proxy_that_keeps_listeners_on_one():
    services, caddyfile = compose()

    assert services["services"]["app"]["deploy"]["replicas"] == 2
    # Compose names the containers of a service so: project, service, number.
    named = [f"{services['name']}-app-{number}:8501" for number in (1, 2)]
    assert f"reverse_proxy {' '.join(named)} {{" in caddyfile
    assert services["services"]["app"]["read_only"]
    assert "lb_policy cookie" in caddyfile and "encode zstd gzip" in caddyfile
    assert "lb_try_duration" in caddyfile, "a request to an instance that is gone is tried at the other"
    assert caddyfile.count("{") == caddyfile.count("}")
    assert services["configs"].keys() == {one["source"] for one in services["services"]["caddy"]["configs"]}
    assert "ports" not in services["services"]["app"], "FORWARDED_ALLOW_IPS=* needs a port that only Caddy reaches"


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed here (apt-get install caddy)")
def test_caddy_keeps_a_browser_on_one_instance_and_moves_it_when_that_is_gone(tmp_path):
    caddyfile, instances, port = compose()[1], {}, free_port()
    for number in (1, 2):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Named)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        instances[str(server.server_port)] = server
        caddyfile = caddyfile.replace(f"tonearm-app-{number}:8501", f"127.0.0.1:{server.server_port}")
    (tmp_path / "Caddyfile").write_text(
        "{\n  admin off\n}\n" + caddyfile.replace(":80 {", f"http://127.0.0.1:{port} {{")
    )
    command = ["caddy", "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    with (tmp_path / "log").open("wb") as log:
        proxy = subprocess.Popen(command, env={**os.environ, "HOME": str(tmp_path)}, stdout=log, stderr=log)
    try:
        assert ok(f"http://127.0.0.1:{port}/", proxy), (tmp_path / "log").read_text("utf-8")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
            first = browser.get("/").text.split()[0]
            assert {browser.get("/").text.split()[0] for _ in range(6)} == {first}
            assert browser.get("/", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"

            end(instances.pop(first))

            others = [browser.get("/") for _ in range(3)]
            assert [answer.status_code for answer in others] == [200] * 3
            assert {answer.text.split()[0] for answer in others} == set(instances)
    finally:
        proxy.terminate()
        proxy.wait(timeout=30)
        for server in instances.values():
            end(server)


def end(server):
    server.shutdown()
    server.server_close()


class Named(BaseHTTPRequestHandler):
    """Answers every request with the port it came to, and enough words to be compressed."""

    def do_GET(self):
        content = f"{self.server.server_port} {'hello ' * 200}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nothing."""
