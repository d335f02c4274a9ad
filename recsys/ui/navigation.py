"""The pages, in the order a listener meets them."""

from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_FOLDER: Final = Path(__file__).resolve().parents[2] / "pages"  # absolute: a page must never be opened by its folder
_PAGES: Final = {
    "welcome": ("Welcome", ":material/waving_hand:"),
    "library": ("Library", ":material/library_music:"),
    "taste": ("Taste", ":material/radar:"),
    "recommend": ("Recommend", ":material/tune:"),
    "proof": ("Proof", ":material/science:"),
    "account": ("Account", ":material/shield_person:"),
}


def page(name: str) -> StreamlitPage:
    """One page, to link or switch to."""
    title, icon = _PAGES[name]
    return st.Page(_FOLDER / f"{name}.py", title=title, icon=icon, default=name == "welcome")


def pages() -> list[StreamlitPage]:
    """All pages."""
    return [page(name) for name in _PAGES]
