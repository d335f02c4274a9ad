"""What things are called on every page."""

from typing import Final

SOURCES: Final = {
    "file": "the files you brought",
    "library": "the same song in your library",
    "catalogue": "the catalogue",
    "reccobeats": "ReccoBeats",
    "listenbrainz": "ListenBrainz",
    "spotify": "Spotify",
}
"""Sources of audio features, and recipients of what is sent, by the name they are stored under."""
