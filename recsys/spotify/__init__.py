"""Spotify's Web API: reading a library, writing playlists, and the waiting it asks for."""
