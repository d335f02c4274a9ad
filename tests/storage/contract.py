"""
What every `Store` promises. A test module inherits `StoreContract` and gives the fixtures `store` (an empty store) and
`new_listener` (a function that makes a listener the store knows; Supabase's are users with a uuid).
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys.core.model.tracks import COLUMNS, NUMBERS, empty_tracks
from recsys.errors import BadTracks, BadValue, StorageProblem
from recsys.storage.store import Saved, WeeklyList
from tests.storage.tables import (
    LATER,
    NOON,
    everything,
    fill_everything,
    many_tracks,
    misses,
    origins,
    plays,
    recommended,
    some_tracks,
    weekly,
)

TABLES = {
    "profiles",
    "user_tracks",
    "track_origins",
    "plays",
    "recommendations",
    "recipes",
    "feedback",
    "feature_misses",
    "pool_tracks",
    "sync_state",
    "sent_log",
    "weekly_lists",
    "weekly_songs",
    "spotify_tokens",
    "supabase_tokens",
    "sessions",
}
KEPT_BY_SESSIONS = {"spotify_tokens", "supabase_tokens", "sessions"}


class StoreContract:
    """Run against every store, unchanged."""

    @pytest.fixture
    def listener(self, new_listener):
        return new_listener()

    @pytest.fixture
    def other(self, new_listener):
        return new_listener()

    # Tracks

    def test_tracks_come_back_as_they_were_saved(self, store, listener):
        tracks = many_tracks(5_000)

        saved = store.save_tracks(listener, tracks)

        assert saved == Saved(added=5_000, updated=0, unchanged=0)
        assert_frame_equal(store.tracks(listener), tracks)

    def test_importing_twice_doubles_nothing(self, store, listener):
        tracks = many_tracks(300)
        store.save_tracks(listener, tracks)

        again = store.save_tracks(listener, tracks)

        assert again == Saved(added=0, updated=0, unchanged=300)
        assert_frame_equal(store.tracks(listener), tracks)

    def test_a_write_says_what_was_new_what_changed_and_what_did_not(self, store, listener):
        store.save_tracks(listener, some_tracks("a", "b", energy=0.5))

        saved = store.save_tracks(listener, some_tracks("b", "c", "a", energy=[0.5, 0.1, 0.9]))

        assert saved == Saved(added=1, updated=1, unchanged=1)

    def test_knowing_less_changes_nothing(self, store, listener):
        known = some_tracks("a", album="An album", energy=0.5)
        store.save_tracks(listener, known)

        assert store.save_tracks(listener, some_tracks("a")) == Saved(added=0, updated=0, unchanged=1)
        assert_frame_equal(store.tracks(listener), known)

    def test_a_missing_value_never_overwrites_a_known_one(self, store, listener):
        known = some_tracks("a", album="An album", energy=0.5, key=0.0)
        store.save_tracks(listener, known)

        saved = store.save_tracks(listener, some_tracks("a", isrc="GBAAA2600001", valence=0.25))

        expected = known.assign(isrc=pd.Series(["GBAAA2600001"], dtype="str"), valence=0.25)
        assert saved == Saved(added=0, updated=1, unchanged=0)
        assert_frame_equal(store.tracks(listener), expected)

    @pytest.mark.parametrize("column", NUMBERS)
    def test_every_number_is_stored_and_survives_a_save_without_it(self, store, listener, column):
        store.save_tracks(listener, some_tracks("a", **{column: 3.0}))

        store.save_tracks(listener, some_tracks("a"))

        stored = store.tracks(listener)[list(NUMBERS)].iloc[0]
        assert stored.dropna().to_dict() == {column: 3.0}

    def test_a_known_value_is_replaced_by_another(self, store, listener):
        store.save_tracks(listener, some_tracks("a", title="Sogn", energy=0.5))

        store.save_tracks(listener, some_tracks("a", title="Song", energy=0.0))

        stored = store.tracks(listener).iloc[0]
        assert (stored["title"], stored["energy"]) == ("Song", 0.0)

    def test_a_table_with_only_some_columns_updates_only_those(self, store, listener):
        store.save_tracks(listener, some_tracks("a", album="An album", energy=0.5))

        store.save_tracks(listener, some_tracks("a", energy=0.7)[["track_id", "title", "artists", "energy"]])

        stored = store.tracks(listener).iloc[0]
        assert (stored["album"], stored["energy"]) == ("An album", 0.7)

    def test_tracks_keep_the_order_they_were_first_saved_in(self, store, listener):
        store.save_tracks(listener, some_tracks("z", "m"))
        store.save_tracks(listener, some_tracks("a", "z", energy=0.5))

        assert list(store.tracks(listener)["track_id"]) == ["z", "m", "a"]

    def test_a_track_saved_again_after_its_removal_comes_last(self, store, listener):
        store.save_tracks(listener, some_tracks("a", "b"))
        store.remove_tracks(listener, ["a"])
        store.save_tracks(listener, some_tracks("a"))

        assert list(store.tracks(listener)["track_id"]) == ["b", "a"]

    def test_hostile_and_foreign_titles_are_stored_letter_by_letter(self, store, listener):
        titles = [
            "'; drop table user_tracks; --",
            "=cmd()",
            "夜に駆ける 🎧",
            "مرحبا",
            "e\u0301",
            "a\tb\nc\\",
            "  ",
            "null",
            "",
        ]
        tracks = some_tracks(*[f"t{number}" for number in range(len(titles))], title=titles)

        store.save_tracks(listener, tracks)

        assert list(store.tracks(listener)["title"]) == titles

    def test_characters_no_database_can_hold_are_dropped(self, store, listener):
        store.save_tracks(listener, some_tracks("a", title="be\0fore"))
        store.save_profile(listener, {"display_name": "na\0me \ud83d"})

        assert store.tracks(listener)["title"][0] == "before"
        assert store.profile(listener)["display_name"] == "name ?"

    def test_a_name_with_such_characters_finds_what_was_stored_under_it(self, store, listener):
        odd = "be\0fore \ud83d"
        store.save_tracks(listener, some_tracks("a\0b"))
        store.save_origins(listener, origins("a", origin="file:\0x"))
        store.save_recipe(listener, odd, {odd: [odd]})
        store.save_feedback(listener, some_tracks("a\0b"), liked=True, at=NOON)
        store.save_state(listener, odd, {odd: {odd: 1}})
        store.save_app_state(odd, {"of": odd})
        store.log_sent(listener, odd, odd, 1, NOON)

        assert store.recipes(listener) == {"before ?": {"before ?": ["before ?"]}}
        assert store.state(listener, odd) == {"before ?": {"before ?": 1}}
        assert store.replace_app_state(odd, {"of": odd}, {"of": "another"})
        assert store.app_state(odd) == {"of": "another"}
        assert store.sent(listener)["recipient"].tolist() == ["before ?"]
        assert store.remove_origins(listener, "file:\0x", ["a"]) == 1
        assert store.remove_tracks(listener, ["a\0b"]) == 1
        store.remove_recipe(listener, odd)
        store.remove_feedback(listener, "a\0b")
        store.remove_state(listener, odd)
        assert {name for name, rows in store.counts(listener).items() if rows} == {"sent_log"}

    @pytest.mark.parametrize(
        ("given", "returned"),
        [
            (NOON, NOON),
            ("2026-11-20T12:00:00.120000+00:00", "2026-11-20T12:00:00.12Z"),
            ("2026-11-20T12:00:00.000000Z", NOON),
            ("2026-11-20T13:00:00+01:00", NOON),
            ("2026-11-20T12:00:00", NOON),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ],
    )
    def test_a_time_is_returned_in_one_way_however_it_was_given(self, store, listener, given, returned):
        store.save_tracks(listener, some_tracks("a", added_at=given))
        store.save_origins(listener, origins("a", seen_at=given))
        store.log_sent(listener, "ReccoBeats", "track ids", 1, given)

        assert store.tracks(listener)["added_at"].tolist() == [returned]
        assert store.origins(listener)["seen_at"].tolist() == [returned]
        assert store.sent(listener)["at"].tolist() == [returned]

    @pytest.mark.parametrize("wrong", ["yesterday", "", "2026-13-45T99:00:00Z", "now", "infinity"])
    def test_a_time_that_is_none_is_unknown_and_refused_where_it_must_be_known(self, store, listener, wrong):
        store.save_tracks(listener, some_tracks("a", added_at=wrong))

        assert store.tracks(listener)["added_at"].isna().tolist() == [True]
        for save in (
            lambda: store.save_plays(listener, plays(NOON, wrong)),
            lambda: store.save_origins(listener, origins("a", seen_at=wrong)),
            lambda: store.log_sent(listener, "ReccoBeats", "track ids", 1, wrong),
        ):
            with pytest.raises(StorageProblem):
                save()
        assert {name for name, rows in store.counts(listener).items() if rows} == {"user_tracks"}

    def test_an_infinite_number_counts_as_unknown(self, store, listener):
        store.save_tracks(listener, some_tracks("a", energy=np.inf, loudness=-np.inf, valence=-0.0))

        stored = store.tracks(listener).iloc[0]
        assert np.isnan(stored["energy"])
        assert np.isnan(stored["loudness"])
        assert stored["valence"] == 0.0

    def test_numbers_come_back_to_the_last_digit(self, store, listener):
        numbers = {"energy": 0.1 + 0.2, "duration_ms": 35_999_999.0, "loudness": -59.123456789012345, "valence": 5e-324}

        store.save_tracks(listener, some_tracks("a", **numbers))

        assert store.tracks(listener).iloc[0][list(numbers)].to_dict() == numbers

    def test_a_table_that_breaks_the_rules_changes_nothing(self, store, listener):
        store.save_tracks(listener, some_tracks("a"))
        twice = pd.concat([some_tracks("b"), some_tracks("b")])

        with pytest.raises(BadTracks, match="more than once"):
            store.save_tracks(listener, twice)

        assert list(store.tracks(listener)["track_id"]) == ["a"]

    def test_a_track_without_an_id_is_refused(self, store, listener):
        for nothing in ("", None):
            with pytest.raises(BadTracks, match="Row 2 has no track id"):
                store.save_tracks(listener, some_tracks("a", "b").assign(track_id=["a", nothing]))

        assert store.counts(listener)["user_tracks"] == 0

    def test_no_tracks_are_no_work(self, store, listener):
        assert store.save_tracks(listener, empty_tracks()) == Saved(0, 0, 0)
        assert_frame_equal(store.tracks(listener), empty_tracks())

    def test_removing_a_track_takes_its_origins_and_misses_along(self, store, listener):
        store.save_tracks(listener, some_tracks("a", "b"))
        store.save_origins(listener, origins("a", "b"))
        store.save_misses(listener, misses("a", "b"))

        removed = store.remove_tracks(listener, ["a", "unknown"])

        assert removed == 1
        assert list(store.tracks(listener)["track_id"]) == ["b"]
        assert list(store.origins(listener)["track_id"]) == ["b"]
        assert list(store.misses(listener)["track_id"]) == ["b"]

    def test_many_tracks_can_be_removed_at_once(self, store, listener):
        tracks = many_tracks(1_500)
        store.save_tracks(listener, tracks)

        assert store.remove_tracks(listener, list(tracks["track_id"][1:])) == 1_499
        assert store.remove_tracks(listener, []) == 0
        assert_frame_equal(store.tracks(listener), tracks[:1])

    # Where tracks came from, and when they were played

    def test_a_track_can_come_from_several_places(self, store, listener):
        store.save_origins(listener, origins("a", origin="top_short", rank=3.0))
        store.save_origins(listener, origins("b", "a", origin="saved"))

        stored = store.origins(listener)

        assert list(stored.columns) == ["track_id", "origin", "seen_at", "rank"]
        assert list(zip(stored["track_id"], stored["origin"], strict=True)) == [
            ("a", "saved"),
            ("a", "top_short"),
            ("b", "saved"),
        ]
        assert stored["rank"].tolist()[1] == 3.0
        assert stored["rank"].isna().tolist() == [True, False, True]

    def test_the_same_origin_again_is_one_and_carries_the_newer_time_and_rank(self, store, listener):
        store.save_origins(listener, origins("a", origin="top_short", rank=3.0))
        store.save_origins(listener, origins("a", origin="top_short", rank=1.0, seen_at=LATER))

        assert_frame_equal(store.origins(listener), origins("a", origin="top_short", rank=1.0, seen_at=LATER))

    def test_the_same_row_twice_in_one_table_is_one_and_what_the_last_does_not_know_stays(self, store, listener):
        twice = [origins("a", rank=1.0), origins("a", rank=2.0), origins("a", seen_at=LATER)]
        store.save_origins(listener, pd.concat(twice))
        store.save_misses(listener, pd.concat([misses("a"), misses("a", asked_at=LATER)]))
        added = store.save_plays(listener, pd.concat([plays(NOON), plays(NOON, ms_played=np.nan)]))

        assert_frame_equal(store.origins(listener), origins("a", rank=2.0, seen_at=LATER))
        assert_frame_equal(store.misses(listener), misses("a", asked_at=LATER))
        assert added == 1
        assert store.plays(listener)["ms_played"].tolist() == [180_000.0]

    def test_a_song_taken_off_a_playlist_keeps_its_other_origins(self, store, listener):
        store.save_tracks(listener, some_tracks("a", "b"))
        store.save_origins(listener, origins("a", "b", origin="playlist:1"))
        store.save_origins(listener, origins("a", origin="saved"))

        removed = store.remove_origins(listener, "playlist:1", ["a", "unknown"])

        assert removed == 1
        assert list(store.origins(listener)["origin"]) == ["saved", "playlist:1"]
        assert list(store.tracks(listener)["track_id"]) == ["a", "b"]

    def test_the_same_play_twice_is_one(self, store, listener):
        first = store.save_plays(listener, plays(NOON, LATER))
        again = store.save_plays(listener, plays(LATER, "2026-11-20T14:00:00Z"))

        assert (first, again) == (2, 1)
        assert store.counts(listener)["plays"] == 3

    def test_a_play_reported_with_and_without_milliseconds_is_one(self, store, listener):
        store.save_plays(listener, plays("2026-11-20T12:00:00.123Z", ms_played=np.nan))
        added = store.save_plays(listener, plays("2026-11-20T12:00:00Z", ms_played=1_000.0))

        assert added == 0
        assert store.plays(listener).to_dict("records") == [{"track_id": "a", "played_at": NOON, "ms_played": 1_000.0}]

    def test_history_is_returned_oldest_first(self, store, listener):
        store.save_plays(listener, plays(LATER, NOON, "2025-01-01T00:00:00Z"))

        stored = store.plays(listener)

        assert list(stored.columns) == ["track_id", "played_at", "ms_played"]
        assert list(stored["played_at"]) == ["2025-01-01T00:00:00Z", NOON, LATER]

    # What the listener did

    def test_a_profile_is_replaced_whole(self, store, listener):
        store.save_profile(listener, {"spotify_id": "x", "display_name": "Ada", "avatar_url": "https://i.scdn.co/1"})
        store.save_profile(listener, {"spotify_id": "x", "display_name": "Ada L.", "followers": "3"})

        assert store.profile(listener) == {"spotify_id": "x", "display_name": "Ada L.", "avatar_url": None}

    def test_a_stored_list_is_replaced_and_read_best_first(self, store, listener):
        store.save_recommendations(listener, recommended(old=0.99))
        store.save_recommendations(listener, recommended(low=-0.5, high=0.75, middle=0.5))

        stored = store.recommendations(listener)

        assert list(stored.columns) == ["track_id", "score", "created_at"]
        assert list(stored["track_id"]) == ["high", "middle", "low"]
        assert list(stored["score"]) == [0.75, 0.5, -0.5]

    def test_a_list_with_a_track_twice_leaves_the_stored_one(self, store, listener):
        store.save_recommendations(listener, recommended(old=0.99))

        with pytest.raises(StorageProblem):
            store.save_recommendations(listener, pd.concat([recommended(new=0.5), recommended(new=0.4)]))

        assert list(store.recommendations(listener)["track_id"]) == ["old"]

    def test_a_list_with_a_score_that_is_no_number_leaves_the_stored_one(self, store, listener):
        store.save_recommendations(listener, recommended(old=0.99))

        with pytest.raises(StorageProblem):
            store.save_recommendations(listener, recommended(new=0.5, broken=np.nan))

        assert list(store.recommendations(listener)["track_id"]) == ["old"]

    def test_recipes_are_stored_by_name(self, store, listener):
        store.save_recipe(listener, "Soir ée", {"weights": {"energy": 2.0}, "per_artist": None})
        store.save_recipe(listener, "Morning", {"length": 10})
        store.save_recipe(listener, "Morning", {"length": 20})

        assert store.recipes(listener) == {
            "Morning": {"length": 20},
            "Soir ée": {"weights": {"energy": 2.0}, "per_artist": None},
        }

    def test_a_name_that_no_form_lets_through_is_refused(self, store, listener):
        longest = "ö" * 100
        store.save_recipe(listener, longest, {"length": 10})

        with pytest.raises(BadValue, match="a name of at most 100 characters"):
            store.save_recipe(listener, longest + "x", {"length": 10})

        assert list(store.recipes(listener)) == [longest]

    def test_a_recipe_can_be_forgotten_twice(self, store, listener):
        store.save_recipe(listener, "Morning", {"length": 10})

        store.remove_recipe(listener, "Morning")
        store.remove_recipe(listener, "Morning")

        assert store.recipes(listener) == {}

    def test_the_last_thumb_counts(self, store, listener):
        store.save_feedback(listener, some_tracks("a", energy=0.5), liked=True, at=NOON)
        store.save_feedback(listener, some_tracks("b"), liked=True, at=NOON)
        store.save_feedback(listener, some_tracks("a", energy=0.5), liked=False, at=LATER)

        stored = store.feedback(listener)

        assert list(stored.columns) == [*COLUMNS, "liked", "at"]
        assert stored["liked"].dtype == bool
        assert list(zip(stored["track_id"], stored["liked"], stored["at"], strict=True)) == [
            ("b", True, NOON),
            ("a", False, LATER),
        ]
        assert_frame_equal(stored.loc[1:, list(COLUMNS)].reset_index(drop=True), some_tracks("a", energy=0.5))

    def test_a_thumb_can_be_taken_back_twice(self, store, listener):
        store.save_feedback(listener, some_tracks("a"), liked=True, at=NOON)

        store.remove_feedback(listener, "a")
        store.remove_feedback(listener, "a")

        assert len(store.feedback(listener)) == 0

    # What a sync remembers

    def test_a_fingerprint_is_another_while_something_else_is_stored(self, store, listener, other):
        store.save_tracks(listener, some_tracks("a", energy=0.5))
        before = store.fingerprint(listener, True)
        if before is None:
            pytest.skip("this store makes none")
        seen = [before]
        for write in (
            lambda: store.save_tracks(listener, some_tracks("a", energy=0.25)),
            lambda: store.save_tracks(listener, some_tracks("b")),
            lambda: store.save_feedback(listener, some_tracks("c"), liked=True, at=NOON),
            lambda: store.save_feedback(listener, some_tracks("c"), liked=False, at=NOON),
            lambda: store.save_plays(listener, plays(NOON)),
        ):
            write()
            seen.append(store.fingerprint(listener, True))
        assert len(set(seen)) == 6
        assert store.fingerprint(listener, False) != seen[-1]
        store.save_tracks(other, some_tracks("d"))
        assert store.fingerprint(listener, True) == seen[-1]
        store.remove_tracks(listener, ["b"])
        store.remove_feedback(listener, "c")
        store.remove_tracks(other, ["d"])
        for name in (listener, other):
            store.save_tracks(name, some_tracks("a", energy=0.5))
        assert store.fingerprint(listener, False) == store.fingerprint(other, False)

    def test_state_is_stored_by_key(self, store, listener):
        store.save_state(listener, "cursor", {"offset": 50, "done": False, "next": None, "ids": ["é", '"']})
        store.save_state(listener, "consent", {"at": NOON})
        store.save_state(listener, "consent", {"at": LATER})

        assert store.state(listener, "cursor") == {"offset": 50, "done": False, "next": None, "ids": ["é", '"']}
        assert store.state(listener, "consent") == {"at": LATER}
        assert store.state(listener, "unknown") is None

    def test_state_can_be_forgotten_twice(self, store, listener):
        store.save_state(listener, "cursor", {"offset": 50})

        store.remove_state(listener, "cursor")
        store.remove_state(listener, "cursor")

        assert store.state(listener, "cursor") is None

    def test_states_are_found_by_how_their_keys_begin(self, store, listener, other):
        names = ["import ", "import %", "import %,(.b", "import %夜", "import a", "import b", "imports", "IMPORT %"]
        for number, name in enumerate(names):
            store.save_state(listener, name, {"number": number})
        store.save_state(other, "import %", {"number": 9})

        assert list(store.states(listener, "import ")) == sorted(names[:6])
        assert store.states(listener, "import %") == {name: {"number": names.index(name)} for name in names[1:4]}
        assert list(store.states(listener, "import _")) == list(store.states(listener, "nothing")) == []
        assert len(store.states(listener, "")) == len(names)

    @pytest.mark.parametrize("value", [{"at": float("nan")}, {"at": float("inf")}, {"at": object()}, [1], None])
    def test_what_is_no_json_object_is_refused_and_changes_nothing(self, store, listener, value):
        store.save_state(listener, "cursor", {"offset": 50})

        with pytest.raises(StorageProblem, match="JSON"):
            store.save_state(listener, "cursor", value)

        assert store.state(listener, "cursor") == {"offset": 50}

    def test_a_miss_asked_again_carries_the_newer_time(self, store, listener):
        store.save_misses(listener, misses("a", "b"))
        store.save_misses(listener, misses("a", asked_at=LATER))
        store.save_misses(listener, misses("a", source="spotify"))

        stored = store.misses(listener)

        assert list(stored.columns) == ["track_id", "source", "asked_at"]
        assert list(stored.itertuples(index=False, name=None)) == [
            ("a", "reccobeats", LATER),
            ("a", "spotify", NOON),
            ("b", "reccobeats", NOON),
        ]

    def test_only_recent_misses_can_be_asked_for(self, store, listener):
        store.save_misses(listener, misses("old"))
        store.save_misses(listener, misses("new", asked_at=LATER))

        assert_frame_equal(store.misses(listener, since=LATER), misses("new", asked_at=LATER))

    def test_what_was_sent_is_returned_in_order_and_never_merged(self, store, listener):
        store.log_sent(listener, "ReccoBeats", "track ids", 40, NOON)
        store.log_sent(listener, "ReccoBeats", "track ids", 40, NOON)
        store.log_sent(listener, "Spotify", "a playlist", np.int64(3), LATER)

        stored = store.sent(listener)

        assert list(stored.columns) == ["at", "recipient", "what", "rows"]
        assert list(stored["recipient"]) == ["ReccoBeats", "ReccoBeats", "Spotify"]
        assert list(stored["rows"]) == [40, 40, 3]

    # Candidates found around the listener

    def test_candidates_are_read_oldest_answer_first_with_all_they_know(self, store, listener):
        store.save_pool(listener, some_tracks("b", energy=0.25, year=2026.0, source="reccobeats"), LATER)
        assert store.save_pool(listener, some_tracks("a", "c"), NOON) == 3

        stored = store.pool(listener)

        assert list(stored.columns) == [*COLUMNS, "answered_at"]
        assert list(stored["track_id"]) == ["a", "c", "b"]
        assert stored.loc[2, ["energy", "year", "source", "answered_at"]].tolist() == [
            0.25,
            2026.0,
            "reccobeats",
            LATER,
        ]

    def test_a_candidate_that_is_found_again_is_as_it_was_answered_last(self, store, listener):
        store.save_pool(listener, some_tracks("a", energy=0.5, valence=0.5), NOON)
        store.save_pool(listener, some_tracks("a", energy=0.75), LATER)

        stored = store.pool(listener)

        assert len(stored) == 1
        assert stored["energy"].tolist() == [0.75] and stored["valence"].isna().all()

    def test_of_too_many_candidates_the_oldest_answers_are_dropped(self, store, listener, other):
        store.save_pool(other, some_tracks("a", "b"), NOON, at_most=2)
        store.save_pool(listener, some_tracks("a", "b"), LATER, at_most=3)

        assert store.save_pool(listener, some_tracks("d", "c"), NOON, at_most=3) == 3

        assert list(store.pool(listener)["track_id"]) == ["c", "a", "b"]
        assert list(store.pool(other)["track_id"]) == ["a", "b"]

    def test_candidates_can_be_removed_twice_and_are_the_listeners_own(self, store, listener, other):
        store.save_pool(listener, some_tracks("a"), NOON)
        store.save_pool(other, some_tracks("a"), NOON)

        store.remove_pool(listener)
        store.remove_pool(listener)

        assert (len(store.pool(listener)), len(store.pool(other))) == (0, 1)

    # A list every week

    def test_what_is_asked_for_is_stored_and_can_be_changed(self, store, listener):
        store.save_weekly(listener, WeeklyList({"length": 30, "weights": {"energy": 2.0}}, 0, 30))
        assert store.weekly(listener) == WeeklyList({"length": 30, "weights": {"energy": 2.0}}, 0, 30)
        store.save_weekly_songs(listener, "2026-11-23", weekly("a"), NOON)
        store.note_weekly(listener, "2026-11-23", "Spotify was away.")

        store.save_weekly(listener, WeeklyList({"length": 10}, 4, 10, "Fresh 夜"))

        changed = WeeklyList({"length": 10}, 4, 10, "Fresh 夜", "2026-11-23", "2026-11-23", "Spotify was away.")
        assert store.weekly(listener) == changed

    def test_the_songs_of_a_week_are_stored_once_and_are_the_stored_list(self, store, listener):
        store.save_weekly(listener, WeeklyList({}, 0, 2))
        store.save_recommendations(listener, recommended(x=0.5))
        store.note_weekly(listener, None, "Something failed.")

        assert store.save_weekly_songs(listener, "2026-11-23", weekly("b", "a"), NOON)
        assert not store.save_weekly_songs(listener, "2026-11-23", weekly("c"), LATER)
        assert not store.save_weekly_songs(listener, "2026-11-16", weekly("c"), LATER)
        assert_frame_equal(store.recommendations(listener), recommended(b=1.0, a=0.5))
        assert store.save_weekly_songs(listener, "2026-11-30", weekly("d"), LATER)

        stored = store.weekly_songs(listener)
        assert list(stored.columns) == ["week", "track_id", "title", "artists", "rank", "score"]
        assert list(stored.drop(columns=["title", "artists"]).itertuples(index=False, name=None)) == [
            ("2026-11-23", "b", 1.0, 1.0),
            ("2026-11-23", "a", 2.0, 0.5),
            ("2026-11-30", "d", 1.0, 1.0),
        ]
        assert store.weekly(listener).renewed_week == "2026-11-30"
        assert store.weekly(listener).problem is None

    def test_who_asks_for_no_list_gets_none(self, store, listener):
        assert not store.save_weekly_songs(listener, "2026-11-23", weekly("a"), NOON)
        store.note_weekly(listener, "2026-11-23", "No.")

        assert (store.weekly(listener), len(store.weekly_songs(listener))) == (None, 0)
        assert len(store.recommendations(listener)) == 0

    def test_of_many_who_renew_a_list_at_once_one_is_first(self, store, listener):
        store.save_weekly(listener, WeeklyList({}, 0, 1))

        def renew(number):
            return store.save_weekly_songs(listener, "2026-11-23", weekly(f"song{number}"), NOON)

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(renew, range(8))) == 1
        assert len(store.weekly_songs(listener)) == len(store.recommendations(listener)) == 1

    def test_asking_ends_with_one_call_that_can_be_repeated(self, store, listener):
        store.save_weekly(listener, WeeklyList({}, 0, 1))
        store.save_weekly_songs(listener, "2026-11-23", weekly("a"), NOON)

        store.remove_weekly(listener)
        store.remove_weekly(listener)

        assert (store.weekly(listener), len(store.weekly_songs(listener))) == (None, 0)

    def test_everybody_who_asks_is_listed_once(self, store, listener, other):
        before = set(store.weekly_listeners())
        for one in (listener, other, other):
            store.save_weekly(one, WeeklyList({}, 0, 1))

        listed = store.weekly_listeners()

        assert set(listed) - before == {listener, other}
        assert listed == sorted(listed) and len(set(listed)) == len(listed)

    # Whose rows they are

    def test_an_unknown_listener_is_an_empty_one(self, store, new_listener):
        nobody = new_listener()

        assert store.counts(nobody) == dict.fromkeys(TABLES, 0)
        assert store.profile(nobody) is None
        assert store.recipes(nobody) == {}
        assert store.state(nobody, "cursor") is None
        assert all(len(table) == 0 for table in store.export(nobody).values())
        assert store.erase(nobody) == dict.fromkeys(TABLES, 0)

    def test_empty_tables_have_the_columns_and_types_of_full_ones(self, store, listener, other):
        fill_everything(store, other)
        readers = (
            store.origins,
            store.plays,
            store.recommendations,
            store.feedback,
            store.misses,
            store.pool,
            store.sent,
            store.weekly_songs,
        )

        for read in readers:
            assert_frame_equal(read(listener), read(other)[:0])

    def test_listeners_never_see_each_others_rows(self, store, listener, other):
        before = everything(store, other)

        fill_everything(store, listener)

        assert everything(store, other) == before

    def test_the_same_rows_of_two_listeners_are_two(self, store, listener, other):
        fill_everything(store, listener)
        fill_everything(store, other)

        assert everything(store, listener) == everything(store, other)
        assert store.counts(listener)["user_tracks"] == 2

    def test_changing_and_removing_touches_ones_own_rows_only(self, store, listener, other):
        fill_everything(store, listener)
        fill_everything(store, other)
        before = everything(store, other)

        store.save_tracks(listener, some_tracks("a1", energy=0.9))
        store.save_recommendations(listener, recommended(z=0.1))
        store.save_profile(listener, {"display_name": "Changed"})
        store.remove_origins(listener, "saved", ["a1"])
        store.remove_tracks(listener, ["a1", "a2"])
        store.remove_recipe(listener, "Evening")
        store.remove_feedback(listener, "a8")
        store.remove_state(listener, "cursor")
        store.save_weekly(listener, WeeklyList({"length": 5}, 3, 5))
        store.save_weekly_songs(listener, "2027-01-07", weekly("z"), LATER)
        store.note_weekly(listener, "2027-01-07", "A sentence.")
        store.remove_weekly(listener)

        assert everything(store, other) == before

    # Counting, taking away, erasing

    def test_counts_name_every_table_and_count_its_rows(self, store, listener):
        fill_everything(store, listener)

        counts = store.counts(listener)

        assert set(counts) == TABLES
        assert counts["user_tracks"] == 2
        assert {name for name, rows in counts.items() if rows == 0} == KEPT_BY_SESSIONS

    def test_an_export_holds_every_table_but_tokens_and_sessions(self, store, listener):
        fill_everything(store, listener)

        export = store.export(listener)

        assert set(export) == TABLES - KEPT_BY_SESSIONS
        assert {name: len(table) for name, table in export.items()} == {
            name: rows for name, rows in store.counts(listener).items() if name not in KEPT_BY_SESSIONS
        }
        assert_frame_equal(export["user_tracks"], store.tracks(listener))
        assert list(export["recipes"]["name"]) == ["Evening"]
        assert export["profiles"]["display_name"][0] == "Name a"

    def test_an_export_writes_json_in_one_way(self, store, listener):
        store.save_recipe(listener, "Evening", {"weights": {"valence": 1, "energy": 2.5}, "length": 10})
        store.save_state(listener, "cursor", {"offset": 50, "at": None, "done": True})

        export = store.export(listener)

        assert export["recipes"]["recipe"].tolist() == ['{"length": 10, "weights": {"energy": 2.5, "valence": 1}}']
        assert export["sync_state"]["value"].tolist() == ['{"at": null, "done": true, "offset": 50}']

    def test_erasing_counts_to_zero_and_leaves_others_unchanged(self, store, listener, other):
        fill_everything(store, listener)
        fill_everything(store, other, mark="b")
        before = everything(store, other)

        counts = store.erase(listener)

        assert counts == dict.fromkeys(TABLES, 0)
        assert store.counts(listener) == counts
        assert everything(store, other) == before

    # The whole app's own state

    def test_the_app_keeps_state_of_its_own(self, store):
        store.save_app_state("spotify", {"blocked_until": NOON})
        store.save_app_state("spotify", {"blocked_until": LATER})

        assert store.app_state("spotify") == {"blocked_until": LATER}
        assert store.app_state("unknown") is None

    def test_app_state_is_replaced_only_when_it_is_what_was_expected(self, store):
        assert store.replace_app_state("budget", None, {"count": 1, "day": "2026-11-20"})
        assert not store.replace_app_state("budget", None, {"count": 7})
        assert not store.replace_app_state("budget", {"count": 2}, {"count": 7})
        assert store.replace_app_state("budget", {"day": "2026-11-20", "count": 1}, {"count": 2})

        assert store.app_state("budget") == {"count": 2}

    def test_a_budget_counted_by_many_threads_loses_no_request(self, store):
        def spend(_):
            while True:
                spent = store.app_state("budget")
                if store.replace_app_state("budget", spent, {"count": (spent or {"count": 0})["count"] + 1}):
                    return

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(spend, range(40)))

        assert store.app_state("budget") == {"count": 40}

    # Many at once

    def test_eight_threads_write_and_read_without_losing_a_row(self, store, new_listener):
        listeners = [new_listener() for _ in range(4)]
        tracks = many_tracks(400)
        start = threading.Barrier(8)

        def write(number):
            start.wait()
            for first in range(0, 400, 50):
                store.save_tracks(listeners[number % 4], tracks[first : first + 50])
                store.tracks(listeners[number % 4])

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(write, range(8)))

        for listener in listeners:
            stored = store.tracks(listener).sort_values("track_id", ignore_index=True)
            assert_frame_equal(stored, tracks.sort_values("track_id", ignore_index=True))

    def test_tabs_that_write_the_same_rows_in_another_order_wait_for_each_other(self, store, listener):
        tracks = many_tracks(600)
        store.save_tracks(listener, tracks)

        def write(number):
            mine = tracks[:: -1 if number % 2 else 1].assign(energy=number / 10)
            store.save_tracks(listener, mine)
            store.save_origins(listener, origins(*mine["track_id"]))
            store.save_recommendations(listener, recommended(a=0.5, b=number / 10))

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, range(8)))

        assert store.tracks(listener)["energy"].nunique() == 1
        assert store.counts(listener)["user_tracks"] == store.counts(listener)["track_origins"] == 600
        assert store.counts(listener)["recommendations"] == 2

    def test_a_store_that_answers_passes_its_check(self, store):
        assert store.check() is None
