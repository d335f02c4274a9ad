"""What one tab changes is noticed by the listener's other tab at its next run."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from recsys.app.container import Container, start
from recsys.auth.guests import guest_listener, merge_guest
from recsys.auth.models import Visitor
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recipe_link import RecipeLink
from recsys.core.model.tracks import as_tracks
from recsys.services.start import Start
from recsys.settings import Settings

OWN = as_tracks(
    pd.DataFrame(
        {"track_id": ["own1", "own2"], "title": ["One", "Two"], "artists": ["A", "B"], "energy": [0.2, 0.8]},
    )
)


@pytest.fixture
def tabs(tmp_path, monkeypatch):
    """Two tabs of one guest, both on the demo."""
    container = Container(Settings(tmp_path, str(tmp_path / "catalogue.parquet")))
    start(container)
    here = Visitor(guest_listener("a" * 43), is_guest=True)
    monkeypatch.setattr("recsys.ui.current_session.visitor", lambda *_: here)
    yield [AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run() for _ in range(2)]
    container.close()


def test_an_import_in_one_tab_replaces_the_demo_in_the_other(tabs):
    one, other = (tab.session_state["tonearm"] for tab in tabs)
    assert other.is_demo

    other.recipe = Recipe(shifts={"energy": -2.0})
    other.start_from(["a song of the demo"], "A song")

    one.store.save_tracks(one.listener, OWN)
    one.show_own()
    tabs[1].run()

    assert not other.is_demo
    assert len(other.library) == 2
    assert (other.recipe, other.start) == (Recipe(), Start())


def test_a_thumb_in_one_tab_counts_in_the_other(tabs):
    one, other = (tab.session_state["tonearm"] for tab in tabs)
    assert other.feedback.empty

    one.rate(OWN.head(1), liked=True)
    tabs[1].run()

    assert list(other.feedback["track_id"]) == ["own1"]


def test_a_run_that_ends_after_everything_was_erased_in_the_other_tab_stores_no_sliders(tabs):
    one, other = (tab.session_state["tonearm"] for tab in tabs)
    one.store.save_tracks(one.listener, OWN)
    one.show_own()
    tabs[1].run()

    with one.app.last_recipes.forgotten(one.listener):  # as the Account page does it
        one.app.account.erase(one.listener)
        one.app.erasures.add(one.listener)
    other.recipe = Recipe(shifts={"energy": -2.0})
    other.remember_recipe()
    one.app.last_recipes.write()

    assert not any(one.store.counts(one.listener).values())


def test_a_tab_whose_cookie_is_gone_shows_nothing_of_the_listener_it_belonged_to(tabs, monkeypatch):
    """Logged out in another tab, say, before this one reconnects."""
    ada = Visitor("spotify-ada", is_guest=False)
    monkeypatch.setattr("recsys.ui.current_session.visitor", lambda *_: ada)
    tabs[0].run()
    assert tabs[0].session_state["tonearm"].listener == "spotify-ada"

    monkeypatch.setattr("recsys.ui.current_session.visitor", lambda *_: None)
    tabs[0].run()
    guest = tabs[0].session_state["tonearm"].visitor
    tabs[0].run()

    assert guest.is_guest
    assert tabs[0].session_state["tonearm"].visitor == guest, "for as long as the tab is open"


def test_a_link_that_was_opened_before_a_sign_in_is_for_the_tab_that_begins_after_it(tabs):
    """Whoever signs in leaves the page and comes back to a new tab; older ones are in other browsers."""
    one, other = (tab.session_state["tonearm"] for tab in tabs)
    one.app.opened_links.save("guest", RecipeLink(Recipe(length=7)))
    one.app.opened_links.hand_over("guest", one.listener)

    began = AppTest.from_file("../../recsys/ui/main.py", default_timeout=60).run().session_state["tonearm"]

    assert [tab.expects_link for tab in (one, other, began)] == [False, False, True]


def test_when_a_guest_signs_in_their_other_tab_starts_again_and_writes_nothing_more_as_the_guest(tabs):
    """Its socket has the former cookie until the page is loaded again; what it stored would be lost."""
    one, other = (tab.session_state["tonearm"] for tab in tabs)
    app, guest = one.app, one.listener
    one.store.save_tracks(guest, OWN)
    one.show_own()
    tabs[1].run()
    assert len(other.library) == 2
    edits = app.edits.of("spotify-ada")

    merge_guest(app.store_for(guest), guest, app.store_for("spotify-ada"), "spotify-ada")
    app.dependencies("").hand_over(guest, "spotify-ada")
    other.remember_recipe()
    tabs[1].run()
    app.last_recipes.write()

    assert tabs[1].session_state["tonearm"].own_library.empty
    assert not any(app.store_for(guest).counts(guest).values())
    assert app.edits.of("spotify-ada") != edits, "tabs of the account that are open elsewhere show the new songs"
