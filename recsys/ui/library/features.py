"""Audio features: how much of the library has them, from which source, and looking up what is missing."""

import pandas as pd
import streamlit as st

from recsys.charts.coverage import coverage_chart, coverage_in_words
from recsys.core.insights.summary import features_by_source
from recsys.core.insights.wording import counted
from recsys.core.model.tracks import has_audio
from recsys.services.features import Coverage
from recsys.times import from_iso
from recsys.ui.library.sync import reasons
from recsys.ui.parts.charts import figure
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.labels import SOURCES
from recsys.ui.parts.look_up import features_key, look_up
from recsys.ui.parts.text import local_time, plain
from recsys.ui.session import ListenerSession


def features_panel(session: ListenerSession) -> None:
    """Coverage by source, the consent for ReccoBeats, and a button that looks up what is missing."""
    features = session.app.features
    covered = session.known("coverage", lambda: features.coverage(session.listener, session.library))
    if covered.known == covered.total:
        return
    st.header("Missing audio features", anchor=False)
    st.markdown(coverage_counts(covered))
    had_agreed = session.known("consent", lambda: features.has_agreed(session.listener, "reccobeats"))
    agreed = had_agreed
    if had_agreed or covered.could_ask:
        agreed = st.toggle(
            "Send the Spotify ids of these songs to ReccoBeats",
            value=had_agreed,
            key="reccobeats",
            help="A free service run by one person. It sees song ids, nothing about you. Off until you agree.",
        )
    if agreed != had_agreed:
        features.agree(session.listener, "reccobeats", agreed)
        session.forget("coverage", "consent")
        st.rerun()
    is_active = session.app.jobs.is_active(features_key(session))
    fragment(_look_up, run_every=1.0 if is_active else None)(session, covered, agreed, is_active)


def known_panel(session: ListenerSession) -> None:
    """Which features are known, and from which source; looked up when opened, as it may be a lot to read."""
    title = "Where the audio data comes from"
    panel = st.expander(title, icon=":material/bar_chart:", key="known", on_change="rerun")
    if not panel.open:
        return
    with panel:
        covered = features_by_source(session.library).rename(columns=named)
        words = coverage_in_words(covered)
        figure(coverage_chart(covered), words, "sources")
        st.caption(plain(words))
        if not session.is_demo:
            features, listener = session.app.features, session.listener
            for one in session.known("given", lambda: features.given(listener, session.library)):
                last = f", last on {local_time(from_iso(one.last_at))}" if one.last_at else ""
                st.markdown(f"- {counted(one.tracks, 'track')} from {_source(one.source)}{last}")


def _look_up(session: ListenerSession, covered: Coverage, has_agreed: bool, was_active: bool) -> None:
    """The button with what came of the last look-up, or the progress of the one that runs."""
    key = features_key(session)
    is_active = session.app.jobs.is_active(key)
    if not is_active and st.button("Look for missing features", icon=":material/search:", key="look_up"):
        look_up(session)
    job = session.app.jobs.snapshot(key)
    if job and job.is_active:
        stage = job.progress
        st.progress(stage.stored / max(stage.found, 1) if stage else 0.0, "Asking the sources …")
    elif job and job.message:
        st.error(plain(job.message))
    elif job and job.result:
        for reason in reasons([job.result]):
            st.info(reason, icon=":material/schedule:")
        # Said as long as nothing was brought, taken away or agreed to since.
        result, rest = job.result, covered.not_found + covered.not_asked
        at_the_end = (result.stored, result.pending, sum(result.skipped.values()))
        if result.is_finished and at_the_end == (covered.known, covered.waiting, rest):
            st.caption(ended(covered, has_agreed))
    if session.app.jobs.is_active(key) != was_active:
        session.show_own()
        st.rerun()


def coverage_counts(covered: Coverage) -> str:
    """How many tracks have audio features, by source; how many of the rest wait, were not found or not asked about."""
    sources = ", ".join(f"{count:,} from {_source(name)}" for name, count in covered.by_source.items())
    rest = {
        "waiting": covered.waiting,
        "not found": covered.not_found,
        "not asked about": covered.could_ask,
        "that no online source can be asked about": covered.not_asked - covered.could_ask,
    }
    parts = [f"{covered.known:,} with audio features" + (f" ({sources})" if sources else "")]
    parts += [f"{count:,} {what}" for what, count in rest.items() if count]
    return f"{counted(covered.total, 'track')}: {', '.join(parts)}."


def ended(covered: Coverage, has_agreed: bool) -> str:
    """What a look-up that has ended leaves to say, in which nothing may have been found."""
    if covered.waiting:
        return "Some sources have not been asked yet. Look again."
    said = ["We asked every source you allowed."]
    if covered.not_found:
        said.append("We will try the missing songs again in 30 days.")
    if covered.could_ask and not has_agreed:
        said.append("We ask ReccoBeats once you agree.")
    return " ".join(said)


def named(source: str) -> str:
    """A source as a listener knows it; several that helped one track, joined."""
    return " and ".join(SOURCES.get(part, part) for part in source.split(", "))


def _source(name: str) -> str:
    return plain(named(name))


def coverage_figures(library: pd.DataFrame) -> None:
    """How many songs there are and how many have audio features; of at least one song."""
    known = int(has_audio(library).sum())
    songs = f"**{counted(len(library), 'song')}**"
    with st.container(key="coverage"):
        if known == len(library):
            st.markdown(f"{songs}, all with audio features.")
        else:
            which = "Only these" if known else "None"
            st.markdown(f"{songs}, {known:,} with audio features. {which} can be compared by sound.")
            st.progress(known / len(library))
