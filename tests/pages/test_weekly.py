"""New songs every week on the pages: offered where real songs stay, honest to guests, one click to end it."""

import pytest

from recsys.app.container import Container, start
from recsys.core.engine.recipe import Recipe
from recsys.importers.catalogue_file import write_catalogue
from recsys.settings import Settings
from tests.pages.test_every_page import OTHERS, OWN, bringing, in_more, opened, shows_no_trace

ON, OFF = "weekly_on", "weekly_off_"


@pytest.fixture
def build(tmp_path):
    """A function: a server with a catalogue and these settings."""
    built = []

    def build(**settings):
        write_catalogue(OTHERS.assign(artists=[f"Other {n}" for n in range(30)]), tmp_path / "catalogue.parquet")
        built.append(Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet"), **settings)))
        start(built[-1])
        return built[-1]

    yield build
    for container in built:
        container.close()


def keys(app):
    return {button.key for button in app.button}


def said(app):
    return " ".join(str(one.value) for kind in (app.caption, app.warning, app.markdown) for one in kind)


def five(session):
    bringing(OWN)(session)
    session.recipe = Recipe(length=5)


def switched_on():
    """The page once the listener has asked for lists of five songs."""
    app = in_more(opened("recommend", five), "Weekly songs")
    assert app.button(key=ON).label == "Every Monday, 5 new songs"
    return app.button(key=ON).click().run()


def test_one_button_asks_and_the_first_list_is_there(build):
    build()
    app = switched_on()

    shows_no_trace(app)
    (news,) = [one.label for one in app.expander if "weekly songs" in one.label]
    assert "“Other song" in news and "and 3 more" in news
    session = app.session_state["tonearm"]
    assert len(session.store.weekly_songs(session.listener)) == 5
    assert ON not in keys(app) and f"{OFF}news" in keys(app) and f"{OFF}panel" in keys(app)

    app.button(key=f"{OFF}news").click().run()
    assert ON in keys(app) and not any(key and key.startswith(OFF) for key in keys(app))
    assert session.store.weekly(session.listener) is None


def test_a_guest_is_told_how_long_it_lasts_and_offered_no_playlist(build):
    build()
    app = in_more(opened("recommend", bringing(OWN)), "Weekly songs")
    assert "at least every 30 days" in said(app)
    assert "weekly_into_playlist" not in {one.key for one in app.checkbox}


def test_a_day_that_was_chosen_outlasts_its_closed_panel(build):
    build()
    app = in_more(opened("recommend", five), "Weekly songs")
    app.selectbox(key="weekly_day").select_index(4).run()
    app.session_state["more"] = False
    app.run()
    assert ON not in keys(app)

    assert in_more(app, "Weekly songs").button(key=ON).label == "Every Friday, 5 new songs"


def test_a_list_that_failed_says_why_above_the_page(build):
    build()
    app = switched_on()
    session = app.session_state["tonearm"]
    session.store.note_weekly(session.listener, None, "Spotify was *away*.")
    session.forget("weekly")

    assert any("Spotify was \\*away\\*\\." in warning.value for warning in app.run().warning)


def test_account_lists_it_and_ends_it(build):
    build()
    app = switched_on()
    app.switch_page("../../pages/account.py").run()

    assert "Every Monday, 5 new songs" in said(app)
    app.button(key=f"{OFF}account").click().run()
    shows_no_trace(app)
    assert "Every Monday" not in said(app)


@pytest.mark.parametrize("settings", [{"weekly_lists": "off"}, {}])
def test_nothing_is_offered_where_it_is_off_or_everything_is_invented(build, settings):
    build(**settings)
    prepare = bringing(OWN) if settings else (lambda session: session.show_demo(0))
    app = in_more(opened("recommend", prepare), "Weekly songs")
    assert ON not in keys(app)
    assert "recipe_name" in {box.key for box in app.text_input}, "there is no such tab, so the first one is open"


@pytest.mark.parametrize(("others", "says"), [(OTHERS, "last for your visit"), (None, "are invented")])
def test_songs_that_last_for_a_visit_or_are_invented_are_not_promised_for_a_year(container, others, says):
    start(container)
    app = in_more(opened("recommend", bringing(OWN, others)), "Weekly songs")
    assert ON not in keys(app)
    assert f"need real songs that stay on this server; the ones on this page {says}." in said(app)
