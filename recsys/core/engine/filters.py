"""What a listener rules out: ranges of features, kinds of recordings, genres and artists.

A value that is unknown is outside a range, and counted apart. Each excluded song is counted once, for the first filter
that excludes it, so that the counts add up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

import numpy as np
import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.ranges import Range, end_in_words, range_in_words
from recsys.core.engine.raw_features import NUMBER_NAMES
from recsys.core.model.arrays import Integers, Mask
from recsys.core.model.credits import leading_credits
from recsys.core.model.features import NUMBER_FEATURES, feature
from recsys.core.model.genres import genre_names
from recsys.core.model.numbers import is_number
from recsys.errors import BadRecipe

LIVE: Final = 0.8
"""Spotify's own reading of liveness: "a value above 0.8 provides strong likelihood that the track is live"."""

MOST_NAMES: Final = 200
MOST_BLOCKED: Final = 50_000
LONGEST_NAME: Final = 200
UNKNOWN: Final = "_unknown"
"""How the count of songs of which a filtered value is unknown is named: "year" and "year_unknown"."""

NO_ROWS: Final[Integers] = np.arange(0)

_WORDS: Final = {
    "explicit": "explicit",
    "explicit_unknown": "not marked explicit or clean",
    "live_title": "live by their title",
    "liveness": "live by their sound",
    "remix": "remixes",
    "christmas": "Christmas songs",
    "genres": "of other genres",
    "genres_unknown": "of unknown genre",
    "not_genres": "of genres you ruled out",
    "not_artists": "by artists you ruled out",
    "blocked_artists": "by artists on your block list",
}


@dataclass(frozen=True)
class Filters:
    """
    What is left out of a list, whatever its score.

    Attributes
    ----------
    ranges : mapping of feature name to (low, high)
        In the unit of the track table (duration in milliseconds); both ends belong to the range, None is no end. Of
        tempo either octave counts.
    no_explicit, no_live, no_remix, no_christmas : bool
        Songs marked explicit, and unmarked ones if the catalogue marks any (else nothing can be judged); recordings
        that are live by title or by liveness; remixes and Christmas songs by title.
    genres : tuple of str
        Only songs with at least one of these genres.
    not_genres : tuple of str
        No song with one of these genres; a song of which no genre is known is not excluded.
    not_artists : tuple of str
        No song that one of these artists takes part in. Whole names, compared as `model.artists` does.
    blocked_artists, allowed_artists : tuple of str
        The same for a long list from a file, and the names on it that are let through.

    Raises
    ------
    BadRecipe
        A range is empty or no number, a switch is neither on nor off, or names are not a tuple, too many or too
        long.
    UnknownFeature
        A range names no number feature.
    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    no_explicit: bool = False
    no_live: bool = False
    no_remix: bool = False
    no_christmas: bool = False
    genres: tuple[str, ...] = ()
    not_genres: tuple[str, ...] = ()
    not_artists: tuple[str, ...] = ()
    blocked_artists: tuple[str, ...] = ()
    allowed_artists: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high) in self.ranges.items():
            title = feature(name, NUMBER_FEATURES).title.lower()
            for end in (low, high):
                if end is not None and not (is_number(end) and np.isfinite(end)):
                    raise BadRecipe(f"The limits of {title} must be numbers, not {end}.")
            if low is None and high is None:
                says = f"The limits of {title} lack both ends. Give at least one, such as {name}=..5 or {name}=5..."
                raise BadRecipe(says)
            if low is not None and high is not None and low > high:
                above = f"{end_in_words(name, low)} is above {end_in_words(name, high)}"
                raise BadRecipe(f"The limits of {title} are the wrong way round: {above}.")
        for name in ("no_explicit", "no_live", "no_remix", "no_christmas"):
            check_switch(name, getattr(self, name))
        for names, what, most in (
            (self.genres, "genres", MOST_NAMES),
            (self.not_genres, "genres", MOST_NAMES),
            (self.not_artists, "artists", MOST_NAMES),
            (self.allowed_artists, "artists", MOST_NAMES),
            (self.blocked_artists, "artists", MOST_BLOCKED),
        ):
            check_names(names, what, most)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Filters":
        """Filters from stored values; names this version does not know are ignored, as are features it has not."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name, value in known.items():
            if name == "ranges":
                known[name] = {f: (low, high) for f, (low, high) in value.items() if f in NUMBER_NAMES}
            elif isinstance(value, list):
                known[name] = tuple(value)
        return cls(**known)

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()


@dataclass(frozen=True)
class Excluded:
    """
    What filters exclude of a catalogue.

    `songs` (songs,) bool; `counts` how many for which filter, by "year" and "year_unknown", "live_title", "liveness"
    and so on, each song counted once; `reasons` the name of that filter by row, of those rows asked about
    that one excludes.
    """

    songs: Mask
    counts: Mapping[str, int]
    reasons: Mapping[int, str]


def exclude(catalogue: Catalogue, filters: Filters, already: Mask, asked: Integers = NO_ROWS) -> Excluded:
    """
    Which songs of a catalogue are ruled out.

    Parameters
    ----------
    catalogue : Catalogue
    filters : Filters
    already : (songs,) bool
        Songs that are no candidates anyway: excluded too, and not counted again.
    asked : rows of the catalogue, optional
        The songs for which `reasons` names the filter that excludes them.
    """
    songs, counts = already.copy(), {}
    reasons: dict[int, str] = {}
    for name, excluded in _masks(catalogue, filters):
        # Only songs that no earlier filter excluded, so that the counts add up to the excluded songs.
        newly = excluded & ~songs
        counts[name] = int(np.count_nonzero(newly))
        reasons |= dict.fromkeys(asked[newly[asked]].tolist(), name)
        songs |= excluded
    return Excluded(songs, counts, reasons)


def excluded_in_words(filters: Filters, counts: Mapping[str, int]) -> list[str]:
    """What each filter left out, as phrases: "1,204 outside release year 1990–1999";
    none for one that left out nothing."""
    return [f"{counts[name]:,} {phrase}" for name, phrase in filter_words(filters).items() if counts.get(name)]


def filter_words(filters: Filters) -> dict[str, str]:
    """What each filter leaves out, by the name it is counted by: {"year": "outside release year 1990–1999"}."""
    words = dict(_WORDS)
    for name, ends in filters.ranges.items():
        title = feature(name, NUMBER_FEATURES).title.lower()
        words |= {name: f"outside {title} {range_in_words(name, ends)}", name + UNKNOWN: f"of unknown {title}"}
    return words


def _masks(catalogue: Catalogue, filters: Filters) -> Iterator[tuple[str, Mask]]:
    """Each filter in use: its name and the songs it excludes."""
    for name, (low, high) in filters.ranges.items():
        known = catalogue.raw.is_known(name)
        yield name + UNKNOWN, ~known
        yield name, known & ~catalogue.raw.within(name, -inf if low is None else low, inf if high is None else high)
    if filters.no_explicit and catalogue.marks_explicit:
        explicit = catalogue.raw.flags["explicit"]
        yield "explicit", explicit > 0
        yield "explicit" + UNKNOWN, explicit < 0
    if filters.no_live:
        yield "live_title", catalogue.recordings["live"]
        yield "liveness", catalogue.raw.within("liveness", LIVE, inf)
    if filters.no_remix:
        yield "remix", catalogue.recordings["remix"]
    if filters.no_christmas:
        yield "christmas", catalogue.recordings["christmas"]
    codes = catalogue.tracks["genres"].cat.codes.to_numpy()
    if filters.genres:
        yield "genres" + UNKNOWN, codes < 0
        yield "genres", ~_with_genres(catalogue, filters.genres) & (codes >= 0)
    if filters.not_genres:
        yield "not_genres", _with_genres(catalogue, filters.not_genres)
    for name, names in (("not_artists", filters.not_artists), ("blocked_artists", blocked_names(filters))):
        if names:
            # `rows_by` gives rows; the others need a mask of all songs.
            by_them = np.zeros(len(catalogue), dtype=bool)
            by_them[catalogue.artists.rows_by(pd.Series(names, dtype="str"))] = True
            yield name, by_them


def blocked_names(filters: Filters) -> tuple[str, ...]:
    """The artists of the block list without those that are let through."""
    # The longest credit is the whole name: a name given to a filter is one artist, whatever it contains.
    allowed = {leading_credits(name)[0] for name in filters.allowed_artists if leading_credits(name)}
    return tuple(name for name in filters.blocked_artists if not allowed.intersection(leading_credits(name)[:1]))


def _with_genres(catalogue: Catalogue, genres: tuple[str, ...]) -> Mask:
    """Which songs have one of some genres, (songs,)."""
    wanted = {name for genre in genres for name in genre_names(genre)}
    column = catalogue.tracks["genres"].cat
    # Decided once for each distinct set of genres and read by code: a million songs share a few thousand sets.
    has_one = [not wanted.isdisjoint(genre_names(text)) for text in column.categories.tolist()]
    by_set = np.append(np.array(has_one, dtype=bool), False)  # code -1, unknown, reads the last
    return np.asarray(by_set[column.codes], dtype=bool)


def check_switch(name: str, value: object) -> None:
    """Raise `BadRecipe` where a switch is neither True nor False; any text, even "false", would count as on."""
    if not isinstance(value, (bool, np.bool_)):
        raise BadRecipe(f"“{name}” must be true or false, not “{str(value)[:60]}”.")


def check_names(names: tuple[str, ...], what: str, most: int = MOST_NAMES) -> None:
    """Raise `BadRecipe` where names of genres or artists are not a tuple or too many, or one is empty or too long."""
    if not isinstance(names, tuple):
        raise BadRecipe(f"The names of {what} must be a list, not “{str(names)[:60]}”.")
    if len(names) > most:
        raise BadRecipe(f"{len(names):,} {what} are too many. At most {most:,} can be named.")
    for name in names:
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
            raise BadRecipe(f"The names of {what} must be texts of 1 to {LONGEST_NAME} characters.")
