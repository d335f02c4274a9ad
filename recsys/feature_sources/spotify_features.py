"""Audio features from Spotify itself: closed to apps made after November 2024, and still open to some older ones.

https://developer.spotify.com/blog/2024-11-27-changes-to-the-web-api. The caller remembers `NotOffered` and leaves this
source out from then on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from recsys.core.model.tracks import NUMBERS, SPOTIFY_ID
from recsys.errors import NotOffered, SourceBusy, SpotifyBusy, SpotifyRefused, SpotifyUnreachable

CLOSED: Final = ("closed_to_new_apps", "forbidden", "not_found")
"""Reasons of a refusal that neither listener nor app owner can fix."""

BROKEN_WAIT: Final = 300.0
REFUSED_WAIT: Final = 86_400.0
"""Seconds until a retry when somebody can fix the cause of a refusal (Premium, the allow-list, a scope)."""

Ask = Callable[[Sequence[str]], Sequence[Mapping[str, Any] | None]]


class SpotifyFeatures:
    """
    Features by `ask`, which answers for up to 100 track ids (`SpotifyLibrary.audio_features`).

    `ReconnectSpotify` passes through: a listener who must sign in again is not a closed source.
    """

    name = "spotify"
    at_once = 100
    is_online = True

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def can_be_asked(self, tracks: pd.DataFrame) -> pd.Series:
        return tracks["track_id"].str.fullmatch(SPOTIFY_ID).astype(bool)

    def look_up(self, tracks: pd.DataFrame) -> pd.DataFrame:
        ids = tracks["track_id"].tolist()
        try:
            answers = self._ask(ids)
        except SpotifyRefused as refused:
            if refused.reason in CLOSED:
                raise NotOffered(str(refused)) from refused
            raise SourceBusy(str(refused), REFUSED_WAIT) from refused
        except SpotifyBusy as busy:
            raise SourceBusy(str(busy), busy.retry_after, busy.was_asked) from busy
        except SpotifyUnreachable as broken:
            raise SourceBusy(str(broken), BROKEN_WAIT) from broken
        # Rows joined on `id`; an unknown track is null there.
        asked = set(ids)
        known = {str(answer["id"]): answer for answer in answers if answer and answer.get("id") in asked}
        numbers = [{column: answer.get(column) for column in NUMBERS} for answer in known.values()]
        table = pd.DataFrame(numbers, columns=list(NUMBERS)).apply(pd.to_numeric, errors="coerce").astype("float64")
        return table.assign(track_id=pd.Series(list(known), dtype="str", index=table.index))
