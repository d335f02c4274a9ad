"""
Locked songs: what can take one off the list, and which of them are not on it.

Three kinds of settings keep songs off a list, and a locked song meets each in its own way:

- *What moves the ranking* (weights, aims, familiarity, variety, the limit per artist) never removes a locked song. Too
  little may be known of it to be ranked by these weights or aims: it stays all the same, with the score that follows
  from what is known of it.
- *What rules songs out* (filters, thumbs down, songs one has, what the list starts from, what it chooses from, only new
  artists, lists given before) removes a locked song too, since the listener said so.
- *What limits the list* (its length in songs or minutes) takes locked songs first, the best scores before the others.
  There may be no room for all of them, and one of unknown duration cannot be counted in minutes.

Every locked song that is not on the list is named with the reason (`unlisted`). A place beyond the end of the list is
none: the song is on the list where its order puts it.
"""

from typing import Final

import numpy as np
import pandas as pd

from recsys.core.engine.candidates import Exclusion, left_out_words
from recsys.core.engine.catalogue import Catalogue
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
        track_id, title, artists, and why as a phrase; a song that the catalogue lacks has no title.
    """
    on_list, reasons, rows = set(listed.tolist()), exclusion.reasons, exclusion.named
    if all(rows.get(track_id) in on_list for track_id in recipe.locked):
        return ALL_LISTED
    out = {track_id: row for track_id, row in rows.items() if row not in on_list}
    at = np.array(list(out.values()), dtype=np.int64)
    is_timed = (catalogue.raw.at(at)["duration_ms"] > 0) | (recipe.minutes is None)
    no_place = np.where(is_timed, "for which there is no room", "of unknown duration")
    words = left_out_words(recipe.filters)
    why = [words[reasons[row]] if row in reasons else says for row, says in zip(at.tolist(), no_place, strict=True)]
    found = {"track_id": list(out), "title": catalogue.text("title", at), "artists": catalogue.text("artists", at)}
    # Where only forgotten songs are chosen, the catalogue holds what is the listener's own (`services.recommend`).
    strange = words["not_owned"] if recipe.choose_from == "forgotten" else "not in this catalogue"
    strangers = [track_id for track_id in recipe.locked if track_id not in rows]
    unknown = {"track_id": strangers, "title": None, "artists": None, "why": strange}
    tables = [pd.DataFrame(found | {"why": why}), pd.DataFrame(unknown)]
    return pd.concat([table.astype("str") for table in tables], ignore_index=True)


def kept_places(recipe: Recipe, exclusion: Exclusion, listed: Integers) -> dict[int, int]:
    """
    The place from 0 at which each locked song of a list stays, by its number in the list by score.

    A song may be locked by the id of any of its versions; of several places the first is its own.
    """
    if not recipe.locked:
        return {}
    numbers = {row: number for number, row in enumerate(listed.tolist())}
    last_first = sorted(recipe.locked.items(), key=lambda one: -one[1])
    at = {exclusion.named.get(track_id): position - 1 for track_id, position in last_first}
    return {numbers[row]: place for row, place in at.items() if row in numbers}
