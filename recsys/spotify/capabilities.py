"""What works with this listener's Spotify today: each capability asked once, and how to fix what does not work."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from recsys.errors import ReconnectSpotify, SpotifyBusy, SpotifyProblem, SpotifyRefused, SpotifyUnreachable
from recsys.spotify.api import Api, Request
from recsys.spotify.error_mapping import BY_REASON, in_words
from recsys.spotify.models import Finding

ANY_TRACK: Final = "11dFghVXANMlKmJXsNCbNl"
"""A track id from Spotify's documentation, to ask about an endpoint rather than about a track."""


@dataclass(frozen=True)
class Capability:
    """
    One thing that Spotify may or may not do for us. `scope` is the permission it needs ("" for none); `probe` is the
    cheapest request that shows whether it works, None where only a write could show it and the scope has to do.
    """

    name: str
    title: str
    scope: str
    probe: Request | None


UNTRIED: Final = "Spotify did not say what you allowed, and only saving something shows it."
ONE: Final = {"limit": 1}
CAPABILITIES: Final[tuple[Capability, ...]] = (
    Capability("profile", "Your name and picture", "", Request("GET", "me")),
    Capability("saved", "Your saved tracks", "user-library-read", Request("GET", "me/tracks", ONE)),
    Capability("top", "Your top tracks", "user-top-read", Request("GET", "me/top/tracks", ONE)),
    Capability(
        "recent",
        "What you played recently",
        "user-read-recently-played",
        Request("GET", "me/player/recently-played", ONE),
    ),
    Capability("playlists", "Your playlists", "playlist-read-private", Request("GET", "me/playlists", ONE)),
    Capability("save_playlist", "Saving a playlist to Spotify", "playlist-modify-private", None),
    Capability(
        "audio_features", "Audio features from Spotify", "", Request("GET", "audio-features", {"ids": ANY_TRACK})
    ),
)


def probe(api: Api, scope: str) -> list[Finding]:
    """
    Ask about each capability; `scope` is what the listener granted, separated by spaces.

    An empty `scope` means that nobody knows (Supabase Auth does not pass it on): then only the answers tell. At most
    one request each. A refusal of the whole app or listener ends the asking: the rest fails alike.
    """
    findings: list[Finding] = []
    general: Finding | None = None
    for capability in CAPABILITIES:
        finding = (
            Finding(capability.name, capability.title, general.works, general.reason, general.why, general.remedy)
            if general
            else _ask(api, capability, scope.split())
        )
        general = (
            finding
            if (finding.reason == "reconnect" or (finding.reason in BY_REASON and BY_REASON[finding.reason].is_for_all))
            else None
        )
        findings.append(finding)
    return findings


def _ask(api: Api, capability: Capability, granted: Collection[str]) -> Finding:
    if capability.scope and granted and capability.scope not in granted:
        return _refused(capability, "scope")
    if not capability.probe and not granted:
        return Finding(capability.name, capability.title, None, "untried", UNTRIED, "Try it once to find out.")
    try:
        if capability.probe:
            api.send(capability.probe)
    except SpotifyProblem as problem:
        return _finding(capability, problem)
    return Finding(capability.name, capability.title, works=True)


def _finding(capability: Capability, problem: SpotifyProblem) -> Finding:
    if isinstance(problem, SpotifyRefused):
        return _refused(capability, problem.reason)
    name, title = capability.name, capability.title
    if isinstance(problem, SpotifyBusy):
        wait = f"Wait {in_words(problem.retry_after)}; nothing else helps."
        return Finding(name, title, None, "quota", str(problem), wait)
    if isinstance(problem, ReconnectSpotify):
        return Finding(name, title, False, "reconnect", str(problem), "Connect Spotify again.")
    if isinstance(problem, SpotifyUnreachable):
        return Finding(name, title, None, "unreachable", str(problem), "Try again in a few minutes.")
    raise problem


def _refused(capability: Capability, reason: str) -> Finding:
    row = BY_REASON[reason]
    return Finding(capability.name, capability.title, False, reason, row.says, row.remedy)
