"""Pieces of the taste page: each is a figure with the sentence that says what it shows."""

import pandas as pd
import streamlit as st

from recsys.charts.comparison import comparison, comparison_in_words
from recsys.charts.distributions import distribution, sentence
from recsys.charts.genres import common_genres, genres_chart, genres_in_words
from recsys.charts.taste_map import map_in_words
from recsys.charts.theme import listed, shortened
from recsys.charts.timeline import drift_in_words, feature_drift, plays_in_words, plays_per_month
from recsys.core.engine.query import LONGEST_LIBRARY
from recsys.core.insights.summary import describe
from recsys.core.insights.summary import outliers as most_alone
from recsys.core.insights.wording import artists_in_words, counted
from recsys.core.model.features import NUMBER_FEATURES, Feature, feature
from recsys.demo import DEMO_NOTE
from recsys.errors import NothingToRank
from recsys.importers.any_file import ENDINGS
from recsys.ui.map_start import map_with_start
from recsys.ui.navigation import page
from recsys.ui.parts import problems
from recsys.ui.parts.charts import figure
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.seen import when_seen
from recsys.ui.parts.text import plain
from recsys.ui.parts.track_table import library_columns, picked_row
from recsys.ui.parts.upload import accepted, reading
from recsys.ui.recommend.start_from import more_like_button
from recsys.ui.session import ListenerSession
from recsys.ui.taste_radar import strip


def distributions(session: ListenerSession) -> None:
    """Every feature as a small picture, and one of them in detail on demand; nothing where none is known."""
    known = [f for f in NUMBER_FEATURES if session.library[f.column].notna().any()]
    if not known:
        return
    st.header("Feature by feature", anchor=False)
    if not session.has_no_yardstick:
        strip(session)
    _detail(session, known)
    if unknown := [f.title.lower() for f in NUMBER_FEATURES if f not in known]:
        st.caption(f"We have no data on the {listed(unknown)} of your songs. We don’t guess.")


@fragment
def _detail(session: ListenerSession, known: list[Feature]) -> None:
    names = [f.name for f in known]
    at_first = names[0] if session.has_no_yardstick else None  # there is no strip above that shows them all
    # Not a list that opens: Streamlit closes one when something below it is drawn.
    chosen = st.pills(
        "Show in detail", names, default=at_first, format_func=lambda name: feature(name).title, key="detail"
    )
    if chosen is not None:
        own, others = (tracks[feature(chosen).column] for tracks in (session.library, session.catalogue.sample))
        if session.has_no_yardstick:
            others = others.head(0)
        words = sentence(chosen, own, others)
        figure(distribution(chosen, own, others), words, f"distribution_{chosen}")
        st.caption(plain(words))


def genres(session: ListenerSession) -> None:
    """The genres of the library; nothing where none is known."""
    counts = common_genres(session.library)
    if counts.empty:
        return
    st.header("Genres", anchor=False)
    words = genres_in_words(counts, len(session.library))
    when_seen(session, "genres", 420, lambda _: figure(genres_chart(counts), words, "genres"))
    st.caption(plain(words))


def outliers(session: ListenerSession) -> None:
    """The listener's own tracks that are furthest from the others."""
    st.header("Your odd ones out", anchor=False)
    when_seen(session, "odd_ones", 260, _outliers)


def _outliers(session: ListenerSession) -> None:
    with st.spinner("Looking for your odd ones out …"):
        alone = most_alone(session.library)
    if alone.empty:
        st.caption("We know too little about your songs to say which stand out.")
        return
    st.caption("Songs of yours that sound least like the rest of your library.")
    alone["artists"] = alone["artists"].map(artists_in_words)
    sides = zip(map(feature, alone["feature"]), alone["percentile"] > 0.5, strict=True)
    alone["why"] = [f.more if is_high else f.less for f, is_high in sides]
    _outlier_table(session, alone)


@fragment
def _outlier_table(session: ListenerSession, alone: pd.DataFrame) -> None:
    """Picking a row draws only this again."""
    picked = st.dataframe(
        alone[["title", "artists", "why"]],
        key="outliers",
        hide_index=True,
        column_config=library_columns() | {"why": st.column_config.TextColumn("Stands out as")},
        alt="Your songs that stand out most",
        on_select="rerun",
        selection_mode="single-row",
    )
    more_like_button(session, alone, picked_row(picked, alone), key="more_like_outlier")


@fragment
def compare(session: ListenerSession) -> None:
    """Side by side with an invented listener, or with somebody's file, which is not stored."""
    st.header("Compare", anchor=False)
    invented = {
        f"{listener.name} ({DEMO_NOTE})": listener.library
        for number, listener in enumerate(session.app.demo_listeners)
        if number != session.demo_listener
    }
    whom = [*invented, "Somebody’s file"]
    name = st.selectbox("With whom?", whom, index=None, placeholder="Choose somebody", key="compare_with", width=360)
    if name is None:
        return
    other = invented[name] if name in invented else _somebodys_library(session)
    if other is None or other.empty:
        return
    mine, theirs = (describe(tracks, session.catalogue.sample) for tracks in (session.library, other))
    names = ("You", name)
    words = comparison_in_words(mine, theirs, names)
    figure(comparison(mine, theirs, names), words, "comparison")
    st.caption(plain(words))


def _somebodys_library(session: ListenerSession) -> pd.DataFrame | None:
    file = accepted(
        st.file_uploader("Their export; we compare it and don’t store it", type=ENDINGS, key="compare_file")
    )
    if file is None:
        return None
    file_id, tracks = st.session_state.get("compare_read", ("", None))
    if file_id != file.file_id:
        tracks = None
        with problems.shown(again="compare"), reading(session, file) as imported:
            tracks = imported.tracks
            st.session_state["compare_read"] = (file.file_id, tracks)
    return tracks


def timeline(session: ListenerSession) -> None:
    """Listening over time, where there is a history."""
    if not session.plays.empty:
        st.header("Over time", anchor=False)
        when_seen(session, "timeline", 900, _timeline)


def _timeline(session: ListenerSession) -> None:
    plays = session.plays
    words = plays_in_words(plays)
    monthly = plays_per_month(plays)
    if len(monthly.data[0].x) > 1:
        figure(monthly, words, "plays")
    st.caption(plain(words))
    chosen = st.selectbox(
        "Show change in", NUMBER_FEATURES, format_func=lambda f: f.title, index=1, key="drift", width=360
    )
    name = chosen.name
    words = drift_in_words(name, plays, session.library)
    drift = feature_drift(name, plays, session.library)
    if any(value is not None for value in drift.data[0].y):
        figure(drift, words, "drift_chart")
    st.caption(plain(words))


def map_and_modes(session: ListenerSession) -> None:
    """The library on a map of the catalogue, with its tastes marked; each can be what a list starts from."""
    st.header("Your tastes on the map", anchor=False)
    when_seen(session, "tastes", 700, _map_and_modes)


def _map_and_modes(session: ListenerSession) -> None:
    found = None  # where too little is known to look for tastes
    with session.app.ranking.turn():
        try:
            with st.spinner("Looking for your tastes …"):
                found = session.modes
        except NothingToRank as problem:
            st.caption(plain(problem))
    medoids = [] if found is None or found.is_one else list(found.table["track_id"])
    words = map_in_words(session.library, session.catalogue, medoids)
    map_with_start(session, medoids, words)
    st.caption(plain(words))
    if found is not None:
        st.markdown(plain(found.sentence))
        # Say why the tastes hold fewer tracks than the library, where they do.
        songs = len(found.members)
        tracks = len(session.library)
        if songs < tracks:
            if songs == LONGEST_LIBRARY:
                st.caption(f"For speed we use a random {songs:,} of your {counted(tracks, 'song')}.")
            else:
                st.caption(f"We used {songs:,} of your {counted(tracks, 'song')}: each once, where enough is known.")
    if found is not None and not found.is_one:
        # A card per taste: the track that stands for it, its size, and a list that starts from it alone.
        for column, mode in zip(st.columns(len(found.table)), found.table.itertuples(), strict=True):
            with column.container(border=True, height="stretch"):
                title = shortened(mode.title, at_most=60)
                st.markdown(f"**{plain(title)}**")
                by, size = plain(artists_in_words(mode.artists)), counted(mode.tracks, "track")
                st.caption(f"by {by} stands for {size} ({mode.share:.0%})")
                if st.button("Start from here", key=f"mode_{mode.Index}", help="Recommend from this taste alone"):
                    session.start_from(found.members.index[found.members == mode.Index], f"the taste of “{title}”")
                    st.switch_page(page("recommend"))
