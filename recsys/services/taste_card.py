"""A taste card as JSON: aggregates of a library that a listener can share and another one can compare with.

No track is in it unless its owner ticks titles; then one title per taste mode is. The model is the schema:
`recsys/services/taste_card.schema.json` is what it describes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from recsys.core.insights.modes import Modes
from recsys.core.insights.summary import describe
from recsys.core.insights.wording import leaning, with_unit
from recsys.core.model.features import NUMBER_FEATURES, feature
from recsys.errors import UnreadableFile

SCHEMA: Final = Path(__file__).with_name("taste_card.schema.json")
MOST_BYTES: Final = 64 << 10
LONGEST_TITLE: Final = 120
Share = Annotated[float, Field(ge=0, le=1)]
NAMES: Final = frozenset(f.name for f in NUMBER_FEATURES)


def _is_feature(name: str) -> str:
    if name not in NAMES:
        raise ValueError("no such feature")
    return name


def _are_in_range(radar: Mapping[str, "Standing"]) -> Mapping[str, "Standing"]:
    for name, standing in radar.items():
        if not feature(name).low <= standing.median <= feature(name).high:
            raise ValueError(f"{name} is out of its range")
    return radar


FeatureName = Annotated[str, AfterValidator(_is_feature), Field(json_schema_extra={"enum": sorted(NAMES)})]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Standing(_Part):
    """The place of a library's middle song: the share of the catalogue below it, and its value."""

    percentile: Share
    median: Annotated[float, Field(allow_inf_nan=False)]


class Mode(_Part):
    """One taste: its share of the library, and the title of its middle song where its owner ticked titles."""

    share: Share
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] | None = None


class TasteCard(_Part):
    """The card; see the top of this module."""

    tonearm_taste_card: Literal[1] = 1
    songs: Annotated[int, Field(ge=1, le=10_000_000)]
    note: Annotated[str, Field(max_length=100)] | None = None
    radar: Annotated[Mapping[FeatureName, Standing], AfterValidator(_are_in_range)]
    modes: Annotated[list[Mode], Field(max_length=6)]
    sentences: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=3)]

    def described(self) -> pd.DataFrame:
        """The card as `insights.summary.describe` describes a library."""
        names = pd.Index([f.name for f in NUMBER_FEATURES], name="feature")
        known = {name: standing.model_dump() for name, standing in self.radar.items()}
        return pd.DataFrame.from_dict(known, orient="index").reindex(names, columns=["median", "percentile"])


def taste_card(
    library: pd.DataFrame, sample: pd.DataFrame, modes: Modes, *, with_titles: bool = False, note: str | None = None
) -> TasteCard:
    """
    The card of a library.

    Parameters
    ----------
    library, sample : DataFrame
        Track tables: the listener's, not empty, and the catalogue's sample.
    modes : Modes
    with_titles : bool
        Whether each mode is named by its middle song.
    note : str, optional
        What a card of invented songs says.
    """
    described = describe(library, sample)
    known = described[described["percentile"].notna()]
    radar = {
        str(name): Standing(percentile=round(float(row["percentile"]), 4), median=round(float(row["median"]), 4))
        for name, row in known.iterrows()
    }
    titles = [
        f"{row.title} by {row.artists}"[:LONGEST_TITLE] if with_titles else None for row in modes.table.itertuples()
    ]
    parts = [
        Mode(share=round(float(share), 4), title=title)
        for share, title in zip(modes.table["share"], titles, strict=True)
    ]
    # What is most unusual, how many tastes there are, and the middle song in numbers.
    apart = (known["percentile"] - 0.5).abs().sort_values(ascending=False, kind="stable").head(2).index
    said = [leaning(str(name), float(known.loc[name, "percentile"])) for name in apart]
    sentences = [f"{said[0][0].upper()}{' and '.join(said)[1:]}."] if said else []
    largest = float(modes.table["share"].iloc[0])
    sentences.append("One taste." if modes.is_one else f"{len(modes.table)} tastes, the largest {largest:.0%} of it.")
    middle = [
        with_unit(feature(name), float(known.loc[name, "median"]))
        for name in ("tempo", "duration", "year")
        if name in known.index
    ]
    if middle:
        sentences.append(f"The middle song: {', '.join(middle)}.")
    return TasteCard(songs=len(library), note=note, radar=radar, modes=parts, sentences=sentences)


def to_json(card: TasteCard) -> bytes:
    """The card as a file."""
    return (card.model_dump_json(indent=1, exclude_none=True) + "\n").encode()


def from_json(content: bytes, name: str) -> TasteCard:
    """
    Read a card that another listener shared.

    Raises
    ------
    UnreadableFile
        It is too large or no taste card.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFile(f"“{name}” is larger than {MOST_BYTES >> 10} kB, which no taste card is.")
    try:
        return TasteCard.model_validate_json(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:60] or "the file"
        raise UnreadableFile(f"“{name}” is not a valid taste card: {where} is wrong. Ask for it again.") from problem


def schema() -> dict[str, Any]:
    """The JSON schema of a card."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TasteCard.model_json_schema()}


def write_schema() -> None:
    """Write the schema beside this module; run after changing the model."""
    SCHEMA.write_text(json.dumps(schema(), indent=1) + "\n", "utf-8")
