"""The chain: each source is asked only for what is missing."""

import pandas as pd
import pytest

from recsys.core.model.tracks import check_tracks, empty_tracks, has_audio
from recsys.errors import NotOffered, SourceBusy
from recsys.feature_sources.source import AUDIO, fill_in, with_answers
from tests.feature_sources.rows import heard, tracks


class Listed:
    """A source that knows what it is given, `at_once` tracks at a time, and raises after `patience` look-ups."""

    def __init__(self, name, *rows, at_once=10, is_online=True, problem=None, patience=0, cannot=()):
        self.name, self.at_once, self.is_online = name, at_once, is_online
        self._rows = pd.DataFrame([*rows, {"track_id": "nobody's"}])
        self._problem, self._patience, self._cannot = problem, patience, cannot
        self.asked = []

    def can_be_asked(self, tracks):
        return ~tracks["track_id"].isin(self._cannot)

    def look_up(self, tracks):
        if self._problem and len(self.asked) >= self._patience:
            raise self._problem
        self.asked.append(tracks["track_id"].tolist())
        return self._rows[self._rows["track_id"].isin(tracks["track_id"])]


def test_the_next_source_is_asked_only_for_what_is_missing():
    first, second = Listed("first", heard("a")), Listed("second", heard("b"))

    filled = fill_in(tracks({"track_id": "a"}, {"track_id": "b"}, {"track_id": "c"}), [first, second])

    assert first.asked == [["a", "b", "c"]] and second.asked == [["b", "c"]]
    assert filled.tracks["source"].fillna("").tolist() == ["first", "second", ""]
    assert has_audio(filled.tracks).tolist() == [True, True, False]
    assert filled.gained == {"first": ("a",), "second": ("b",)}
    assert filled.missed == {"first": ("b", "c"), "second": ("c",)}
    assert filled.stopped == {}


def test_a_track_that_has_everything_is_never_asked_about():
    source = Listed("online", heard("a", energy=0.9))

    filled = fill_in(tracks(heard("a", energy=0.1, source="file")), [source])

    assert source.asked == []
    assert filled.tracks.loc[0, "energy"] == 0.1 and filled.tracks.loc[0, "source"] == "file"
    assert has_audio(filled.tracks).tolist() == [True]


def test_what_is_known_is_not_changed_and_gaps_are_filled():
    source = Listed("online", heard("a", energy=0.9, year=1999.0, genres="folk"))

    filled = fill_in(tracks({"track_id": "a", "energy": 0.1, "year": 2001.0, "source": "file"}), [source])

    row = filled.tracks.loc[0]
    assert (row["energy"], row["year"], row["valence"], row["genres"]) == (0.1, 2001.0, 0.25, "folk")
    assert row["source"] == "file, online"


def test_a_source_may_name_who_gave_it():
    filled = fill_in(tracks({"track_id": "a"}), [Listed("catalogue", heard("a", source="a public dump"))])

    assert filled.tracks.loc[0, "source"] == "a public dump"


def test_a_source_that_gives_no_audio_is_not_named_and_another_is_asked():
    year_only, audio = Listed("years", {"track_id": "a", "year": 1999.0}), Listed("audio", heard("a"))

    filled = fill_in(tracks({"track_id": "a"}), [year_only, audio])

    assert filled.tracks.loc[0, "source"] == "audio" and filled.tracks.loc[0, "year"] == 1999.0
    assert filled.gained == {"years": (), "audio": ("a",)}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("energy", 1.5),
        ("tempo", 0.0),
        ("loudness", 900.0),
        ("key", -1.0),
        ("mode", 7.0),
        ("year", 0.0),
        ("popularity", 101.0),
    ],
)
def test_a_number_out_of_range_is_no_answer(column, value):
    filled = fill_in(tracks({"track_id": "a"}), [Listed("odd", heard("a") | {column: value})])

    assert pd.isna(filled.tracks.loc[0, column])


def test_a_closed_source_is_remembered_and_the_next_one_is_asked():
    closed, open_ = Listed("closed", problem=NotOffered("Closed.")), Listed("open", heard("a"))

    filled = fill_in(tracks({"track_id": "a"}, {"track_id": "b"}), [closed, open_])

    assert isinstance(filled.stopped["closed"], NotOffered)
    assert has_audio(filled.tracks).tolist() == [True, False]
    assert closed.asked == []


def test_a_busy_source_keeps_what_it_said_and_the_rest_waits():
    busy = Listed("busy", heard("a"), at_once=1, problem=SourceBusy("Later.", 60), patience=2)

    filled = fill_in(tracks({"track_id": "a"}, {"track_id": "b"}, {"track_id": "c"}), [busy])

    assert has_audio(filled.tracks).tolist() == [True, False, False]
    assert filled.missed == {"busy": ("b",)} and filled.stopped["busy"].retry_after == 60


def test_a_track_another_source_knows_does_not_wait():
    filled = fill_in(
        tracks({"track_id": "a"}), [Listed("busy", problem=SourceBusy("Later.", 60)), Listed("open", heard("a"))]
    )

    assert has_audio(filled.tracks).tolist() == [True]


def test_remembered_misses_are_not_asked_again():
    source = Listed("online", heard("a"), heard("b"))

    filled = fill_in(tracks({"track_id": "a"}, {"track_id": "b"}), [source], asked_before={"online": ["b"]})

    assert source.asked == [["a"]]
    assert has_audio(filled.tracks).tolist() == [True, False]


def test_what_our_own_tables_lack_is_not_remembered():
    filled = fill_in(tracks({"track_id": "a"}), [Listed("catalogue", is_online=False)])

    assert has_audio(filled.tracks).tolist() == [False]
    assert filled.missed == {}, "nothing was sent, so there is nothing to remember"


def test_a_source_is_not_asked_what_it_cannot_know():
    source = Listed("online", heard("a"), cannot=("b",))

    filled = fill_in(tracks({"track_id": "a"}, {"track_id": "b"}), [source])

    assert source.asked == [["a"]] and has_audio(filled.tracks).tolist() == [True, False]


def test_a_source_is_asked_as_many_as_it_takes_at_once():
    source = Listed("online", at_once=2)

    fill_in(tracks(*({"track_id": name} for name in "abcde")), [source])

    assert source.asked == [["a", "b"], ["c", "d"], ["e"]]


def test_rows_keep_their_order_and_the_table_stays_sound():
    table = tracks(*({"track_id": name} for name in "cab"))

    filled = fill_in(table[::-1], [Listed("online", heard("a"), heard("zzz"))])

    assert filled.tracks["track_id"].tolist() == ["b", "a", "c"]
    check_tracks(filled.tracks)
    assert filled.tracks.dtypes.equals(table.dtypes)


@pytest.mark.parametrize("table", [empty_tracks()])
def test_no_tracks_ask_nobody(table):
    source = Listed("online")

    filled = fill_in(table, [source])

    assert filled.tracks.empty and source.asked == []


def test_without_sources_nothing_is_known():
    filled = fill_in(tracks({"track_id": "a"}), [])

    assert has_audio(filled.tracks).tolist() == [False]


def test_an_empty_answer_changes_nothing():
    table = tracks({"track_id": "a"})

    assert with_answers(table, pd.DataFrame(columns=["track_id", *AUDIO]), "x") is table
