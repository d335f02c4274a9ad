"""Undo and redo: the settings that a listener went through, as an immutable bounded list."""

from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

MOST_STEPS: Final = 100
"""Steps that can be undone; the oldest is forgotten first."""

T = TypeVar("T")


@dataclass(frozen=True)
class Step(Generic[T]):
    """A state, and what was changed to get there: "Energy: much", "Never Drake"."""

    state: T
    change: str = ""


@dataclass(frozen=True)
class History(Generic[T]):
    """
    Where a listener is and how they got there.

    `past` oldest first, `now`, and `future` nearest first: what was undone and can be done again.
    """

    now: Step[T]
    past: tuple[Step[T], ...] = ()
    future: tuple[Step[T], ...] = ()

    def record(self, state: T, change: str) -> "History[T]":
        """One step further; what was undone before is forgotten. A state equal to the present one is no step."""
        if state == self.now.state:
            return self
        return History(Step(state, change), (*self.past, self.now)[-MOST_STEPS:])

    def undo(self) -> "History[T]":
        """One step back; the same where there is none."""
        if not self.past:
            return self
        return replace(self, now=self.past[-1], past=self.past[:-1], future=(self.now, *self.future))

    def redo(self) -> "History[T]":
        """One step forward again; the same where nothing was undone."""
        if not self.future:
            return self
        return replace(self, now=self.future[0], past=(*self.past, self.now), future=self.future[1:])

    @property
    def before(self) -> T | None:
        """The state that the present one is compared with; None at the beginning."""
        return self.past[-1].state if self.past else None
