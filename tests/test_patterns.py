"""Every regular expression of the package takes time in proportion to its input: a visitor's text blocks nobody."""

import ast
import importlib
import pkgutil
import re
import time
from collections import deque
from pathlib import Path

import pandas as pd
import pytest

import recsys
from recsys.core.model import titles
from recsys.core.model.identity import NAMED
from recsys.core.model.tracks import SPOTIFY_ID
from recsys.importers import exportify_i18n

SIZE = 100_000
LIMIT = 0.05
SLOW_LIMIT = 10 * LIMIT
"""Seconds of processor time: up to the first a pattern passes at once, above the second it fails on any machine."""

GROWTH = 24
"""Eight times the text takes a linear pattern 8 times as long, and a quadratic one 64 times."""

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


MODULES = {
    info.name: importlib.import_module(info.name)
    for info in pkgutil.walk_packages(recsys.__path__, "recsys.")
    if info.name not in ("recsys.__main__", "recsys.ui.main")  # they run when imported
}
OF_RE = {"compile", "sub", "subn", "search", "match", "fullmatch", "split", "findall", "finditer"}
OF_PANDAS = set(
    ["replace", "extract", "extractall", "contains", "match", "fullmatch", "count", "findall", "split", "rsplit"]
)
CHOSEN_THERE = {
    "titles.py: LABELS[kind]": lambda: titles.LABELS.values(),
    "exportify_i18n.py: shape": lambda: (*exportify_i18n.SHAPES.values(), *all_look_like()),
    "growing.py: ids": lambda: (SPOTIFY_ID, f"{NAMED}.+"),
    "quoting.py: f'\" *+(?:{re.escape(delimiter)}|\\\\Z)'": lambda: (
        rf'" *+(?:{re.escape(each)}|\Z)' for each in ",;\t| "
    ),
}
"""Patterns that are chosen where they are used -> all that it can be."""


def all_look_like():
    """The literals that `exportify_i18n` asks a column to look like."""
    calls = [node for node in ast.walk(tree_of(exportify_i18n)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_all_look_like"]
    return [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]


def tree_of(module):
    return ast.parse(Path(module.__file__).read_text("utf-8"))


def pattern_node(call):
    """What a call takes as its regular expression, if it is one of `re` or of pandas' `.str` that does."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return None
    given = call.args[:1] or [word.value for word in call.keywords if word.arg in ("pat", "pattern")]
    is_of_re = isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr in OF_RE
    if isinstance(function.value, ast.Attribute) and function.value.attr == "str" and function.attr in OF_PANDAS:
        is_regex = next((word.value.value for word in call.keywords if word.arg == "regex"), function.attr != "replace")
        is_sign = bool(given) and isinstance(given[0], ast.Constant) and len(given[0].value) == 1  # pandas splits at it
        return given[0] if given and is_regex and not (is_sign and function.attr == "split") else None
    return given[0] if given and is_of_re else None


def used_as_pattern():
    """Every text that is given to `re` or pandas as a pattern, and where; unknown ones under an empty text."""
    for name, module in MODULES.items():
        for call in ast.walk(tree_of(module)):
            node = pattern_node(call) if isinstance(call, ast.Call) else None
            if node is None:
                continue
            place = f"{name}:{call.lineno}"
            source = f"{Path(module.__file__).name}: {ast.unparse(node)}"
            if source in CHOSEN_THERE:
                yield from ((text, place) for text in CHOSEN_THERE[source]())
                continue
            try:
                yield eval(compile(ast.Expression(node), name, "eval"), vars(module)), place  # noqa: S307
            except NameError:
                yield "", source


def patterns():
    """Every pattern of the package: compiled as an attribute of a module, or a text where a pattern is asked for."""
    found = {}
    for name, module in MODULES.items():
        for attribute, value in vars(module).items():
            values = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            for each in values:
                if isinstance(each, re.Pattern):
                    found.setdefault(each, f"{name}.{attribute}")
    for text, place in used_as_pattern():
        found.setdefault(text if isinstance(text, re.Pattern) else re.compile(text), place)
    return found


def label_alone(text, pattern):
    """As `titles.label` looks for it."""
    return pd.Series([text], dtype="str").str.contains(pattern.pattern, regex=True)


def seconds(pattern, text):
    """Processor time of finding all matches, or of one match of the whole where that takes longer."""
    if isinstance(pattern.pattern, bytes):
        text = text.encode("utf-8", "replace")
    began = time.thread_time()
    if pattern.pattern in titles.LABELS.values():  # made for RE2, which pandas uses for them
        label_alone(text, pattern)
        return time.thread_time() - began
    deque(pattern.finditer(text), maxlen=0)
    between = time.thread_time()
    pattern.fullmatch(text)
    return max(between - began, time.thread_time() - between)


def repeated_to(size, unit):
    return (unit * (size // len(unit) + 1))[:size]


def slowness(pattern, hostile, unit, size=SIZE):
    """Why the pattern is not linear in a text that repeats the unit; empty where it is."""
    short, long = (hostile(repeated_to(length, unit)) for length in (size // 8, size))
    # What takes quadratic time takes a 64th of it for an eighth; a cubic one would take seconds for that.
    if seconds(pattern, short) <= LIMIT / 64 or seconds(pattern, long) <= LIMIT:
        return ""
    eighth, took = (min(seconds(pattern, text) for _ in range(3)) for text in (short, long))
    is_linear = took <= min(SLOW_LIMIT, GROWTH * eighth)
    return "" if is_linear else f"{took:.2f} s on {unit!r} repeated, and {eighth:.4f} s on an eighth of it"


@pytest.mark.parametrize("pattern", [pytest.param(each, id=name) for each, name in patterns().items()])
def test_a_pattern_is_linear_on_its_worst_input(pattern):
    words = [f"{word} " for word in re.findall(r"[a-z]{3,}", str(pattern.pattern))]
    for unit in dict.fromkeys([*UNITS, *words]):
        for hostile in (lambda repeated: f"from the 'a{repeated}\x00\n\\", lambda repeated: f"[{repeated}]"):
            assert slowness(pattern, hostile, unit) == ""


def test_the_check_itself_finds_a_quadratic_pattern():
    assert "s on ' ' repeated" in slowness(re.compile(r"\s+-"), str, " ", 12_000)


def test_all_patterns_are_found():
    names = set(patterns().values())
    assert {"recsys.core.model.identity._SAME_SONG", "recsys.importers.text_cells.QUOTED"} <= names
    texts = {text for text, _ in used_as_pattern()}
    assert {r"^(\d{1,2})/\d{1,2}/", r"[\t\n]", r"\d{4}(?!\d)", *titles.LABELS.values()} <= texts


def test_no_pattern_is_hidden_in_a_variable():
    assert [place for text, place in used_as_pattern() if not text] == []


def test_every_choice_that_is_named_here_is_still_made():
    sources = set()
    for module in MODULES.values():
        nodes = [pattern_node(call) for call in ast.walk(tree_of(module)) if isinstance(call, ast.Call)]
        sources |= {f"{Path(module.__file__).name}: {ast.unparse(node)}" for node in nodes if node}
    assert sources >= CHOSEN_THERE.keys()
