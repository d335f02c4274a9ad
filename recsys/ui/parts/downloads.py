"""Files to download, written when the panel that offers them opens."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import streamlit as st

from recsys.ui.parts import problems


class Download(NamedTuple):
    """One file, with what its button says and the key of that button."""

    label: str
    key: str
    data: bytes | str
    file_name: str
    media_type: str


def download_panel(label: str, key: str, files: Callable[[], Iterable[Download]], is_primary: bool = False) -> bool:
    """
    A button that opens a panel with the `files`: the first is what most want, the others are plain links below it.
    True where it is open.

    The files are written when the panel opens, so that each button is a link to one. A file that Streamlit writes at
    the click is gone for a click that crosses a run of the page: its button has another number by then. Why a file
    cannot be written is said in the panel.
    """
    look: Literal["primary", "secondary"] = "primary" if is_primary else "secondary"
    panel = st.popover(label, icon=":material/download:", key=key, type=look, on_change="rerun")
    if panel.open:
        with panel, problems.shown(again=key):
            others = None
            for number, file in enumerate(files()):
                if number == 1:
                    st.caption("Other formats")
                    others = st.container(horizontal=True, gap="small", key=f"{key}_others")
                (others or st).download_button(
                    file.label,
                    file.data,
                    file.file_name,
                    file.media_type,
                    key=file.key,
                    type="tertiary" if others else "secondary",
                    on_click="ignore",
                    width="content" if others else "stretch",
                )
    return bool(panel.open)
