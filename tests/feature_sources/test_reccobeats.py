"""ReccoBeats over real HTTP: forty at a time, gently, and every fault a state."""

import pandas as pd
import pytest

from recsys.core.model.tracks import has_audio
from recsys.errors import SourceBusy
from recsys.feature_sources.source import fill_in
from tests.fakes.faults import Fault
from tests.fakes.reccobeats import too_many
from tests.fakes.spotify import music
from tests.feature_sources.conftest import SHELF
from tests.feature_sources.contract import FeatureSourceContract
from tests.feature_sources.rows import tracks

CALL = "GET /v1/audio-features"
IDS = list(SHELF)
STRANGER = music.spotify_id("nobody knows")


def asked(*ids):
    return tracks(*({"track_id": track_id} for track_id in ids))


class TestReccoBeats(FeatureSourceContract):
    @pytest.fixture
    def source(self, reccobeats):
        return reccobeats

    @pytest.fixture
    def known(self):
        return asked(*IDS[:3])

    @pytest.fixture
    def unknown(self):
        return asked(STRANGER)


def test_numbers_belong_to_the_track_in_the_link_whatever_the_order(reccobeats):
    answer = reccobeats.look_up(asked(*IDS[:5])).set_index("track_id")

    for track_id in IDS[:5]:
        assert answer.loc[track_id, "energy"] == SHELF[track_id].features["energy"]
    assert pd.isna(answer["time_signature"]).all(), "ReccoBeats has no time signatures"


def test_forty_ids_go_into_a_request_and_half_a_second_lies_between(service, reccobeats, clock):
    filled = fill_in(asked(*IDS), [reccobeats])

    assert [len(seen.params["ids"].split(",")) for seen in service.requests] == [40, 20]
    assert clock.slept == [0.5]
    assert has_audio(filled.tracks).all()


def test_only_spotify_ids_are_sent(service, reccobeats):
    filled = fill_in(asked(IDS[0], "name:0123456789abcdef", "demo-000001", STRANGER), [reccobeats])

    assert service.requests[0].params["ids"].split(",") == [IDS[0], STRANGER]
    assert has_audio(filled.tracks).tolist() == [True, False, False, False]
    assert filled.missed == {"reccobeats": (STRANGER,)}


def test_a_track_nobody_asked_for_is_not_taken(service, reccobeats):
    stranger = f'{{"content": [{{"href": "https://open.spotify.com/track/{STRANGER}", "energy": 0.5}}]}}'
    service.fail_next(CALL, Fault(200, stranger))

    assert reccobeats.look_up(asked(IDS[0])).empty


@pytest.mark.parametrize(("fault", "wait"), [(too_many(2), 2.0), (too_many(), 30.0), (too_many("soon"), 30.0)])
def test_a_short_wait_is_sat_out_once(service, reccobeats, clock, fault, wait):
    service.fail_next(CALL, fault)

    assert len(reccobeats.look_up(asked(IDS[0]))) == 1
    assert wait in clock.slept


def test_a_long_wait_is_kept_by_everybody_who_asks(service, reccobeats, clock):
    service.fail_next(CALL, too_many(3600))
    with pytest.raises(SourceBusy):
        reccobeats.look_up(asked(IDS[0]))

    clock.now += 600
    with pytest.raises(SourceBusy) as caught:
        reccobeats.look_up(asked(IDS[1]))
    assert caught.value.retry_after == 3000
    assert service.count(CALL) == 1

    clock.now += 3001
    assert len(reccobeats.look_up(asked(IDS[1]))) == 1


FAULTS = {
    "a long wait": (too_many(3600), 1),
    "a short wait for good": (too_many(2), 2),
    "500": (Fault.server_error(500), 1),
    "cut": (Fault.cut_before(), 1),
    "cut midway": (Fault.cut_midway(), 1),
    "slow": (Fault.slow(4), 1),
    "a page": (Fault.html(), 1),
    "a list": (Fault(200, "[]"), 1),
    "no content": (Fault(200, '{"content": null}'), 1),
    "nested too deeply": (Fault(200, "[" * 100_000), 1),
    "a number of 5,000 digits": (Fault(200, "9" * 5_000), 1),
    "sent elsewhere": (Fault.redirect("http://127.0.0.1:9/"), 1),
    "forbidden": (Fault.forbidden(), 1),
    "too slow for a gate": (Fault.text(408, "Request Timeout"), 1),
    "gone": (Fault.not_found(), 1),
    "not understood": (Fault(400, '{"status": 4004}'), 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_state_and_costs_nothing_that_was_found(service, reccobeats, http, fault):
    planned, requests = FAULTS[fault]
    if fault == "slow":
        http.timeout = 2
    service.fail_when(CALL, planned, when=lambda seen: IDS[40] in seen.params["ids"])

    filled = fill_in(asked(*IDS), [reccobeats])

    assert isinstance(filled.stopped["reccobeats"], SourceBusy)
    assert str(filled.stopped["reccobeats"]).endswith(".")
    assert has_audio(filled.tracks).tolist() == [True] * 40 + [False] * 20
    assert service.count(CALL) == 1 + requests
    assert filled.missed == {"reccobeats": ()}


@pytest.mark.parametrize("entry", ["null", "7", "{}", '{"href": null}', '{"href": "https://open.spotify.com/track/x"}'])
def test_an_odd_entry_is_passed_over(service, reccobeats, entry):
    good = f'{{"href": "https://open.spotify.com/track/{IDS[0]}?si=1", "energy": 0.5, "tempo": "fast", "key": true}}'
    service.fail_next(CALL, Fault(200, f'{{"content": [{entry}, {good}]}}'))

    (row,) = reccobeats.look_up(asked(IDS[0])).to_dict("records")

    assert row["energy"] == 0.5 and pd.isna(row["tempo"]) and pd.isna(row["key"])


def test_more_than_forty_would_be_refused(service, reccobeats):
    with pytest.raises(SourceBusy):
        reccobeats.look_up(asked(*IDS[:41]))
