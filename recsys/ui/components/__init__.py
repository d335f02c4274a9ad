"""
Components of our own inside the page: HTML, CSS and JavaScript in their own files beside this one.

Streamlit serves them to the page itself, without a frame, so that the strict Content-Security-Policy holds. Data enters
by `data=` and the page by `textContent`: nothing of a listener's is ever in the markup, the styles or the script.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

import recsys

_PROJECT: Final = "tonearm"
_FOLDER: Final = Path(__file__).parent


def mount(name: str, **options: Any) -> Any:
    """
    Put a component of this folder into the page, with the options of a `streamlit.components.v2` component.

    The folder is registered with Streamlit here. Its own search asks installed distributions and finds the folder
    neither in a plain checkout nor behind an editable install, whose distribution (tonearm) and package (recsys)
    have different names; registered here it works in all three cases.
    """
    register(name)
    return _component(name)(**options)


def register(*names: str) -> None:
    """Let the server answer for these components, also before one is mounted."""
    manager = get_bidi_component_manager()
    for name in names:
        if manager.get_component_path(f"{_PROJECT}.{name}") is None:
            config = ComponentConfig(name, str(_FOLDER.relative_to(Path(recsys.__file__).parent)))
            manifest = ComponentManifest(_PROJECT, recsys.__version__, [config])
            manager.register_from_manifest(manifest, Path(recsys.__file__).parent)


@cache
def _component(name: str) -> Any:
    """Styles go in as text: a shadow root that waited for a file would first be drawn without them."""
    html = _FOLDER / f"{name}.html"
    return st.components.v2.component(
        f"{_PROJECT}.{name}",
        html=html.read_text("utf-8") if html.exists() else '<div class="alone"></div>',
        css="".join((_FOLDER / file).read_text("utf-8") for file in ("tokens.css", f"{name}.css")),
        js=f"{name}.js",
    )
