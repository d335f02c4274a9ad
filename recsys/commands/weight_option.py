"""The option `--weight NAME=VALUE`, the same wherever a command takes weights."""

import math

from recsys.core.model.features import feature
from recsys.errors import BadRecipe


def weights_of(texts: tuple[str, ...]) -> dict[str, float]:
    """
    Weights by feature name; a feature named twice gets the last.

    Raises
    ------
    BadRecipe
        A text does not look like energy=2.
    UnknownFeature
        It names no feature.
    """
    return dict(map(_weight, texts))


def _weight(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        equals, number = "", math.nan
    if not equals:
        raise BadRecipe(f"The weight “{text}” must look like energy=2: a feature, an equals sign and a number.")
    return feature(name.strip()).name, number
