"""Pieces of the proof page: the test of the sliders, and the search for better ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from recsys.charts.proof import found_chart, found_in_words
from recsys.core.evaluation.proof import OURS
from recsys.core.evaluation.tuning import Tuned
from recsys.core.model.features import FEATURES
from recsys.demo.catalogue import demo_catalogue
from recsys.services import proof_report as verdict
from recsys.services.jobs import Jobs, Snapshot
from recsys.services.proof import Checked, ReadCatalogue, start_proof, start_tuning, trial_key
from recsys.ui.navigation import page
from recsys.ui.parts.charts import figure
from recsys.ui.parts.fragment import fragment
from recsys.ui.parts.text import plain
from recsys.ui.recommend.controls import set_weights
from recsys.ui.recommend.levels import level_in_words, move_in_words
from recsys.ui.session import ListenerSession

WHAT_IT_DOES: Final = (
    "We hide half your songs and see how many your settings bring back, against a basic recommender and pure luck. "
    "Filters and aims are left out."
)
Start = Callable[[Jobs, str, ReadCatalogue, pd.DataFrame, Mapping[str, float]], Snapshot]


@dataclass(frozen=True)
class Trial:
    """
    Something that runs in the background on the listener's library: how it starts and how its result is shown.

    `is_first` is the one to begin with, whose button stands out.
    """

    name: str
    label: str
    icon: str
    start: Start
    show: Callable[[ListenerSession, Any], None]
    is_first: bool = False


def proof_panel(session: ListenerSession) -> None:
    """Test the sliders on the library on the screen."""
    st.header("Do my sliders work?", anchor=False)
    st.markdown(WHAT_IT_DOES)
    # Say that not the whole catalogue takes part, when only its sample is available.
    whole, sample = len(session.catalogue.tracks), len(session.catalogue.sample)
    if session.catalogue is session.own_catalogue and sample < whole:
        st.caption(f"For speed we use a random {sample:,} of the {whole:,} songs in the catalogue you brought.")
    _panel(session, PROOF)


def tuning_panel(session: ListenerSession) -> None:
    """Search for sliders that work better."""
    st.header("Tune to me", anchor=False)
    st.markdown("Finds settings that fit half your library, then checks them on the other half.")
    _panel(session, TUNING)


def _panel(session: ListenerSession, trial: Trial) -> None:
    key = trial_key(trial.name, session.listener, session.library, session.catalogue.number)
    is_active = session.app.jobs.is_active(key)
    fragment(_watched, run_every=1.0 if is_active else None)(session, trial, key, is_active)


def _watched(session: ListenerSession, trial: Trial, key: str, was_active: bool) -> None:
    """The button with the last result, or the progress, drawn again every second; a full rerun when that changes."""
    job = session.app.jobs.snapshot(key)
    if job and job.is_active:
        step = job.progress
        st.progress(step.share if step else 0.0, step.words if step else "Waiting for a free place …")
        if st.button("Cancel", icon=":material/stop:", key=f"{trial.name}_cancel"):
            session.app.jobs.cancel(key)
    else:
        emphasis: Literal["primary", "secondary"] = "primary" if trial.is_first else "secondary"
        if st.button(trial.label, key=f"{trial.name}_start", icon=trial.icon, type=emphasis):
            trial.start(session.app.jobs, key, _catalogue(session), session.library, session.recipe.weights)
        elif job and job.message:
            st.warning(plain(job.message), icon=":material/info:")
        elif job and job.result:
            trial.show(session, job.result)
    if session.app.jobs.is_active(key) != was_active:
        st.rerun()


def _catalogue(session: ListenerSession) -> ReadCatalogue:
    """
    How to read the catalogue's audio features as published, which the engine does not store.

    Of a catalogue brought for this session only its sample is available.
    """
    if session.catalogue is session.app.demo_catalogue:
        return demo_catalogue
    if session.own_catalogue is not None:
        sample = session.own_catalogue.sample
        return lambda: sample
    return session.app.installed_tracks


def _show_tested(session: ListenerSession, tested: Checked) -> None:
    st.markdown(verdict.found(tested.proof))
    for speaks_for_it, sentence in verdict.verdicts(tested.proof):
        if speaks_for_it:
            st.success(sentence, icon=":material/check:")
        else:
            st.warning(sentence, icon=":material/balance:")
    figure(found_chart(tested.proof), found_in_words(tested.proof), "found")
    st.caption(
        f"{tested.proof.songs:,} of your {tested.tracks:,} songs were used: those with all audio features, each once. "
        "We split them ten times and hid each half in turn. Songs you would like but do not have count as misses, so "
        "only the comparison matters."
    )
    if dict(session.recipe.weights) != dict(tested.weights):
        st.info("You have moved your sliders since. Test them again.", icon=":material/sync:")


def _show_tuned(session: ListenerSession, tuned: Tuned) -> None:
    is_better, sentence = verdict.tuned(tuned.proof)
    if is_better:
        st.success(sentence, icon=":material/check:")
    else:
        st.warning(sentence, icon=":material/balance:")
    # A row per slider that the search moved, in the mixer's words.
    rows = [
        {
            "Slider": f.title,
            "From": level_in_words(f, tuned.start[f.name]),
            "To": move_in_words(f, tuned.start[f.name], tuned.weights[f.name]),
        }
        for f in FEATURES
        if tuned.start[f.name] != tuned.weights[f.name]
    ]
    moved = pd.DataFrame(rows)
    if moved.empty:
        st.markdown("We found no better settings than yours.")
        return
    st.dataframe(moved, hide_index=True, alt="The sliders that were moved")
    if tuned.proof.more[OURS].mean > 0:
        # A button that moves the sliders to where the search put them.
        if dict(session.recipe.weights) == dict(tuned.weights):
            st.markdown("Your sliders are set to this.")
            st.page_link(page("recommend"), label="See the list they make", icon=":material/tune:")
        elif st.button("Use these weights", key="use_tuned", icon=":material/done_all:"):
            set_weights(session, tuned.weights)
            st.rerun()


PROOF: Final = Trial("proof", "Test my sliders", ":material/science:", start_proof, _show_tested, is_first=True)
TUNING: Final = Trial("tuning", "Tune to me", ":material/tune:", start_tuning, _show_tuned)
