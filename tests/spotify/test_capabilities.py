"""What works and what does not, found out by asking once."""

import pytest

from recsys.auth.spotify import SCOPES
from recsys.errors import ReconnectSpotify
from recsys.spotify.capabilities import CAPABILITIES, probe
from recsys.spotify.error_mapping import BY_REASON
from tests.fakes.spotify import Fault
from tests.spotify.test_wrappers import Scripted

ALL = " ".join(SCOPES)


def by_name(findings):
    return {finding.name: finding for finding in findings}


def test_a_new_app_has_everything_but_audio_features(dial):
    found = by_name(probe(dial().api, ALL))

    assert {name for name, finding in found.items() if finding.works} == {c.name for c in CAPABILITIES} - {
        "audio_features"
    }
    assert found["audio_features"].reason == "closed_to_new_apps"
    assert found["audio_features"].why and found["audio_features"].remedy


def test_an_older_app_has_audio_features_too(spotify, dial):
    spotify.serves_audio_features = True

    assert all(finding.works for finding in probe(dial().api, ALL))


def test_each_capability_is_asked_at_most_once(spotify, dial):
    probe(dial().api, ALL)

    asked = [seen.call for seen in spotify.requests]
    assert len(asked) == len(set(asked)) == sum(c.probe is not None for c in CAPABILITIES)
    assert all(call.startswith("GET ") for call in asked), "a probe changes nothing"


def test_what_the_listener_did_not_allow_is_not_even_asked(spotify, dial):
    line = dial(scopes=["user-top-read"])

    found = by_name(probe(line.api, "user-top-read"))

    assert {name for name, finding in found.items() if finding.reason == "scope"} == {
        "saved",
        "recent",
        "playlists",
        "save_playlist",
    }
    assert spotify.count("GET /v1/me/tracks") == 0


def test_where_nobody_knows_what_was_allowed_the_answers_tell(dial):
    found = by_name(probe(dial(scopes=["user-top-read", "playlist-modify-private"]).api, ""))

    assert found["top"].works
    assert (found["saved"].works, found["saved"].reason) == (False, "scope")
    assert (found["save_playlist"].works, found["save_playlist"].reason) == (None, "untried")


@pytest.mark.parametrize(
    ("attribute", "reason"), [("owner_has_premium", "premium_required"), ("is_registered", "not_registered")]
)
def test_a_refusal_of_everything_is_asked_for_once_and_reported_for_all(spotify, dial, attribute, reason):
    setattr(spotify if attribute == "owner_has_premium" else spotify.listeners["ada"], attribute, False)

    findings = probe(dial().api, ALL)

    assert {finding.reason for finding in findings} == {reason}
    assert {finding.works for finding in findings} == {False}
    assert len({finding.title for finding in findings}) == len(CAPABILITIES)
    assert len(spotify.requests) == 1


def test_a_quota_is_a_state_of_one_capability(spotify, dial):
    spotify.fail_next("GET /v1/me/tracks", Fault.quota_exceeded(7200))

    found = by_name(probe(dial().api, ALL))

    assert (found["saved"].works, found["saved"].reason) == (None, "quota")
    assert "2 hours" in found["saved"].remedy or "120 minutes" in found["saved"].remedy
    assert found["top"].works


def test_a_broken_connection_says_nothing_about_the_capability(spotify, dial):
    spotify.fail_next("GET /v1/me/playlists", Fault.cut_before(), times=3)

    found = by_name(probe(dial().api, ALL))

    assert (found["playlists"].works, found["playlists"].reason) == (None, "unreachable")


def test_an_ended_consent_is_reported_for_all():
    findings = probe(Scripted(ReconnectSpotify("Connect Spotify again.")), ALL)

    assert {finding.reason for finding in findings} == {"reconnect"}


def test_every_refusal_says_why_and_how_to_fix_it():
    for row in BY_REASON.values():
        assert row.says.endswith(".") and row.remedy.endswith(".")
