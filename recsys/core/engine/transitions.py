"""How well one song follows another, and an order in which the songs of a list follow each other well.

The cost of a transition is the mean of three parts, each in 0..1:

* tempo: 2 |log2(t_a / t_b)| after folding to the nearest octave, so 70 and 140 beats per minute are no step and 85 and
  120 are the largest (half an octave);
* key: steps on the circle of fifths between the two keys, a minor key at the place of its relative major, plus one
  where the modes differ, over 7. This is the distance on the wheel that harmonic mixing uses (C major to A minor and to
  G major: one step each), after the circle of Krumhansl and Kessler (1982);
* energy: |e_a - e_b|.

Sequencing by summed transition costs over such features is that of Bittner et al., "Automatic playlist sequencing and
transitions" (ISMIR 2017). The best order is a shortest open path, so it is searched for as one: greedy paths from many
first songs, the best improved by reversals (2-opt, Croes 1958) and moves of short segments (Or 1976) until none helps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.core.model.arrays import Doubles, Integers, Mask

UNKNOWN: Final = (0.5, 0.5, 1 / 3)
"""What a part costs where it is unknown of either song: the mean of two songs drawn at random, so that a song without
numbers is neither sought nor avoided."""

STARTS: Final = 24
SEGMENT: Final = 3
MOST_PASSES: Final = 40
LEAST_GAIN: Final = 1e-9
FIFTHS: Final = 7
RELATIVE_MAJOR: Final = 3
"""Semitones from a minor key up to the major key with the same notes."""


@dataclass(frozen=True)
class Sound:
    """What transitions depend on, (n,) each, NaN if unknown: beats per minute, key 0..11, mode 0 or 1, energy 0..1."""

    tempo: Doubles
    key: Doubles
    mode: Doubles
    energy: Doubles

    def __len__(self) -> int:
        return len(self.tempo)


def transition_costs(sound: Sound) -> Doubles:
    """The cost of following each song by each other, (n, n), symmetric, in 0..1; formula at the top of this module."""
    with np.errstate(divide="ignore", invalid="ignore"):
        octaves = np.log2(sound.tempo)
        apart = np.abs(np.subtract.outer(octaves, octaves))
    # The distance to the nearest whole number of octaves is at most one half; twice that is 0..1.
    tempo = 2 * np.abs(apart - np.round(apart))
    # A key's place on the circle is 7 semitones times its number, modulo 12; a minor key has its relative major's.
    major = sound.key + np.where(sound.mode == 0, RELATIVE_MAJOR, 0)
    place = np.remainder(FIFTHS * major, 12)
    # On a circle of 12 the way round is never longer than 6; with a change of mode the key part is at most 7 / 7.
    steps = np.abs(np.subtract.outer(place, place))
    modes_differ = np.abs(np.subtract.outer(sound.mode, sound.mode))
    key = (np.minimum(steps, 12 - steps) + modes_differ) / 7
    energy = np.abs(np.subtract.outer(sound.energy, sound.energy))
    # NaN of either song is NaN of the pair, in every part.
    parts = [np.where(np.isfinite(part), part, UNKNOWN[at]) for at, part in enumerate((tempo, key, energy))]
    return np.asarray(np.mean(parts, axis=0), dtype=np.float64)


def mean_transition_cost(costs: Doubles, order: Integers) -> float:
    """The mean cost from each song of an order to the next; 0 for fewer than two songs."""
    return float(costs[order[:-1], order[1:]].mean()) if len(order) > 1 else 0.0


def greedy_path(costs: Doubles, first: int) -> Integers:
    """From a first song always on to the cheapest one left, (n,); of equals the one listed first."""
    # A column of infinities takes a song out of every later choice.
    left = costs.copy()
    path = [first]
    for _ in range(len(costs) - 1):
        left[:, path[-1]] = np.inf
        path.append(int(left[path[-1]].argmin()))
    return np.array(path[: len(costs)], dtype=np.int64)


def smooth_path(costs: Doubles) -> Integers:
    """
    An order of all songs with a small summed transition cost, (n,).

    Deterministic. At most `MOST_PASSES` passes of O(n²) each.
    """
    count = len(costs)
    if count < 3:
        return np.arange(count)
    # Starts spread over the list instead of all n: the best of 24 greedy paths is improved below.
    firsts = np.unique(np.linspace(0, count - 1, min(STARTS, count)).astype(np.int64))
    paths = [greedy_path(costs, int(first)) for first in firsts]
    return improve_path(costs, min(paths, key=lambda path: mean_transition_cost(costs, path)))


def improve_path(
    costs: Doubles, path: Integers, free: Mask | None = None, crowding: Callable[[Integers], int] = lambda _: 0
) -> Integers:
    """
    A path after all reversals and segment moves that make it cheaper.

    Parameters
    ----------
    costs : (n, n)
    path : (n,)
    free : (n,) bool, optional
        Positions that may change; every position where left out. Songs move within a run of free positions only.
    crowding : path -> int, optional
        What no change may increase, such as the number of songs too close to another by the same artist.
    """
    best = path.copy()
    is_free = np.ones(len(path), dtype=bool) if free is None else free
    # Where free and fixed positions meet: starts and stops of the free runs in turn.
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_free, [False]])))
    runs = [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
    for _ in range(MOST_PASSES):
        before = best.copy()
        for run in runs:
            for first in range(*run):
                best = _accepted(best, _reversal(costs, best, run, first), crowding)
            for length in range(1, min(SEGMENT + 1, len(best))):
                for first in range(run[0], run[1] - length + 1):
                    best = _accepted(best, _segment_move(costs, best, run, slice(first, first + length)), crowding)
        if np.array_equal(before, best):
            break
    return best


def _accepted(path: Integers, changed: Integers | None, crowding: Callable[[Integers], int]) -> Integers:
    return path if changed is None or crowding(changed) > crowding(path) else changed


def _reversal(costs: Doubles, path: Integers, run: tuple[int, int], i: int) -> Integers | None:
    """The path with the best reversal that begins at position i of a run (2-opt); None where none helps."""
    j = np.arange(i + 1, run[1])
    if not len(j):
        return None
    at_i, before, behind = np.full(len(j), i), np.full(len(j), i - 1), j + 1
    # Reversing i..j joins what is before i to the song at j, and the song at i to what is behind j.
    gain = _joint_costs(costs, path, before, at_i) + _joint_costs(costs, path, j, behind)
    gain -= _joint_costs(costs, path, before, j) + _joint_costs(costs, path, at_i, behind)
    pick = int(gain.argmax())
    if gain[pick] <= LEAST_GAIN:
        return None
    changed = path.copy()
    changed[i : j[pick] + 1] = path[i : j[pick] + 1][::-1]
    return changed


def _segment_move(costs: Doubles, path: Integers, run: tuple[int, int], at: slice) -> Integers | None:
    """The path with a segment in its cheapest gap of the run, either way round (Or-opt); None where none is cheaper."""
    segment, rest = path[at], np.delete(path, at)
    gaps = np.arange(run[0], run[1] - len(segment) + 1)  # positions in `rest` before which the segment may be placed
    # A gap at either end of the list has one neighbour only, and breaks no joint.
    has_left, has_right = gaps > 0, gaps < len(rest)
    left, right = rest[np.maximum(gaps - 1, 0)], rest[np.minimum(gaps, len(rest) - 1)]
    closed = np.where(has_left & has_right, costs[left, right], 0.0)
    forward = has_left * costs[left, segment[0]] + has_right * costs[segment[-1], right] - closed
    backward = has_left * costs[left, segment[-1]] + has_right * costs[segment[0], right] - closed
    # `at.start - run[0]` is the gap it came from: no gap must beat staying there by rounding alone.
    added = np.minimum(forward, backward)
    pick = int(added.argmin())
    if added[pick] >= forward[at.start - run[0]] - LEAST_GAIN:
        return None
    placed = segment if forward[pick] <= backward[pick] else segment[::-1]
    return np.concatenate([rest[: gaps[pick]], placed, rest[gaps[pick] :]])


def _joint_costs(costs: Doubles, path: Integers, first: Integers, second: Integers) -> Doubles:
    """Costs between the songs at two arrays of positions; 0 before the first position and behind the last."""
    is_inside = (first >= 0) & (second < len(path))
    joints = costs[path[np.maximum(first, 0)], path[np.minimum(second, len(path) - 1)]]
    return np.asarray(np.where(is_inside, joints, 0.0))
