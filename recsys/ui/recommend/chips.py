"""Everything that is set, named: each chip above the list can be removed, and removing one leaves the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from recsys.core.engine.filters import Filters
from recsys.core.engine.presets import PRESETS
from recsys.core.engine.ranges import range_in_words
from recsys.core.engine.recipe import Recipe
from recsys.core.insights.wording import counted
from recsys.core.model.features import FEATURES, default_weights, feature
from recsys.services.start import Part
from recsys.ui.recommend.controls import set_recipe
from recsys.ui.recommend.levels import aim_in_words, level_in_words
from recsys.ui.recommend.rules import ORDER_WORDS, SWITCHES
from recsys.ui.session import ListenerSession


@dataclass(frozen=True)
class Chip:
    """`name` and `value` as a listener reads them; `remove` puts back what was there before it was set."""

    id: str
    name: str
    value: str
    remove: Callable[[ListenerSession], None]


def chips(session: ListenerSession, unlisted: int = 0) -> list[Chip]:
    """
    A chip for the start, for each aim, for a preset or each weight, and for each setting that is not the usual.

    `unlisted` is the number of locked songs that are not on the list.
    """
    found = []
    for kind, title, parts in (
        ("from", "Starting from", session.start.parts),
        ("away", "Away from", session.start.minus),
    ):
        for number, part in enumerate(parts):
            found.append(Chip(f"{kind}:{number}", title, part.name, partial(_without, part=part)))
    return found + [
        Chip(id_, name, value, partial(set_recipe, recipe=without))
        for id_, name, value, without in _settings(session.recipe, unlisted)
    ]


def settings_in_words(recipe: Recipe) -> list[str]:
    """Each setting that is not the usual, as its chip reads: "Energy far calmer", "Never Drake"."""
    return [f"{name} {value}" for _, name, value, _ in _settings(recipe)]


def remove(session: ListenerSession, chip_id: str) -> None:
    """Remove the chip of that id, or with "all" every one; an id that no chip has removes nothing."""
    if chip_id == "all":
        session.start_from((), "")
        session.bring(None)
        set_recipe(session, Recipe())
    for chip in chips(session):
        if chip.id == chip_id:
            chip.remove(session)


def active_preset(recipe: Recipe) -> str | None:
    """The name of the preset whose weights these are."""
    return next((preset.name for preset in PRESETS if preset.all_weights() == recipe.weights), None)


def _settings(recipe: Recipe, unlisted: int = 0) -> list[tuple[str, str, str, Recipe]]:
    """The id, name and value of each chip of a recipe, and the recipe without it."""
    return [*_aims_and_weights(recipe), *_others(recipe), *_filters(recipe), *_arrangement(recipe, unlisted)]


def _without(session: ListenerSession, part: Part) -> None:
    session.start = session.start.without(part)


def _aims_and_weights(recipe: Recipe) -> Iterator[tuple[str, str, str, Recipe]]:
    for f in FEATURES:
        if shift := recipe.shifts.get(f.name):
            rest = {name: other for name, other in recipe.shifts.items() if name != f.name}
            yield f"aim:{f.name}", f.title, aim_in_words(f, shift), replace(recipe, shifts=rest)
    usual = default_weights()
    preset = active_preset(recipe)
    if preset is not None:
        if recipe.weights != usual:
            yield "preset", "Preset", preset, replace(recipe, weights=usual)
        return
    for name, weight in recipe.weights.items():
        if weight != usual[name]:
            f = feature(name)
            yield (
                f"weight:{name}",
                f.title,
                f"counts: {level_in_words(f, weight)}",
                recipe.with_weight(name, usual[name]),
            )


def _others(recipe: Recipe) -> Iterator[tuple[str, str, str, Recipe]]:
    usual = Recipe()
    if recipe.choose_from == "forgotten":
        says = f"forgotten, not heard for {counted(round(recipe.silent_months), 'month')}"
        yield "choice", "Songs", says, replace(recipe, choose_from="new")
    if recipe.choose_from == "everything":
        yield "choice", "Songs", "everything, yours too", replace(recipe, choose_from="new")
    if recipe.familiarity:
        which = "familiar ones first" if recipe.familiarity > 0 else "new ones first"
        yield "familiarity", "Artists", which, replace(recipe, familiarity=0.0)
    if recipe.only_new_artists:
        yield "new_artists", "Artists", "only new to me", replace(recipe, only_new_artists=False)
    if recipe.variety:
        yield "variety", "Variety", f"{recipe.variety:.0%}", replace(recipe, variety=0.0)
    if recipe.per_artist != usual.per_artist:
        limit = "any number" if recipe.per_artist is None else f"at most {recipe.per_artist}"
        yield "per_artist", "Songs per artist", limit, replace(recipe, per_artist=usual.per_artist)
    if recipe.length != usual.length:
        yield "length", "Length", f"{recipe.length} songs", replace(recipe, length=usual.length)


def _filters(recipe: Recipe) -> Iterator[tuple[str, str, str, Recipe]]:
    filters = recipe.filters
    for name, ends in filters.ranges.items():
        rest = {other: limits for other, limits in filters.ranges.items() if other != name}
        value = range_in_words(name, ends)
        yield f"only:{name}", feature(name).title, value, replace(recipe, filters=replace(filters, ranges=rest))
    for name, title in SWITCHES.items():
        if getattr(filters, name):
            yield name, "No", title, replace(recipe, filters=_changed(filters, name, False))
    for name, says in (("genres", "Only"), ("not_genres", "Never"), ("not_artists", "Never")):
        for one in getattr(filters, name):
            rest_of = tuple(other for other in getattr(filters, name) if other != one)
            yield f"{name}:{one}", says, one, replace(recipe, filters=_changed(filters, name, rest_of))
    if filters.blocked_artists:
        without = replace(filters, blocked_artists=())
        yield "blocked", "Block list", counted(len(filters.blocked_artists), "artist"), replace(recipe, filters=without)


def _changed(filters: Filters, name: str, value: Any) -> Filters:
    return replace(filters, **{name: value})


def _arrangement(recipe: Recipe, unlisted: int) -> Iterator[tuple[str, str, str, Recipe]]:
    if recipe.minutes is not None:
        yield "minutes", "Length", f"{recipe.minutes:g} minutes", replace(recipe, minutes=None)
    if recipe.order != "score":
        yield "order", "Order", ORDER_WORDS[recipe.order], replace(recipe, order="score")
    if recipe.spacing:
        yield "spacing", "Artists apart", f"{recipe.spacing} songs", replace(recipe, spacing=0)
    if recipe.locked:
        songs = counted(len(recipe.locked), "song")
        says = f"{len(recipe.locked) - unlisted} of {songs}" if unlisted else songs
        yield "locked", "Kept at its place", says, replace(recipe, locked={})
