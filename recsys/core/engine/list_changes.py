"""Two lists compared: what enters, what leaves, and why; and a list in a few characters, to compare it later."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import pandas as pd

from recsys.core.engine.recommender import Recommendations, Recommender

FINGERPRINTED: Final = 30
"""Songs of a list that a link remembers, by three characters each."""

FINGERPRINT_BITS: Final = 18
"""One of two lists of 30 other songs in 300 has a song that is mistaken for one of the other."""


@dataclass(frozen=True)
class ListChange:
    """
    One list against another.

    `same` songs are on both; `entered` and `left` are tables of `rank, track_id, title, artists`; `moved` is the
    Series of how many places up (below 0: down) each song of both went, by track id; `reasons` are sentences.
    """

    same: int
    entered: pd.DataFrame
    left: pd.DataFrame
    moved: pd.Series
    reasons: tuple[str, ...] = ()

    def summary(self) -> str:
        """ "27 the same, 3 in, 3 out"."""
        return f"{self.same} the same, {len(self.entered)} in, {len(self.left)} out"


def compare_lists(before: Recommendations, after: Recommendations) -> ListChange:
    """What changed from one list to another."""
    names = ["rank", "track_id", "title", "artists"]
    old, new = before.table[names], after.table[names]
    ranks = old.set_index("track_id")["rank"], new.set_index("track_id")["rank"]
    both = ranks[0].index.intersection(ranks[1].index, sort=False)
    return ListChange(
        same=len(both),
        entered=new[~new["track_id"].isin(both)].reset_index(drop=True),
        left=old[~old["track_id"].isin(both)].reset_index(drop=True),
        moved=ranks[0][both] - ranks[1][both],
    )


def checksums(recommender: Recommender, found: Recommendations) -> str:
    """What a link remembers of its data: the catalogue's checksum, the listener's, and the songs of the list."""
    packed = 1  # so that leading zeros count
    for name in found.table["track_id"].head(FINGERPRINTED):
        packed = packed << FINGERPRINT_BITS | _fingerprint(name)
    text = urlsafe_b64encode(packed.to_bytes(packed.bit_length() // 8 + 1, "big")).decode().rstrip("=")
    return f"{recommender.catalogue.checksum}~{recommender.checksum}~{text}"


def remembered_songs(remembered: str) -> list[int]:
    """The songs of the list that a link remembers, as short checksums; none where it remembers none or is damaged."""
    songs = "".join(remembered.split("~", 2)[2:])
    try:
        packed = int.from_bytes(urlsafe_b64decode(songs + "=" * (-len(songs) % 4)), "big")
    except ValueError:
        return []
    # The leading 1 that `checksums` put in front is not counted.
    count = max(packed.bit_length() - 1, 0) // FINGERPRINT_BITS
    return [packed >> FINGERPRINT_BITS * at & (1 << FINGERPRINT_BITS) - 1 for at in reversed(range(count))]


def changed_since(remembered: str, recommender: Recommender, found: Recommendations) -> ListChange | None:
    """
    A list against the one that a link remembers; None where it remembers none or nothing changed.

    The songs that left are known by their number alone, so `left` has no names.
    """
    catalogue, _, rest = remembered.partition("~")
    listener = rest.partition("~")[0]
    old = remembered_songs(remembered)
    table = found.table.head(FINGERPRINTED)
    new = [_fingerprint(name) for name in table["track_id"]]
    if not old or old == new:
        return None
    is_new = [one not in old for one in new]
    gone = sum(one not in new for one in old)
    reasons = [
        sentence
        for is_other, sentence in (
            (catalogue != recommender.catalogue.checksum, "The catalogue is another one, or its songs changed."),
            (listener != recommender.checksum, "It was made from another library, or with other thumbs."),
        )
        if is_other
    ]
    entered = table.loc[is_new, ["rank", "track_id", "title", "artists"]].reset_index(drop=True)
    left = pd.DataFrame(index=range(gone), columns=entered.columns)
    moved = pd.Series(dtype="int64")
    why = tuple(reasons) or ("Tonearm itself has changed since.",)
    return ListChange(len(new) - sum(is_new), entered, left, moved, why)


def _fingerprint(track_id: str) -> int:
    digest = blake2b(track_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") >> 32 - FINGERPRINT_BITS
