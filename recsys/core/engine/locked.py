"""
Locked songs: what can take one off the list, and which of them are not on it.

Three kinds of settings keep songs off a list, and each treats locked songs differently:

- *What moves the ranking* (weights, aims, familiarity, variety, the limit per artist) never removes a locked song. Too
  little may be known of it to be ranked by these weights or aims; it still stays, with the score that follows from what
  is known of it.
- *What rules songs out* (filters, thumbs down, songs one has, what the list starts from, what it chooses from, only new
  artists, lists given before) removes a locked song too, since the listener said so.
- *What limits the list* (its length in songs or minutes) takes locked songs first, the best scores before the others.
  There may be no room for all of them, and one of unknown duration cannot be counted in minutes.

Every locked song that is not on the list is named with the reason (`unlisted`). A position beyond the end of the list
is ignored: the song is where the list's order puts it.
"""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.candidates import LEFT_OUT, Exclusion
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.filters import filter_words
from recsys.core.engine.recipe import Recipe
from recsys.core.model.arrays import Integers

COLUMNS: Final = ("track_id", "title", "artists", "why")
ALL_LISTED: Final = pd.DataFrame(columns=list(COLUMNS), dtype="str")


def unlisted(catalogue: Catalogue, recipe: Recipe, exclusion: Exclusion, listed: Integers) -> pd.DataFrame:
    """
    The locked songs that are not on a list.

    Parameters
    ----------
    catalogue : Catalogue
    recipe : Recipe
    exclusion : Exclusion
        What the recipe excludes.
    listed : rows of the catalogue
        The songs of the list.

    Returns
    -------
    DataFrame
        track_id, title, artists, and why as a phrase that follows a number of songs; title and artists of a song that
        the catalogue lacks are missing.
    """
    on_list, reasons, rows = set(listed.tolist()), exclusion.reasons, exclusion.named
    if all(rows.get(track_id) in on_list for track_id in recipe.locked):
        return ALL_LISTED
    out = {track_id: row for track_id, row in rows.items() if row not in on_list}
    at = np.array(list(out.values()), dtype=np.int64)
    is_timed = (catalogue.raw.at(at)["duration_ms"] > 0) | (recipe.minutes is None)
    no_place = np.where(is_timed, "for which there is no room", "of unknown duration")
    words = LEFT_OUT | filter_words(recipe.filters)
    why = [words[reasons[row]] if row in reasons else says for row, says in zip(at.tolist(), no_place, strict=True)]
    found = {"track_id": list(out), "title": catalogue.text("title", at), "artists": catalogue.text("artists", at)}
    # Where only forgotten songs are chosen, the catalogue holds what is the listener's own (`services.recommend`).
    why_absent = words["not_owned"] if recipe.choose_from == "forgotten" else "not in this catalogue"
    absent_ids = [track_id for track_id in recipe.locked if track_id not in rows]
    absent = {"track_id": absent_ids, "title": None, "artists": None, "why": why_absent}
    tables = [pd.DataFrame(found | {"why": why}), pd.DataFrame(absent)]
    return pd.concat([table.astype("str") for table in tables], ignore_index=True)


def locked_places(recipe: Recipe, exclusion: Exclusion, listed: Integers) -> dict[int, int]:
    """
    Where the locked songs of a list stay.

    Parameters
    ----------
    recipe : Recipe
    exclusion : Exclusion
        What the recipe excludes.
    listed : rows of the catalogue
        The songs of the list, best score first.

    Returns
    -------
    dict of int to int
        The place from 0, by the song's index in `listed`. A song that is locked by the ids of several of its versions
        stays at the first of their places.
    """
    if not recipe.locked:
        return {}
    numbers = {row: number for number, row in enumerate(listed.tolist())}
    last_first = sorted(recipe.locked.items(), key=lambda one: -one[1])
    at = {exclusion.named.get(track_id): position - 1 for track_id, position in last_first}
    return {numbers[row]: place for row, place in at.items() if row in numbers}
