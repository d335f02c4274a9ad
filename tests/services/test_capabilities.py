"""What works and what Spotify blocks, asked once and stored."""

from recsys.services.capabilities import Capabilities
from recsys.services.features import NOT_ASKED
from tests.fakes.faults import Fault
from tests.services.tables import tracks


def test_before_the_first_probe_nothing_is_known(world):
    assert world.probes.known("ada") == Capabilities()


def test_a_probe_says_for_each_capability_whether_it_works_and_how_to_fix_it(world):
    found = {one.name: one for one in world.probes.probe("ada").found}
    assert found["saved"].works is True
    assert found["audio_features"].works is False
    assert found["audio_features"].reason == "closed_to_new_apps"
    assert found["audio_features"].remedy.endswith(".")


def test_spotify_is_asked_once(world, spotify):
    first = world.probes.probe_once("ada")
    asked = len(spotify.requests)
    assert world.probes.probe_once("ada") == first == world.probes.known("ada")
    assert len(spotify.requests) == asked


def test_a_refusal_of_the_whole_app_is_found_with_one_request(world, spotify):
    spotify.fail_when("GET *", Fault.premium_required())
    found = world.probes.probe("ada").found
    assert {one.reason for one in found} == {"premium_required"}
    assert len(spotify.requests) == 1


def test_after_a_new_sign_in_it_is_asked_again(world, spotify):
    world.probes.probe_once("ada")
    world.probes.forget("ada")
    assert world.probes.known("ada").probed_at is None


def three(spotify):
    """Three tracks Spotify knows."""
    return tracks(3, track_id=[one.id for _, one in spotify.listeners["ada"].saved[:3]])


def test_what_a_probe_found_closed_the_look_up_of_features_does_not_ask_again(world, spotify):
    world.store.save_tracks("ada", three(spotify))
    world.probes.probe("ada")
    assert world.features.fill("ada", lambda stage: None).skipped == {NOT_ASKED: 3}
    assert spotify.count("GET /v1/audio-features") == 1


def test_what_a_probe_finds_open_after_all_the_look_up_of_features_asks(world, spotify):
    world.store.save_tracks("ada", three(spotify))
    world.features.fill("ada", lambda stage: None)
    spotify.serves_audio_features = True
    world.probes.probe("ada")
    assert world.features.fill("ada", lambda stage: None).stored == 3


def test_a_probe_that_had_no_answer_closes_nothing(world, spotify):
    world.store.save_tracks("ada", three(spotify))
    spotify.fail_next("GET /v1/audio-features", Fault.server_error(), times=5)
    assert {one.name: one.works for one in world.probes.probe("ada").found}["audio_features"] is None
    spotify.clear_faults()
    spotify.serves_audio_features = True
    assert world.features.fill("ada", lambda stage: None).stored == 3
