"""What is on the screen stays where it is while a page loads."""

import pytest

from tests.browser.layout_shift import LIMIT, SIZES, shifts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/", "/taste", "/recommend"])
def test_a_page_reserves_the_room_of_what_is_drawn_later(chromium, server, path, size):
    assert max(shifts(chromium, server.url + path, size)) <= LIMIT
