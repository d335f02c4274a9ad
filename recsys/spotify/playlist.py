"""A playlist as Spotify describes it, and the mark by which Tonearm knows its own."""

from dataclasses import dataclass
from typing import Any, Final

from recsys.spotify.parsing import text_in

LINK: Final = "https://open.spotify.com/playlist/"


@dataclass(frozen=True)
class Playlist:
    """One playlist. `snapshot_id` changes whenever its contents do; `total` is missing for some that are followed."""

    playlist_id: str
    name: str
    owner_id: str
    is_collaborative: bool
    snapshot_id: str | None
    total: int | None
    description: str

    @property
    def link(self) -> str:
        """The playlist on Spotify."""
        return LINK + self.playlist_id

    def is_readable_by(self, spotify_id: str) -> bool:
        """True when Spotify shows its tracks to this listener: it is their own, or they may edit it."""
        return self.owner_id == spotify_id or self.is_collaborative


def parse_playlist(item: Any) -> Playlist | None:
    """From a playlist object; None for the holes Spotify leaves. Reads `items.total`, before 2026 `tracks.total`."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    contents = item.get("items") or item.get("tracks")
    owner = item.get("owner")
    total = contents.get("total") if isinstance(contents, dict) else None
    return Playlist(
        playlist_id=item["id"],
        name=text_in(item.get("name")) or "Unnamed playlist",
        owner_id=str(owner.get("id")) if isinstance(owner, dict) else "",
        is_collaborative=item.get("collaborative") is True,
        snapshot_id=item["snapshot_id"] if isinstance(item.get("snapshot_id"), str) else None,
        total=total if isinstance(total, int) else None,
        description=str(item.get("description") or ""),
    )
