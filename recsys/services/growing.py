"""
Songs around yours: candidates that a source names for a listener's own songs, in a pool of their own.

One song after the other is asked about: its neighbours, then the audio features of those that are new. What came with
features is stored and the cursor moves on before the next song, so a killed process repeats at most one song, and the
same answer stored twice is one.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Final

import pandas as pd

from recsys.core.model.identity import NAMED
from recsys.core.model.tracks import SPOTIFY_ID, as_tracks, empty_tracks, has_audio
from recsys.errors import NotAllowed, NothingToRank, NotOffered, SourceBusy, StorageProblem
from recsys.feature_sources.source import AUDIO, NameSource, NeighbourSource, with_answers
from recsys.services.erasure import noticing_erasure
from recsys.services.feature_run import recent_misses
from recsys.services.features import Features
from recsys.services.growth import MAX_ROUNDS, TARGET, Growth
from recsys.services.jobs import Job, Jobs, Snapshot
from recsys.services.library import songs
from recsys.storage.store import Store
from recsys.times import to_iso

CONSENT: Final = "reccobeats neighbours"
"""The consent that growing needs, beside that of looking up features: the same ids, for another purpose."""

NAMES_CONSENT: Final = "listenbrainz names"
"""The consent to send titles and artists of songs without a Spotify id to ListenBrainz."""

STATE: Final = "growth"
MAX_SEEDS: Final = 200
MIN_SHARE_NEW: Final = 0.05
WINDOW: Final = 20
"""A run ends when of all songs named around this many songs a smaller share than `MIN_SHARE_NEW` was new."""

NEIGHBOURS: Final = 100
ANCHORS: Final = "anchors:reccobeats"
"""The app's own state with songs of the catalogue as the source measures them: nothing of any listener's."""

MAX_ANCHORS: Final = 600
MIN_ANCHORS: Final = 100
"""Songs of the catalogue by which the source's scale is learned: 15 requests, and with fewer they are asked for again
(its catalogue was replaced)."""

SENT_SEED: Final = "a song of yours, to find songs like it"
SENT_NAMES: Final = "titles and artists of songs of yours, to find their Spotify ids"
SENT_FOUND: Final = "songs found around yours, for their audio features"
ISRC_YEAR: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}(\d{2})\d{5}")


class Growing:
    """
    Parameters
    ----------
    store_for : callable
        The store with a listener's rows.
    features : Features
        Where consents are stored.
    source : NeighbourSource
    names : NameSource
        Finds Spotify ids of songs that are known by name only.
    reference : callable
        A random sample of the catalogue of real songs as a track table, empty where there is none: the source is asked
        about these too, to learn its scale (`core.engine.pool.on_scale_of`).
    app_store : callable
        The store with the state of the whole app, where that scale is stored.
    jobs : Jobs
        The job's key is "growing:<listener>".
    clock : callable
        The time, with time zone.
    """

    def __init__(
        self,
        store_for: Callable[[str], Store],
        features: Features,
        source: NeighbourSource,
        names: NameSource,
        reference: Callable[[], pd.DataFrame],
        app_store: Callable[[], Store],
        jobs: Jobs,
        clock: Callable[[], datetime],
    ) -> None:
        self._store_for, self._features, self._source = store_for, features, source
        self._names, self._reference, self._app_store = names, reference, app_store
        self._jobs, self._clock = jobs, clock

    def agree(self, listener: str, has_agreed: bool, consent: str = CONSENT) -> None:
        """Remember that a listener lets the source learn a sample of their songs, or does not any more."""
        self._features.agree(listener, consent, has_agreed)

    def has_agreed(self, listener: str, consent: str = CONSENT) -> bool:
        """True when the listener agreed to that; False for one who was never asked."""
        return self._features.has_agreed(listener, consent)

    def start(self, listener: str) -> Snapshot:
        """
        Begin, or continue what was cancelled, blocked or killed; joins a run that is under way.

        Raises
        ------
        NotAllowed
            The listener has not agreed.
        """
        if not self.has_agreed(listener):
            raise NotAllowed("Agree first that ReccoBeats may learn some of your songs.")
        return self._jobs.start(_key(listener), lambda job: self.run(listener, job))

    def cancel(self, listener: str) -> None:
        """Stop after the song at hand; what was found stays."""
        self._jobs.cancel(_key(listener))

    def progress(self, listener: str) -> Growth:
        """Live while it runs, otherwise as stored, also after a restart."""
        job = self._jobs.snapshot(_key(listener))
        if job and job.is_active and isinstance(job.progress, Growth):
            return job.progress
        stored = Growth.from_json(self._store_for(listener).state(listener, STATE))
        if job and job.is_active:
            return replace(stored, state="running")
        if job and job.message:
            return replace(stored, state="blocked", message=job.message)
        return replace(stored, state="new") if stored.state == "running" else stored

    def is_running(self, listener: str) -> bool:
        """True while this process grows the pool of this listener."""
        return self._jobs.is_active(_key(listener))

    def remove(self, listener: str) -> None:
        """Forget everything that was found around a listener."""
        self._store_for(listener).remove_pool(listener)
        self._store_for(listener).remove_state(listener, STATE)

    def run(self, listener: str, job: Job) -> Growth:
        """
        The work itself, in the thread of the caller. A source that is busy for long ends it as "blocked".

        Raises
        ------
        NothingToRank
            The listener has no song with a Spotify id.
        StorageProblem
            What was found before is stored; or everything of the listener's was erased meanwhile, and nothing is left.
        """
        with noticing_erasure(self._store_for(listener), listener) as store:
            run = _Run(store, listener, self._source, self._clock)
            growth = self._begun(store, listener)
            while growth.state != "done" and self.has_agreed(listener):
                job.report(growth)
                try:
                    if growth.position == growth.round == 0:
                        self._learn_scale()
                    growth = run.ask_about(growth)
                except (SourceBusy, NotOffered) as problem:
                    until = self._clock() + timedelta(seconds=getattr(problem, "retry_after", 86_400.0))
                    growth = replace(growth, state="blocked", message=str(problem), blocked_until=to_iso(until))
                store.save_state(listener, STATE, growth.as_json())
                if growth.state == "blocked":
                    break
        return growth

    def anchors(self) -> pd.DataFrame:
        """
        Songs of the catalogue as the source measures them, as a track table; empty before any run, and while the
        store of the app does not answer: a guest's pool is in another one, and is used as the source measured it.
        """
        try:
            return self._stored_anchors()
        except StorageProblem:
            return empty_tracks()

    def _stored_anchors(self) -> pd.DataFrame:
        stored = self._app_store().app_state(ANCHORS) or {"track_ids": [], "values": {}}
        table = pd.DataFrame({"track_id": stored["track_ids"], "title": "", "artists": ""} | stored["values"])
        return as_tracks(table)

    def _learn_scale(self) -> None:
        """Ask about songs of the catalogue, unless enough were asked about or the store of the app does not answer."""
        reference = self._reference()
        songs = reference[self._source.can_be_asked(reference)].head(MAX_ANCHORS).reset_index(drop=True)
        with suppress(StorageProblem):
            if songs["track_id"].isin(self._stored_anchors()["track_id"]).sum() >= min(MIN_ANCHORS, len(songs)):
                return
            batches = range(0, len(songs), self._source.at_once)
            answers = [self._source.look_up(songs.iloc[start : start + self._source.at_once]) for start in batches]
            found = as_tracks(pd.concat(answers, ignore_index=True).assign(title="", artists=""))
            values = {name: found[name].astype("object").where(found[name].notna(), None).tolist() for name in AUDIO}
            self._app_store().save_app_state(ANCHORS, {"track_ids": found["track_id"].tolist(), "values": values})

    def _begun(self, store: Store, listener: str) -> Growth:
        """The run to continue, or a new one with a fresh sample of songs."""
        stored = Growth.from_json(store.state(listener, STATE))
        if stored.seeds and stored.state != "done":
            return replace(stored, state="running", message="", blocked_until=None)
        library, salt = songs(store, listener), stored.finished_at or ""
        seeds = spread_sample(library, store.feedback(listener), salt=salt)
        if len(seeds) < MAX_SEEDS and self.has_agreed(listener, NAMES_CONSENT):
            seeds += self._named_seeds(store, listener, library, MAX_SEEDS - len(seeds), salt)
        if not seeds:
            raise NothingToRank(
                "None of your songs has a Spotify id that we know, which ReccoBeats asks for. Import a file with ids, "
                "connect Spotify, or let ListenBrainz look for the ids."
            )
        return Growth(seeds=seeds, pool=len(store.pool(listener)), state="running")

    def _named_seeds(
        self, store: Store, listener: str, library: pd.DataFrame, count: int, salt: str
    ) -> tuple[str, ...]:
        """Spotify ids of songs known by name only; of a sample, and fewer when ListenBrainz is busy."""
        feedback = store.feedback(listener)
        dislikes = feedback[~feedback["liked"].astype(bool)]
        drawn = spread_sample(library, dislikes, count, salt, f"{NAMED}.+")
        rows = library.set_index("track_id", drop=False).loc[list(drawn)].reset_index(drop=True)
        found: dict[str, str] = {}
        for start in range(0, len(rows), self._names.at_once):
            if not self.has_agreed(listener, NAMES_CONSENT):  # withdrawn meanwhile
                break
            batch = rows.iloc[start : start + self._names.at_once]
            store.log_sent(listener, self._names.name, SENT_NAMES, len(batch), to_iso(self._clock()))
            try:
                found |= self._names.spotify_ids(batch)
            except SourceBusy:
                break
        return tuple(dict.fromkeys(found.values()))


class _Run:
    """Asks about one song after the other, and stores the answers."""

    def __init__(self, store: Store, listener: str, source: NeighbourSource, clock: Callable[[], datetime]) -> None:
        self._store, self._listener, self._source, self._clock = store, listener, source, clock
        own = store.tracks(listener)
        missed = recent_misses(store, listener, clock())
        missed = missed[missed["source"] == source.name]
        self._known = {*own["track_id"], *store.pool(listener)["track_id"], *missed["track_id"]}

    def ask_about(self, growth: Growth) -> Growth:
        """The growth after the next song. Raises `SourceBusy`, `NotOffered` and `StorageProblem`."""
        seed = growth.seeds[growth.position]
        named = self._logged(SENT_SEED, 1, lambda: self._source.neighbours(seed, NEIGHBOURS))
        is_new = [track_id not in self._known for track_id in named["track_id"]]  # `isin` reads all known ids each time
        new = named[pd.Series(is_new, index=named.index, dtype="bool")].reset_index(drop=True)
        answers = []
        for start in range(0, len(new), self._source.at_once):
            batch = new.iloc[start : start + self._source.at_once]
            answers.append(self._logged(SENT_FOUND, len(batch), partial(self._source.look_up, batch)))
        # Those that the source knows an audio feature of, with all it knows.
        found = with_answers(new, pd.concat(answers, ignore_index=True), self._source.name) if answers else new
        found = found[has_audio(found)].reset_index(drop=True)
        pool = growth.pool
        if len(found):
            pool = self._store.save_pool(self._listener, found, self._now())
        missed = new.loc[~new["track_id"].isin(found["track_id"]), ["track_id"]]
        if len(missed):
            self._store.save_misses(self._listener, missed.assign(source=self._source.name, asked_at=self._now()))
        self._known |= {*new["track_id"]}
        grown = replace(
            growth,
            position=growth.position + 1,
            added=growth.added + len(found),
            pool=pool,
            new_lately=growth.new_lately + len(found),
            named_lately=growth.named_lately + len(named),
        )
        is_round_over, is_dry = grown.position == len(grown.seeds), False
        if is_round_over or grown.position % WINDOW == 0:
            is_dry = grown.new_lately < MIN_SHARE_NEW * max(1, grown.named_lately)
            grown = replace(grown, new_lately=0, named_lately=0)
        if grown.added >= TARGET or is_dry or (is_round_over and grown.round + 1 == MAX_ROUNDS):
            return replace(grown, state="done", finished_at=self._now())
        return replace(grown, position=0, round=grown.round + 1) if is_round_over else grown

    def _logged(self, what: str, rows: int, ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Ask, and log what was sent even when the answer never came."""
        was_asked = True
        try:
            return ask()
        except SourceBusy as busy:
            was_asked = busy.was_asked
            raise
        finally:
            if was_asked:
                self._store.log_sent(self._listener, self._source.name, what, rows, self._now())

    def _now(self) -> str:
        return to_iso(self._clock())


def spread_sample(
    library: pd.DataFrame, feedback: pd.DataFrame, count: int = MAX_SEEDS, salt: str = "", ids: str = SPOTIFY_ID
) -> tuple[str, ...]:
    """
    Songs to ask about: liked ones first, then of every artist one, then a second one, and so on.

    Within an artist and between artists the order is that of a hash of id and `salt`, so that a run gives the same
    sample whenever it is repeated, and the next run another. Only ids that match `ids`; at most `count`.
    """
    liked = feedback.loc[feedback["liked"].astype(bool), ["track_id", "artists"]]
    both = pd.concat([liked.assign(is_own=1), library[["track_id", "artists"]].assign(is_own=0)], ignore_index=True)
    both = both[both["track_id"].str.fullmatch(ids).astype(bool)].drop_duplicates("track_id")
    both = both[~both["track_id"].isin(feedback.loc[~feedback["liked"].astype(bool), "track_id"])]
    both["drawn"] = [blake2b(f"{salt} {one}".encode(), digest_size=8).hexdigest() for one in both["track_id"]]
    both = both.sort_values(["is_own", "drawn"], ascending=[False, True])
    both["turn"] = both.groupby(["is_own", "artists"]).cumcount()
    ordered = both.sort_values(["is_own", "turn", "drawn"], ascending=[False, True, True])
    return tuple(ordered["track_id"].head(count))


def registered_in(pool: pd.DataFrame, year: int) -> int:
    """
    Songs of a pool whose ISRC was registered in a year.

    The source reports no release dates; positions 6 and 7 of an ISRC are the year of reference (ISO 3901), as a rule
    that of the recording's first release. Old recordings without one got theirs later.
    """
    years = pool["isrc"].str.upper().str.extract(ISRC_YEAR.pattern, expand=False)
    return int((years == f"{year % 100:02d}").sum())


def _key(listener: str) -> str:
    return f"growing:{listener}"
