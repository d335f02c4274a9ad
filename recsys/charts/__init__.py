"""Plotly figures drawn from core's tables. No Streamlit."""
