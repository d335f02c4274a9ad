"""A screen that cannot compute now says so, loses nothing, and works again."""

import pytest

from recsys.services.turns import BUSY, Turns
from recsys.ui.parts.text import plain
from tests.pages.test_every_page import OTHERS, OWN, bringing, opened, shows_no_trace


@pytest.mark.parametrize("page", ["recommend", "taste"])
def test_while_too_many_compute_a_page_says_so_and_tries_again(container, monkeypatch, page):
    busy = Turns(at_once=1, waiting=0, seconds=0.01)
    monkeypatch.setattr(container, "ranking", busy)
    with busy.turn():
        app = opened(page, bringing(OWN, OTHERS))
        shows_no_trace(app)
        assert plain(BUSY) in [error.value for error in app.error]
        again = next(button for button in app.button if button.label == "Try again")
    again.click().run()

    shows_no_trace(app)
    assert not app.error
    assert busy.is_idle
