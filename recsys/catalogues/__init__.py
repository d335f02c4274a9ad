"""Catalogues of real songs: where they are (registry), how one is fetched, and what is known of it (passport)."""
