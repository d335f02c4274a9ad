"""What becomes of a page's requests after its listener has left it."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from recsys.ui.left_pages import Tab

LIBRARY, TASTE = "hash of library", "hash of taste"


def asks(page, fragment=""):
    message = BackMsg()
    message.rerun_script.page_script_hash, message.rerun_script.fragment_id = page, fragment
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


def draws(page):
    message = ForwardMsg()
    message.new_session.page_script_hash = page
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


@pytest.fixture
def tab():
    """A tab that shows Library."""
    tab = Tab()
    tab.answered(draws(LIBRARY))
    return tab


def test_a_part_of_the_page_that_is_shown_may_run(tab):
    assert not tab.is_late(asks(LIBRARY, "a part"))


def test_a_part_of_a_page_is_late_from_the_moment_another_page_is_asked_for(tab):
    assert not tab.is_late(asks(TASTE))

    assert tab.is_late(asks(LIBRARY, "a part"))
    tab.answered(draws(TASTE))
    assert tab.is_late(asks(LIBRARY, "a part"))
    assert not tab.is_late(asks(TASTE, "a part"))


def test_a_page_that_was_opened_by_its_address_may_run_its_parts(tab):
    tab.is_late(asks(""))  # the browser knows a name and no hash yet
    tab.answered(draws(LIBRARY))  # the first page, whichever was named
    named = ForwardMsg()
    named.navigation.page_script_hash = TASTE
    tab.answered({"type": "websocket.send", "bytes": named.SerializeToString()})

    assert not tab.is_late(asks(TASTE, "a part"))


def test_a_run_that_was_under_way_when_the_listener_left_does_not_bring_its_page_back(tab):
    tab.is_late(asks(TASTE))
    tab.answered(draws(LIBRARY))

    assert tab.is_late(asks(LIBRARY, "a part"))


def test_a_page_that_the_server_switched_to_may_run_its_parts(tab):
    tab.is_late(asks(LIBRARY))
    tab.answered(draws(LIBRARY))
    tab.answered(draws(TASTE))

    assert not tab.is_late(asks(TASTE, "a part"))
    assert tab.is_late(asks(LIBRARY, "a part"))


def test_a_page_that_there_is_none_of_leaves_the_choice_to_the_server(tab):
    tab.is_late(asks("hash of nothing"))
    tab.answered(draws(LIBRARY))
    missing = ForwardMsg()
    missing.page_not_found.page_name = "nothing"
    tab.answered({"type": "websocket.send", "bytes": missing.SerializeToString()})

    assert not tab.is_late(asks(LIBRARY, "a part"))


@pytest.mark.parametrize("bytes", [None, b"", b"\xff\xff", BackMsg(app_heartbeat=True).SerializeToString()])
def test_whatever_is_no_request_for_a_page_is_streamlits_to_answer(tab, bytes):
    assert not tab.is_late({"type": "websocket.receive", "bytes": bytes})
    assert not tab.is_late({"type": "websocket.disconnect", "code": 1001})


def test_whatever_draws_no_page_changes_nothing(tab):
    tab.answered({"type": "websocket.accept", "subprotocol": None})

    assert tab.is_late(asks(TASTE, "a part"))
