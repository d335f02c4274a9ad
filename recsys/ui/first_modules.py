"""
The modules that the first screen of each page waits for, named in the page itself so that a browser loads them beside
the app instead of one after another once the app has run (https://html.spec.whatwg.org/#link-type-modulepreload).
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

COMPONENTS: Final = Path(__file__).parent / "components"
FIRST: Final = {"/": ("taster",), "/taste": ("radar", "headlines", "strip"), "/recommend": ("list", "mixer")}
"""Components by the path of the page that they are on the first screen of."""
_IMPORTED: Final = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")


def first_modules(page: str, static: Path) -> Mapping[str, Sequence[str]]:
    """
    The addresses of those modules by the path of the page.

    `page` is Streamlit's index.html and `static` the folder that it is in. What it names already is left out, and so is
    what this version of Streamlit does not have: then the browser finds it later, as it would without this.
    """
    scripts = static / "static" / "js"
    drawing = list(scripts.glob("BidiComponent.*.js"))
    theirs = [f"/static/js/{name}" for name in _with_imports(drawing) if name not in page]
    found = {}
    for path, names in FIRST.items():
        # Each component is served with its own copy of what it imports.
        own = [(name, module) for name in names for module in _with_imports([COMPONENTS / f"{name}.js"])]
        found[path] = [*theirs, *(f"/_stcore/bidi-components/tonearm.{name}/{module}" for name, module in own)]
    return found


def _with_imports(files: Sequence[Path]) -> list[str]:
    """The names of some modules and of all that they import from their own folder, each once."""
    found: dict[str, None] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file.name not in found and file.exists():
            found[file.name] = None
            waiting += [file.with_name(name) for name in _IMPORTED.findall(file.read_text("utf-8"))]
    return list(found)
