"""The composition root: builds stores, catalogue, services and adapters from the settings. Knows no Streamlit."""
