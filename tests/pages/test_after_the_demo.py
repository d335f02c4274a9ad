"""What was set for an invented listener is not for one's own songs; what was opened or saved on purpose is."""

from dataclasses import replace

from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.services.start import Part, Start
from recsys.ui.recommend.controls import set_recipe
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

AIMS = {"energy": -2.0}
LINK = RecipeLink(replace(Recipe(), length=12), ("own" + "0" * 18 + "7",), ("Song 7 by Band 7",))


def session_of(app):
    return app.session_state["tonearm"]


def set_in_the_demo():
    """Recommend on the demo, with an aim, a switch under "More settings" and a song to start from."""
    app = with_settings(opened("recommend", lambda session: session.show_demo(0)))
    app.toggle(key="dial_new").set_value(True)
    send(app, aims=AIMS)
    send(app, kind="seed", track=next(iter(app.session_state["list_state"].titles)))
    session = session_of(app)
    assert (dict(session.recipe.shifts), session.recipe.only_new_artists, len(session.seeds)) == (AIMS, True, 1)
    return app


def with_own_songs(app):
    """The same tab after an upload, with Recommend open."""
    bringing(OWN, OTHERS)(session_of(app))
    return app.run()


def test_the_first_list_of_ones_own_begins_with_the_usual_settings_and_undo_brings_back_those_of_the_demo():
    app = with_own_songs(set_in_the_demo())
    session = session_of(app)

    shows_no_trace(app)
    assert (session.recipe, session.start) == (Recipe(), Start())
    assert app.toggle(key="dial_new").value is False
    shown = component(app, "list")
    assert shown["chips"] == []
    assert shown["history"] == {"back": "Take back: settings for your own songs", "forward": ""}

    send(app, kind="back")

    assert (dict(session.recipe.shifts), session.start) == (AIMS, Start())
    assert app.toggle(key="dial_new").value is True
    shows_no_trace(app)


def test_nothing_can_be_undone_where_nothing_was_set_in_the_demo():
    app = with_own_songs(opened("recommend", lambda session: session.show_demo(0)))

    assert component(app, "list")["history"] == {"back": "", "forward": ""}


def test_a_visit_after_the_upload_begins_with_the_usual_settings(container):
    session = session_of(set_in_the_demo())
    assert container.last_recipes.of(session.listener).shifts == AIMS, "a reload of the demo keeps them"

    bringing(OWN, OTHERS)(session)

    assert container.last_recipes.of(session.listener) == Recipe()


def test_a_link_opened_in_the_demo_is_used_for_ones_own_songs_with_those_that_only_they_have():
    app = opened("recommend", lambda session: session.show_demo(0))
    app.session_state["shared_recipe"] = LINK
    app.run()
    assert session_of(app).start == Start(), "nobody in the demo knows its song"
    send(app, aims=AIMS)

    session = session_of(with_own_songs(app))

    assert session.recipe == LINK.recipe
    assert session.start == Start((Part("Song 7 by Band 7", LINK.seeds),))
    assert any("Opened from a shared recipe" in said.value for said in app.info)


def test_songs_to_start_from_and_weights_chosen_before_the_first_list_of_ones_own_are_kept():
    app = opened("recommend", lambda session: session.show_demo(0))
    app.session_state["shared_recipe"] = LINK
    session = session_of(app.run())
    bringing(OWN, OTHERS)(session)
    session.start_from(("own" + "0" * 18 + "3",), "the taste of “Song 3”")
    app.run()
    assert (session.recipe, session.start.in_words) == (LINK.recipe, "the taste of “Song 3”")

    session.show_demo(0)
    app.session_state["shared_recipe"] = LINK
    app.run()
    bringing(OWN, OTHERS)(session)
    tuned = session.recipe.with_weight("energy", 5.0)
    set_recipe(session, tuned)
    app.run()

    shows_no_trace(app)
    assert session.recipe == tuned


def test_the_demo_opened_again_before_a_list_of_ones_own_keeps_its_own_steps_to_undo():
    app = set_in_the_demo()
    session = session_of(app)
    bringing(OWN, OTHERS)(session)
    session.show_demo(0)
    app.run()

    assert app.toggle(key="dial_new").value is False
    send(app, kind="back")
    assert (dict(session.recipe.shifts), session.recipe.only_new_artists, len(session.seeds)) == (AIMS, True, 1)


def test_a_recipe_that_was_saved_or_used_in_the_demo_is_used_for_ones_own_songs():
    app = in_more(set_in_the_demo())
    app.text_input(key="recipe_name").set_value("Calm").run()
    app.button(key="recipe_save").click().run()
    saved = session_of(app).recipe
    with_own_songs(app)
    assert session_of(app).recipe == saved

    session_of(app).show_demo(0)
    app.run()
    send(app, kind="unset", track="all")
    app.button(key="recipe_use_0").click().run()
    send(app, aims={"valence": 2.0})
    session_of(app).show_own()
    app.run()

    shows_no_trace(app)
    assert session_of(app).recipe == saved


def test_a_recipe_that_was_cleared_in_the_demo_does_not_come_back():
    app = opened("recommend", lambda session: session.show_demo(0))
    app.session_state["shared_recipe"] = LINK
    app.run()
    send(app, kind="unset", track="all")

    assert session_of(with_own_songs(app)).recipe == Recipe()


def test_a_look_at_the_demo_leaves_the_settings_of_ones_own_list(container):
    app = opened("recommend", bringing(OWN, OTHERS))
    session, mine = session_of(app), replace(Recipe(), shifts={"valence": 1.0})
    set_recipe(session, mine)
    app.run()
    session.show_demo(0)
    send(app, aims=AIMS)
    assert session.recipe.shifts == AIMS | {"valence": 1.0}
    assert container.last_recipes.of(session.listener) == mine, "a reload shows one's own list"

    session.show_own()
    app.run()

    assert session.recipe == mine


def signed_in(app, container, is_new=True):
    """
    Recommend of another visitor with songs of their own, whom the guest of a tab turned out to be.

    Not `is_new` is a tab of theirs that was open before.
    """

    def hand_over(session):
        bringing(OWN, OTHERS)(session)
        container.opened_links.hand_over(session_of(app).listener, session.listener)
        session.expects_link = is_new and container.opened_links.is_waiting(session.listener)

    return opened("recommend", hand_over)


def opened_in_the_demo():
    app = opened("recommend", lambda session: session.show_demo(0))
    app.session_state["shared_recipe"] = LINK
    return app.run()


def test_a_link_that_a_guest_opened_is_used_once_they_have_signed_in(container):
    guest = opened_in_the_demo()
    send(guest, aims=AIMS)

    app = signed_in(guest, container)

    shows_no_trace(app)
    assert session_of(app).recipe == LINK.recipe
    assert session_of(app).start == Start((Part("Song 7 by Band 7", LINK.seeds),))
    assert any("Opened from a shared recipe" in said.value for said in app.info)
    send(app, aims=AIMS)
    assert session_of(app.run()).recipe.shifts == AIMS, "it is used once"


def test_a_tab_that_was_open_before_leaves_the_link_to_the_one_that_signed_in(container):
    older = signed_in(opened_in_the_demo(), container, is_new=False)

    assert session_of(older).recipe == Recipe()
    assert container.opened_links.take(session_of(older).listener) == LINK


def test_a_link_that_a_guest_put_away_is_not_used_when_they_have_signed_in(container):
    cleared = opened_in_the_demo()
    send(cleared, kind="unset", track="all")
    replaced = in_more(opened_in_the_demo())
    replaced.text_input(key="recipe_name").set_value("Mine").run()
    replaced.button(key="recipe_save").click().run()

    for guest in (cleared, replaced):
        assert session_of(signed_in(guest, container)).recipe == Recipe()
