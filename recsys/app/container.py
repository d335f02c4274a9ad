"""Builds every concrete part of the app from its settings, each once: stores, catalogue, Spotify, background jobs."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from weakref import WeakValueDictionary

import httpx
import pandas as pd

from recsys import __version__
from recsys.app.built_once import built_once
from recsys.app.catalogue_files import catalogue_passport, catalogue_tracks, registry, stored_catalogues
from recsys.app.guest_sweep import DAY_S, sweep_guests
from recsys.app.memory import release_memory
from recsys.app.process_state import LastRecipes, ListenerCounts, OpenedLinks
from recsys.app.quiet_collection import QuietCollection
from recsys.app.repeating import repeat
from recsys.app.spotify import Spotify
from recsys.app.stores import Stores
from recsys.app.weekly_lists import TIMER_S, renew_due
from recsys.catalogues.models import Passport
from recsys.catalogues.passport import invented_passport
from recsys.core.engine.catalogue import Catalogue
from recsys.core.model.tracks import empty_tracks
from recsys.demo import DEMO_NOTE
from recsys.demo.catalogue import demo_catalogue
from recsys.demo.listeners import DemoListener, demo_listeners
from recsys.feature_sources.known_tracks import KnownTracks
from recsys.feature_sources.listenbrainz import ListenBrainzIds
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.feature_sources.source import FeatureSource
from recsys.feature_sources.spotify_features import SpotifyFeatures
from recsys.services.account import Account
from recsys.services.capabilities import Probes
from recsys.services.catalogues import Catalogues, ReadyCatalogue
from recsys.services.features import Features
from recsys.services.growing import Growing
from recsys.services.import_queue import ImportQueue
from recsys.services.jobs import Jobs
from recsys.services.leases import Leases
from recsys.services.listener_catalogues import ListenerCatalogues
from recsys.services.playlists import Playlists
from recsys.services.recent_lists import RecentLists
from recsys.services.sync import Sync
from recsys.services.turns import turns_of_screens
from recsys.services.weekly import WeeklyLists
from recsys.settings import Settings
from recsys.web.dependencies import Accounts, Dependencies

log = logging.getLogger(__name__)


class Container(Stores):
    """
    The parts of one running app. Each is built at its first use and then shared by all threads.

    Parameters
    ----------
    settings : Settings
    clock, sleep : callable
        Seconds since 1970, and waiting. Tests pass a clock that never waits.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings, clock)
        self._sleep = sleep
        self._session_catalogues: WeakValueDictionary[tuple[str, str], Catalogue] = WeakValueDictionary()
        self._session_catalogues_lock = threading.Lock()
        self.jobs = Jobs()
        self.imports = ImportQueue()
        self.last_recipes = LastRecipes(self.store_for)
        self.opened_links = OpenedLinks()
        self.erasures, self.edits = ListenerCounts(), ListenerCounts()
        self.recent_lists = RecentLists()
        self.listener_catalogues = ListenerCatalogues(
            lambda: self.catalogue if self.has_catalogue else None,
            self.store_for,
            lambda: self.growing.anchors(),
            self.now,
        )
        self.ranking = turns_of_screens()

    @built_once
    def http(self) -> httpx.Client:
        """The client for Spotify's accounts host and ReccoBeats."""
        return self._to_close.enter_context(httpx.Client(timeout=10))

    @built_once
    def demo_catalogue(self) -> Catalogue:
        """The invented catalogue."""
        return Catalogue.from_tracks(demo_catalogue())

    @built_once
    def demo_listeners(self) -> tuple[DemoListener, ...]:
        """The invented listeners."""
        return demo_listeners()

    @property
    def has_catalogue(self) -> bool:
        """True when a catalogue is installed or named by an address."""
        return self.settings.has_catalogue

    def installed_tracks(self) -> pd.DataFrame:
        """The installed catalogue as published, an empty track table where there is none."""
        if not self.has_catalogue:
            return empty_tracks()
        return catalogue_tracks(self.settings.catalogue, self.settings.data_folder)

    @built_once
    def catalogue(self) -> Catalogue:
        """The catalogue of this server; the invented one where none is installed."""
        return Catalogue.from_tracks(self.installed_tracks()) if self.has_catalogue else self.demo_catalogue

    @built_once
    def passport(self) -> Passport:
        """Where the songs of this server's catalogue come from, and what is known of them."""
        if not self.has_catalogue:
            return self.demo_passport
        return catalogue_passport(self.settings.catalogue, self.installed_tracks())

    @built_once
    def demo_passport(self) -> Passport:
        """The passport of the invented catalogue."""
        return invented_passport(demo_catalogue())

    @built_once
    def catalogues(self) -> Catalogues:
        """Real songs that can be fetched, and installed for everybody or loaded for one session."""
        return Catalogues(
            lambda: registry(self.settings),
            stored_catalogues(self.settings),
            self.jobs,
            self.settings.catalogue_installers,
            self.load_catalogue,
        )

    def session_catalogue(self, ready: ReadyCatalogue) -> Catalogue:
        """A fetched catalogue that is not installed; sessions that use the same one at a time share it."""
        key = (str(ready.path), ready.passport.fingerprint)
        with self._session_catalogues_lock:
            catalogue = self._session_catalogues.get(key)
            if catalogue is None:
                catalogue = Catalogue.from_tracks(catalogue_tracks(str(ready.path), self.settings.data_folder))
                self._session_catalogues[key] = catalogue
        return catalogue

    def load_catalogue(self) -> None:
        """Use the catalogue that was just installed, from the next run of every page on."""
        catalogue = Catalogue.from_tracks(self.installed_tracks())
        _ = catalogue.search_index  # built here, in the job, so that the first search need not wait
        for name in ("passport", "_catalogue_features"):  # built again at their next use
            self.__dict__.pop(name, None)
        self.catalogue = catalogue
        release_memory()

    @built_once
    def spotify(self) -> Spotify | None:
        """All requests to Spotify; None where no Spotify app is configured."""
        if not self.settings.has_spotify:
            return None
        return Spotify(
            self.settings,
            self.sessions,
            self.store_for,
            self.app_store,
            self.http,
            self._clock,
            self._sleep,
        )

    @property
    def accounts(self) -> Accounts | None:
        """
        The way to sign in: through Supabase Auth where it is configured, else Spotify itself.

        None without a Spotify app: Supabase returns Spotify's tokens once, and refreshing them takes the app's id and
        secret.
        """
        return self.hosted.accounts if self.hosted and self.spotify else self.spotify

    @built_once
    def _catalogue_features(self) -> KnownTracks:
        """The installed catalogue as a source of features. Invented tracks know nothing of real ones."""
        return KnownTracks("catalogue", self.installed_tracks())

    @built_once
    def _reccobeats(self) -> ReccoBeats:
        return ReccoBeats(self.settings.reccobeats_url, self.http, sleep=self._sleep)

    def _sources_for(self, listener: str, library: pd.DataFrame) -> list[FeatureSource]:
        """Whom to ask for a listener's features, in order: what is known here first, Spotify itself last."""
        sources: list[FeatureSource] = [KnownTracks("library", library), self._catalogue_features, self._reccobeats]
        if self.spotify and self.spotify.connections.state(listener).is_connected:
            sources.append(SpotifyFeatures(self.spotify.library(listener).audio_features))
        return sources

    @built_once
    def features(self) -> Features:
        """Looks up missing audio features."""
        return Features(self.store_for, self._sources_for, self.now)

    @built_once
    def growing(self) -> Growing:
        """Finds songs around a listener's own."""
        names = ListenBrainzIds(self.settings.listenbrainz_url, self.http, sleep=self._sleep)
        return Growing(
            self.store_for,
            self.features,
            self._reccobeats,
            names,
            lambda: self.catalogue.sample if self.has_catalogue else empty_tracks(),
            lambda: self.app_store,
            self.jobs,
            self.now,
        )

    @built_once
    def sync(self) -> Sync | None:
        """Syncs with Spotify; None where no Spotify app is configured."""
        if not self.spotify:
            return None
        leases = Leases(self.store_for, self.sessions.locked, self.now)
        return Sync(self.store_for, self.spotify.library, self.features, self.jobs, leases, self.now)

    @built_once
    def playlists(self) -> Playlists | None:
        """Saves lists to Spotify; None where no Spotify app is configured."""
        if not self.spotify:
            return None
        return Playlists(self.store_for, self.spotify.writer, self.sessions.locked, self.now, self._sleep)

    @built_once
    def weekly(self) -> WeeklyLists:
        """Lists that are renewed every week."""
        return WeeklyLists(
            self.store_for,
            self.weekly_listeners,
            self.listener_catalogues.of,
            self.playlists,
            self.jobs,
            self.sessions.locked,
            self.now,
            self.ranking.turn,
        )

    @built_once
    def probes(self) -> Probes | None:
        """Finds out what Spotify allows; None where no Spotify app is configured."""
        return Probes(self.store_for, self.spotify.probe, self.now) if self.spotify else None

    @built_once
    def account(self) -> Account:
        """What is stored and sent, as a file, and erased."""
        return Account(self.store_for, self.spotify.connections if self.spotify else None, self.sync or self.jobs)

    def dependencies(
        self,
        page: str,
        styles: str = "",
        script: str = "",
        modules: Mapping[str, Sequence[str]] = MappingProxyType({}),
        uploaded_bytes: Callable[[str | None], int] = lambda tab: 0,
        largest_upload: int = 300 << 20,
    ) -> Dependencies:
        """What the HTTP routes need; `page` is Streamlit's index.html, into which the next three are put."""
        return Dependencies(
            public_url=self.settings.public_url,
            page=page,
            styles=styles,
            script=script,
            modules=modules,
            sessions=self.sessions,
            tokens=self.sessions,
            store_for=self.store_for,
            cipher=self.cipher,
            accounts=self.accounts,
            sync=self.sync,
            stop=lambda listener: self.jobs.stop(listener, seconds=5),
            hand_over=self._hand_over,
            recommend=lambda listener, recipe, seeds, minus: self.recent_lists.recommend(
                self.listener_catalogues.of(listener) or self.catalogue,
                self.store_for(listener),
                listener,
                recipe,
                seeds,
                minus,
                self.now(),
            ),
            check_store=self.check_stores,
            catalogue_is_loaded=lambda: len(self.catalogue) > 0,
            note=lambda: DEMO_NOTE if self.catalogue is self.demo_catalogue else None,
            version=__version__,
            clock=self.now,
            metrics_token=self.settings.metrics_token,
            catalogue_songs=lambda: len(self.catalogue),
            running_syncs=self.sync.running if self.sync else tuple,
            spotify_limits=self.spotify.limits if self.spotify else tuple,
            ranking=self.ranking,
            uploaded_bytes=uploaded_bytes,
            largest_upload=largest_upload,
            requests_a_minute=self.settings.requests_a_minute,
            has_trusted_proxy="FORWARDED_ALLOW_IPS" in os.environ,  # Uvicorn reads it there, and nowhere else
        )

    def _hand_over(self, guest: str, listener: str) -> None:
        """After a guest's rows were moved: the guest's other tabs start again, the listener's reload the library."""
        self.opened_links.hand_over(guest, listener)
        self.erasures.add(guest)
        self.last_recipes.forget(guest)
        self.edits.add(listener)

    def sweep_guests(self) -> int:
        """Erase guests who were not here for 30 days; how many."""
        return sweep_guests(self.embedded_store)

    def warm_up(self) -> None:
        """Build what the first visitor would otherwise wait for; start what is repeated."""
        self._to_close.callback(repeat(self.sweep_guests, DAY_S, "sweep").set)
        if self.settings.weekly_lists == "app":
            self._to_close.callback(repeat(lambda: renew_due(self.weekly), TIMER_S, "weekly lists").set)
        log.info(
            "catalogue: %d songs; %d invented listeners with %d invented songs",
            len(self.catalogue),
            len(self.demo_listeners),
            len(self.demo_catalogue),
        )
        if not self.has_catalogue and Path(self.settings.catalogue).parent != self.settings.data_folder:
            log.warning("TONEARM_CATALOGUE names a file that is not there yet, so invented songs are used")
        self.jobs.start("search index", lambda job: self.catalogue.search_index)
        # 2.5 s of imports, which the first listener's tastes would wait for.
        self.jobs.start("clustering", lambda job: import_module("sklearn.cluster"))
        release_memory()
        self._to_close.enter_context(QuietCollection(lambda: self.ranking.is_idle))

    def close(self) -> None:
        """Stop background work, then close the stores and connections."""
        self.jobs.close()
        self.last_recipes.write()
        self._to_close.close()


_running: list[Container] = []


def start(container: Container) -> None:
    """Make this the container of the process, which every screen uses from now on. Called once, by app.py."""
    _running[:] = [container]


def running() -> Container:
    """The container of this process; raises `RuntimeError` before `start`."""
    if not _running:
        raise RuntimeError("No container was started: run the app with `streamlit run app.py`.")
    return _running[0]
