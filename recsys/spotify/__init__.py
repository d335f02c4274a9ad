"""Spotify's accounts and Web API: sign-in, reading a library, writing playlists, and the waiting it asks for."""
