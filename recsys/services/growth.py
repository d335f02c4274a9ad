"""How far growing around a listener's songs is: shown while it runs, stored after each song."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

TARGET: Final = 10_000
"""New songs after which a run is done: five minutes at two requests a second, 100 neighbours or 40 features each."""

MAX_ROUNDS: Final = 5
"""A source draws at random, so the same song is asked about again as long as that brings new ones."""


@dataclass(frozen=True)
class Growth:
    """
    How far growing is.

    Attributes
    ----------
    seeds : tuple of str
        The songs of the listener's that are asked about in this run, in order.
    position : int
        How many of them are done in this round.
    round : int
        From 0.
    added, pool : int
        New songs of this run, and songs in the pool now.
    new_lately : int
        New songs among those named around the last songs asked about, at most `growing.WINDOW`.
    named_lately : int
        Songs that the source named there, known ones included.
    state : "new", "running", "blocked" or "done"
    message : str
        Why it is blocked; else empty.
    blocked_until, finished_at : str or None
        ISO 8601 in UTC.
    """

    seeds: tuple[str, ...] = ()
    position: int = 0
    round: int = 0
    added: int = 0
    pool: int = 0
    new_lately: int = 0
    named_lately: int = 0
    state: Literal["new", "running", "blocked", "done"] = "new"
    message: str = ""
    blocked_until: str | None = None
    finished_at: str | None = None

    @property
    def share(self) -> float:
        """Progress from 0 to 1: of the target or of the songs to ask about, whichever is further."""
        if self.state == "done":
            return 1.0
        rounds = (self.position + self.round * len(self.seeds)) / max(1, len(self.seeds) * MAX_ROUNDS)
        return min(1.0, max(self.added / TARGET, rounds))

    def as_json(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return asdict(self) | {"seeds": list(self.seeds)}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> "Growth":
        """The reverse of `as_json`; a new one for None."""
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored} if stored else {}
        return cls(**known | {"seeds": tuple(known.get("seeds", ()))})
