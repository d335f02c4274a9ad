"""What Spotify's error responses mean: a table from (status, text, path) to a reason, a sentence and a remedy.

Texts as seen in 2026: https://developer.spotify.com/documentation/web-api/concepts/api-calls#response-status-codes and
reports by developers. The next change at Spotify is one more row.
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyProblem, SpotifyRefused, SpotifyUnreachable
from recsys.parsing import parse_json_object

SHORT_WAIT: Final = 30.0
"""Seconds to wait when Spotify says "too many requests" without saying how long."""

LONGEST_WAIT: Final = 7 * 24 * 3600.0
"""The longest wait in seconds before Spotify is asked again, even if its header asks for more."""

QUOTA_WAIT: Final = 24 * 3600.0
"""Seconds to wait when the daily quota is used up and Spotify does not say until when: 6 to 24 hours were seen, and
asking while locked out is said to lengthen it."""


@dataclass(frozen=True)
class Refusal:
    """
    One kind of "no". It applies when the status is listed and, where given, a mark occurs in the text or the path
    begins with one of `paths`. `is_for_all` tells a refusal of the whole app or listener from one of a single call.
    """

    reason: str
    statuses: tuple[int, ...]
    says: str
    remedy: str
    marks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    is_for_all: bool = False

    def fits(self, status: int, text: str, path: str) -> bool:
        """True when this row explains the answer; `text` in lower case."""
        return (
            status in self.statuses
            and (not self.marks or any(mark in text for mark in self.marks))
            and (not self.paths or path.startswith(self.paths))
        )


REFUSALS: Final[tuple[Refusal, ...]] = (
    Refusal(
        "premium_required",
        (403,),
        "Spotify answers this app only while its owner has Spotify Premium.",
        "The owner of the Spotify app renews Premium; it can take a few hours to be noticed.",
        marks=("premium subscription required", "premium_required"),
        is_for_all=True,
    ),
    Refusal(
        "not_registered",
        (403,),
        "Spotify does not know this listener as one of the app's testers.",
        "The owner of the Spotify app adds your Spotify e-mail address under User Management in the developer "
        "dashboard (five listeners at most), then you connect again.",
        marks=("may not be registered", "not registered"),
        is_for_all=True,
    ),
    Refusal(
        "scope",
        (403,),
        "You did not allow Tonearm to do this on Spotify.",
        "Disconnect, connect Spotify again and agree to all that is asked.",
        marks=("scope",),
    ),
    Refusal(
        "unknown_app",
        (),  # said by the accounts host only, see `auth.spotify`
        "Spotify does not know this app.",
        "The owner checks SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET.",
        is_for_all=True,
    ),
    Refusal(
        "closed_to_new_apps",
        (403, 404, 410),
        "Spotify does not offer this to apps made after November 2024.",
        "Nothing can be done on our side; audio features come from other sources.",
        paths=("audio-features", "audio-analysis", "recommendations"),
    ),
    Refusal(
        "not_found",
        (404, 410),
        "Spotify says that this does not exist, or not for this listener.",
        "Check that the playlist was not deleted.",
    ),
    Refusal(
        "forbidden",
        (403,),
        "Spotify does not let this app do this.",
        "Only playlists that are yours, or shared with you for editing, can be read or changed.",
        paths=("playlists/", "me/playlists"),
    ),
    Refusal(
        "forbidden",
        (403,),
        "Spotify does not let this app do this.",
        "Disconnect, connect Spotify again and agree to all that is asked. If that does not help, the owner of the "
        "Spotify app checks it in the developer dashboard.",
    ),
    Refusal(
        "not_understood",
        (400, 405, 409, 411, 413, 414, 415, 422),
        "Spotify did not accept what Tonearm sent.",
        "Please report this: Spotify may have changed its interface.",
    ),
)

BY_REASON: Final = {refusal.reason: refusal for refusal in REFUSALS}
"""The row of each reason; of two with one reason the general one, which is the last."""


def problem(status: int, headers: Mapping[str, str], text: str, path: str) -> SpotifyProblem:
    """
    The error for an answer that is not a success. What Spotify wrote never enters the message.

    `path` is the address below `/v1/`. 401 becomes `ReconnectSpotify`, 429 `SpotifyBusy`, what the table knows
    `SpotifyRefused`, and anything else (5xx, a redirect, an unknown status) `SpotifyUnreachable`.
    """
    if status == 401:
        return ReconnectSpotify("Spotify no longer accepts this sign-in. Connect Spotify again.")
    if status == 429:
        return busy(headers, is_quota="QUOTA_EXCEEDED" in text)
    said = _message(text).lower()
    for row in REFUSALS:
        if row.fits(status, said, path):
            return SpotifyRefused(f"{row.says} {row.remedy}", row.reason)
    return SpotifyUnreachable(f"Spotify failed (status {status}); nothing was lost. Try again in a few minutes.")


def busy(headers: Mapping[str, str], is_quota: bool) -> SpotifyBusy:
    """`SpotifyBusy` for what Retry-After says. A wait is assumed where that is of no use: no wait for a quota, say."""
    seconds = min(_asked_wait(headers), LONGEST_WAIT)
    if not seconds >= 0 or (is_quota and seconds == 0):  # false for NaN as well
        seconds = QUOTA_WAIT if is_quota else SHORT_WAIT
    limit = "Spotify's daily limit for this app is used up" if is_quota else "Spotify asks us to slow down"
    return SpotifyBusy(f"{limit}; it answers again in {in_words(seconds)}.", seconds, is_quota)


def _asked_wait(headers: Mapping[str, str]) -> float:
    """Seconds, said as such or as a time on the clock that wrote Date (RFC 9110, 10.2.3); NaN for anything else."""
    said = headers.get("Retry-After", "")
    with suppress(ValueError):
        return float(said)
    with suppress(ValueError, TypeError):  # no date, or one with and one without a time zone
        return (parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    return math.nan


def in_words(seconds: float) -> str:
    """A wait as a listener would say it: `40 seconds`, `5 minutes`, `17 hours`."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds > 2 * size:
            return f"{round(seconds / size)} {unit}s"
    whole = max(1, round(seconds))
    return f"{whole} second{'' if whole == 1 else 's'}"


def _message(text: str) -> str:
    """What Spotify said: the message of a JSON error, or the plain text itself."""
    try:
        error = parse_json_object(text)["error"]
    except (ValueError, KeyError):
        return text
    if isinstance(error, dict):
        return f"{error.get('message')} {error.get('reason')}"
    return str(error)
