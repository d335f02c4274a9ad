"""A table of tracks as listeners see it: title, artists, link and features."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from recsys.core.insights.wording import artists_in_words, in_unit
from recsys.core.model.features import NUMBER_FEATURES
from recsys.core.model.genres import genre_names
from recsys.core.model.tracks import links

_FORMATS: Final = {
    "loudness": "%.1f dB",
    "tempo": "%.0f bpm",
    "duration": "%.1f min",
    "year": "%d",
    "popularity": "%.0f",
}
"""Number columns that are not from 0 to 1."""
_ROWS_IN_SIGHT: Final = 12


def library_table(library: pd.DataFrame, key: str) -> int | None:
    """
    Show a track table with a link to each track and every feature that is known.

    The position of the row that the listener picked; None when they picked none.
    """
    picked = st.dataframe(
        shown_of(library),
        key=key,
        hide_index=True,
        height=460 if len(library) >= _ROWS_IN_SIGHT else "content",
        column_config=library_columns(),
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        alt="Your tracks with their audio features",
    )
    return picked_row(picked, library)


def picked_row(picked: Any, tracks: pd.DataFrame) -> int | None:
    """The position of the row that was picked in a table of these tracks; None where none was."""
    rows = picked.selection.rows
    return int(rows[0]) if rows and rows[0] < len(tracks) else None


def shown_of(library: pd.DataFrame) -> pd.DataFrame:
    """The columns of a library in which anything is known, in the order and the units they are read in."""
    shown = pd.DataFrame({"title": library["title"], "artists": library["artists"].map(artists_in_words)})
    shown["link"] = links(library["track_id"])
    shown = shown.join(library[["album", "year"]])
    for f in NUMBER_FEATURES:
        shown[f.column] = in_unit(f, library[f.column].to_numpy(float))
    shown["genres"] = library["genres"].map(lambda genres: ", ".join(genre_names(genres)), na_action="ignore")
    return shown.dropna(axis="columns", how="all")


def library_columns() -> dict[str, Any]:
    """How each column of a track table is shown."""
    columns: dict[str, Any] = {
        "link": st.column_config.LinkColumn(
            "Spotify", width=62, display_text=":material/open_in_new:", help="Opens the track in Spotify."
        ),
    }
    for name in ("title", "artists", "album", "genres"):
        columns[name] = st.column_config.TextColumn(name.capitalize(), width="medium" if name == "artists" else None)
    for f in NUMBER_FEATURES:
        columns[f.column] = st.column_config.NumberColumn(f.title, format=_FORMATS.get(f.name, "%.2f"), help=f.help)
    return columns
