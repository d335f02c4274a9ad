"""
Spotify ids of songs known by name only, from ListenBrainz labs: an open index without a key and without a
promise of service.

https://labs.api.listenbrainz.org/spotify-id-from-metadata takes a JSON array of artist, release and track names by POST
and answers an array with `spotify_track_ids` for each. Titles and artists are sent to it: with the listener's consent
only, which the caller checks.
"""

import re
import time
from collections.abc import Callable
from typing import Final

import httpx
import pandas as pd

from recsys.core.model.tracks import SPOTIFY_ID
from recsys.feature_sources.paced_http import PacedHttp

GAP: Final = 1.0
"""Seconds between two requests."""


class ListenBrainzIds:
    """Asks about 25 songs a request. One instance serves the whole process."""

    name = "listenbrainz"
    at_once = 25

    def __init__(
        self,
        url: str,
        http: httpx.Client,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        gap: float = GAP,
    ) -> None:
        self._url = f"{url}/spotify-id-from-metadata/json"
        self._paced = PacedHttp("ListenBrainz", http, clock, sleep, gap)

    def spotify_ids(self, tracks: pd.DataFrame) -> dict[str, str]:
        """
        The Spotify id of each track that the index has, by `track_id`; of several ids the first.

        Parameters
        ----------
        tracks : DataFrame
            A track table of at most `at_once` rows. Title, first artist and album are sent.

        Raises
        ------
        SourceBusy
            It cannot answer now.
        """
        names = pd.DataFrame(
            {
                "artist_name": tracks["artists"].str.split(";").str[0].str.strip().to_numpy(),
                "release_name": tracks["album"].fillna("").to_numpy(),
                "track_name": tracks["title"].to_numpy(),
            }
        ).astype("str")
        answer = self._paced.ask(lambda http: http.post(self._url, json=names.to_dict("records")))
        if not isinstance(answer, list):
            raise self._paced.broken()
        found: dict[tuple[str, str], str] = {}
        for entry in answer:
            ids = entry.get("spotify_track_ids") if isinstance(entry, dict) else None
            if isinstance(ids, list) and ids and re.fullmatch(SPOTIFY_ID, str(ids[0])):
                found.setdefault((str(entry.get("artist_name")), str(entry.get("track_name"))), str(ids[0]))
        asked = zip(tracks["track_id"], names["artist_name"], names["track_name"], strict=True)
        return {track_id: found[artist, title] for track_id, artist, title in asked if (artist, title) in found}
