"""The real store, the real adapters and the real services around an invented Spotify, with a clock that never waits."""

import time
from datetime import UTC, datetime

from recsys.app.spotify import Spotify
from recsys.auth.encryption import Cipher
from recsys.feature_sources.reccobeats import ReccoBeats
from recsys.feature_sources.spotify_features import SpotifyFeatures
from recsys.services.account import Account
from recsys.services.capabilities import Probes
from recsys.services.features import Features
from recsys.services.jobs import Jobs
from recsys.services.leases import Leases, this_process
from recsys.services.playlists import Playlists
from recsys.services.sync import Sync
from recsys.settings import Settings
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.sessions import SqliteSessions
from recsys.storage.sqlite.store import SqliteStore
from tests.fakes.calling import SleepingClock
from tests.fakes.spotify.music import Track

SPANS = {"top_short": "short_term", "top_medium": "medium_term", "top_long": "long_term"}
SECRET = "only for tests, thirty-two characters"


class SpotifyWorld:
    """One process of the app, as far as Spotify is concerned. Two on the same folder are a restart."""

    def __init__(self, fake, folder, http, reccobeats_url=None, process=None):
        self.fake = fake
        self.clock = SleepingClock(time.time())
        self.settings = Settings(
            folder,
            "",
            spotify_client_id=fake.client_id,
            spotify_accounts_url=fake.accounts_url,
            spotify_api_url=fake.api_url,
        )
        database = Database(folder / "tonearm.sqlite")
        self.cipher = Cipher(SECRET)
        self.store = SqliteStore(database)
        self.sessions = SqliteSessions(database, self.cipher)
        self.http = http
        self.spotify = Spotify(
            self.settings, self.sessions, self.store_for, self.store, http, self.clock, self.clock.sleep, gap=0.0
        )
        self.reccobeats_url = reccobeats_url
        self.jobs = Jobs()
        self.features = Features(self.store_for, self.sources_for, self.now)
        self.leases = Leases(self.store_for, self.sessions.locked, self.now, 0.1, process or this_process())
        self.sync = Sync(self.store_for, self.library_for, self.features, self.jobs, self.leases, self.now)
        self.connections = self.spotify.connections
        self.playlists = Playlists(
            self.store_for, self.spotify.writer, self.sessions.locked, self.now, self.clock.sleep
        )
        self.probes = Probes(self.store_for, self.spotify.probe, self.now)
        self.account = Account(self.store_for, self.connections, self.sync)

    def store_for(self, listener):
        return self.store

    def library_for(self, listener, sleep):
        return self.spotify.library(listener, self.clock.sleep if sleep else None)

    def sources_for(self, listener, library):
        online = [SpotifyFeatures(self.spotify.library(listener).audio_features)]
        if self.reccobeats_url:
            online.insert(0, ReccoBeats(self.reccobeats_url, self.http, self.clock, self.clock.sleep))
        return online

    def now(self):
        """The time, a little later whenever somebody looks."""
        self.clock.now += 0.001
        return datetime.fromtimestamp(self.clock(), UTC)

    def connect(self, listener="ada"):
        """What sign-in leaves behind."""
        self.sessions.save_tokens(listener, self.fake.grant(listener))
        self.store.save_profile(listener, {"spotify_id": listener, "display_name": listener.title()})

    def synced(self, listener="ada"):
        """The progress once a sync has ended."""
        self.sync.start(listener)
        return self.sync.wait(listener, 30)

    def close(self):
        self.jobs.close()

    def elsewhere(self):
        """The same data folder in a process on another host, at the same time."""
        return SpotifyWorld(self.fake, self.settings.data_folder, self.http, self.reccobeats_url, "elsewhere/1/x")

    def restarted(self):
        """The same data folder in a new process."""
        self.close()
        return SpotifyWorld(self.fake, self.settings.data_folder, self.http, self.reccobeats_url)


def entries(fake, origin, listener="ada"):
    """What stands on a list at the invented Spotify, in order; holes, files and episodes included."""
    account = fake.listeners[listener]
    if origin.startswith("playlist:"):
        return [entry for _, entry in fake.playlist(origin.removeprefix("playlist:")).entries]
    if origin in SPANS:
        return account.top[SPANS[origin]]
    return [entry for _, entry in {"saved": account.saved, "recent": account.recent}[origin]]


def ids(found):
    """The ids of the tracks among entries, each once."""
    return {entry.id for entry in found if isinstance(entry, Track)}


def on_list(world, origin, listener="ada"):
    """What the store says stands on a list."""
    origins = world.store.origins(listener)
    return set(origins.loc[origins["origin"] == origin, "track_id"])
