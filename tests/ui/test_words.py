"""Plain words: what listeners stumbled over is not said again."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("pages", "recsys/ui", "recsys/charts", "recsys/services", "recsys/core/insights", "recsys/spotify")
FILES = sorted(
    [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    + [ROOT / "recsys" / "errors.py", ROOT / "recsys" / "web" / "sign_in_problems.py"]
)
QUAINT = (
    *("on the turntable", "whose records", "three doors", "looked at apart", "drawn by lot", "speak for all"),
    *("cost 0", "none is made up", "has told us", "music that exists", "to mend it", "may be asked was asked"),
    *("stands on several", "of every tutorial", "textbook", "which the search never sees", "luck explains"),
    *("lean away", "sent to whom", "did this move", "not believed", "no longer gives it", "and who gave them"),
)


def sentences(path):
    """Every text in a module that may reach the screen: strings and the fixed parts of f-strings, but no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    comments = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
            yield " ".join(node.value.split()).lower()


def test_sentences_are_found_and_docstrings_are_not(tmp_path):
    module = tmp_path / "page.py"
    module.write_text(
        '"""Drawn by lot."""\n\n\ndef say(count):\n    """Textbook."""\n    return f"{count} of  Yours"\n'
    )

    assert [*sentences(module)] == ["of yours"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_says_what_reads_quaint(path):
    assert [(text, word) for text in sentences(path) for word in QUAINT if word in text and text != word] == []
