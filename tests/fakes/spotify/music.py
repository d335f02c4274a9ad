"""Invented music and invented listeners, the same for the same numbers. No name here is meant to be anybody's."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
START = datetime(2026, 10, 1, 12, 0, 0, tzinfo=UTC)
WORDS = "Copper Quiet Paper Winter Velvet Hollow Amber Distant Plastic Silver Tidal Broken Lucid Marble Orchid"
THINGS = "Rivers Lanterns Harbour Signals Gardens Machines Letters Sparrows Windows Kingdom Static Tides Embers"
PEOPLE = ("Ida Voss", "The Tin Orchard", "Mara Lind", "Ocho Norte", "Pale Engine", "Juno Alder", "Kestrel Row", "Sol")
MOODS = (
    dict(energy=0.85, danceability=0.75, valence=0.7, acousticness=0.05, instrumentalness=0.05, tempo=126.0),
    dict(energy=0.25, danceability=0.4, valence=0.3, acousticness=0.85, instrumentalness=0.1, tempo=88.0),
    dict(energy=0.5, danceability=0.3, valence=0.25, acousticness=0.4, instrumentalness=0.85, tempo=72.0),
    dict(energy=0.9, danceability=0.45, valence=0.45, acousticness=0.02, instrumentalness=0.15, tempo=160.0),
)
"""Four kinds of music, by artist, so that a library has shape."""


def spotify_id(*what):
    """22 base62 characters, the same for the same words."""
    number = int.from_bytes(hashlib.sha256("/".join(map(str, what)).encode()).digest()[:16], "big")
    digits = []
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(digits)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Track:
    """One invented recording. A date may have day, month or year precision, or be absent."""

    id: str
    name: str
    artists: tuple[str, ...]
    album: str
    isrc: str | None
    release_date: str | None
    duration_ms: int
    explicit: bool

    @property
    def features(self):
        """Audio features as a service would give them, near those of the artist's mood."""
        chance = random.Random(self.id)
        mood = MOODS[PEOPLE.index(self.artists[0]) % len(MOODS)]
        near = {name: _near(chance, value) for name, value in mood.items() if name != "tempo"}
        return near | {
            "tempo": round(mood["tempo"] * chance.uniform(0.9, 1.1), 3),
            "loudness": round(-14 + 10 * mood["energy"] + chance.uniform(-2, 2), 3),
            "speechiness": round(chance.uniform(0.02, 0.2), 4),
            "liveness": round(chance.uniform(0.05, 0.4), 4),
            "key": chance.randrange(12),
            "mode": chance.randrange(2),
        }


def _title(chance):
    return f"{chance.choice(WORDS.split())} {chance.choice(THINGS.split())}"


def _near(chance, value):
    return round(min(1.0, max(0.0, chance.gauss(value, 0.08))), 4)


@cache
def track(number, whose="shelf"):
    """The invented track of that number; a few lack an ISRC, a date, or all but the year of it."""
    chance = random.Random(f"{whose}/{number}")
    moment = datetime(1968, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(365 * 57))
    dates = [f"{moment:%Y-%m-%d}"] * 7 + [f"{moment:%Y-%m}", f"{moment:%Y}", None]
    lead = chance.choice(PEOPLE)
    guests = [chance.choice(PEOPLE)] if chance.random() < 0.15 else []
    return Track(
        id=spotify_id("track", whose, number),
        name=f"{_title(chance)} No. {number}",
        artists=tuple(dict.fromkeys([lead, *guests])),
        album=_title(chance),
        isrc=None if number % 20 == 7 else f"ZZFAK{moment:%y}{number:05d}",
        release_date=dates[number % len(dates)],
        duration_ms=chance.randrange(90_000, 420_000),
        explicit=chance.random() < 0.1,
    )


@dataclass
class Playlist:
    """A playlist in somebody's account. `entries` holds (added_at, track or another object or None)."""

    id: str
    name: str
    owner: str
    entries: list = field(default_factory=list)
    description: str = ""
    is_public: bool = False
    is_collaborative: bool = False
    version: int = 1

    @property
    def snapshot_id(self):
        return spotify_id("snapshot", self.id, self.version)


@dataclass
class Listener:
    """An account. `saved` is newest first; `is_registered` puts it on the app's allow-list."""

    id: str
    display_name: str | None
    saved: list = field(default_factory=list)
    top: dict = field(default_factory=dict)
    recent: list = field(default_factory=list)
    playlists: list = field(default_factory=list)
    is_registered: bool = True

    @property
    def account_id(self):
        return spotify_id("account", self.id)[:10]


LOCAL_FILE = "local file"
EPISODE = "episode"


def listener(name, display_name, saved, first=0):
    """An account with `saved` tracks and everything else in proportion; `first` shifts the taste."""
    tracks = [track(first + number) for number in range(saved)]
    dated = [(iso(START - timedelta(hours=7 * at)), one) for at, one in enumerate(tracks)]
    top = [track(first + 3 * number) for number in range(min(60, saved))]
    account = Listener(name, display_name, dated)
    account.top = {"short_term": top[:50], "medium_term": top[10:], "long_term": top[20:]}
    account.recent = [(START - timedelta(minutes=5 * at), tracks[at % 30]) for at in range(min(50, saved))]
    account.playlists = _playlists(account, tracks)
    return account


def _playlists(account, tracks):
    added = iso(START - timedelta(days=30))
    mixed = [(added, one) for one in tracks[:55]]
    mixed[5:5] = [(added, None), (None, LOCAL_FILE), (added, EPISODE), mixed[0] if mixed else (added, None)]
    followed = [(added, track(number, "somebody else")) for number in range(5)]
    return [
        Playlist(spotify_id("playlist", account.id, "mixed"), "Everything at once", account.id, mixed),
        Playlist(spotify_id("playlist", account.id, "empty"), "Not yet", account.id),
        Playlist(spotify_id("playlist", account.id, "shared"), "Ours", "sam", mixed[:3], is_collaborative=True),
        Playlist(spotify_id("playlist", "followed"), "Not mine", "sam", followed, is_public=True),
    ]


def listeners(saved=120):
    """Ada, with a library; Grace, whose taste overlaps a little; Nell, who has nothing and no display name."""
    return {
        "ada": listener("ada", "Ada", saved),
        "grace": listener("grace", "Grace", max(3, saved // 2), first=saved - 10),
        "nell": listener("nell", None, 0),
    }


def tracks_of(accounts):
    """Every track that stands anywhere in these accounts, by id."""
    found = {}
    for account in accounts.values():
        lists = [account.saved, account.recent, *(one.entries for one in account.playlists)]
        entries = [entry for one in lists for _, entry in one] + [one for top in account.top.values() for one in top]
        found |= {entry.id: entry for entry in entries if isinstance(entry, Track)}
    return found
