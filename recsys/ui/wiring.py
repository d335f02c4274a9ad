"""The one place that builds concrete things from settings: stores, catalogue, Spotify, jobs. Once per process."""

import logging
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import streamlit as st

from recsys import __version__
from recsys.core.catalogue import Catalogue
from recsys.demo.catalogue import demo_catalogue as invented_catalogue
from recsys.demo.listeners import DemoListener
from recsys.demo.listeners import demo_listeners as invented_listeners
from recsys.importers.catalogue_file import read_catalogue
from recsys.services.recommend import recommend
from recsys.settings import Settings
from recsys.storage.database import Database
from recsys.storage.encryption import Cipher, app_secret
from recsys.storage.sqlite_sessions import SqliteSessions
from recsys.storage.sqlite_store import SqliteStore
from recsys.storage.store import Store
from recsys.web.deployment import Deployment

log = logging.getLogger(__name__)


@cache
def settings() -> Settings:
    """The settings this process started with."""
    return Settings.from_environment()


@cache
def database() -> Database:
    """The SQLite file in the data folder."""
    return Database(settings().data_folder / "tonearm.sqlite")


@cache
def embedded_store() -> SqliteStore:
    """The store in the data folder: the default, and where guests are always kept."""
    return SqliteStore(database())


@cache
def cipher() -> Cipher:
    """Seals tokens and cookies with the server's key."""
    return Cipher(app_secret(settings().app_secret_key, settings().data_folder))


@cache
def sessions() -> SqliteSessions:
    """Browser sessions and tokens."""
    return SqliteSessions(database(), cipher())


def store_for(listener: str) -> Store:
    """The store that keeps a listener's rows."""
    return embedded_store()


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
    return Catalogue.from_tracks(read_catalogue(source))


def warm_up() -> None:
    """Do before the first visitor what would otherwise keep them waiting."""
    demo_listeners()
    demo_catalogue()
    log.info("catalogue: %d songs", len(catalogue().tracks))


def deployment() -> Deployment:
    """What the HTTP routes need."""
    return Deployment(
        public_url=settings().public_url,
        page=(Path(st.__file__).parent / "static" / "index.html").read_text("utf-8"),
        sessions=sessions(),
        tokens=sessions(),
        store_for=store_for,
        cipher=cipher(),
        accounts=None,
        sync=None,
        recommend=lambda listener, recipe, seeds: recommend(catalogue(), store_for(listener), listener, recipe, seeds),
        check_store=embedded_store().check,
        catalogue_is_loaded=lambda: len(catalogue()) > 0,
        version=__version__,
        clock=lambda: datetime.now(UTC),
    )


def shut_down() -> None:
    """Stop background work and close the store when the server stops."""
    database().close()
