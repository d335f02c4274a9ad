"""The tables of the SQLite store, as numbered migrations. Names and columns are those of `supabase/migrations`.

A migration is never edited once released: a change is a new one at the end, and `PRAGMA user_version` counts those
applied. That is also why the audio features are spelled out here instead of read from the feature table.
"""

from typing import Final

LISTENER_TABLES: Final = (
    "profiles",
    "user_tracks",
    "track_origins",
    "plays",
    "recommendations",
    "recipes",
    "feedback",
    "feature_misses",
    "pool_tracks",
    "sync_state",
    "sent_log",
    "weekly_lists",
    "weekly_songs",
    "spotify_tokens",
    "supabase_tokens",
    "sessions",
)
"""Every table that holds rows of a listener, all with a `user_id`: what is counted and what is erased."""

APPLICATION_ID: Final = 0x546F6E65
"""Written in the header of our files ("Tone"), so that another program's database is not taken for ours."""

_TRACK: Final = """
    spotify_track_id text not null,
    name text not null,
    artist text not null,
    album text,
    isrc text,
    genres text,
    added_at text,
    source text,
    danceability real,
    energy real,
    loudness real,
    speechiness real,
    acousticness real,
    instrumentalness real,
    liveness real,
    valence real,
    tempo real,
    duration_ms real,
    year real,
    key real,
    mode real,
    time_signature real,
    popularity real,
    explicit real
"""

_LIBRARY: Final = (
    """create table profiles (
        user_id text primary key,
        spotify_id text,
        display_name text,
        avatar_url text
    ) strict""",
    f"""create table user_tracks (
        user_id text not null,
        saved_order integer not null,
        {_TRACK},
        primary key (user_id, spotify_track_id)
    ) strict""",
    """create table track_origins (
        user_id text not null,
        spotify_track_id text not null,
        origin text not null,
        seen_at text not null,
        rank real,
        primary key (user_id, spotify_track_id, origin)
    ) strict, without rowid""",
    """create table plays (
        user_id text not null,
        played_at text not null,
        spotify_track_id text not null,
        ms_played real,
        primary key (user_id, played_at, spotify_track_id)
    ) strict, without rowid""",
)

_LISTS: Final = (
    """create table recommendations (
        user_id text not null,
        spotify_track_id text not null,
        score real not null,
        created_at text not null,
        primary key (user_id, spotify_track_id)
    ) strict, without rowid""",
    """create table recipes (
        user_id text not null,
        name text not null,
        recipe text not null check (json_valid(recipe)),
        primary key (user_id, name)
    ) strict, without rowid""",
    f"""create table feedback (
        user_id text not null,
        {_TRACK},
        liked integer not null check (liked in (0, 1)),
        at text not null,
        primary key (user_id, spotify_track_id)
    ) strict""",
)

_SYNC: Final = (
    """create table sync_state (
        user_id text not null,
        key text not null,
        value text not null check (json_valid(value)),
        primary key (user_id, key)
    ) strict, without rowid""",
    """create table feature_misses (
        user_id text not null,
        spotify_track_id text not null,
        source text not null,
        asked_at text not null,
        primary key (user_id, spotify_track_id, source)
    ) strict, without rowid""",
    """create table sent_log (
        id integer primary key,
        user_id text not null,
        at text not null,
        recipient text not null,
        what text not null,
        rows integer not null
    ) strict""",
    "create index sent_log_of_a_listener on sent_log (user_id, id)",
    """create table app_state (
        key text primary key,
        value text not null check (json_valid(value))
    ) strict, without rowid""",
)


def _is_encrypted(column: str) -> str:
    """
    A check that refuses anything `encryption.Cipher` did not make: after the prefix comes a Fernet token, which
    begins with version 0x80 and a time, and has 100 characters at least (https://github.com/fernet/spec).
    """
    return f"""check (
            {column} glob 'enc:v1:gAAAAA*' and length({column}) >= 107 and {column} not glob '*[^A-Za-z0-9_=:-]*'
        )"""


def _tokens(table: str) -> str:
    """Tokens of one issuer."""
    return f"""create table {table} (
        user_id text primary key,
        access_token text not null {_is_encrypted("access_token")},
        refresh_token text {_is_encrypted("refresh_token")},
        expires_at text not null,
        scope text,
        authorized_at text
    ) strict"""


_SIGN_IN: Final = (
    _tokens("spotify_tokens"),
    _tokens("supabase_tokens"),
    """create table sessions (
        id_hash text primary key check (length(id_hash) = 64),
        user_id text not null,
        kind text not null check (kind in ('guest', 'spotify')),
        display_name text,
        avatar_url text,
        created_at text not null,
        expires_at text not null
    ) strict, without rowid""",
    "create index sessions_of_a_listener on sessions (user_id)",
    "create index sessions_by_expiry on sessions (expires_at)",
    """create table leases (
        name_hash text primary key,
        holder text not null,
        expires_at real not null
    ) strict, without rowid""",
)

_TABLES_OF_GUESTS: Final = (
    *("profiles", "user_tracks", "track_origins", "plays", "recommendations", "recipes", "feedback"),
    *("feature_misses", "sync_state", "sent_log"),
)

_GUESTS: Final = (
    """create table guest_visits (
        guest text primary key,
        visited_on text not null
    ) strict, without rowid""",
    "insert into guest_visits select user_id, date('now') from ("
    + " union ".join(f"select user_id from {table} where user_id glob 'guest-*'" for table in _TABLES_OF_GUESTS)
    + ")",
)
"""The day each guest with rows was here last. Earlier guests count as having been here on the day of the migration."""

_POOL: Final = (
    f"""create table pool_tracks (
        user_id text not null,
        {_TRACK},
        answered_at text not null,
        primary key (user_id, spotify_track_id)
    ) strict""",
)

_WEEKLY: Final = (
    """create table weekly_lists (
        user_id text primary key,
        recipe text not null check (json_valid(recipe)),
        weekday integer not null check (weekday between 0 and 6),
        songs integer not null check (songs > 0),
        playlist text,
        renewed_week text,
        saved_week text,
        problem text
    ) strict, without rowid""",
    """create table weekly_songs (
        user_id text not null,
        week text not null,
        spotify_track_id text not null,
        name text not null,
        artist text not null,
        rank real not null,
        score real not null,
        primary key (user_id, week, spotify_track_id)
    ) strict, without rowid""",
)

MIGRATIONS: Final = (_LIBRARY, _LISTS, _SYNC, _SIGN_IN, _GUESTS, _POOL, _WEEKLY)
"""Statements of each version, in order; `MIGRATIONS[n]` leads from version n to n + 1."""

TABLES: Final = (*LISTENER_TABLES, "leases", "app_state", "guest_visits")
"""Every table."""
