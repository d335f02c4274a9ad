"""Progress of a sync: one stage per list with counts that add up, as stored and as shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from recsys.errors import SpotifyBusy, SpotifyProblem, SpotifyRefused
from recsys.times import to_iso

StageState = Literal["waiting", "running", "paused", "done", "blocked", "failed"]

TITLES: Final[Mapping[str, str]] = {
    "top_short": "Top tracks of four weeks",
    "top_medium": "Top tracks of six months",
    "top_long": "Top tracks of a year",
    "saved": "Saved tracks",
    "recent": "Recently played",
    "features": "Audio features",
}


@dataclass(frozen=True)
class Stage:
    """
    One list that is read from Spotify, or the filling-in of features.

    Attributes
    ----------
    name, title : str
        The origin in the store ("saved", "playlist:<id>", …), and what a listener calls it.
    state : str
        `paused` is a stage that ran when its job ended; `blocked` waits for `blocked_until` (ISO 8601 in UTC).
    stored, pending : int
        Entries that are in the library, and entries not yet read.
    skipped : mapping of reason to count
        Entries that cannot be stored, and why.
    added, removed : int
        Tracks that are new in the library, and tracks found to be no longer on this list (they stay in the library).
    message : str
        A sentence when something stopped the stage.
    is_refused : bool
        True when that was Spotify saying no: a retry helps only once the listener or the app's owner has fixed it.
    cursor, pass_at, is_second_look : str or None, str or None, bool
        Where reading continues, when this reading of the list began, and whether it is read again to find what moved.
    is_complete, skipped_before : bool, mapping of reason to count
        Whether the last finished reading saw every entry Spotify counts, and those of them it skipped.
    snapshot_id : str or None
        Which version of a playlist was read.
    """

    name: str
    title: str
    state: StageState = "waiting"
    stored: int = 0
    pending: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    added: int = 0
    removed: int = 0
    message: str = ""
    blocked_until: str | None = None
    is_refused: bool = False
    cursor: str | None = None
    pass_at: str | None = None
    is_second_look: bool = False
    is_complete: bool = False
    skipped_before: Mapping[str, int] = field(default_factory=dict)
    snapshot_id: str | None = None

    @property
    def found(self) -> int:
        """Entries Spotify has: stored, skipped and pending together."""
        return self.stored + self.skipped_in_all + self.pending

    @property
    def skipped_in_all(self) -> int:
        """Entries that cannot be stored, for any reason."""
        return sum(self.skipped.values())

    @property
    def is_finished(self) -> bool:
        """True when there is nothing left to do in this sync."""
        return self.state == "done"

    @property
    def is_over(self) -> bool:
        """True when this sync can do no more about it: it is finished, or Spotify refuses it."""
        return self.is_finished or self.is_refused

    def as_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Stage":
        """A stage from stored values; names this version does not know are ignored."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


@dataclass(frozen=True)
class SyncProgress:
    """
    A sync at one moment.

    `stages` is empty before the first sync. `is_running` is True while the job goes on; `started_at` and `finished_at`
    are ISO 8601 in UTC, the latter None until every stage is over. `message` is a sentence when the job as a whole
    failed (the connection ended, the store did not answer).
    """

    stages: tuple[Stage, ...] = ()
    is_running: bool = False
    started_at: str | None = None
    finished_at: str | None = None
    message: str = ""

    @property
    def blocked_until(self) -> str | None:
        """When the first blocked stage may go on, ISO 8601 in UTC; None when nothing is blocked."""
        return min((stage.blocked_until for stage in self.stages if stage.blocked_until), default=None)

    @property
    def is_interrupted(self) -> bool:
        """True when something is left to do and nobody does it: a start continues where it stopped."""
        return bool(self.stages) and not self.is_running and self.finished_at is None

    @property
    def found(self) -> int:
        """Entries on all lists."""
        return sum(stage.found for stage in self.lists)

    @property
    def stored(self) -> int:
        """Entries in the library, of all lists. A track on three lists counts three times."""
        return sum(stage.stored for stage in self.lists)

    @property
    def skipped(self) -> int:
        """Entries that cannot be stored, of all lists."""
        return sum(stage.skipped_in_all for stage in self.lists)

    @property
    def pending(self) -> int:
        """Entries not yet read, of all lists that were begun."""
        return sum(stage.pending for stage in self.lists)

    @property
    def lists(self) -> tuple[Stage, ...]:
        """The stages that read a list, without the one that fills in features."""
        return tuple(stage for stage in self.stages if stage.name != "features")

    def with_stage(self, changed: Stage) -> "SyncProgress":
        """The same progress with one stage replaced by name."""
        stages = tuple(changed if stage.name == changed.name else stage for stage in self.stages)
        return replace(self, stages=stages)

    def stage(self, name: str) -> Stage | None:
        """The stage of that name, or None."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def ended_at(self, now: str) -> str | None:
        """`now` where nothing is left to do, otherwise None."""
        return now if all(stage.is_over for stage in self.stages) else None

    def at_rest(self) -> "SyncProgress":
        """How a stored progress looks while no job works on it: what ran is paused."""
        stages = tuple(replace(s, state="paused") if s.state == "running" else s for s in self.stages)
        return replace(self, stages=stages, is_running=False)

    def as_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {**asdict(self), "stages": [stage.as_json() for stage in self.stages]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "SyncProgress":
        """A progress from stored values; None is a listener who never synced."""
        if not stored:
            return cls()
        stages = tuple(Stage.from_json(stage) for stage in stored["stages"])
        return cls(stages, False, stored["started_at"], stored["finished_at"], stored["message"])


def stopped(stage: Stage, problem: SpotifyProblem, now: datetime) -> Stage:
    """
    The stage with the sentence and, where Spotify asks to wait, the time. A stage stopped before its
    first page is not half read: it starts again.
    """
    pass_at = None if stage.state == "waiting" else stage.pass_at
    stage = replace(stage, message=str(problem), pass_at=pass_at, is_refused=isinstance(problem, SpotifyRefused))
    if isinstance(problem, SpotifyBusy):
        return replace(stage, state="blocked", blocked_until=to_iso(now + timedelta(seconds=problem.retry_after)))
    return replace(stage, state="failed", blocked_until=None)
