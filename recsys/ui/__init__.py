"""All Streamlit that is not a page: the frame, the session, and the pieces that pages are made of."""
