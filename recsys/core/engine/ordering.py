"""The order in which the songs of a list are played: by score, rising, falling, as an arc, or smooth; and how long.

An order only arranges songs that were chosen before; a song that is locked stays at its position.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal, get_args

import numpy as np

from recsys.core.engine.transitions import Sound, improve_path, smooth_path, transition_costs
from recsys.core.model.arrays import Codes, Doubles, Integers

OrderName = Literal["score", "rise", "fall", "arc", "smooth"]
OrderBy = Literal["energy", "tempo"]
ORDERS: Final[tuple[OrderName, ...]] = get_args(OrderName)
ORDERED_BY: Final[tuple[OrderBy, ...]] = get_args(OrderBy)
PEAK: Final = 2 / 3
"""How far into an arc its peak is: twice as long up as down."""

MINUTE_MS: Final = 60_000
REPLACED_AT_MOST: Final = 3
"""Last songs of a list that may give way so that its length fits."""


@dataclass(frozen=True)
class Order:
    """
    How to arrange a list.

    Attributes
    ----------
    name : one of `ORDERS`
    by : one of `ORDERED_BY`
        What rises, falls or makes the arc; not read by "score" and "smooth".
    spacing : int
        At least this many other songs between two of one artist or of one album, as far as possible.
    locked : mapping of song to position
        Songs (their numbers in the list by score) that stay at a position from 0.
    """

    name: OrderName = "score"
    by: OrderBy = "energy"
    spacing: int = 0
    locked: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """Equal numbers for songs of one artist, and of one album, (n,) each; below 0 is unknown and equals nothing."""

    artists: Codes
    albums: Codes


def arrange(sound: Sound, groups: Groups, order: Order) -> Integers:
    """
    The songs of a list in the order asked for.

    Parameters
    ----------
    sound : Sound
        Of the songs, best score first.
    groups : Groups
    order : Order

    Returns
    -------
    songs : (n,)
        The number of the song at each position. Songs of which the value is unknown come last in "rise", "fall" and
        "arc", best score first.
    """
    is_free = np.ones(len(sound), dtype=bool)
    is_free[[position for position in order.locked.values() if position < len(sound)]] = False
    ideal = _ideal(sound, order)
    # Locked songs at their positions, the others in the ideal order as far as spacing lets them.
    placed = np.full(len(ideal), -1, dtype=np.int64)
    for song, position in order.locked.items():
        if song < len(ideal) and position < len(ideal):
            placed[position] = song
    left = ideal[~np.isin(ideal, placed)]
    for position in np.flatnonzero(placed < 0).tolist():
        pick = _pick(left, placed, position, groups, order.spacing) if order.spacing else 0
        placed[position] = left[pick]
        left = np.delete(left, pick)
    if order.spacing:
        placed = _spread(placed, groups, order)
    if order.name == "smooth" and (order.spacing or not is_free.all()):
        crowding = partial(crowded, groups, order.spacing)
        placed = improve_path(transition_costs(sound), placed, is_free, crowding)
    return placed


def crowded(groups: Groups, spacing: int, songs: Integers) -> int:
    """How many pairs of songs in an order are closer than `spacing` allows: of one artist, or of one album."""
    # A shifted comparison for each distance: n · spacing steps instead of all pairs.
    pairs = 0
    artists, albums = groups.artists[songs], groups.albums[songs]
    for apart in range(1, min(spacing, len(songs) - 1) + 1):
        by_one = (artists[apart:] == artists[:-apart]) & (artists[apart:] >= 0)
        of_one = (albums[apart:] == albums[:-apart]) & (albums[apart:] >= 0)
        pairs += int(np.count_nonzero(by_one | of_one))
    return pairs


def _ideal(sound: Sound, order: Order) -> Integers:
    """The order without regard to spacing and locks."""
    if order.name == "score":
        return np.arange(len(sound))
    if order.name == "smooth":
        path = smooth_path(transition_costs(sound))
        # A path costs the same both ways round: it begins at the end with the better score.
        return path if len(path) == 0 or path[0] <= path[-1] else path[::-1]
    values = sound.energy if order.by == "energy" else sound.tempo
    rising = np.argsort(values, kind="stable")  # NaN last, equal values best score first
    # NaN sorts last, so what is known is in front.
    rising, unknown = np.split(rising, [int(np.count_nonzero(~np.isnan(values)))])
    if order.name == "fall":
        # Not the rising order backwards: of equal values the best score comes first in both.
        rising = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")[: len(rising)]
    elif order.name == "arc":
        # Songs from low to high as build, peak and wind down: the next higher one takes the next higher position.
        # The level of each position: a straight line up to the peak and another one down. Ranks of levels are ranks of
        # songs.
        at = np.arange(len(rising)) + 0.5
        peak = PEAK * len(rising)
        level = np.minimum(at / peak, (len(rising) - at) / (len(rising) - peak))
        arc = np.empty_like(rising)
        arc[np.argsort(level, kind="stable")] = rising
        rising = arc
    return np.concatenate([rising, unknown])


def _spread(songs: Integers, groups: Groups, order: Order) -> Integers:
    """Swap songs that are too close to one of the same artist or album with the nearest that reduces such pairs."""
    songs, locked = songs.copy(), set(order.locked.values())
    free = [position for position in range(len(songs)) if position not in locked]
    pairs = crowded(groups, order.spacing, songs)
    for position in reversed(free):
        if not pairs:
            break
        # The neighbours within the spacing, without the song itself.
        near = np.delete(
            songs[max(position - order.spacing, 0) : position + order.spacing + 1], min(position, order.spacing)
        )
        song = songs[position]
        if not any(
            (codes[near] == codes[song]).any() and codes[song] >= 0 for codes in (groups.artists, groups.albums)
        ):
            continue
        for other in sorted(free, key=lambda at: abs(at - position)):
            songs[[position, other]] = songs[[other, position]]
            # A swap that does not help is taken back.
            if (fewer := crowded(groups, order.spacing, songs)) < pairs:
                pairs = fewer
                break
            songs[[position, other]] = songs[[other, position]]
    return songs


def _pick(left: Integers, songs: Integers, position: int, groups: Groups, spacing: int) -> int:
    """Which of the songs left comes next: the first that is far enough from its artist and album, or must come now."""
    # Locked songs further down are neighbours too; -1 marks positions that are still empty.
    near = songs[max(position - spacing, 0) : position + spacing + 1]
    near = near[near >= 0]
    conflicts = np.zeros(len(left), dtype=np.int64)
    is_due = np.zeros(len(left), dtype=bool)
    for codes in (groups.artists, groups.albums):
        conflicts += np.isin(codes[left], codes[near]) & (codes[left] >= 0)
        # Due is a group so large that it fills the positions left if one of it comes as often as allowed: k songs need
        # a first position and k − 1 more, each spacing + 1 further on.
        _, group, counts = np.unique(codes[left], return_inverse=True, return_counts=True)
        needed = (counts[group] - 1) * (spacing + 1) + 1
        is_due |= (needed >= len(left)) & (codes[left] >= 0) & (counts[group] > 1)
    best = conflicts == conflicts.min()
    wanted = best & is_due if (best & is_due).any() else best
    return int(wanted.argmax())


def fit_minutes(durations_ms: Doubles, minutes: float, locked: int = 0) -> Integers:
    """
    The songs of a list that together last as long as asked for, best score first.

    The best songs are taken until the next would be too long; then one or two others that fill the gap, in place of as
    few of the last songs as possible.

    Parameters
    ----------
    durations_ms : (n,)
        Of the songs, best score first; songs of unknown (NaN) or no duration are never taken.
    minutes : float > 0
    locked : int
        How many of the first songs with a duration are never replaced by songs that fit better.

    Returns
    -------
    songs : (at most n,)
        Rising numbers. The sum is within half of the shortest of them where such a choice was found; else as near as
        was found, and all songs where they are too few.
    """
    known = np.flatnonzero(durations_ms > 0)
    lengths, target = durations_ms[known], minutes * MINUTE_MS
    # The longest beginning of the list that is not too long.
    count = int(np.searchsorted(np.cumsum(lengths), target, side="right"))
    if count >= len(lengths):
        return known
    choices = [np.arange(count), np.arange(count + 1)]
    for base in range(count, max(count - REPLACED_AT_MOST, min(locked, count)) - 1, -1):
        choices += _filled_up(lengths, base, target)
        best = min(choices, key=lambda songs: abs(lengths[songs].sum() - target) if len(songs) else np.inf)
        if _fits(lengths, best, target):
            break
    fitting = [songs for songs in choices if _fits(lengths, songs, target)]
    return known[fitting[0] if fitting else best]


def _fits(lengths: Doubles, songs: Integers, target: float) -> bool:
    return len(songs) > 0 and bool(abs(lengths[songs].sum() - target) <= lengths[songs].min() / 2)


def _filled_up(lengths: Doubles, base: int, target: float) -> list[Integers]:
    """The first `base` songs with one song more, and with two, that together miss the target by least."""
    gap = target - lengths[:base].sum()
    others = np.arange(base, len(lengths))
    single = np.append(np.arange(base), others[np.abs(lengths[others] - gap).argmin()])
    # Every pair of the others at once; the diagonal would take one song twice.
    pairs = np.abs(np.add.outer(lengths[others], lengths[others]) - gap)
    np.fill_diagonal(pairs, np.inf)
    two = np.unravel_index(pairs.argmin(), pairs.shape)
    pair = np.concatenate([np.arange(base), np.sort(others[list(two)])]) if len(others) > 1 else single
    return [single, pair]
