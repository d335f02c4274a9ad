"""Every regular expression of the package takes time in proportion to its input: a visitor's text blocks nobody."""

import importlib
import pkgutil
import re
import time
from collections import deque

import pytest

import recsys

SIZE = 100_000
LIMIT = 0.05
"""Seconds of processor time."""

UNITS = (
    *(
        " ",
        "\u2003",
        "\t",
        "\n",
        "'",
        '"',
        "\\",
        "'\\'",
        "\\'",
        '"\\"',
        '\\"',
        "(",
        "[",
        "(a",
        "-",
        " -",
        "- ",
        " - ",
        "~",
        ";",
        "; ",
    ),
    *("a", "a ", "a.", "1", "1.", "1,", ".1", "1:", "/", "?", "\u0301", "a\u0301", "&", "&a", "&#", "<", "é", "　"),
    *("original ", "original soundtrac ", "from the ", " feat ", " feat. x", "live at ", "a's ", "name", "'name': "),
    *("<script>", "spotify:artist:", "http://", "www.", "2019-01-", "[('", "a - ", "a-a ", "e1", "\r\n", "=", "';="),
)


def patterns():
    """Every compiled pattern that is an attribute of a module of the package, or in a collection that is one."""
    found = {}
    for info in pkgutil.walk_packages(recsys.__path__, "recsys."):
        if info.name not in ("recsys.__main__", "recsys.ui.main"):  # they run when imported
            for name, value in vars(importlib.import_module(info.name)).items():
                values = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
                for each in values:
                    if isinstance(each, re.Pattern):
                        found.setdefault(each, f"{info.name}.{name}")
    return found


def seconds(pattern, text):
    """Processor time of finding all matches, or of one match of the whole where that takes longer."""
    began = time.thread_time()
    deque(pattern.finditer(text), maxlen=0)
    between = time.thread_time()
    pattern.fullmatch(text)
    return max(between - began, time.thread_time() - between)


@pytest.mark.parametrize("pattern", [pytest.param(each, id=name) for each, name in patterns().items()])
def test_a_pattern_is_linear_on_its_worst_input(pattern):
    words = [f"{word} " for word in re.findall(r"[a-z]{3,}", pattern.pattern)]
    for unit in dict.fromkeys([*UNITS, *words]):
        repeated = (unit * (SIZE // len(unit) + 1))[:SIZE]
        for text in (f"from the 'a{repeated}\x00\n\\", f"[{repeated}]"):
            took = seconds(pattern, text)
            if took > LIMIT:  # a busy machine: the best of three counts
                took = min(took, seconds(pattern, text), seconds(pattern, text))
            assert took <= LIMIT, f"{took:.2f} s on {unit!r} repeated"


def test_the_check_itself_finds_a_quadratic_pattern():
    assert seconds(re.compile(r"\s+-"), " " * 20_000) > LIMIT / 5


def test_all_patterns_are_found():
    names = set(patterns().values())
    assert {"recsys.core.model.identity._SAME_SONG", "recsys.importers.text_cells.QUOTED"} <= names
