"""Maps the columns of any table to ours, by alias."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from recsys.core.model.features import AUDIO_FEATURES
from recsys.core.model.tracks import SPOTIFY_ID
from recsys.errors import NoTracks

ALIASES: Final = {
    ours: tuple(names.split())
    for ours, names in {
        "track_id": "trackid trackuri spotifytrackid spotifytrackuri spotifyid spotifyuri uri "
        "id trackurl spotifyurl spotifylink externalurlsspotify trackhref url link location",
        "title": "trackname tracktitle title songtitle songname name song track "
        "titel titelname songtitel titre título titulo titolo nomedamúsica música canción brano canzone tytuł utwór "
        "název skladba låt låttitel kappale cím şarkı parça название названиетрека трек песня τίτλος "
        "曲名 トラック名 タイトル 楽曲名 제목 곡명 노래 歌曲 歌曲名 歌曲名称 歌名 标题 標題 曲目 nummer filename",
        "artists": "artistnames artistsnames artistsname artists artistname trackartists "
        "trackartist artist allartists mainartist performer creator primaryartist primaryartistname artistcredit "
        "interpret interpreten künstler künstlername artiste artistes artista artistas nomedoartista intérprete "
        "interprete artiest wykonawca artysta umělec interpreti esittäjä előadó sanatçı исполнитель исполнители артист "
        "καλλιτέχνης アーティスト アーティスト名 歌手 歌手名 艺术家 艺人 藝人 演出者 아티스트 가수",
        "album": "albumname trackalbumname album albumtitle releasename trackmetadatareleasename "
        "albumtitel álbum nomedoálbum albüm альбом アルバム アルバム名 앨범 专辑 專輯",
        "isrc": "isrc trackisrc externalidsisrc",
        # Not TidyTuesday's playlist_genre: it describes the playlist a row was found in, not the track.
        "genres": "genres trackgenres trackgenre genre artistgenres spotifygenres topgenre "
        "género gênero genere gatunek жанр ジャンル 장르 流派",
        "added_at": "addedat addeddate dateadded addedon savedat dateliked likedat tagtime dateaddedtolibrary "
        "hinzugefügtam hinzugefügt ajoutéle dateajout añadidoel aggiuntoil adicionadoem датадобавления добавлено "
        "追加日 추가한날짜 添加日期",
        "source": "source",
        "release_date": "releasedate albumreleasedate trackalbumreleasedate releaseddate albumdate release released "
        "veröffentlichungsdatum erscheinungsdatum datedesortie fechadelanzamiento datadiuscita датавыхода 発売日 "
        "リリース日 발매일 发行日期",
        "year": "year releaseyear releasedyear albumreleaseyear trackyear jahr erscheinungsjahr année año ano anno "
        "jaar rok år год 年",
        "duration_ms": "durationms trackdurationms duration trackduration length dur durationmin durationmins "
        "durationminutes lengthmin lengthminutes durations durationsec durationseconds lengthsec lengthseconds "
        "tracklength lengthduration time tracktime songlength songduration songdurationms durationinmilliseconds "
        "dauer länge durée duración durata duração duur czas längd süre длительность продолжительность 再生時間 長さ "
        "길이 时长 時長",
        "popularity": "popularity trackpopularity pop popularität beliebtheit popularité popularidad популярность",
        "explicit": "explicit isexplicit trackexplicit",
        "key": "key musicalkey initialkey keyresult keytext camelotkey camelot tonart tonalité tonalidad "
        "тональность キー",
        "mode": "mode",
        "time_signature": "timesignature",
        "liked": "target liked isliked like",
        # Short ones are from the yearly top lists on Kaggle, words such as "dance" from sites that sort playlists.
        "tempo": "tempo bpm beatsperminute beatsperminutebpm tempobpm темп テンポ",
        "danceability": "danceability dnce dance danceable tanzbarkeit",
        "energy": "energy nrgy energetic energie énergie energía energia энергия エネルギー",
        "loudness": "loudness db loudnessdb louddb loud lautstärke lautheit",
        "speechiness": "speechiness spch speech",
        "acousticness": "acousticness acous acoustic",
        "instrumentalness": "instrumentalness instrumental",
        "liveness": "liveness live",
        "valence": "valence val happy happiness positivity mood",
    }.items()
}
"""Our column -> names met in the wild, tidied by `tidy_name`, the most telling first; English before others."""

CLOCK: Final = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>\d\d)(?::\d\d)?")
LONG_SONG: Final = 8
"""Minutes; half of the songs of hardly any table are longer."""

JOINT: Final = re.compile(r"\S\s[-–—]\s\S")
"""What is between artist and title in one cell."""

PREFIXES: Final = (
    "trackfeature",
    "audiofeatures",
    "audiofeature",
    "audio",
    "features",
    "feature",
    "spotify",
    "track",
    "song",
)
"""Seen before feature names: `trackFeatureEnergy`, `track.energy`."""

NUMBERS: Final = (*(f.column for f in AUDIO_FEATURES), "key", "mode", "time_signature", "popularity", "explicit")


ArtistCommas = Literal["names", "bare", "spaced"]


@dataclass(frozen=True)
class Dialect:
    """
    A table known by name.

    Attributes
    ----------
    name : str
    signature : frozenset of str
        Tidied headers that only it has together.
    artist_commas : "names", "bare" or "spaced"
        What a comma in a cell of artists is: part of a name, or between artists where no blank follows it
        (`Ann,Bob`), or where one does (`Ann, Bob`).
    writes_na : bool
        A missing text is written NA, as R does; elsewhere NA may be a title.
    is_ours : bool
        Written by `core.export.to_csv`: any id counts, and apostrophes that guard formulas are taken off.
    """

    name: str
    signature: frozenset[str]
    artist_commas: ArtistCommas = "names"
    writes_na: bool = False
    is_ours: bool = False


def _dialect(name: str, signature: str, **particulars: Any) -> Dialect:
    return Dialect(name, frozenset(signature.split()), **particulars)


DIALECTS: Final = (
    _dialect("Tonearm recommendations", "trackid title artists rank score", is_ours=True),
    _dialect("Tonearm CSV", "trackid title artists album isrc genres addedat source durationms", is_ours=True),
    _dialect("Tonearm listening history", "trackid playedat msplayed", is_ours=True),
    _dialect("exportify.app CSV", "trackuri trackname artisturis artistnames albumuri", artist_commas="spaced"),
    _dialect("exportify.app CSV", "trackuri trackname artisturi artistname albumuri", artist_commas="spaced"),
    _dialect("exportify.net CSV", "trackname albumname artistnames releasedate durationms", artist_commas="bare"),
    _dialect(
        "TidyTuesday spotify_songs.csv", "trackid trackname trackartist playlistid playlistsubgenre", writes_na=True
    ),
    _dialect("114k dataset.csv", "trackid artists albumname trackname trackgenre"),
    _dialect("1.2M tracks_features.csv", "id name album albumid artists artistids discnumber releasedate"),
    _dialect("600k tracks.csv", "id name popularity artists idartists releasedate"),
    _dialect("160k data.csv", "id name artists year releasedate popularity acousticness"),
    _dialect("one listener's likes", "target songtitle artist"),
)
OTHER: Final = Dialect("table of tracks", frozenset())

OF_PLAYS: Final = {"played_at": "playedat", "ms_played": "msplayed"}
"""Columns of plays and their tidied headers, which are read of our own listening history."""

BESIDE_TRACKS: Final = (
    frozenset({"trackid", "score", "createdat"}),
    frozenset({"trackid", "origin", "seenat", "rank"}),
    frozenset({"trackid", "source", "askedat"}),
    frozenset({"week", "trackid", "title", "artists", "rank", "score"}),
)
"""Whole headers of tables that the account's own export has beside the library: read as tracks, songs that were only
recommended would be taken for the listener's."""


@dataclass(frozen=True)
class Columns:
    """
    The position of each of our columns in a table.

    Attributes
    ----------
    places : mapping of our column (a key of `ALIASES` or `OF_PLAYS`) to position
    names : mapping of our column to the header as the file writes it
    dialect : Dialect
    more_artists : tuple of int
        Positions of further columns of artists: "Artist Name 2".
    unused : tuple of str
        Headers of columns that were not recognised.
    has_joint_titles : bool
        The artist is written in the title column: "Artist - Title".
    """

    places: dict[str, int]
    names: dict[str, str]
    dialect: Dialect
    more_artists: tuple[int, ...] = ()
    unused: tuple[str, ...] = ()
    has_joint_titles: bool = False

    @property
    def has_identity(self) -> bool:
        """True if rows can be identified: by id, or by title and artist."""
        has_names = {"title", "artists"} <= self.places.keys()
        return "track_id" in self.places or has_names or (self.has_joint_titles and "title" in self.places)

    @property
    def wanted(self) -> set[int]:
        """Positions of all columns that are read."""
        return {*self.places.values(), *self.more_artists}

    @property
    def format(self) -> str:
        """What to call the file in a report."""
        if self.dialect is not OTHER:
            return self.dialect.name
        if self.places.keys() == {"track_id", "genres"}:
            return "genres by track"
        has_features = any(f.column in self.places for f in AUDIO_FEATURES)
        return "table of tracks with audio features" if has_features else OTHER.name


MOST_HEADER: Final = 200
"""Characters of a header cell or JSON key that are looked at, and that the cache below can hold."""


def tidy_name(header: str) -> str:
    """A header cell as compared: no case, blanks, tabs, punctuation, byte order mark or pandas' merge suffix."""
    return _tidy(header if len(header) <= MOST_HEADER else header[: 10 * MOST_HEADER].strip()[:MOST_HEADER])


@lru_cache(8192)
def _tidy(header: str) -> str:
    if header.isascii() and header.isalnum():
        return header.lower()
    header = unicodedata.normalize("NFC", header.strip().casefold())  # macOS writes ü as two characters
    return re.sub(r"[\W_]+", "", re.sub(r"([_.][xy]|\.\d+)$", "", header))


def recognise(header: Sequence[str], sample: Sequence[Sequence[str]]) -> Columns:
    """
    Find our columns in a table.

    Parameters
    ----------
    header : sequence of str
    sample : sequence of rows
        The first rows; a column counts as the track id only if one of them holds a Spotify id in it.
    """
    tidied = [tidy_name(cell) for cell in header]
    dialect = next((d for d in DIALECTS if d.signature <= set(tidied)), OTHER)
    positions: dict[str, list[int]] = {}
    for at, name in enumerate(tidied):
        positions.setdefault(name, []).append(at)
    places = {ours: found for ours in ALIASES if (found := _places_of(ours, positions))}
    chosen = {ours: found[0] for ours, found in places.items() if ours != "track_id"}
    if set(OF_PLAYS.values()) <= dialect.signature:
        chosen |= {ours: positions[name][0] for ours, name in OF_PLAYS.items()}
    if {"title", "artists"} <= chosen.keys():
        chosen["title"] = _plainest(places["title"], chosen["artists"], sample)
    length = chosen.get("duration_ms")
    if length is not None and tidied[length] == "time" and _are_times_of_day(length, sample):
        del chosen["duration_ms"]
    ids = [at for at in places.get("track_id", []) if dialect.is_ours or holds_ids(at, sample)]
    if ids:
        chosen = {"track_id": ids[0]} | chosen
    numbered = [
        at for at, name in enumerate(tidied) if name.rstrip("0123456789") in ALIASES["artists"] and name[-1].isdigit()
    ]
    if numbered and "artists" not in chosen:
        chosen["artists"] = numbered[0]
    more_artists = tuple(numbered[1:]) if numbered and chosen["artists"] == numbered[0] else ()
    titles = [row[chosen["title"]] for row in sample if len(row) > chosen["title"]] if "title" in chosen else []
    used = {*chosen.values(), *more_artists, *places.get("track_id", [])}
    return Columns(
        places=chosen,
        names={ours: _shown(header[at]) for ours, at in chosen.items()},
        dialect=dialect,
        more_artists=more_artists,
        unused=tuple(_shown(cell) for at, cell in enumerate(header) if at not in used and cell.strip()),
        has_joint_titles=sum(bool(JOINT.search(title)) for title in titles) > len(titles) / 2,
    )


def _shown(header: str) -> str:
    return " ".join(header[:MOST_HEADER].split())[:40]


def refuse_beside_tracks(header: Iterable[str], name: str) -> None:
    """Raise `NoTracks` for a table of our own export that is about tracks and holds none."""
    if {tidy_name(cell) for cell in header} - {""} in BESIDE_TRACKS:
        raise NoTracks(
            f"“{name}” is from Tonearm's own export and holds no tracks. Choose the ZIP, or user_tracks.csv."
        )


def _places_of(ours: str, positions: Mapping[str, Sequence[int]]) -> list[int]:
    """Every column that may be ours, the best first, out of the positions of each tidied header."""
    aliases = ALIASES[ours]
    found = [at for alias in aliases for at in positions.get(alias, ())]
    for prefix in PREFIXES if ours in NUMBERS else ():
        names = {prefix + alias for alias in aliases} - {"trackkey"}  # Shazam's number of a song
        found += sorted(at for name in names for at in positions.get(name, ()) if at not in found)
    return found


def _plainest(titles: Sequence[int], artists: int, sample: Sequence[Sequence[str]]) -> int:
    """The first of some columns of titles, or a later one whose text it repeats beside the artist, as videos do."""
    first = titles[0]
    rows = [[cell.casefold().strip() for cell in row] for row in sample if len(row) > max(*titles, artists)]
    for other in titles[1:]:
        is_repeated = [
            row[artists] and row[artists] in row[first] and row[other] in row[first].replace(row[artists], "", 1)
            for row in rows
            if any(map(str.isalpha, row[other]))
        ]
        if sum(map(bool, is_repeated)) > len(rows) / 2:
            return other
    return first


def _are_times_of_day(at: int, sample: Sequence[Sequence[str]]) -> bool:
    """
    True for a column of clocks that say when songs were played, not how long they are.

    Most of them would be longer than `LONG_SONG`, and they are in order.
    """
    clocks = [CLOCK.fullmatch(row[at].strip()) for row in sample if len(row) > at]
    times = [(int(clock["hours"]), int(clock["minutes"])) for clock in clocks if clock]
    in_order = sorted(times) in (times, times[::-1])
    return len(times) > 2 and in_order and sorted(times)[len(times) // 2] >= (LONG_SONG, 0)


def holds_ids(at: int, sample: Sequence[Sequence[str]]) -> bool:
    """True if some cell of that column ends in a Spotify id, or is a Spotify URI."""
    cells = [row[at].strip() for row in sample if len(row) > at]
    return any(re.search(rf"(^|[:/]){SPOTIFY_ID}([/?#]|$)", cell) or cell.startswith("spotify:") for cell in cells)
