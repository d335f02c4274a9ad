"""Sync my Spotify: every list into the library, then features, in the background and resumable."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from recsys.errors import ReconnectSpotify, SpotifyProblem
from recsys.services import playlist_choice
from recsys.services.erasure import noticing_erasure
from recsys.services.features import Features
from recsys.services.jobs import Job, Jobs
from recsys.services.leases import Leases
from recsys.services.list_reader import ListReader, Pages
from recsys.services.playlist_choice import PlaylistChoice
from recsys.services.sync_progress import TITLES, Stage, SyncProgress, stopped
from recsys.spotify.models import PlaylistPage
from recsys.storage.store import Store
from recsys.times import from_iso, to_iso

STATE: Final = "sync"
LISTS: Final = ("top_short", "top_medium", "top_long", "saved", "recent")
CONSENTED: Final = "sync_consented"
"""Stored from a listener's consent at Spotify until the sync that it is followed by has been started."""
FRESH: Final = timedelta(hours=24)
"""How long the finished stages of a sync that was interrupted are not read again."""


class SpotifyLibrary(Pages, Protocol):
    """What a listener has on Spotify."""

    def playlists(self, cursor: str | None = None) -> PlaylistPage:
        """A page of the listener's playlists. Raises a `SpotifyProblem`."""


LibraryFor = Callable[[str, Callable[[float], None] | None], SpotifyLibrary]
"""A listener's library on Spotify, with a sleep that ends when the job is cancelled; None never sleeps long."""


class Sync:
    """
    Syncs of all listeners, one at a time for each, whichever process it was started in.

    Parameters
    ----------
    store_for, library_for : callable
    features : Features
    jobs : Jobs
    leases : Leases
    clock : callable
        The time, with time zone.
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        library_for: LibraryFor,
        features: Features,
        jobs: Jobs,
        leases: Leases,
        clock: Callable[[], datetime],
    ) -> None:
        self._store_for, self._library_for = store_for, library_for
        self._features, self._jobs = features, jobs
        self._leases, self._clock = leases, clock

    def start(self, listener: str) -> SyncProgress:
        """Start a sync, resume an interrupted one, or join the running one."""
        self._jobs.start(_key(listener), lambda job: self._run_alone(listener, job))
        return self.progress(listener)

    def take_consent(self, listener: str) -> bool:
        """Whether the listener has agreed at Spotify since this was asked last."""
        store = self._store_for(listener)
        if store.state(listener, CONSENTED) is None:
            return False
        store.remove_state(listener, CONSENTED)
        return True

    def cancel(self, listener: str) -> SyncProgress:
        """Stop after the page at hand. What is stored stays, and the next start continues from there."""
        self._jobs.cancel(_key(listener))
        self._leases.cancel(listener)
        return self.progress(listener)

    def wait(self, listener: str, seconds: float | None = None) -> SyncProgress:
        """Block until the sync has ended or the time is over."""
        self._jobs.wait(_key(listener), seconds)
        self._leases.wait(listener, seconds)
        return self.progress(listener)

    def stop(self, listener: str) -> None:
        """End all background work of a listener in this process, and a sync in any other, and wait for that."""
        self._leases.cancel(listener)
        self._jobs.stop(listener)
        self._leases.wait(listener)

    def progress(self, listener: str) -> SyncProgress:
        """Progress of the sync: live while it runs, otherwise as stored, also after a restart."""
        job = self._jobs.snapshot(_key(listener))
        if job and job.is_active and isinstance(job.progress, SyncProgress):
            return job.progress
        stored = SyncProgress.from_json(self._store_for(listener).state(listener, STATE))
        if self._leases.is_elsewhere(listener):
            return replace(stored, is_running=True)
        if job and job.is_active:
            return replace(stored.at_rest(), is_running=True)
        return replace(stored.at_rest(), message=job.message if job and job.message else stored.message)

    def is_running_here(self, listener: str) -> bool:
        """True while this process syncs for the listener; the store is not asked."""
        return self._jobs.is_active(_key(listener))

    def running(self) -> list[SyncProgress]:
        """How far the syncs are that run in this process."""
        progress = [snapshot.progress for snapshot in self._jobs.running("sync")]
        return [one for one in progress if isinstance(one, SyncProgress)]

    def _run_alone(self, listener: str, job: Job) -> None:
        """Wait for another process that syncs this listener; run only if it died."""
        with self._leases.held(listener, job) as is_ours:
            if is_ours:
                self.run(listener, job)

    def look_up(self, listener: str, job: Job) -> Stage:
        """Look up missing features between two syncs. The result replaces that of the last sync."""
        found = self._features.fill(listener, job.report)
        progress = self.progress(listener)
        last = progress.stage("features")
        if last and not progress.is_running and (found.is_finished or not last.is_finished):
            changed = progress.with_stage(found)
            changed = replace(changed, finished_at=changed.finished_at or changed.ended_at(to_iso(self._clock())))
            self._store_for(listener).save_state(listener, STATE, changed.as_json())
        return found

    def run(self, listener: str, job: Job) -> None:
        """
        The work itself, in the thread of the caller.

        A stage that Spotify blocks, refuses or breaks off says so, and the next one is tried. Raises
        `ReconnectSpotify` and `StorageProblem`, after which nothing else could work either.
        """
        with noticing_erasure(self._store_for(listener), listener) as store:
            _Run(store, listener, self._clock, job).all(self._library_for(listener, job.sleep), self._features)

    def playlists(self, listener: str) -> list[PlaylistChoice]:
        """
        Ask Spotify for the playlists this listener can have read, and remember the list.

        Raises
        ------
        SpotifyProblem
            The list could not be had; `known_playlists` has the last one.
        """
        page_at = self._library_for(listener, None).playlists
        with noticing_erasure(self._store_for(listener), listener) as store:
            playlist_choice.refresh(store, listener, page_at, to_iso(self._clock()))
        return self.known_playlists(listener)

    def known_playlists(self, listener: str) -> list[PlaylistChoice]:
        """The playlists as Spotify listed them last; empty before the first time. Asks the store only."""
        return playlist_choice.choices(self._store_for(listener), listener)

    def choose_playlists(self, listener: str, playlist_ids: Sequence[str]) -> None:
        """Sync these playlists from now on, and no others. Tracks of others stay in the library."""
        playlist_choice.choose(self._store_for(listener), listener, playlist_ids)


class _Run:
    """One sync of one listener."""

    def __init__(self, store: Store, listener: str, clock: Callable[[], datetime], job: Job) -> None:
        self._store, self._listener, self._clock, self._job = store, listener, clock, job
        chosen = playlist_choice.chosen(store, listener)
        stored = SyncProgress.from_json(store.state(listener, STATE))
        self._progress = begun(stored, [*LISTS, *(f"playlist:{one}" for one in chosen), "features"], clock())

    def all(self, library: SpotifyLibrary, features: Features) -> None:
        """Every stage that is not done, in order."""
        self._show()
        reader = ListReader(library, self._store, self._listener, self.save)
        for name in LISTS:
            self._attempt(name, lambda stage: reader.read(stage, self._now()))
        self._playlists(library, reader)
        self._attempt("features", lambda stage: features.fill(self._listener, self.save, stage))
        self._progress = replace(self._progress, is_running=False, finished_at=self._progress.ended_at(self._now()))
        self._store.save_state(self._listener, STATE, self._progress.as_json())

    def save(self, stage: Stage) -> None:
        """Store a stage to resume from, and report it. Raises `Cancelled` when the listener cancelled."""
        self._progress = self._progress.with_stage(stage)
        self._show()

    def _attempt(self, name: str, work: Callable[[Stage], Stage]) -> None:
        stage = self._progress.stage(name)
        if stage is None or stage.is_finished:
            return
        try:
            self.save(work(stage))
        except SpotifyProblem as problem:
            self._stop(name, problem)

    def _stop(self, name: str, problem: SpotifyProblem) -> None:
        """Say why a stage goes no further. Once the connection has ended, every other stage would fail too."""
        stage = self._progress.stage(name)
        if stage is not None:
            self.save(stopped(stage, problem, self._clock()))
        if isinstance(problem, ReconnectSpotify):
            raise problem

    def _playlists(self, library: SpotifyLibrary, reader: ListReader) -> None:
        """Ask which versions there are, and read those that changed."""
        left = [s.name for s in self._progress.stages if s.name.startswith("playlist:") and not s.is_finished]
        if not left:
            return
        try:
            now = playlist_choice.refresh(self._store, self._listener, library.playlists, self._now())
        except SpotifyProblem as problem:
            for name in left:
                self._stop(name, problem)
            return
        listed = {f"playlist:{one['playlist_id']}": one for one in now}
        for name in left:
            self._attempt(name, lambda stage: self._read_playlist(stage, listed.get(stage.name), reader))

    def _read_playlist(self, stage: Stage, now: dict[str, Any] | None, reader: ListReader) -> Stage:
        ended = replace(stage, state="done", message="", blocked_until=None, is_refused=False)
        if now is None:
            message = "This playlist is no longer among yours. Its tracks stay in your library."
            return replace(ended, message=message, pending=0, cursor=None)
        stage = replace(stage, title=now["name"])
        is_whole = stage.is_complete and (stage.state == "waiting" or stage.pass_at is None)  # else it is half read
        if is_whole and stage.snapshot_id and stage.snapshot_id == now["snapshot_id"]:
            return replace(ended, title=stage.title, added=0, removed=0)
        if stage.snapshot_id != now["snapshot_id"]:  # it changed, so a half-read version is no use
            stage = replace(stage, state="waiting", snapshot_id=now["snapshot_id"])
        return reader.read(stage, self._now())

    def _show(self) -> None:
        self._store.save_state(self._listener, STATE, self._progress.as_json())
        self._job.report(self._progress)

    def _now(self) -> str:
        return to_iso(self._clock())


def begun(stored: SyncProgress, names: Sequence[str], now: datetime) -> SyncProgress:
    """
    The progress a sync begins with: what is left of an interrupted one, or every stage again.

    A half-read stage keeps its cursor however old it is. Finished lists are read again unless another is left
    of a sync not a day old; features are looked for in any case, because what is left may bring new tracks.
    """
    is_left = any(not stage.is_over for stage in stored.lists if stage.name in names)
    is_fresh = is_left and now - from_iso(str(stored.started_at)) < FRESH
    stages = []
    for name in names:
        stage = stored.stage(name) or Stage(name, TITLES.get(name, "A playlist"))
        is_asked_again = stage.is_finished and (not is_fresh or name == "features")
        stages.append(replace(stage, state="waiting") if is_asked_again else stage)
    return SyncProgress(tuple(stages), True, stored.started_at if is_fresh else to_iso(now))


def _key(listener: str) -> str:
    return f"sync:{listener}"
