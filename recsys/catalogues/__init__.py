"""Catalogues of real songs: where they are (registry), how one is fetched, and what it says of itself (passport)."""
