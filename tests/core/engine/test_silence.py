"""Songs of one's own that were not heard for long."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.core.engine.recommender import Recommender
from recsys.core.engine.silence import SILENCE, last_heard, months_silent, silence_bonus
from recsys.errors import BadRecipe, NothingToRank
from tests.core.small import random_tracks

NOW = pd.Timestamp("2026-11-28T00:00:00Z")
TABLE = random_tracks(80)
CATALOGUE = Catalogue.from_tracks(TABLE)
LIBRARY = TABLE.head(20).assign(added_at="2026-11-01T00:00:00Z")
FORGOTTEN = Recipe(choose_from="forgotten", silent_months=6, length=30, per_artist=None)


def plays(**times):
    return pd.DataFrame({"track_id": list(times), "played_at": list(times.values()), "ms_played": 0})


def engine(library=LIBRARY, **more):
    return Recommender(CATALOGUE, library, **({"now": NOW} | more))


def test_the_last_play_counts_and_without_one_when_a_track_was_added():
    library = LIBRARY.head(3).assign(added_at=["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", None])
    history = pd.concat([plays(r0="2026-01-01T00:00:00Z"), plays(r0="2024-01-01T00:00:00.5Z")])

    heard = last_heard(library, history)

    assert heard["r0"] == pd.Timestamp("2026-01-01T00:00:00Z")
    assert heard["r1"] == pd.Timestamp("2020-01-01T00:00:00Z")
    assert pd.isna(heard["r2"])


def test_of_several_versions_of_a_song_the_one_heard_last_counts():
    versions = LIBRARY.iloc[[0, 0]].assign(track_id=["r0", "elsewhere"]).reset_index(drop=True)
    heard = last_heard(versions, plays(r0="2020-01-01T00:00:00Z", elsewhere="2026-11-27T00:00:00Z"))

    months = months_silent(CATALOGUE, versions, heard, NOW)

    assert np.nanmax(months) < 0.1
    assert np.count_nonzero(~np.isnan(months)) == 1


def test_a_recording_that_the_catalogue_has_under_another_title_is_forgotten_too():
    twins = TABLE.assign(isrc=[f"gb-aye-68-{row:05}" for row in range(80)])
    mine = twins.iloc[[3]].assign(track_id="mine", title="Called otherwise", isrc="GBAYE6800003", added_at=None)
    library = pd.concat([LIBRARY.tail(5), mine.astype(LIBRARY.dtypes)], ignore_index=True)

    found = Recommender(Catalogue.from_tracks(twins), library, plays=plays(mine="2020-01-01T00:00:00Z"), now=NOW)

    assert found.recommend(FORGOTTEN).table["track_id"].tolist() == ["r3"]


def test_only_own_songs_that_were_silent_for_long_are_listed():
    found = engine(plays=plays(r3="2025-11-01T00:00:00Z", r7="2020-01-01T00:00:00Z", r9="2026-10-01T00:00:00Z"))
    table = found.recommend(FORGOTTEN).table

    assert set(table["track_id"]) == {"r3", "r7"}


def test_counts_add_up_and_say_why_the_others_are_not_listed():
    counts = engine(plays=plays(r3="2020-01-01T00:00:00Z")).recommend(FORGOTTEN).counts

    assert counts["catalogue"] == sum(count for reason, count in counts.items() if reason != "catalogue")
    assert (counts["not_owned"], counts["recently_heard"], counts["candidates"]) == (60, 19, 1)


def test_a_longer_silence_raises_the_score_and_is_named_among_the_reasons():
    short, long = (
        engine(plays=plays(r3=since)).recommend(FORGOTTEN) for since in ("2026-05-01T00:00:00Z", "2018-01-01T00:00:00Z")
    )

    assert long.table["score"].iloc[0] > short.table["score"].iloc[0]
    assert long.contributions[SILENCE].iloc[0] == pytest.approx(0.25 * 4)
    assert long.contributions.sum(axis=1).tolist() == pytest.approx(long.table["score"].tolist())


def test_each_doubling_of_the_silence_adds_a_step_and_no_more_than_four():
    assert silence_bonus(np.array([6.0, 12.0, 24.0, 10_000.0]), 6).tolist() == [0, 0.25, 0.5, 1.0]


def test_everything_lists_own_songs_too_but_none_that_was_turned_down_or_is_a_seed():
    disliked = TABLE.iloc[[70]]
    everything = Recipe(choose_from="everything", length=80, per_artist=None)

    listed = set(engine(dislikes=disliked, seeds=["r1"]).recommend(everything).table["track_id"])

    assert len(listed & set(LIBRARY["track_id"])) == 19
    assert not listed & {"r70", "r1"}
    assert len(listed) == 78


@pytest.mark.parametrize("choose_from", ["new", "everything", "forgotten"])
def test_a_song_of_ones_own_that_was_turned_down_is_on_no_list(choose_from):
    recipe = Recipe(choose_from=choose_from, length=80, per_artist=None)
    history = plays(r3="2020-01-01T00:00:00Z", r7="2020-01-01T00:00:00Z")

    found = engine(dislikes=TABLE.iloc[[3, 70]], plays=history).recommend(recipe)

    assert not set(found.table["track_id"]) & {"r3", "r70"}
    assert found.counts["catalogue"] == sum(found.counts.values()) - found.counts["catalogue"]


def test_no_version_of_a_seed_is_on_a_list_of_everything():
    everything = Recipe(choose_from="everything", length=80, per_artist=None)
    mine = LIBRARY.assign(track_id="mine " + LIBRARY["track_id"])

    found = engine(mine, seeds=["mine r1"]).recommend(everything)

    assert "r1" not in set(found.table["track_id"])
    assert (found.counts["owned"], len(found.table)) == (1, 79)


def test_a_recording_that_a_list_starts_from_is_not_on_it_under_another_title():
    twins = TABLE.assign(isrc=None)
    twins.loc[[40, 41], "isrc"] = "GBAYE6800011"
    catalogue = Catalogue.from_tracks(twins.astype(TABLE.dtypes))

    table = Recommender(catalogue, LIBRARY, seeds=["r40"]).recommend(Recipe(length=80, per_artist=None)).table

    assert not set(table["track_id"]) & {"r40", "r41"}


def test_where_nothing_is_forgotten_a_sentence_says_what_to_do():
    with pytest.raises(NothingToRank, match="Ask for fewer months"):
        engine().recommend(FORGOTTEN)
    with pytest.raises(NothingToRank, match="Ask for fewer months"):
        engine(now=None).recommend(FORGOTTEN)
    with pytest.raises(NothingToRank, match="None of your songs are in the catalogue"):
        engine(random_tracks(5, prefix="stranger")).recommend(FORGOTTEN)


@pytest.mark.parametrize("wrong", [{"choose_from": "old"}, {"silent_months": 0}, {"silent_months": float("nan")}])
def test_a_wrong_choice_is_refused(wrong):
    with pytest.raises(BadRecipe):
        Recipe(**wrong)
