"""Account: what works here, what is stored, and how to take it along or erase it."""

import streamlit as st

from recsys.ui.session import this_session

session = this_session()

st.title("Account")
