"""Fresh lists: a stored recipe ranked again every week, without the songs of the weeks before."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, Protocol

import pandas as pd

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.model.tracks import as_tracks
from recsys.errors import BadValue, NothingToRank, ServerBusy, StorageProblem, TonearmError
from recsys.log_context import serving
from recsys.services.jobs import Job, Jobs
from recsys.services.library import songs
from recsys.services.playlists import LONGEST_NAME
from recsys.services.recommend import heard_until, recommender
from recsys.services.song_search import SongSearch
from recsys.services.start import Start
from recsys.storage.store import Store, WeeklyList
from recsys.times import to_iso

START: Final = "start"
"""Where a stored recipe has what the list starts from."""

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

NO_PLAYLISTS: Final = "No Spotify app is set up on this server, so no playlist can be updated."

BUSY: Final = (
    "The lists are being renewed by another process, or the store does not answer. Try again in a few minutes."
)

Result = Literal["renewed", "fresh", "stopped"]
"""What renewing a list did: made or saved it, found nothing to do, or found that nobody asks for it any more."""


class PlaylistSaver(Protocol):
    """Where a list is saved as a playlist, once however often it is tried."""

    def save(self, listener: str, name: str, track_ids: list[str]) -> object: ...


@dataclass(frozen=True)
class WeeklyChange:
    """
    The list of the last week against the one before.

    `week` is its day; `songs`, `entered` and `left` are tables of `track_id, title, artists, rank, score`; `same`
    counts the songs of both. `is_first` is True where there is no week before: then everything entered.
    """

    week: date
    songs: pd.DataFrame
    entered: pd.DataFrame
    left: pd.DataFrame
    same: int
    is_first: bool


@dataclass(frozen=True)
class Report:
    """
    What a run over all listeners did: `asked` = `renewed` + `fresh` + `stopped` + the number of `failed`.

    `fresh` lists were of this week already; `stopped` asked for no list any more when it was their turn; `failed` has
    the sentence for each listener.
    """

    asked: int = 0
    renewed: int = 0
    fresh: int = 0
    stopped: int = 0
    failed: dict[str, str] = field(default_factory=dict)


class WeeklyLists:
    """
    The weekly lists of all listeners.

    Everything it has done is in the store, so any process can take over from one that dies: a list is stored in one
    transaction that happens once a week, and then saved to its playlist, which is repeated until that is noted.

    Parameters
    ----------
    store_for : callable
        The store with a listener's rows.
    listeners : callable
        Everybody who asks for a list.
    catalogue_for : callable
        The songs to choose from for a listener; None where there are no real ones.
    playlists : PlaylistSaver or None
        None where no Spotify app is configured.
    jobs : Jobs
        Renewing is a job of the listener's: erasing waits for it, and two clicks are one.
    locked : callable
        `locked(name)` is a lock across processes, held as a lease: one at a time goes through all listeners.
    clock : callable
        The time, with time zone.
    turn : callable
        Held while a list is ranked, so that screens do not wait.
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        listeners: Callable[[], Iterable[str]],
        catalogue_for: Callable[[str], Catalogue | None],
        playlists: PlaylistSaver | None,
        jobs: Jobs,
        locked: Callable[[str], AbstractContextManager[None]],
        clock: Callable[[], datetime],
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._store_for, self._listeners, self._catalogue_for = store_for, listeners, catalogue_for
        self._playlists, self._jobs, self._locked = playlists, jobs, locked
        self._clock, self._turn = clock, turn

    def ask(self, listener: str, recipe: dict[str, Any], weekday: int, playlist: str | None = None) -> None:
        """
        Ask for a list every week, and make the first one in the background: a job "weekly:listener".

        Parameters
        ----------
        recipe : dict
            As `Recipe.as_json`, with what the list starts from under `START`.
        weekday : int
            0 is Monday.
        playlist : str, optional
            The name of the Spotify playlist that is to hold the list.

        Raises
        ------
        BadRecipe, BadValue
            The recipe or the day is none. Nothing was stored.
        """
        length = Recipe.from_json(recipe).length
        if weekday not in range(len(DAYS)):
            raise BadValue("A list is renewed on a day from 0 (Monday) to 6 (Sunday).", "weekday")
        if playlist is not None and not 0 < len(playlist.strip()) <= LONGEST_NAME:
            raise BadValue(f"A playlist needs a name of at most {LONGEST_NAME} characters.", "playlist")
        store = self._store_for(listener)
        before = store.weekly(listener)
        store.save_weekly(listener, WeeklyList(recipe, weekday, length, playlist))
        if before and before.playlist != playlist:
            store.note_weekly(listener, None, None)  # the new playlist gets this week's list too
        self.start(listener)

    def stop(self, listener: str) -> None:
        """Ask for no more lists. The playlist stays as it is."""
        self._jobs.cancel(_key(listener))
        self._store_for(listener).remove_weekly(listener)

    def start(self, listener: str) -> None:
        """Renew a listener's list in the background, or join the job that does."""
        self._jobs.start(_key(listener), lambda job: self.renew(listener, job))

    def wait(self, listener: str, seconds: float) -> bool:
        """Wait for that; whether it has ended."""
        self._jobs.wait(_key(listener), seconds)
        return not self._jobs.is_active(_key(listener))

    def refresh(self) -> Report:
        """
        Renew the lists of all listeners whose day has come, one after the other.

        A problem of one listener's is in the report, and stored for them to read; the others are renewed all the same.

        Raises
        ------
        ServerBusy
            Another process renews the lists, or the store does not answer.
        StorageProblem
            The store does not say who asks for a list.
        """
        with ExitStack() as held:
            try:
                held.enter_context(self._locked("weekly lists"))
            except StorageProblem as problem:
                raise ServerBusy(f"{BUSY} ({problem})") from problem
            counts, failed = Counter[str](), {}
            for listener in self._listeners():
                self.start(listener)
                ended = self._jobs.wait(_key(listener))
                if ended is not None and ended.state == "failed":
                    failed[listener] = ended.message
                else:
                    counts[ended.result if ended and ended.result else "stopped"] += 1
        asked = counts.total() + len(failed)
        return Report(asked, counts["renewed"], counts["fresh"], counts["stopped"], failed)

    def renew(self, listener: str, job: Job | None = None) -> Result:
        """
        Bring one listener's list up to this week, and its playlist up to the list.

        Raises `TonearmError`s; each is also stored as the list's `problem` where the store answers.
        """
        store = self._store_for(listener)
        with serving(listener):
            wanted = store.weekly(listener)
            if wanted is None:
                return "stopped"
            try:
                return self._renewed(store, listener, wanted, job)
            except TonearmError as problem:
                with suppress(TonearmError):  # a store that does not answer; the report has the sentence
                    store.note_weekly(listener, wanted.saved_week, str(problem))
                raise

    def change(self, listener: str) -> WeeklyChange | None:
        """What the last week's list has new; None as long as there is none."""
        given = self._store_for(listener).weekly_songs(listener)
        if given.empty:
            return None
        weeks = sorted(given["week"].unique())
        tables = [given[given["week"] == week].drop(columns="week").reset_index(drop=True) for week in weeks[-2:]]
        now, before = tables[-1], tables[0] if len(weeks) > 1 else tables[0].iloc[:0]
        is_same = now["track_id"].isin(before["track_id"])
        return WeeklyChange(
            date.fromisoformat(weeks[-1]),
            now,
            now[~is_same].reset_index(drop=True),
            before[~before["track_id"].isin(now["track_id"])].reset_index(drop=True),
            int(is_same.sum()),
            len(weeks) == 1,
        )

    def _renewed(self, store: Store, listener: str, wanted: WeeklyList, job: Job | None) -> Result:
        week = due(self._clock(), wanted.weekday).isoformat()
        is_new = wanted.renewed_week is None or wanted.renewed_week < week
        if is_new:
            found = self._ranked(store, listener, wanted)
            if job:
                job.check()
            store.save_weekly_songs(listener, week, found, to_iso(self._clock()))
        latest = store.weekly(listener)
        if latest is None:
            return "stopped"
        if latest.playlist is None or latest.renewed_week is None or latest.saved_week == latest.renewed_week:
            return "renewed" if is_new else "fresh"
        if self._playlists is None:
            raise BadValue(NO_PLAYLISTS, "playlist")
        given = store.weekly_songs(listener)
        tracks = given.loc[given["week"] == latest.renewed_week, "track_id"].tolist()
        if job:
            job.check()
        self._playlists.save(listener, latest.playlist, tracks)
        now = store.weekly(listener)
        if now is None:
            return "stopped"
        if now.playlist != latest.playlist:  # another one was named while this one was filled
            return self._renewed(store, listener, now, job)
        store.note_weekly(listener, latest.renewed_week, None)
        return "renewed"

    def _ranked(self, store: Store, listener: str, wanted: WeeklyList) -> pd.DataFrame:
        """The songs of a new list; none of them was on one before."""
        catalogue = self._catalogue_for(listener)
        if catalogue is None:
            raise NothingToRank("This server has no real songs to choose from yet. Bring a catalogue first.")
        recipe = replace(Recipe.from_json(wanted.recipe), length=wanted.songs, minutes=None, locked={})
        library, feedback = songs(store, listener), store.feedback(listener)
        search = SongSearch(library, catalogue)
        asked = Start.from_json(wanted.recipe.get(START), store.origins(listener))
        start, gone = asked.known(search.known([*asked.seeds, *asked.away]))
        if asked.parts and not start.parts:
            raise NothingToRank(f"None of what this list starts from is known here any more: {', '.join(gone)}.")
        given = as_tracks(store.weekly_songs(listener)[["track_id", "title", "artists"]].drop_duplicates("track_id"))
        plays, today = heard_until(store, listener, recipe, self._clock())
        with self._turn():
            more = (given, start.away, recipe.choose_from)
            engine = recommender(catalogue, library, feedback, start.seeds, plays, today, *more)
            return engine.recommend(recipe).table[["track_id", "title", "artists", "rank", "score"]]


def due(now: datetime, weekday: int) -> date:
    """The last day, today included, that is this day of the week (0 is Monday), in the time zone of `now`."""
    return now.date() - timedelta(days=(now.weekday() - weekday) % 7)


def _key(listener: str) -> str:
    return f"weekly:{listener}"
