"""The whole app logs at DEBUG through a listener's visit: no secret, and nothing of what the listener hears."""

import logging
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from recsys.app.logs import configure
from recsys.auth.guests import visitor
from tests.fakes.faults import Fault
from tests.fakes.reccobeats import FakeReccoBeats, knows_most_of
from tests.fakes.spotify import CLIENT_SECRET
from tests.services.spotify_world import SpotifyWorld
from tests.web.conftest import OURS

OF_THE_TEST = ("httpx2", "asyncio", "uvicorn")
"""Loggers of the test's own browser and of its invented servers."""


@contextmanager
def configured():
    """The app's own logging, beside what pytest listens with."""
    root = logging.getLogger()
    before = root.handlers[:]
    configure(level="DEBUG")
    root.handlers += before
    try:
        yield
    finally:
        root.handlers[:] = before


@pytest.fixture
def world(spotify, tmp_path, http):
    """With a source that is asked over the network for features."""
    with FakeReccoBeats(knows_most_of(spotify)) as reccobeats:
        world = SpotifyWorld(spotify, tmp_path, http, reccobeats.url)
        yield world
        world.close()


def visit(world, spotify, browser):
    """Everything that carries a secret, a track id or a title; all of them that there were."""
    away = browser.begin()
    browser.visit(spotify.approve(away))
    first = browser.session_id()
    listener = visitor(first, world.sessions, world.now()).listener
    tokens = world.sessions.tokens(listener)
    world.features.agree(listener, "reccobeats", True)
    spotify.fail_next("GET /v1/me/tracks", Fault.unauthorized())  # so that a token is renewed
    browser.post("/api/sync-spotify", headers=OURS)
    world.sync.wait(listener, 30)
    stored = world.store.tracks(listener)
    saved, texts = list(stored["track_id"]), {*stored["title"], *stored["artists"], *stored["album"].dropna()}
    browser.get(f"/api/recommend?seeds={saved[0]}&minus={saved[1]}&not_artist=Nobody%20Whatever")
    world.playlists.save(listener, "Evening at home", saved[:3])
    world.probes.probe(listener)
    again = world.sessions.tokens(listener)
    spotify.fail_when("POST /api/token", Fault.server_error())
    browser.sign_in(spotify)
    browser.post("/logout", headers=OURS)
    asked = [seen.body for seen in spotify.requests if seen.call == "POST /api/token"]
    given = {body.get(name) for body in asked for name in ("code", "code_verifier", "refresh_token")} - {None}
    state = parse_qs(urlsplit(away).query)["state"][0]
    secrets_stored = {one for held in (tokens, again) for one in (held.access_token, held.refresh_token)}
    secrets = {first, state, CLIENT_SECRET, *given, *secrets_stored, *spotify.access_tokens, *spotify.codes}
    return secrets, saved, {*texts, "Evening at home", "Nobody Whatever", "Nobody%20Whatever"}


def test_no_log_at_debug_shows_a_token_a_code_a_verifier_a_session_a_track_or_a_title(world, spotify, browser, caplog):
    with configured(), caplog.at_level(logging.DEBUG):
        secrets, tracks, titles = visit(world, spotify, browser)
    logged = [record for record in caplog.records if not record.name.startswith(OF_THE_TEST)]
    text = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in logged)

    assert "httpcore.http11" in {record.name for record in logged}, "the libraries did log"
    assert len(secrets) >= 9
    assert len(tracks) > 100
    assert [secret for secret in secrets if secret in text] == []
    assert [track_id for track_id in tracks if track_id in text] == []
    assert len(titles) > 100
    assert [title for title in titles if title in text] == []
