"""The limits beside the mixer read as a listener says them, within what the catalogue has."""

from dataclasses import replace
from datetime import time

import numpy as np
import pytest

from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.ui.recommend.chips import chips
from recsys.ui.recommend.controls import set_recipe
from tests.pages.test_every_page import OTHERS, OWN, bringing, component, opened, send, shows_no_trace, with_settings


def limited(others=OTHERS, **ranges):
    def prepare(session):
        bringing(OWN, others)(session)
        set_recipe(session, replace(Recipe(), filters=Filters(ranges=ranges)))

    return with_settings(opened("recommend", prepare))


def slider(app, name):
    return app.slider(key=f"rule_range_{name}")


def test_years_are_whole_and_those_of_the_catalogue():
    years = OTHERS.assign(year=np.linspace(1957, 2020, len(OTHERS)).round())
    app = limited(years, year=(1990, 1999))

    shows_no_trace(app)
    year = slider(app, "year")
    assert (year.min, year.max, year.value, year.proto.format) == (1957, 2020, (1990, 1999), "%d")

    year.set_value((1980, 2020)).run()

    session = app.session_state["tonearm"]
    assert session.recipe.filters.ranges == {"year": (1980, None)}
    assert [(chip.name, chip.value) for chip in chips(session)] == [("Release year", "from 1980")]


def test_a_year_older_than_the_catalogue_stays_as_exact_as_it_came():
    app = limited(OTHERS.assign(year=np.linspace(1957, 2020, len(OTHERS)).round()), year=(1939, 1999))

    assert slider(app, "year").value == (1957, 1999)
    assert app.session_state["tonearm"].recipe.filters.ranges == {"year": (1939, 1999)}


def test_durations_are_minutes_and_seconds():
    app = limited(duration=(150_000, 300_000))

    shows_no_trace(app)
    assert (slider(app, "duration").value, slider(app, "duration").proto.format) == (
        (time(0, 2, 30), time(0, 5)),
        "m:ss",
    )

    slider(app, "duration").set_value((time(0, 2, 30), time(0, 4))).run()

    assert app.session_state["tonearm"].recipe.filters.ranges == {"duration": (150_000, 240_000)}


@pytest.mark.parametrize(("name", "format_"), [("tempo", "%d BPM"), ("loudness", "%d dB"), ("energy", "%.2f")])
def test_other_limits_have_their_unit(name, format_):
    app = limited(**{name: (None, {"tempo": 120, "loudness": -5, "energy": 0.6}[name])})

    shows_no_trace(app)
    assert slider(app, name).proto.format == format_


def test_where_no_song_is_left_each_setting_can_be_removed_at_a_press():
    app = limited(energy=(0.0, 1.0), year=(1861, 1862))
    assert [one for one in app.get("bidi_component") if "list" in one.proto.id] == []
    buttons = {one.key: one.label for one in app.button if one.key and one.key.startswith("unset_")}
    assert buttons["unset_only:year"] == "Release year 1861–1862"

    app.button(key="unset_only:year").click().run()

    shows_no_trace(app)
    assert component(app, "list")["rows"]
    assert app.session_state["tonearm"].recipe.filters.ranges == {"energy": (0.0, 1.0)}
    assert not [one for one in app.button if one.key and one.key.startswith("unset_")]


def test_a_song_kept_at_its_place_stays_under_an_aim_and_is_named_once_it_is_ruled_out():
    others = OTHERS.assign(energy=OTHERS["energy"].where(OTHERS.index != 12))
    unknown = others["track_id"].iloc[12]

    def prepare(session):
        bringing(OWN.head(10), others)(session)
        set_recipe(session, replace(Recipe(), shifts={"energy": 1}, locked={unknown: 4}))

    def kept():
        return [chip["value"] for chip in component(app, "list")["chips"] if chip["id"] == "locked"]

    app = opened("recommend", prepare)
    shows_no_trace(app)
    assert component(app, "list")["rows"][3]["id"] == unknown
    assert kept() == ["1 song"]

    session = app.session_state["tonearm"]
    set_recipe(session, replace(session.recipe, filters=Filters(not_artists=("Band 2",))))
    app.run()

    assert kept() == ["0 of 1 song"]
    says = "1 song that you keep in place is not on the list (by artists you ruled out): “Other song 12” by Band 2."
    assert says in component(app, "list")["below"]


@pytest.mark.parametrize(
    "remove",
    [
        lambda app: send(app, kind="unset", track="blocked"),
        lambda app: send(app, kind="back", track=""),
        lambda app: app.button(key="rule_unblock").click().run(),
    ],
    ids=["its chip", "undo", "its button"],
)
def test_a_block_list_that_was_removed_does_not_come_back_with_the_next_setting(remove):
    app = limited()
    app.file_uploader(key="rule_block_list").set_value([("block.txt", b"Somebody\n", "text/plain")]).run()
    session = app.session_state["tonearm"]
    assert session.recipe.filters.blocked_artists == ("Somebody",)
    assert "Block list: 1 artist." in [caption.value for caption in app.caption]

    remove(app)
    assert session.recipe.filters.blocked_artists == ()
    app.toggle(key="rule_no_live").set_value(True).run()

    shows_no_trace(app)
    assert session.recipe.filters == Filters(no_live=True)


@pytest.mark.parametrize(
    "given",
    [
        {"length": 500},
        {"length": 3},
        {"per_artist": 1},
        {"per_artist": 5},
        {"familiarity": 0.1},
        {"variety": 0.35},
        {"choose_from": "forgotten", "silent_months": 3.5},
        {"choose_from": "forgotten", "silent_months": 100.0},
    ],
    ids=str,
)
def test_a_value_that_no_control_has_stays_as_exact_as_it_came_until_its_control_is_moved(given):
    recipe = replace(Recipe(), **given)

    def prepare(session):
        bringing(OWN.assign(added_at="2020-01-01T00:00:00Z"), OTHERS)(session)
        set_recipe(session, recipe)

    app = with_settings(opened("recommend", prepare))
    app.toggle(key="rule_no_live").set_value(True).run()

    shows_no_trace(app)
    assert app.session_state["tonearm"].recipe == replace(recipe, filters=Filters(no_live=True))

    app.slider(key="dial_length").set_value(50).run()
    app.toggle(key="dial_artist").set_value(True).run()
    app.select_slider(key="dial_familiarity").set_value(-0.5).run()
    app.slider(key="dial_variety").set_value(0.5).run()

    moved = {"length": 50, "familiarity": -0.5, "variety": 0.5, "per_artist": 1 if given == {"per_artist": 1} else 2}
    assert app.session_state["tonearm"].recipe == replace(recipe, filters=Filters(no_live=True), **moved)
