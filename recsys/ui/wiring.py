"""The one place that builds concrete things from settings: stores, catalogue, Spotify, jobs. Once per process."""

import ctypes
import gc
import logging
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pandas as pd
import pyarrow as pa
import streamlit as st

from recsys import __version__
from recsys.auth.encryption import Cipher, app_secret
from recsys.auth.guests import is_guest
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.tracks import empty_tracks
from recsys.demo import DEMO_NOTE
from recsys.demo.catalogue import demo_catalogue as invented_catalogue
from recsys.demo.listeners import DemoListener
from recsys.demo.listeners import demo_listeners as invented_listeners
from recsys.feature_sources.known_tracks import KnownTracks
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.feature_sources.source import FeatureSource
from recsys.feature_sources.spotify_features import SpotifyFeatures
from recsys.importers.catalogue_file import read_catalogue
from recsys.services.account import Account
from recsys.services.capabilities import Probes
from recsys.services.features import Features
from recsys.services.jobs import Jobs
from recsys.services.leases import Leases
from recsys.services.playlists import Playlists
from recsys.services.recommend import recommend
from recsys.services.sync import Sync
from recsys.settings import Settings
from recsys.storage.hosted.sessions import SupabaseSessions
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.sessions import SqliteSessions
from recsys.storage.sqlite.store import SqliteStore
from recsys.storage.store import Store
from recsys.ui.erasures import Erasures
from recsys.ui.last_recipes import LastRecipes
from recsys.ui.spotify_wiring import SpotifyWiring
from recsys.ui.supabase_wiring import SupabaseWiring
from recsys.web.dependencies import Accounts, Deployment

log = logging.getLogger(__name__)

for _client in ("httpx", "urllib3", "hpack"):  # they log addresses with track ids, hpack also headers with tokens
    logging.getLogger(_client).setLevel(logging.WARNING)


@cache
def settings() -> Settings:
    """The settings this process started with."""
    return Settings.from_environment()


@cache
def database() -> Database:
    """The SQLite file in the data folder."""
    return Database(settings().data_folder / "tonearm.db")


@cache
def embedded_store() -> SqliteStore:
    """The store in the data folder: the default, and where guests are always kept."""
    return SqliteStore(database())


@cache
def cipher() -> Cipher:
    """Seals tokens and cookies with the server's key."""
    return Cipher(app_secret(settings().app_secret_key, settings().data_folder))


@cache
def supabase() -> SupabaseWiring | None:
    """The hosted store; None where it is not configured."""
    return SupabaseWiring(settings(), cipher(), now) if settings().has_supabase else None


@cache
def sessions() -> SqliteSessions | SupabaseSessions:
    """Browser sessions and tokens."""
    hosted = supabase()
    return hosted.sessions if hosted else SqliteSessions(database(), cipher())


def app_store() -> Store:
    """Where the state of the whole app is kept."""
    hosted = supabase()
    return hosted.store if hosted else embedded_store()


def store_for(listener: str) -> Store:
    """The store that keeps a listener's rows. Guests have no row at Supabase to hang theirs on."""
    return embedded_store() if is_guest(listener) else app_store()


def whereabouts(listener: str) -> str:
    """Where a listener's rows are kept, in words."""
    hosted = supabase()
    if hosted and not is_guest(listener):
        host = urlsplit(hosted.project.url).netloc
        return (
            f"Kept in the Supabase project at {host}, where row security lets nobody else read it. Its sign-in keeps "
            "the e-mail address too, if Spotify told one; erasing removes it."
        )
    return "Kept in a file on this server."


def check_stores() -> None:
    """Raise `StorageProblem` when a store cannot be reached."""
    embedded_store().check()
    app_store().check()


@cache
def demo_catalogue() -> Catalogue:
    """The invented catalogue."""
    return Catalogue.from_tracks(invented_catalogue())


@cache
def demo_listeners() -> tuple[DemoListener, ...]:
    """The invented listeners."""
    return invented_listeners()


@cache
def catalogue() -> Catalogue:
    """The catalogue of this server; the invented one where none is installed."""
    source = settings().catalogue
    if "://" not in source and not Path(source).exists():
        return demo_catalogue()
    return Catalogue.from_tracks(read_catalogue(source, settings().data_folder))


def warm_up() -> None:
    """Do before the first visitor what would otherwise keep them waiting."""
    demo_listeners()
    demo_catalogue()
    log.info("catalogue: %d songs", len(catalogue().tracks))
    _give_back_memory()


def _give_back_memory() -> None:
    """Return what laying out the catalogue used for a moment; at a million songs it is as much as the catalogue."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):  # glibc has it, musl does not
        libc.malloc_trim(0)


@cache
def jobs() -> Jobs:
    """Background work of all listeners."""
    return Jobs()


@cache
def last_recipes() -> LastRecipes:
    """Where the sliders of all listeners stood last."""
    return LastRecipes()


@cache
def erasures() -> Erasures:
    """How often listeners erased everything."""
    return Erasures()


@cache
def spotify() -> SpotifyWiring | None:
    """Everything that speaks to Spotify; None where no Spotify app is configured."""
    if not settings().has_spotify:
        return None
    return SpotifyWiring(settings(), sessions(), store_for, app_store(), httpx.Client(timeout=10))


def accounts() -> Accounts | None:
    """
    The way to sign in: through Supabase Auth where it is configured, else Spotify itself.

    None without a Spotify app: Supabase gives Spotify's tokens once, and renewing them takes the app's id and secret.
    """
    hosted, connected = supabase(), spotify()
    return hosted.accounts if hosted and connected else connected


@cache
def _catalogue_features() -> KnownTracks:
    """The installed catalogue as a source of features. Invented tracks know nothing of real ones."""
    source = settings().catalogue
    is_there = "://" in source or Path(source).exists()
    return KnownTracks("catalogue", read_catalogue(source, settings().data_folder) if is_there else empty_tracks())


@cache
def _reccobeats() -> ReccoBeats:
    return ReccoBeats(settings().reccobeats_url, httpx.Client(timeout=10))


def _sources_for(listener: str, library: pd.DataFrame) -> list[FeatureSource]:
    """Who can be asked for a listener's features, in order: what is known here first, Spotify itself last."""
    sources: list[FeatureSource] = [KnownTracks("library", library), _catalogue_features(), _reccobeats()]
    connected = spotify()
    if connected and sessions().tokens(listener):
        sources.append(SpotifyFeatures(connected.library(listener).audio_features))
    return sources


@cache
def features() -> Features:
    """Looks up missing audio features."""
    return Features(store_for, _sources_for, now)


@cache
def sync() -> Sync | None:
    """Syncs with Spotify; None where no Spotify app is configured."""
    connected = spotify()
    leases = Leases(store_for, sessions().locked, now)
    return Sync(store_for, connected.library, features(), jobs(), leases, now) if connected else None


@cache
def playlists() -> Playlists | None:
    """Saves lists to Spotify; None where no Spotify app is configured."""
    connected = spotify()
    return Playlists(store_for, connected.writer, sessions().locked, now) if connected else None


@cache
def probes() -> Probes | None:
    """Finds out what Spotify allows; None where no Spotify app is configured."""
    connected = spotify()
    return Probes(store_for, connected.probe, now) if connected else None


@cache
def account() -> Account:
    """What is stored and sent, as a file, and erased."""
    connected = spotify()
    return Account(store_for, connected.connections if connected else None, sync() or jobs())


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def deployment() -> Deployment:
    """What the HTTP routes need."""
    return Deployment(
        public_url=settings().public_url,
        page=(Path(st.__file__).parent / "static" / "index.html").read_text("utf-8"),
        sessions=sessions(),
        tokens=sessions(),
        store_for=store_for,
        cipher=cipher(),
        accounts=accounts(),
        sync=sync(),
        stop=lambda listener: jobs().stop(listener, seconds=5),
        recommend=lambda listener, recipe, seeds: recommend(catalogue(), store_for(listener), listener, recipe, seeds),
        check_store=check_stores,
        catalogue_is_loaded=lambda: len(catalogue()) > 0,
        note=lambda: DEMO_NOTE if catalogue() is demo_catalogue() else None,
        version=__version__,
        clock=now,
    )


def shut_down() -> None:
    """Stop background work and close the store when the server stops."""
    jobs().close()
    database().close()
    hosted = supabase()
    if hosted:
        hosted.project.close()
