"""The listener against the catalogue, computed once and read at every move of the mixer."""

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import pandas as pd
import streamlit as st

from recsys.core.engine.catalogue import Catalogue
from recsys.core.insights.placement import Yardstick, heights, medians
from recsys.core.insights.song_words import SongWords
from recsys.core.insights.summary import profile_in_words
from recsys.core.model.features import NUMBER_FEATURES
from recsys.ui.session import ListenerSession

_KEY: Final = "listener_view"
_REACH: Final = 2.15
"""How far an axis goes at least to either side of the listener: a list moves by about 2 with the furthest aim."""


@dataclass(frozen=True)
class FeaturePicture:
    """
    One feature of the mixer: the ends of its axis in catalogue positions, the distribution of the listener's songs and
    of the catalogue's along it (heights 0 to 1, empty where nothing is known), and the listener's median position.
    """

    axis: tuple[float, float]
    own: list[float]
    pool: list[float]
    you: float | None


@dataclass(frozen=True)
class ListenerView:
    """What the screens measure lists with. `own_words` is each feature's value for this listener in words."""

    catalogue: Catalogue
    library: pd.DataFrame
    seeds: tuple[str, ...]
    yardstick: Yardstick
    you: dict[str, float | None]
    pictures: dict[str, FeaturePicture]
    own_words: dict[str, str]
    song_words: SongWords


def listener_view(session: ListenerSession) -> ListenerView:
    """The view of what is on the screen now: of the whole library, or of the songs that a list starts from."""
    view = cast("ListenerView | None", st.session_state.get(_KEY))
    if (
        view is None
        or view.catalogue is not session.catalogue
        or view.library is not session.library
        or view.seeds != session.seeds
    ):
        view = view_of(session.catalogue, session.library, session.seeds)
        st.session_state[_KEY] = view
    return view


def view_of(catalogue: Catalogue, library: pd.DataFrame, seeds: tuple[str, ...] = ()) -> ListenerView:
    """The view of a library, or of the seeds in its place, against a catalogue."""
    tracks = library
    if seeds:
        # Some of the seeds may be the catalogue's.
        own_seeds = library[library["track_id"].isin(seeds)]
        others = [seed for seed in seeds if seed not in set(own_seeds["track_id"])]
        rows = np.array(sorted(catalogue.rows_of(others).values()), dtype=np.int64)
        songs = catalogue.raw.at(rows).assign(genres=catalogue.tracks["genres"].iloc[rows].astype("str").array)
        tracks = pd.concat([own_seeds, songs], ignore_index=True)
    yardstick = Yardstick.of(catalogue)
    own, pool = yardstick.positions(tracks), yardstick.positions(catalogue.sample)
    you = medians(own)
    pictures = {}
    for name in (f.name for f in NUMBER_FEATURES):
        middle = you[name] or 0.0
        axis = (min(-2.6, middle - _REACH), max(2.6, middle + _REACH))
        pictures[name] = FeaturePicture(axis, heights(own[name], axis), heights(pool[name], axis), you[name])
    words = profile_in_words(tracks)
    return ListenerView(catalogue, library, seeds, yardstick, you, pictures, words, SongWords.of(yardstick))
