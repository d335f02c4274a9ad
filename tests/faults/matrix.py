"""The cases: a fault and a stage each, with what was lost, doubled or wrong after it was over."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from recsys.errors import ReconnectSpotify, SpotifyProblem, TonearmError
from recsys.services.sync import LISTS
from recsys.storage.sqlite.database import Database
from recsys.storage.sqlite.store import SqliteStore
from tests.fakes.spotify.music import spotify_id
from tests.services.spotify_world import SpotifyWorld, entries, ids, on_list
from tests.services.test_sync_faults import CALLS, FAULTS, JARGON, only, plan

ROOT = Path(__file__).resolve().parents[2]
TWO_DAYS = 2 * 86_400
NAME = "Quiet evenings"
WANTED = [spotify_id("song", number) for number in range(150)]
TOKEN_HOST = {name: FAULTS[name] for name in FAULTS if name not in ("a scope that was not granted", "forbidden")}
FILES = ("removed", "replaced", "cut to nothing")


@dataclass
class Outcome:
    """What a case left behind: entries lost or stored twice, and sentences of what else was wrong."""

    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, is_right, what):
        if not is_right:
            self.wrong.append(what)

    def expect_readable(self, sentence):
        is_sentence = sentence[:1].isupper() or sentence.startswith("“")
        is_sentence = is_sentence and sentence.endswith(".")
        self.expect(is_sentence and not JARGON.search(sentence), f"unreadable: {sentence!r}")


def cases():
    """All cases as (kind, fault, stage, function of a world)."""
    for fault in FAULTS:
        for place in CALLS:
            yield "sync", fault, place, lambda world, fault=fault, place=place: _sync(world, fault, place)
        for call in ("GET /v1/me/playlists", "POST /v1/me/playlists", "PUT /v1/playlists/*", "POST /v1/playlists/*"):
            yield "save a playlist", fault, call, lambda world, fault=fault, call=call: _save(world, fault, call)
        yield "sign in", fault, "GET /v1/me", lambda world, fault=fault: _sign_in(world, fault, "GET /v1/me")
    for fault in TOKEN_HOST:
        yield "sign in", fault, "token host", lambda world, fault=fault: _sign_in(world, fault, "POST /api/token")
        yield "refresh", fault, "token host", lambda world, fault=fault: _refresh(world, fault)
    for what in FILES:
        for page in (1, 2, 3):
            yield "database file", what, f"page {page}", lambda world, what=what, page=page: _file(world, what, page)
    for days in (-20, 20):
        for place in ("saved", "playlist"):
            yield "clock", f"{days:+} days", place, lambda world, days=days, place=place: _clock(world, days, place)
    for stored in (50, 100):
        yield "kill -9", "SIGKILL", f"{stored} stored", lambda world, stored=stored: _kill(world, stored)


def _recovered(world):
    """The fault is over, and so is every wait."""
    world.fake.clear_faults()
    world.clock.now += TWO_DAYS
    world.connect()


def _check_list(world, name, before, outcome):
    """The list is stored as it is at Spotify, each entry once, and nothing that was acknowledged went away."""
    there, stored = ids(entries(world.fake, name)), on_list(world, name)
    outcome.lost += len(there - stored) + len((before & there) - stored)
    tracks, origins = world.store.tracks("ada"), world.store.origins("ada")
    outcome.doubled += int(tracks["track_id"].duplicated().sum())
    outcome.doubled += int(origins.duplicated(["track_id", "origin"]).sum())
    outcome.expect(stored <= there, "stored what is not on the list")


def _sync(world, fault, place):
    outcome = Outcome()
    name = only(world, place)
    planned, state = FAULTS[fault]
    plan(world.fake, place, planned, times=float("inf"))
    stage = world.synced().stage(name)
    before = on_list(world, name)
    outcome.expect(stage.state == state, f"{stage.state} instead of {state}")
    outcome.expect(stage.found == stage.stored + sum(stage.skipped.values()) + stage.pending, "counts do not add up")
    outcome.expect(stage.stored == len(before), "said to be stored and is not")
    outcome.expect_readable(stage.message)
    _recovered(world)
    outcome.expect(world.synced().stage(name).state == "done", "not done after the fault was over")
    _check_list(world, name, before, outcome)
    return outcome


def _sign_in(world, fault, call):
    outcome = Outcome()
    world.fake.fail_when(call, FAULTS[fault][0])
    try:
        _signed_in(world)
        outcome.expect(False, "signed in although Spotify failed")
    except SpotifyProblem as problem:
        outcome.expect_readable(str(problem))
    _recovered(world)
    expected = f"spotify-{world.fake.listeners['ada'].account_id}"
    outcome.expect(_signed_in(world).listener == expected, "the next sign-in is somebody else's")
    return outcome


def _signed_in(world):
    url, secret = world.spotify.begin(f"{world.settings.public_url}/callback")
    back = world.fake.approve(url)
    return world.spotify.finish(dict(parse_qsl(urlsplit(back).query)), secret)


def _refresh(world, fault):
    outcome = Outcome()
    world.clock.now += 7200
    world.fake.fail_when("POST /api/token", FAULTS[fault][0])
    try:
        world.connections.access("ada").token()
        outcome.expect(False, "refreshed although Spotify failed")
    except SpotifyProblem as problem:
        outcome.expect_readable(str(problem))
        is_over = isinstance(problem, ReconnectSpotify)
        outcome.lost += 0 if is_over or world.sessions.tokens("ada") else 1
    world.fake.clear_faults()
    world.clock.now += TWO_DAYS
    if world.sessions.tokens("ada"):
        try:
            outcome.expect(world.connections.access("ada").token() in world.fake.access_tokens, "a token that is none")
        except ReconnectSpotify as problem:  # the lost answer took a rotated token along
            outcome.expect(world.fake.rotates_refresh_tokens, str(problem))
    return outcome


def _save(world, fault, call):
    outcome = Outcome()
    if call == "GET /v1/me/playlists":  # asked for when the playlist is looked for again
        world.playlists.save("ada", NAME, WANTED[:3])
    world.fake.fail_when(call, FAULTS[fault][0])
    try:
        world.playlists.save("ada", NAME, WANTED)
        outcome.expect(False, "saved although Spotify failed")
    except TonearmError as problem:
        outcome.expect_readable(str(problem))
    _recovered(world)
    world.playlists.save("ada", NAME, WANTED)
    made = [one for one in world.fake.listeners["ada"].playlists if one.name == NAME]
    held = [track.id for _, track in made[0].entries]
    outcome.doubled += len(made) - 1 + len(held) - len(set(held))
    outcome.lost += len(set(WANTED) - set(held))
    return outcome


def _file(world, what, page):
    """The database file goes away while a sync runs: what is said to be stored must be in the file that is there."""
    outcome = Outcome()
    path, calls = world.settings.data_folder / "tonearm.sqlite", []
    save = SqliteStore.save_tracks

    def save_tracks(store, listener, tracks):
        saved = save(store, listener, tracks)
        calls.append(1)
        if len(calls) == page:
            _damage(path, what)
        return saved

    try:
        with patch.object(SqliteStore, "save_tracks", save_tracks):  # a sync has a store of its own
            world.sync.run("ada", _Job())
        outcome.expect(False, "a sync into a lost file ended well")
    except TonearmError as problem:
        outcome.expect_readable(str(problem))
    try:
        world.store.check()
        is_healthy = True
    except TonearmError:
        is_healthy = False
    outcome.expect(is_healthy == (what == "replaced"), f"healthy: {is_healthy}")
    return outcome


class _Job:
    def report(self, progress):
        pass

    def sleep(self, seconds):
        pass

    def cancel(self):
        pass

    def check(self):
        pass


def _damage(path, what):
    if what == "cut to nothing":
        os.truncate(path, 0)
        return
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    if what == "replaced":
        other = path.with_name("other.sqlite")
        Database(other).close()
        other.replace(path)


def _clock(world, days, place):
    """A wait of two minutes is received while the clock is wrong; once it is right nobody waits longer than that."""
    outcome = Outcome()
    name = only(world, place)
    world.clock.now += days * 86_400
    world.connect()
    plan(world.fake, place, FAULTS["429 with a long wait"][0], times=float("inf"))
    world.synced()
    before = on_list(world, name)
    world.fake.clear_faults()
    world.clock.now += 7_201 - days * 86_400
    world.connect()
    outcome.expect(world.synced().stage(name).state == "done", "blocked for longer than Spotify said")
    _check_list(world, name, before, outcome)
    return outcome


def _kill(world, stored):
    outcome = Outcome()
    fake = world.fake
    arguments = [str(world.settings.data_folder), fake.accounts_url, fake.api_url, fake.client_id]
    command = [sys.executable, "-m", "tests.services.crashing_sync", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    said = 0
    for line in process.stdout:
        said = int(line)
        if said >= stored:
            break
    process.kill()
    process.communicate(timeout=60)
    before = on_list(world, "saved")
    outcome.lost += max(0, said - len(before))
    world.clock.now += 60  # its lease is over
    progress = world.synced()
    for name in LISTS:
        outcome.expect(progress.stage(name).state == "done", f"{name} is not done after the restart")
        _check_list(world, name, before if name == "saved" else set(), outcome)
    return outcome


def run(case, spotify, folder, http):
    """The outcome of a case, in an empty world."""
    spotify.reset()
    world = SpotifyWorld(spotify, folder, http)
    try:
        world.connect()
        return case(world)
    finally:
        world.close()
