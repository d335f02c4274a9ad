"""The app under load: many listeners over Streamlit's own socket."""
