"""Tonearm: recommendations a listener can steer, understand and take with them.

`core` is the pure engine (tracks + catalogue + weights to a ranked, explained list); `spotify`, `feature_sources`,
`importers`, `catalogues`, `storage` and `demo` are one package per outside system or format; `services` holds what a
listener can do;
`charts` draws, `web` answers HTTP, and `ui` with the pages is the only part that knows Streamlit.
This module imports nothing on purpose: importing the engine must not import a screen or a network client.
"""

__version__ = "0.1.0"
