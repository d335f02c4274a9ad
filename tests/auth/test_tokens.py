"""A listener's connection: renewed in turn, forgotten when the consent ends, and announced before it does."""

import threading
from datetime import timedelta

import pytest

from recsys.auth.encryption import Cipher
from recsys.errors import ReconnectSpotify, SpotifyUnreachable
from tests.fakes.faults import Fault
from tests.services.spotify_world import SECRET

HOUR = 3600


def test_a_good_token_is_used_as_it_is(world, spotify):
    assert world.connections.access("ada").token() in spotify.access_tokens
    assert spotify.requests == []


def test_a_token_about_to_end_is_renewed_and_stored(world, spotify):
    before = world.sessions.tokens("ada")
    world.clock.now += HOUR - 30
    token = world.connections.access("ada").token()
    assert token != before.access_token
    stored = world.sessions.tokens("ada")
    assert (stored.access_token, stored.refresh_token) == (token, before.refresh_token)
    assert stored.authorized_at == before.authorized_at


def test_a_rotated_refresh_token_replaces_the_old_one(world, spotify):
    spotify.rotates_refresh_tokens = True
    before = world.sessions.tokens("ada")
    world.clock.now += HOUR
    world.connections.access("ada").token()
    assert world.sessions.tokens("ada").refresh_token != before.refresh_token
    world.clock.now += HOUR
    world.connections.access("ada").token()


def test_tabs_that_find_the_token_expired_at_once_renew_it_once(world, spotify):
    spotify.rotates_refresh_tokens = True
    world.clock.now += HOUR
    together, found = threading.Barrier(6), []

    def ask():
        together.wait(10)
        found.append(world.connections.access("ada").token())

    tabs = [threading.Thread(target=ask) for _ in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(30)

    assert len(found) == 6
    assert len(set(found)) == 1
    assert spotify.count("POST /api/token") == 1


def test_a_refused_token_is_renewed_unless_another_tab_did(world, spotify):
    first, second = world.connections.access("ada"), world.connections.access("ada")
    refused = first.token()
    renewed = first.renew(refused)
    assert renewed != refused
    assert second.renew(refused) == renewed
    assert spotify.count("POST /api/token") == 1


def test_when_the_consent_was_withdrawn_the_tokens_go_and_the_reason_stays(world, spotify):
    spotify.revoke("ada")
    world.clock.now += HOUR
    with pytest.raises(ReconnectSpotify, match="withdrawn"):
        world.connections.access("ada").token()

    assert world.sessions.tokens("ada") is None
    state = world.connections.state("ada")
    assert not state.is_connected
    assert "withdrawn" in state.problem
    with pytest.raises(ReconnectSpotify, match="withdrawn"):
        world.connections.access("ada").token()


def test_a_failure_to_renew_keeps_the_tokens(world, spotify):
    world.clock.now += HOUR
    spotify.fail_when("POST /api/token", Fault.server_error())
    with pytest.raises(SpotifyUnreachable):
        world.connections.access("ada").token()
    assert world.connections.state("ada").is_connected
    spotify.clear_faults()
    assert world.connections.access("ada").token() in spotify.access_tokens


def test_connecting_again_makes_the_reason_go_away(world, spotify):
    spotify.revoke("ada")
    world.clock.now += HOUR
    with pytest.raises(ReconnectSpotify):
        world.connections.access("ada").token()
    world.connect()
    assert world.connections.state("ada").is_connected
    assert world.connections.state("ada").problem == ""


def test_somebody_who_never_connected_is_told_to(world):
    assert not world.connections.state("guest").is_connected
    with pytest.raises(ReconnectSpotify, match="Connect Spotify first"):
        world.connections.access("guest").token()


def test_the_end_of_the_consent_is_announced_two_weeks_before(world):
    ends = world.connections.state("ada").ends_at
    assert timedelta(days=180) < ends - world.now() < timedelta(days=185)
    assert not world.connections.state("ada").is_ending
    world.clock.now = (ends - timedelta(days=15)).timestamp()
    assert not world.connections.state("ada").is_ending
    world.clock.now = (ends - timedelta(days=13)).timestamp()
    assert world.connections.state("ada").is_ending


def test_what_was_allowed_is_known(world):
    assert "user-library-read" in world.connections.state("ada").scope.split()


def test_disconnecting_forgets_tokens_and_reason(world):
    world.connections.disconnect("ada")
    assert world.connections.state("ada").problem == ""
    assert not world.connections.state("ada").is_connected


def test_disconnecting_while_the_token_is_renewed_leaves_none(world, spotify):
    """In another tab, or in the background."""
    arrived, go = threading.Event(), threading.Event()

    def hold(seen):
        arrived.set()
        go.wait(10)
        return False

    spotify.fail_when("POST /api/token", Fault(), hold)
    world.clock.now += HOUR
    renewing = threading.Thread(target=world.connections.access("ada").token)
    renewing.start()
    assert arrived.wait(10)
    disconnecting = threading.Thread(target=world.account.disconnect, args=["ada"])
    disconnecting.start()
    disconnecting.join(1)
    go.set()
    for thread in (renewing, disconnecting):
        thread.join(30)

    assert world.sessions.tokens("ada") is None
    assert not world.connections.state("ada").is_connected


def test_nobodys_token_is_printed(world):
    access = world.connections.access("ada")
    token = access.token()
    assert token not in repr(access) + repr(vars(access))


def test_tokens_of_another_secret_are_not_connected_and_come_back_with_the_former_secret(world):
    changed = "another secret, also long enough to be one"
    connections = world.connections
    connections._tokens._cipher = Cipher(changed)

    state = connections.state("ada")

    assert not state.is_connected
    assert "Connect Spotify again" in state.problem
    with pytest.raises(ReconnectSpotify, match="another key"):
        connections.access("ada").token()
    connections._tokens._cipher = Cipher(changed, SECRET)
    assert connections.state("ada").is_connected
    assert connections.access("ada").token()
