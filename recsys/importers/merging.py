"""Rows to distinct tracks, and several imports to one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.identity import ids_of_names, name_id, renamed
from recsys.core.model.tracks import MAX_TEXT, as_tracks
from recsys.importers.report import Imported

MOST_CELLS: Final = 50
"""Rows of one track whose genres are united: tables name one under some ten genres, in a row each."""


def as_rows(table: pa.Table, source: str) -> pd.DataFrame:
    """
    Rows as pandas reads them, each with a `track_id`.

    Parameters
    ----------
    table : Table
        Some columns of the track table; a row without `track_id` has `title` and `artists`.
    source : str
        Who gave the features, where the table does not say.
    """
    rows = table.to_pandas(self_destruct=True, split_blocks=True)
    for name in ("track_id", "title", "artists"):
        if name not in rows:
            rows[name] = pd.Series([None] * len(rows), dtype="str")
    has_no_id = rows["track_id"].isna()
    if has_no_id.any():
        # An id is made once for each name: a listening history repeats few.
        nameless = rows.loc[has_no_id]
        pairs = list(zip(nameless["title"], nameless["artists"], strict=True))
        ids = {pair: name_id(*pair) for pair in set(pairs)}
        rows.loc[has_no_id, "track_id"] = [ids[pair] for pair in pairs]
    has_features = rows[[f.column for f in AUDIO_FEATURES if f.column in rows]].notna().any(axis=1)
    given = rows["source"] if "source" in rows else pd.Series(None, index=rows.index, dtype="str")
    return rows.assign(source=given.fillna(source).where(has_features))


def distinct(rows: pd.DataFrame) -> pd.DataFrame:
    """
    A track table out of rows in which a track may appear several times.

    The first row of a track counts; what it does not know is taken from the next that does, and genres are united, as
    many as one text may hold.
    A track known by its id alone has the id as its title and no artists.
    """
    codes, ids = pd.factorize(rows["track_id"])
    if len(ids) < len(rows):
        tracks = pd.DataFrame({name: _first_known(rows[name], codes, len(ids)) for name in rows})
        if "genres" in rows:
            tracks["genres"] = _united(rows["genres"], codes, tracks["genres"])
        rows = tracks
    return as_tracks(rows.assign(title=rows["title"].fillna(rows["track_id"]), artists=rows["artists"].fillna("")))


def _first_known(column: pd.Series, codes: np.ndarray, count: int) -> pd.Series:
    """The first value that is not missing for every code 0..count-1."""
    known = np.flatnonzero(column.notna().to_numpy())[::-1]
    first = np.full(count, -1)
    first[codes[known]] = known  # written from the last row to the first, so the first stays
    return pd.Series(column.array.take(first, allow_fill=True), name=column.name)


def _united(genres: pd.Series, codes: np.ndarray, first: pd.Series) -> pd.Series:
    """The genres of the rows of each code, each once, in the order met; `first` are those of its first row."""
    differs = (genres.notna() & (genres.array != first.array.take(codes))).to_numpy()
    if not differs.any():
        return first
    several = np.isin(codes, codes[differs])
    cells = pd.DataFrame({"code": codes[several], "genre": genres[several].array}).dropna().drop_duplicates()
    cells = cells[cells.groupby("code").cumcount() < MOST_CELLS]
    each = cells.assign(genre=cells["genre"].str.split(",")).explode("genre").drop_duplicates()
    # As many as one text may hold, with a comma behind each.
    ends = (each["genre"].str.len() + 1).groupby(each["code"]).cumsum()
    united = each[ends <= MAX_TEXT + 1].groupby("code")["genre"].agg(",".join)
    first = first.copy()
    first[united.index] = united
    return first


def merge(imports: Sequence[Imported]) -> Imported:
    """
    Several imports as one; every track once.

    A track that one file knows by name and another by id (the same normalised title and first artist) is one track.
    """
    if len(imports) == 1:
        return imports[0]
    rows, ids = _joined([each.tracks for each in imports])
    plays = pd.concat([each.plays for each in imports], ignore_index=True)
    liked = [each.liked for each in imports if each.liked is not None]
    marks = pd.concat(liked).rename(index=ids) if liked else None
    return Imported(
        tracks=distinct(rows),
        plays=plays.assign(track_id=renamed(plays["track_id"], ids)),
        liked=marks if marks is None else marks[~marks.index.duplicated()],
        reports=tuple(report for each in imports for report in each.reports),
    )


def merge_tracks(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several track tables as one; what the first does not know of a track is taken from the next that does."""
    return distinct(_joined(tables)[0])


def _joined(tables: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str]]:
    """All rows, and the ids that took the place of names."""
    rows = pd.concat([_with_open_titles(tracks) for tracks in tables], ignore_index=True)
    ids = ids_of_names(rows)
    return rows.assign(track_id=renamed(rows["track_id"], ids)), ids


def _with_open_titles(tracks: pd.DataFrame) -> pd.DataFrame:
    """Take back the id as title, so that another file may know the real one."""
    is_open = tracks["title"] == tracks["track_id"]
    if not is_open.any():
        return tracks
    return tracks.assign(title=tracks["title"].mask(is_open), artists=tracks["artists"].mask(tracks["artists"] == ""))
