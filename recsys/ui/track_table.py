"""A table of tracks as listeners see it: cover placeholder, link, features, and a score bar where there is one."""

from typing import Any, Final
from urllib.parse import quote

import pandas as pd
import streamlit as st

from recsys.core.features import FEATURES
from recsys.core.tracks import links

_SLEEVE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="6" fill="#7d8f84"/>'
    '<circle cx="24" cy="24" r="15" fill="#2b3a31"/><circle cx="24" cy="24" r="5" fill="#d9e4dd"/></svg>'
)
SLEEVE: Final = "data:image/svg+xml;utf8," + quote(_SLEEVE)
"""A neutral record sleeve: we keep no artwork."""


def library_table(library: pd.DataFrame, key: str) -> None:
    """Show a track table with a placeholder cover, a link to each track and every feature that is known."""
    shown = pd.DataFrame({"cover": SLEEVE, "link": links(library["track_id"])}, index=library.index)
    shown = shown.join(library[["title", "artists", "album", "genres"]])
    for f in FEATURES:
        if f.column in library and f.column not in shown:
            shown[f.column] = library[f.column]
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        row_height=44,
        height=460,
        column_config=library_columns(),
        column_order=["cover", "title", "artists", "album", "year", *_numbers(), "genres", "link"],
        placeholder="–",
        alt="Your tracks with their audio features",
    )


def _numbers() -> list[str]:
    return [f.column for f in FEATURES if f.scale != "genre" and f.name != "year"]


def library_columns() -> dict[str, Any]:
    """How each column of a track table is shown."""
    columns: dict[str, Any] = {
        "cover": st.column_config.ImageColumn("", width=44),
        "link": st.column_config.LinkColumn("Spotify", display_text="Open in Spotify"),
        "year": st.column_config.NumberColumn("Year", format="%d", width="small"),
        "duration_ms": st.column_config.NumberColumn("Duration (ms)", format="%d"),
    }
    for name in ("title", "artists", "album", "genres"):
        columns[name] = st.column_config.TextColumn(name.capitalize())
    for f in FEATURES:
        if f.scale != "genre" and f.column not in columns:
            columns[f.column] = st.column_config.NumberColumn(f.title, format="%.2f", help=f.help)
    return columns


def ranked_table(table: pd.DataFrame, key: str) -> int:
    """Show a ranked list with score bars; the position of the row the listener picked (the first until then)."""
    best = float(table["score"].max())
    picked = st.dataframe(
        table[["rank", "title", "artists", "score", *_link(table), "year"]],
        key=key,
        hide_index=True,
        row_height=40,
        height=520,
        on_select="rerun",
        selection_mode="single-row",
        column_config=_ranked_columns(best),
        placeholder="–",
        alt="Recommended tracks, best first, with their scores",
    )
    rows = picked.selection.rows
    return int(rows[0]) if rows and rows[0] < len(table) else 0


def _link(table: pd.DataFrame) -> list[str]:
    """The column of links, where any track has one: invented tracks do not."""
    return ["url"] if table["url"].notna().any() else []


def _ranked_columns(best: float) -> dict[str, Any]:
    return {
        "rank": st.column_config.NumberColumn("#", width=38),
        "title": st.column_config.TextColumn("Title", width=165),
        "artists": st.column_config.TextColumn("Artists", width=118),
        "year": st.column_config.NumberColumn("Year", format="%d", width=64),
        "score": st.column_config.ProgressColumn(
            "Score",
            width=92,
            min_value=0.0,
            max_value=max(best, 1e-9),
            format="%.2f",
            help="What the list is ranked by.",
        ),
        "url": st.column_config.LinkColumn(
            "Spotify", width=70, display_text=":material/open_in_new:", help="Opens the track in Spotify."
        ),
    }
