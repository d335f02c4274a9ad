"""The options that make a recipe, as a click decorator: what counts, what is left out, how long, in which order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from recsys.commands.options import weights_option
from recsys.core.engine import link_values
from recsys.core.engine.filters import Filters
from recsys.core.engine.ordering import ORDERED_BY, ORDERS
from recsys.core.engine.recipe import CHOICES, Recipe
from recsys.errors import BadRecipe
from recsys.importers.artist_list import read_artists

USUAL_LENGTH: Final = 10


def _ranges(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, Any]:
    return link_values.ranges(texts, between="=")


def _several(name: str, into: str, metavar: str, says: str) -> Any:
    return click.option(name, into, multiple=True, metavar=metavar, help=says)


_OPTIONS: Final = (
    click.option("-n", "length", type=int, help=f"How many songs, 1 to 500.  [default: {USUAL_LENGTH}]"),
    click.option("--minutes", type=float, help="How long the list plays, instead of -n."),
    weights_option,
    click.option(
        "--only",
        "ranges",
        multiple=True,
        metavar="NAME=LOW..HIGH",
        callback=_ranges,
        help="Only songs with a feature in a range; one end may be missing: year=1990..1999, tempo=..120, "
        "duration=2:00..5:00. Of a tempo either octave counts.",
    ),
    click.option("--no-explicit", is_flag=True, help="No song that is or may be explicit."),
    click.option("--no-live", is_flag=True, help="No live recordings, by title or liveness."),
    click.option("--no-remix", is_flag=True, help="No remixes, by title."),
    click.option("--no-christmas", is_flag=True, help="No Christmas songs, by title or album."),
    _several("--genre", "genres_only", "NAME", "Only songs of this genre, or of another named so."),
    _several("--not-genre", "not_genres", "NAME", "No song of this genre."),
    _several("--not-artist", "not_artists", "NAME", "No song that this artist takes part in."),
    click.option(
        "--not-artists",
        "blocked",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="No artist of a list: one name a line, or a CSV with a column “artist”.",
    ),
    _several("--allow-artist", "allowed_artists", "NAME", "Let this artist of the list through."),
    click.option(
        "--from",
        "choose_from",
        type=click.Choice(CHOICES),
        default="new",
        show_default=True,
        help="Choose from new songs, from your own that you have not heard for --silent-months, or from everything.",
    ),
    click.option(
        "--silent-months",
        type=float,
        default=6.0,
        show_default=True,
        help="Months without a play, for --from forgotten.",
    ),
    click.option("--order", type=click.Choice(ORDERS), default="score", show_default=True, help="How songs follow."),
    click.option(
        "--by", type=click.Choice(ORDERED_BY), default="energy", show_default=True, help="What the order goes by."
    ),
    click.option("--spacing", type=int, default=0, help="Songs between two of one artist or album, at least."),
)


def recipe_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all of them; `recipe_of` makes a recipe of their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def recipe_of(
    length: int | None,
    minutes: float | None,
    weights: dict[str, float],
    ranges: dict[str, Any],
    genres_only: tuple[str, ...],
    blocked: Path | None,
    **rest: Any,
) -> Recipe:
    """
    The recipe that options ask for. `rest` are fields of `Filters` and of `Recipe` by their names.

    Raises
    ------
    BadRecipe
        Both a number of songs and of minutes are given, or a value is out of range.
    UnreadableFile
        The list of artists cannot be read.
    """
    if minutes is not None and length is not None:
        raise BadRecipe("A list has a number of songs or a number of minutes. Give -n or --minutes, not both.")
    dials = {name: rest.pop(name) for name in ("order", "by", "spacing", "choose_from", "silent_months")}
    blocked_artists = () if blocked is None else read_artists(blocked, blocked.name)
    filters = Filters(ranges=ranges, genres=genres_only, blocked_artists=blocked_artists, **rest)
    songs = USUAL_LENGTH if length is None else length
    return Recipe(weights=weights, length=songs, minutes=minutes, filters=filters, **dials)


def unused(ctx: click.Context, recipe: Recipe) -> list[str]:
    """A sentence for each option that was given and has no effect without another."""
    needed = {
        "--silent-months": ("silent_months", "--from forgotten", recipe.choose_from == "forgotten"),
        "--by": ("by", "--order rise, fall or arc", recipe.order not in ("score", "smooth")),
        "--allow-artist": ("allowed_artists", "--not-artists FILE", bool(recipe.filters.blocked_artists)),
    }
    return [
        f"{option} was not used: it needs {other}."
        for option, (name, other, is_used) in needed.items()
        if not is_used and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
