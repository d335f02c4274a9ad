"""A list starts from any song or list of the listener's own, and a saved recipe brings that back."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from recsys.auth.guests import guest_listener
from recsys.auth.models import Visitor
from recsys.core.engine.filters import Filters
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink, to_query
from recsys.errors import StorageProblem
from recsys.services.start import Part, Start
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.history import Settings
from recsys.ui.recommend.share import link_here
from recsys.ui.recommend.start_from import NOT_HERE
from tests.pages.test_every_page import (
    OTHERS,
    OWN,
    bringing,
    component,
    in_more,
    opened,
    send,
    shows_no_trace,
    with_settings,
)

SEEN = "2026-11-01T00:00:00Z"


def session_of(app):
    return app.session_state["tonearm"]


def searched(app: AppTest, query):
    return app.text_input(key="start_query").set_value(query).run()


def said(app):
    return " ".join(str(text.value) for kind in (app.markdown, app.caption, app.info) for text in kind)


def test_a_song_of_the_catalogue_is_found_and_the_list_starts_from_it():
    app = searched(opened("recommend", bringing(OWN, OTHERS)), "other song 7")
    app.button(key=f"start_add_cat{7:019d}").click().run()

    shows_no_trace(app)
    assert session_of(app).start.parts == (Part("Other song 7 by Band 7", (f"cat{7:019d}",)),)
    assert session_of(app).recommender.own["title"].tolist() == ["Other song 7"]


def test_a_link_to_an_unknown_song_says_why_it_cannot_be_used():
    app = searched(opened("recommend", bringing(OWN, OTHERS)), "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC")

    assert "we don’t know how it sounds" in said(app)


@pytest.mark.parametrize("kind", ["album", "playlist"])
def test_a_link_that_needs_spotify_says_what_to_do_without_it(kind):
    app = searched(
        opened("recommend", bringing(OWN, OTHERS)), f"https://open.spotify.com/{kind}/4uLU6hMCjMI75M1A2tKUQC"
    )

    shows_no_trace(app)
    assert f"Only Spotify knows which songs are on this {kind}" in said(app)
    assert "Search for its songs" in said(app)


def test_songs_to_stay_away_from_count_as_turned_down():
    app = searched(opened("recommend", bringing(OWN, OTHERS)), "other song 7")
    app.button(key=f"start_less_cat{7:019d}").click().run()

    shows_no_trace(app)
    assert session_of(app).seeds == ()
    assert "1 you turned down" in " ".join(component(app, "list")["below"])


def rated(session):
    bringing(OWN, OTHERS)(session)
    for song in (OTHERS.iloc[[7]], OTHERS.iloc[[8]].assign(track_id="gone", title="Gone")):
        session.rate(song, True)


def test_of_more_only_the_tab_that_is_open_is_drawn():
    def drawn(app):
        rows = {button.key for button in app.button if str(button.key).startswith("unrate_")}
        return [box.key for box in app.text_input if box.key == "recipe_name"], len(rows)

    app = opened("recommend", rated)
    assert drawn(app) == ([], 0)
    assert drawn(in_more(app)) == (["recipe_name"], 0)
    assert drawn(in_more(app, "Your ratings")) == ([], 2)


def test_a_list_starts_from_a_song_that_was_rated():
    app = in_more(opened("recommend", rated), "Your ratings")
    app.button(key=f"more_like_rated_cat{7:019d}").click().run()

    shows_no_trace(app)
    assert session_of(app).start.parts == (Part("Other song 7 by Band 7", (f"cat{7:019d}",)),)


def test_a_rated_song_that_nobody_has_now_says_so_and_changes_nothing():
    app = in_more(opened("recommend", rated), "Your ratings")
    app.button(key="more_like_rated_gone").click().run()

    shows_no_trace(app)
    assert session_of(app).start.parts == ()
    assert "Neither your library nor the catalogue" in app.session_state["list_state"].notice


def noticed(app):
    return component(app, "list")["notice"], component(app, "list")["undo"]


def liked(app):
    """The song in the first row is liked."""
    row = component(app, "list")["rows"][0]
    send(app, kind="like", track=row["id"])
    assert noticed(app) == (f"Got it: more songs like “{row['title']}”.", True)
    return row["id"]


def test_a_rating_that_is_removed_below_more_is_no_longer_said_to_count():
    app = opened("recommend", bringing(OWN, OTHERS))
    track = liked(app)
    in_more(app, "Your ratings").button(key=f"unrate_{track}").click().run()

    shows_no_trace(app)
    assert noticed(app) == ("Your rating was removed.", False)


def test_undo_stands_only_beside_what_it_takes_back():
    app = in_more(opened("recommend", rated), "Your ratings")
    liked(app)
    app.button(key="more_like_rated_gone").click().run()

    assert noticed(app) == (NOT_HERE, False)


def test_what_was_said_of_ones_own_list_is_not_above_that_of_the_demo():
    app = opened("recommend", bringing(OWN, OTHERS))
    liked(app)
    session_of(app).show_demo(1)
    app.run()

    shows_no_trace(app)
    assert noticed(app) == ("", False)


def test_a_rating_that_cannot_be_removed_says_why_and_stays(container, monkeypatch):
    def fail(listener, track_id):
        raise StorageProblem("The store does not answer.")

    app = in_more(opened("recommend", rated), "Your ratings")
    with monkeypatch.context() as failing:
        failing.setattr(container.embedded_store, "remove_feedback", fail)
        app.button(key="unrate_gone").click().run()

    shows_no_trace(app)
    assert [error.value for error in app.error] == ["The store does not answer\\."]
    app.button(key="unrate_gone").click().run()
    assert session_of(app).feedback["track_id"].tolist() == [f"cat{7:019d}"]


def test_a_press_in_a_tab_whose_listener_has_signed_out_elsewhere_removes_no_rating(container, monkeypatch):
    app = in_more(opened("recommend", rated), "Your ratings")
    listener = session_of(app).listener
    nobody = Visitor(guest_listener("b" * 43), is_guest=True)
    monkeypatch.setattr("recsys.ui.current_session.visitor", lambda *_: nobody)
    app.button(key="unrate_gone").click().run()

    shows_no_trace(app)
    assert len(container.embedded_store.feedback(listener)) == 2


def test_a_saved_recipe_that_cannot_be_used_says_why_and_changes_nothing():
    def saved(session):
        bringing(OWN, OTHERS)(session)
        session.store.save_recipe(session.listener, "Sunday", {"weights": {"energy": 3.0}, "length": 9_000})

    app = in_more(opened("recommend", saved))
    app.button(key="recipe_use_0").click().run()

    shows_no_trace(app)
    assert session_of(app).recipe == Recipe()
    assert "must be between 1 and 500" in app.session_state["list_state"].notice


def away_from_one(session):
    bringing(OWN, OTHERS)(session)
    session.own_passport = replace(session.app.passport, name="Other songs")
    session.start = Start(minus=(Part("Other song 7 by Band 7", (f"cat{7:019d}",)),))


def link_of(app):
    return link_here(session_of(app), app.session_state["list_state"].found)


def test_a_link_names_the_catalogue_and_the_songs_to_stay_away_from():
    link = link_of(opened("recommend", away_from_one))

    assert link.catalogue == "Other songs"
    assert (link.minus, link.minus_names) == ((f"cat{7:019d}",), ("Other song 7 by Band 7",))
    assert len(to_query(link)) <= 300


def test_a_link_of_another_catalogue_says_whose_it_was():
    shared = link_of(opened("recommend", away_from_one))

    def elsewhere(session):
        bringing(OWN, OTHERS.head(20))(session)
        session.own_passport = replace(session.app.passport, name="", title="Fewer songs")

    app = opened("recommend", elsewhere)
    app.session_state["shared_recipe"] = shared
    app.run()
    assert "made with the catalogue “Other songs”; here it is “Fewer songs”" in said(app)


def with_link(link):
    app = opened("recommend", bringing(OWN, OTHERS))
    app.session_state["shared_recipe"] = link
    return app.run()


def said_of_the_link(app):
    return [box.value.replace("\\", "") for box in (*app.warning, *app.info) if "recipe" in box.value]


def test_with_another_start_a_list_is_no_longer_that_of_a_shared_recipe():
    app = with_link(RecipeLink(Recipe(length=20)))
    assert said_of_the_link(app) == ["Opened from a shared recipe."]

    send(app, kind="seed", track=component(app, "list")["rows"][3]["id"])
    assert said_of_the_link(app) == []

    send(app, kind="back", track="")
    assert said_of_the_link(app) == ["Opened from a shared recipe."]


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(filters=Filters(ranges={"year": (1861, 1862)}))])
def test_what_a_shared_recipe_names_that_nobody_has_is_said_until_something_is_set(recipe):
    app = with_link(RecipeLink(recipe, ("gone",), ("Lost by Nobody",)))
    missing = "This recipe starts from Lost by Nobody, which is neither in your library nor in the catalogue."
    assert said_of_the_link(app)[0] == missing

    set_recipe(session_of(app), Recipe(length=10))
    app.run()
    assert said_of_the_link(app) == []


def test_a_list_of_the_listeners_own_can_be_chosen():
    def bring(session):
        bringing(OWN, OTHERS)(session)
        rows = pd.DataFrame({"track_id": OWN["track_id"].head(5), "origin": "top_short", "seen_at": SEEN, "rank": 1.0})
        session.store.save_origins(session.listener, rows)
        session.forget("start lists")

    app = opened("recommend", bring)
    box = app.selectbox(key="start_list")
    assert "Most played in the last four weeks (5 songs)" in box.options
    box.set_value(box.options[0]).run()
    app.button(key="start_add_list").click().run()

    shows_no_trace(app)
    assert session_of(app).seeds == tuple(OWN["track_id"].head(5))


def test_the_recipe_whose_button_was_pressed_is_forgotten_also_after_another_tab_forgot_one():
    def saved(session):
        bringing(OWN, OTHERS)(session)
        for name in ("First", "Second"):
            session.store.save_recipe(session.listener, name, {})

    app = in_more(opened("recommend", saved))
    session = session_of(app)
    session.store.remove_recipe(session.listener, "First")
    session.forget("recipes")  # as when another tab's import is noticed
    app.button(key="recipe_forget_0").click().run()

    shows_no_trace(app)
    assert [*session.store.recipes(session.listener)] == ["Second"]
    app.button(key="recipe_forget_0").click().run()
    assert not session.store.recipes(session.listener)


def test_a_saved_recipe_brings_back_what_the_list_started_from():
    app = searched(opened("recommend", bringing(OWN, OTHERS)), "other song 7")
    app.button(key=f"start_add_cat{7:019d}").click().run()
    in_more(app).text_input(key="recipe_name").set_value("Sevens").run()
    app.button(key="recipe_save").click().run()
    app.button(key="whole_library").click().run()
    assert session_of(app).seeds == ()

    app.button(key="recipe_use_0").click().run()

    shows_no_trace(app)
    assert [part.name for part in session_of(app).start.parts] == ["Other song 7 by Band 7"]


def test_a_song_that_the_catalogue_has_no_more_is_named_and_left_out():
    app = searched(opened("recommend", bringing(OWN, OTHERS)), "other song 7")
    app.button(key=f"start_add_cat{7:019d}").click().run()
    in_more(app).text_input(key="recipe_name").set_value("Gone").run()
    app.button(key="recipe_save").click().run()
    bringing(OWN, OTHERS.drop(index=7).reset_index(drop=True))(session_of(app))

    app.run().button(key="recipe_use_0").click().run()

    shows_no_trace(app)
    assert session_of(app).seeds == ()
    assert "“Other song 7 by Band 7”" in said(app)


def test_a_step_back_to_a_song_of_another_catalogue_names_it_and_leaves_a_list():
    app = opened("recommend", bringing(OWN, OTHERS))
    track = component(app, "list")["rows"][3]["id"]
    name = " by ".join(OTHERS.loc[OTHERS["track_id"] == track, ["title", "artists"]].iloc[0])
    send(app, kind="seed", track=track)
    bringing(OWN, OTHERS[OTHERS["track_id"] != track])(session_of(app))
    app.run()

    send(app, kind="back", track="")

    shows_no_trace(app)
    assert session_of(app).seeds == ()
    assert f"Left out, because neither your library nor the catalogue has it now: “{name}”." == noticed(app)[0]
    assert component(app, "list")["rows"]

    send(app, kind="back", track="")
    assert not component(app, "list")["history"]["back"], "a second step leads on"


def test_forgotten_songs_are_the_listeners_own_that_were_not_heard_for_long():
    old = OWN.assign(added_at="2020-01-01T00:00:00Z")
    app = with_settings(opened("recommend", bringing(old, pd.concat([OTHERS, OWN.head(10)], ignore_index=True))))
    app.segmented_control(key="dial_choice").set_value("forgotten").run()

    shows_no_trace(app)
    listed = list(app.session_state["list_state"].titles)
    assert len(listed) > 10, "those that the catalogue lacks are ranked too"
    assert set(listed) <= set(OWN["track_id"])

    app.slider(key="dial_silent").set_value(36).run()
    assert session_of(app).recipe.silent_months == 36.0


def test_everything_leaves_out_none_of_the_listeners_own_songs():
    app = with_settings(opened("recommend", bringing(OWN, pd.concat([OTHERS, OWN.head(10)], ignore_index=True))))
    app.segmented_control(key="dial_choice").set_value("everything").run()

    shows_no_trace(app)
    assert "40 of the catalogue’s 40 songs compared." in component(app, "list")["below"]


def test_forgotten_songs_are_compared_with_new_ones_and_another_start_is_named():
    def prepare(session):
        bringing(OWN.assign(added_at="2020-01-01T00:00:00Z"), OTHERS)(session)
        session.recipe = Recipe(choose_from="forgotten")

    app = opened("recommend", prepare)
    away = Start(minus=(Part("Other song 7 by Band 7", (f"cat{7:019d}",)),))
    app.session_state["history_remembered"] = Settings(Recipe(), away)
    app.session_state["compare_on"] = True
    app.run()

    shows_no_trace(app)
    says = said(app).replace("\\", "")
    assert "**Since the list you remembered:** 0 the same," in says
    assert "Start: the whole library away from Other song 7 by Band 7 then, the whole library now" in says
    assert "Only now: Songs forgotten, not heard for 6 months" in says
