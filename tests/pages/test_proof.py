"""The proof page: the test of the sliders and the tuned weights, as a listener meets them."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from recsys.catalogues.passport import passport_of
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.evaluation.metrics import Interval
from recsys.core.evaluation.proof import CHANCE, OURS, TEXTBOOK, TUNED, Proof
from recsys.core.evaluation.tuning import Tuned
from recsys.demo.catalogue import demo_catalogue
from recsys.services.jobs import Jobs
from recsys.services.proof import Checked, trial_key
from tests.pages.test_every_page import OWN, bringing

WEIGHTS = dict(Recipe().weights)
BETTER = Interval(5, 3, 7)


@pytest.fixture
def jobs(container, monkeypatch):
    """Jobs of one test alone."""
    running = Jobs(workers=1)
    monkeypatch.setattr(container, "jobs", running)
    yield running
    running.close()


def opened(prepare=lambda session: session.show_demo(0)):
    app = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run()
    prepare(app.session_state["tonearm"])
    return app.switch_page("../../pages/proof.py").run()


def finished(jobs, app, name, result):
    """The page after a trial has ended with a result."""
    session = app.session_state["tonearm"]
    key = trial_key(name, session.listener, session.library, session.catalogue.number)
    jobs.start(key, lambda job: result)
    jobs.wait(key, 10)
    return app.run()


def judged(second, more, first=OURS):
    found = {first: Interval(7, 5, 9), second: Interval(2, 1, 3)}
    return Proof(40, 20, 5_000, found, 0.2, {second: more, CHANCE: BETTER})


def said(app):
    return " ".join(
        str(element.value) for kind in (app.markdown, app.success, app.warning, app.info) for element in kind
    )


def test_a_press_tests_the_sliders_on_the_demo_and_says_what_was_found(jobs):
    app = opened()
    session = app.session_state["tonearm"]
    app.button(key="proof_start").click().run()
    jobs.wait(trial_key("proof", session.listener, session.library, session.catalogue.number), 60)
    app.run()

    assert [problem.message for problem in app.exception] == []
    assert "of your songs. Your settings found" in said(app)
    assert ", a basic recommender " in said(app)
    assert "pure luck" in said(app)


def test_a_running_test_shows_how_far_it_is_and_can_be_cancelled(jobs):
    app = opened()
    session = app.session_state["tonearm"]
    key = trial_key("proof", session.listener, session.library, session.catalogue.number)
    jobs.start(key, lambda job: job.sleep(60))
    app.run()
    assert not [button for button in app.button if button.key == "proof_start"]

    app.button(key="proof_cancel").click().run()

    assert jobs.wait(key, 10).state == "cancelled"


def test_sliders_that_are_no_better_are_told_so(jobs):
    app = finished(jobs, opened(), "proof", Checked(WEIGHTS, 50, judged(TEXTBOOK, Interval(0.5, -1, 2))))

    assert "No better than a basic recommender" in app.warning[0].value
    assert "More than pure luck" in app.success[0].value


def test_sliders_that_have_moved_since_are_told_so(jobs):
    app = finished(jobs, opened(), "proof", Checked(WEIGHTS | {"year": 0.0}, 50, judged(TEXTBOOK, BETTER)))

    assert any("moved your sliders since" in info.value for info in app.info)


def test_tuned_weights_are_shown_in_the_words_of_the_mixer_and_used_at_a_press(jobs):
    tuned = Tuned(WEIGHTS, WEIGHTS | {"energy": 5.0, "genre": 0.0}, judged(OURS, BETTER, first=TUNED))
    app = finished(jobs, opened(), "tuning", tuned)
    assert "On the other half of your library" in app.success[0].value
    assert app.dataframe[0].value.to_dict("records") == [
        {"Slider": "Energy", "From": "normal", "To": "a lot"},
        {"Slider": "Genre", "From": "normal", "To": "off"},
    ]

    app.button(key="use_tuned").click().run()

    assert app.session_state["tonearm"].recipe.weights["energy"] == 5.0
    assert "Your sliders are set to this" in said(app)
    drawn = app.switch_page("../../pages/recommend.py").run().get("bidi_component")
    mixer = next(one for one in drawn if "mixer" in one.proto.id)
    shown = json.loads(mixer.proto.mixed.json or mixer.proto.json)
    said_there = {f["name"]: shown["level_words"][f["level"]] for f in shown["features"]}
    assert (said_there["energy"], said_there["genre"]) == ("a lot", "off")


def test_tuned_weights_that_found_less_are_not_offered(jobs):
    worse = Tuned(WEIGHTS, WEIGHTS | {"energy": 5.0}, judged(OURS, Interval(-1, -3, 1), first=TUNED))
    app = finished(jobs, opened(), "tuning", worse)

    assert "Keep your sliders" in app.warning[0].value
    assert not [button for button in app.button if button.key == "use_tuned"]


def test_a_search_that_moved_nothing_says_so(jobs):
    app = finished(jobs, opened(), "tuning", Tuned(WEIGHTS, WEIGHTS, judged(OURS, Interval(0, 0, 0), first=TUNED)))

    assert "We found no better settings" in said(app)
    assert not [button for button in app.button if button.key == "use_tuned"]


@pytest.mark.parametrize("name", ["proof", "tuning"])
def test_a_library_with_too_little_known_is_told_in_a_sentence(jobs, name):
    songs = demo_catalogue()
    app = opened(bringing(OWN, songs.assign(track_id=[f"cat{n:019d}" for n in range(len(songs))])))
    session = app.session_state["tonearm"]
    app.button(key=f"{name}_start").click().run()
    jobs.wait(trial_key(name, session.listener, session.library, session.catalogue.number), 60)
    app.run()

    assert "Your library has 0" in app.warning[0].value


def test_an_empty_library_is_shown_the_doors(jobs):
    app = opened(lambda session: session.show_own())

    assert "Nothing to test yet" in app.info[0].value
    assert not [button for button in app.button if button.key == "proof_start"]


@pytest.mark.parametrize("repeats", [66, 67])
def test_a_catalogue_of_which_only_a_sample_is_tested_says_so(repeats):
    many = pd.concat([OWN] * repeats, ignore_index=True)
    many = many.assign(
        track_id=[f"cat{n:019d}" for n in range(len(many))], title=[f"Other song {n}" for n in range(len(many))]
    )

    def bring(session):
        session.store.save_tracks(session.listener, OWN)
        session.show_own()
        session.use_catalogue(Catalogue.from_tracks(many), passport_of(many))

    said = [caption.value for caption in opened(bring).caption]

    assert any("a random 2,000 of the 2,010 songs in the catalogue you brought" in each for each in said) == (
        repeats == 67
    )
    assert any("For speed we use a random" in each for each in said) == (repeats == 67)
