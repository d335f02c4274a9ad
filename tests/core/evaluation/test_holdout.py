"""Cutting lists: what is hidden is really hidden, and what may be recommended is the same for everybody."""

import numpy as np
import pandas as pd
import pytest

from recsys.core.evaluation.holdout import LONGEST_LIST, HoldOut, Pool, split
from recsys.errors import NothingToRank
from tests.core.songs import two_kinds


def entries(**lists):
    return pd.DataFrame(
        [(name, track) for name, tracks in lists.items() for track in tracks], columns=["list", "track_id"]
    )


def ids(pool, rows):
    return set(pool.tracks["track_id"].iloc[rows])


def cut(pool, rows, **dials):
    hold_out = HoldOut(**dials)
    return split(pool, rows, hold_out, hold_out.rng("a list"))


def test_tracks_are_in_the_order_of_the_catalogue():
    pool = Pool.from_tracks(two_kinds(each=7))

    assert pool.tracks["track_id"].tolist() == pool.catalogue.tracks["track_id"].tolist()


def test_a_song_has_one_row_under_all_its_ids():
    tracks = two_kinds(each=5)
    again = tracks.iloc[[0]].assign(track_id="c0-remaster", title="Song c0 - Remastered 2011")
    pool = Pool.from_tracks(pd.concat([tracks, again], ignore_index=True))

    assert len(pool.tracks) == len(tracks)
    assert len(pool.lists(entries(mine=["c0", "c0-remaster", "c1"]))["mine"]) == 2


def test_a_hidden_song_is_a_candidate_and_no_visible_song_is_one():
    pool = Pool.from_tracks(two_kinds())
    rows = pool.rows_of([f"c{n}" for n in range(20)])
    found = cut(pool, rows, hide=0.25)

    assert len(found.hidden) == 5
    assert len(found.visible) == 15
    assert sorted([*found.hidden, *found.visible]) == rows.tolist()
    assert found.candidates[found.hidden].all()
    assert not found.candidates[found.visible].any()
    assert found.candidates.sum() == len(pool.tracks) - 15


@pytest.mark.parametrize(("hide", "hidden"), [(0.01, 1), (0.99, 2)])
def test_at_least_one_song_is_hidden_and_one_stays(hide, hidden):
    pool = Pool.from_tracks(two_kinds())

    assert len(cut(pool, pool.rows_of(["c0", "c1", "c2"]), hide=hide).hidden) == hidden


def test_when_only_new_artists_count_nothing_by_a_visible_artist_is_asked_for_or_allowed():
    pool = Pool.from_tracks(two_kinds())
    found = cut(pool, pool.rows_of([f"c{n}" for n in range(20)]), only_new_artists=True)
    seen = set(pool.tracks["artists"].iloc[found.visible])

    assert 0 < len(found.hidden) < 10
    assert not seen & set(pool.tracks["artists"].iloc[found.hidden])
    assert not seen & set(pool.tracks["artists"][found.candidates])


def test_a_guest_on_a_visible_song_is_no_new_artist():
    tracks = two_kinds(each=4)
    tracks.loc[tracks["track_id"] == "c0", "artists"] = "Artist c0; Artist l0"
    pool = Pool.from_tracks(tracks)
    rows = pool.rows_of(["c0", "l0"])
    found = cut(pool, rows, only_new_artists=True)

    assert len(found.hidden) == 0


def test_a_recording_that_is_visible_is_neither_asked_for_nor_a_candidate_under_another_name():
    tracks = two_kinds(each=20)
    tracks["isrc"] = [f"GBABC{n // 2:07d}" for n in range(40)]  # c0 and c1 are one recording, and so on
    pool = Pool.from_tracks(tracks)
    mine = pool.lists(entries(mine=[f"c{n}" for n in range(14)]))["mine"]
    found = cut(pool, mine)
    recordings = pool.tracks["isrc"]

    assert not set(recordings.iloc[found.visible]) & set(recordings[found.candidates])
    assert not set(recordings.iloc[found.visible]) & set(recordings.iloc[found.hidden])
    assert 0 < len(found.hidden) < 7
    assert found.candidates.sum() == 40 - 2 * recordings.iloc[found.visible].nunique()
    assert len(pool.rows_of([f"c{n}" for n in range(14)])) == 7, "a library is tested with each recording once"


def test_songs_beyond_the_longest_list_are_neither_visible_nor_hidden_nor_candidates():
    pool = Pool.from_tracks(two_kinds(each=LONGEST_LIST + 30))
    rows = pool.rows_of([f"c{n}" for n in range(LONGEST_LIST + 30)])
    found = cut(pool, rows)
    beyond = np.setdiff1d(rows, [*found.visible, *found.hidden])

    assert len(beyond) == 30
    assert not found.candidates[beyond].any()


def test_songs_with_a_gap_take_no_part():
    tracks = two_kinds(each=5)
    tracks.loc[tracks["track_id"] == "c3", "valence"] = np.nan
    pool = Pool.from_tracks(tracks)

    assert pool.is_testable.sum() == 9
    assert ids(pool, pool.rows_of(["c2", "c3"])) == {"c2"}
    assert ids(pool, pool.lists(entries(mine=["c2", "c3"]))["mine"]) == {"c2"}


def test_a_list_of_which_nothing_is_known_is_still_a_list():
    pool = Pool.from_tracks(two_kinds(each=5))
    lists = pool.lists(entries(mine=["c0", "elsewhere"], yours=["nowhere"]))

    assert {name: len(rows) for name, rows in lists.items()} == {"mine": 1, "yours": 0}
    assert HoldOut(min_tracks=2).too_short(lists) == 2


def test_the_same_seed_cuts_a_list_in_the_same_place_whatever_else_there_is():
    pool = Pool.from_tracks(two_kinds())
    rows = pool.rows_of([f"c{n}" for n in range(20)])

    def hidden(**dials):
        return cut(pool, rows, **dials).hidden.tolist()

    assert hidden(seed=1) == hidden(seed=1, limit=3, min_tracks=2)
    assert hidden(seed=1) != hidden(seed=2)
    one, other = (split(pool, rows, HoldOut(), HoldOut().rng("a list", number)) for number in range(2))
    assert one.hidden.tolist() != other.hidden.tolist()


def test_a_limit_draws_lists_and_a_minimum_drops_the_short_ones():
    lists = {f"list {n}": np.arange(n) for n in range(40)}

    assert len(HoldOut(min_tracks=30).chosen(lists)) == 10
    drawn = HoldOut(min_tracks=30, limit=4).chosen(lists)
    assert len(drawn) == 4
    assert drawn != HoldOut(min_tracks=30, limit=4, seed=5).chosen(lists)


def test_a_catalogue_without_audio_features_cannot_be_measured():
    bare = two_kinds(each=3).assign(**dict.fromkeys(["energy", "danceability"], np.nan))
    for column in ("loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence", "tempo"):
        bare[column] = np.nan

    with pytest.raises(NothingToRank, match="audio features"):
        Pool.from_tracks(bare)
