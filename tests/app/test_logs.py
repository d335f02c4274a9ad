"""Every line says when, where and for whom; nobody can be recognized, and no exception's text is written."""

import logging
import re

import pytest

from recsys.app import logs
from recsys.log_context import serving


@pytest.fixture
def line(capsys):
    """A function: what the configured logging writes for a call, as one text."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("recsys", *logs.CHATTY)}

    def line(write, **options):
        logs.configure(**options)
        write(logging.getLogger("recsys.services.sync"))
        return capsys.readouterr().err

    yield line
    root.handlers[:] = before
    root.setLevel(level)
    for name, was in levels.items():  # spotipy's is a protection of tokens that every other test rests on
        logging.getLogger(name).setLevel(was)


def say_it_worked(log):
    log.info("%d tracks stored", 50)


def test_a_line_has_time_level_logger_and_message(line):
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO recsys\.services\.sync request=- listener=- 50 tracks stored\n",
        line(say_it_worked),
    )


def test_a_listener_is_the_same_pseudonym_in_every_line_and_start_under_one_key(line):
    def write(log):
        with serving("spotify-ada", request="4f2a"):
            say_it_worked(log)

    found = [line(write, key=key) for key in (b"one key", b"one key", b"another key")]
    names = [re.search(r"request=4f2a listener=([0-9a-f]{10}) ", text)[1] for text in found]

    assert names[0] == names[1] != names[2]
    assert "ada" not in "".join(found)


def test_what_follows_belongs_to_nobody_again(line):
    def write(log):
        with serving("spotify-ada", request="4f2a"):
            pass
        say_it_worked(log)

    assert "request=- listener=- " in line(write)


def test_an_exception_is_its_class_and_its_place_without_its_text(line):
    def write(log):
        try:
            raise ValueError("AQC-secret-token")
        except ValueError:
            log.exception("a job failed")

    text = line(write)

    assert "ValueError" in text
    assert "test_logs.py:" in text
    assert "AQC-secret-token" not in text


@pytest.mark.parametrize("name", logs.CHATTY)
def test_clients_that_log_addresses_are_silent(line, name):
    assert line(lambda _: logging.getLogger(name).info("GET /v1/tracks/11dFghVXANMlKmJXsNCbNl")) == ""
