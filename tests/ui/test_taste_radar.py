"""The headlines of the taste page."""

from recsys.core.engine.catalogue import Catalogue
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import demo_listeners
from recsys.ui.recommend.listener_view import view_of
from recsys.ui.taste_radar import headlines


def test_what_a_list_starts_from_is_named_and_not_called_the_listener():
    view = view_of(Catalogue.from_tracks(demo_catalogue()), demo_listeners()[0].library)

    assert headlines(view, None)[0].startswith("Most unusual: ")
    assert headlines(view, None, "the taste of “Idle Elder”")[0].startswith("Starting from the taste of “Idle Elder”: ")
