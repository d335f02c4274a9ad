"""Charts on a page, each with its words for those who do not see it."""

from typing import Any

import streamlit as st

from recsys.charts.theme import CONFIG


def figure(drawn: Any, words: str, key: str) -> None:
    """A chart, with its words for those who do not see it."""
    st.plotly_chart(drawn, config=dict(CONFIG), key=key, alt=words)
