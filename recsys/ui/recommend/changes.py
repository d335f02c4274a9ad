"""What a move changed: which songs came, which went, and which rose or fell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Changes:
    """
    One list against the one before it.

    Attributes
    ----------
    moved : mapping of track id to int
        Places risen (above 0) or fallen; songs that stayed where they were are not in it.
    entered, left : sequence of track id
        Songs that came, in their new order, and songs that went, in their old one.
    """

    moved: Mapping[str, int] = field(default_factory=dict)
    entered: Sequence[str] = ()
    left: Sequence[str] = ()

    @property
    def words(self) -> str:
        """The change as it is read aloud."""
        if not self.entered and not self.left:
            return "Same songs, new order." if self.moved else "The list is the same."
        return f"The list changed: {len(self.entered)} in, {len(self.left)} out."


def changes(before: Sequence[str], after: Sequence[str]) -> Changes:
    """Compare two lists of track ids, best first. Against no list at all nothing is new."""
    if not before:
        return Changes()
    was = {track: place for place, track in enumerate(before)}
    moved = {track: was[track] - place for place, track in enumerate(after) if track in was and was[track] != place}
    entered = [track for track in after if track not in was]
    return Changes(moved, entered, [track for track in before if track not in set(after)])
