"""What a component sends reaches the next run; what it sent too late is dropped without an error."""

from streamlit.testing.v1 import AppTest

KEY = "mixer"


def arriving():
    import streamlit as st

    from recsys.ui.recommend.list_state import list_state, received

    received("mixer", "move")
    st.write(list_state().events)


def test_a_move_waits_for_the_fragment():
    app = AppTest.from_function(arriving)
    app.session_state[KEY] = {"move": {"weights": {"energy": 0.0}}}

    app.run()

    assert app.session_state["list_state"].events == [{"weights": {"energy": 0.0}}]


def test_a_move_of_a_component_that_is_no_longer_drawn_is_no_error():
    app = AppTest.from_function(arriving).run()

    assert not app.exception
    assert app.session_state["list_state"].events == []
