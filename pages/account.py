"""Account: what works here, what is stored, and how to download or erase it."""

import streamlit as st

from recsys.ui.account import (
    capabilities_panel,
    connection_panel,
    erase_panel,
    limits_panel,
    sessions_panel,
    stored_panel,
)
from recsys.ui.current_session import this_session
from recsys.ui.parts.head import head

session = this_session()

head(session, "Account")
data, control = st.columns([3, 2], gap="small")
with data.container(border=True):
    connection_panel(session)
    capabilities_panel(session)
    limits_panel(session)
with data.container(border=True):
    stored_panel(session)
with control.container(border=True):
    sessions_panel(session)
    erase_panel(session)
