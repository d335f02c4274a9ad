"""The house rules that can be checked: who imports whom, how long things are, and where Streamlit may be known."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = sorted((ROOT / "recsys").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))

MAY_USE = {
    "errors": set(),
    "settings": {"errors", "parsing"},
    "parsing": set(),
    "times": set(),
    "bounded": set(),
    "log_context": set(),
    "metrics": set(),
    "core.model": {"core.model", "errors"},
    "core.engine": {"core.engine", "core.model", "errors", "parsing"},
    "core.evaluation": {"core.evaluation", "core.engine", "core.model", "errors"},
    "core.insights": {"core.insights", "core.engine", "core.model", "errors"},
    "core.export": {"core.engine", "core.model", "errors"},
    "core": {"core", "errors"},
    "charts": {"charts", "core", "errors"},
    "spotify": {"spotify", "core", "errors", "parsing", "times"},
    "feature_sources": {"feature_sources", "core", "errors", "parsing", "times"},
    "importers": {"importers", "core", "errors", "times"},
    "storage": {"storage", "auth.models", "auth.encryption", "core", "errors", "parsing", "times", "metrics"},
    "auth": {
        "auth",
        "storage.store",
        "storage.sessions",
        "storage.hosted.project",
        "spotify",
        "core",
        "errors",
        "parsing",
        "times",
        "bounded",
    },
    "demo": {"demo", "core", "errors"},
    "batch": {"batch", "importers", "core", "errors", "bounded", "services.recommend"},
    "catalogues": {"catalogues", "core", "errors", "parsing"},
    "services": {
        *("services", "core", "errors", "times", "bounded", "log_context"),
        *("auth.models", "storage.store", "storage.sessions", "feature_sources.source", "spotify.models"),
        "catalogues.models",
    },
    "web": {
        *("web", "services", "auth", "core", "storage.sessions", "storage.store"),
        *("errors", "times", "bounded", "log_context", "metrics"),
    },
    "app": {
        *(
            "app",
            "auth",
            "catalogues",
            "core",
            "demo",
            "feature_sources",
            "importers",
            "services",
            "spotify",
            "storage",
        ),
        *("storage", "web", "errors", "settings", "times", "bounded", "log_context", "__version__"),
    },
}
OUTSIDE = {
    "core": {"numpy", "pandas", "sklearn"},
    "charts": {"plotly", "numpy", "pandas", "sklearn", "PIL"},
}


def room(path):
    """The part of the house a file belongs to: "core", "settings", "ui"."""
    return path.relative_to(ROOT / "recsys").parts[0].removesuffix(".py")


def rule(path):
    """The row of `MAY_USE` for a file: that of its part of core ("core.engine"), else that of its room."""
    parts = [part.removesuffix(".py") for part in path.relative_to(ROOT / "recsys").parts]
    return ".".join(parts[:2]) if ".".join(parts[:2]) in MAY_USE else parts[0]


def imports(path):
    """Every module a file imports, with the names taken from packages spelled out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_allowed(module, allowed):
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in OURS if room(p) in MAY_USE], ids=relative)
def test_a_room_uses_only_the_rooms_it_may(path):
    allowed = {f"recsys.{name}" for name in MAY_USE[rule(path)]}

    wrong = [module for module in imports(path) if module.startswith("recsys.") and not is_allowed(module, allowed)]

    assert wrong == [], f"{relative(path)} may not import {wrong}"


@pytest.mark.parametrize("path", [p for p in OURS if room(p) in OUTSIDE], ids=relative)
def test_a_pure_room_uses_only_its_libraries(path):
    allowed = OUTSIDE[room(path)] | set(sys.stdlib_module_names) | {"recsys"}

    wrong = [module for module in imports(path) if module.split(".")[0] not in allowed]

    assert wrong == [], f"{relative(path)} may not import {wrong}"


@pytest.mark.parametrize("path", [p for p in OURS if room(p) == "core"], ids=relative)
def test_core_touches_no_files_clock_network_or_processes(path):
    effects = {
        "os",
        "io",
        "pathlib",
        "time",
        "datetime",
        "random",
        "socket",
        "urllib",
        "subprocess",
        "tempfile",
        "shutil",
    }

    is_pure = "urllib.parse."  # it opens no connection
    wrong = [name for name in imports(path) if name.split(".")[0] in effects and not name.startswith(is_pure)]

    assert wrong == [], f"{relative(path)} may not import {wrong}"


@pytest.mark.parametrize("path", [p for p in OURS if room(p) != "ui"], ids=relative)
def test_only_screens_know_streamlit(path):
    assert not any(module.split(".")[0] == "streamlit" for module in imports(path)), relative(path)


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_is_thin(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    sums = [
        n.lineno
        for n in ast.walk(tree)
        if isinstance(n, (ast.BinOp, ast.AugAssign)) and not isinstance(n.op, ast.BitOr)
    ]
    allowed = {f"recsys.{name}" for name in ("ui", "services", "charts", "core", "errors")} | {"streamlit"}

    assert len(text.splitlines()) <= 80
    assert not any(isinstance(node, ast.ClassDef) for node in ast.walk(tree)), "a class in a page is new at every rerun"
    assert sums == [], f"arithmetic belongs into core or services: lines {sums}"
    assert all(is_allowed(module, allowed) for module in imports(path)), sorted(imports(path))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_asks_for_its_session_first(path):
    statements = [s for s in ast.parse(path.read_text("utf-8")).body if not isinstance(s, (ast.Import, ast.ImportFrom))]
    first = next(s for s in statements if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)))

    assert "this_session()" in ast.unparse(first), "a page can be opened without its frame (see recsys/ui/main.py)"


@pytest.mark.parametrize("path", [*OURS, *PAGES, ROOT / "app.py"], ids=relative)
def test_modules_and_functions_stay_small_and_annotated(path):
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 50, f"{relative(path)}: {node.name} has {length} lines"
            assert node.returns is not None, f"{relative(path)}: {node.name} has no return annotation"

    assert len(text.splitlines()) <= 400, relative(path)
    assert ast.get_docstring(ast.parse(text)), f"{relative(path)} does not say what it is"


def test_no_script_of_ours_is_longer_than_a_module_may_be():
    scripts = [*(ROOT / "recsys").rglob("*.js")]

    assert scripts
    assert [relative(path) for path in scripts if len(path.read_text("utf-8").splitlines()) > 400] == []


def test_no_python_lives_beside_the_installed_supabase():
    assert list((ROOT / "supabase").rglob("*.py")) == []
    assert not (ROOT / "supabase.py").exists()


def test_importing_the_engine_imports_no_screen_and_no_client():
    code = (
        "import sys, pkgutil, importlib, recsys.core as c\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(c.__path__, 'recsys.core.')]\n"
        "print([m for m in ('streamlit', 'plotly', 'spotipy', 'supabase', 'sklearn', 'scipy') if m in sys.modules])"
    )

    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_the_visible_top_level_is_the_one_promised():
    promised = {
        *("app.py", "pages", "recsys", "supabase", "tests", "requirements.txt", "README.md"),
        *("Makefile", "pyproject.toml", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
        *("Dockerfile", "compose.yaml", "requirements.lock"),
    }
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    visible = {name.split("/")[0] for name in tracked.splitlines() if not name.startswith(".")}

    assert visible <= promised


def test_contributing_shows_the_folders_there_are():
    tree = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```")[1]
    shown, parents = set(), []
    for line in tree.split("recsys/\n", 1)[1].splitlines():
        name = line.split()[0] if line.startswith(" ") else ""
        if name.endswith("/"):
            depth = (len(line) - len(line.lstrip())) // 2
            parents = [*parents[: depth - 1], name.rstrip("/")]
            shown.add("/".join(parents))
    folders = {str(p.parent.relative_to(ROOT / "recsys")) for p in OURS if p.parent != ROOT / "recsys"}

    assert shown == folders
