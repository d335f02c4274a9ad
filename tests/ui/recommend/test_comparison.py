"""The list against the listener, in words and as a radar."""

from recsys.core.model.features import AUDIO_FEATURES, NUMBER_FEATURES
from recsys.ui.recommend.comparison import compared_in_words, compared_radar

MIDDLE = {f.name: 0.0 for f in NUMBER_FEATURES}


def test_the_largest_differences_are_named_first():
    said = compared_in_words(MIDDLE, MIDDLE | {"energy": -0.6, "acousticness": 1.5, "valence": 0.1})

    assert said == "More acoustic and calmer than your own music."


def test_a_list_like_the_listener_is_said_to_be_close():
    assert compared_in_words(MIDDLE, MIDDLE) == "Close to your own music."
    assert compared_in_words(MIDDLE, MIDDLE, starts_elsewhere=True) == "Close to what it starts from."


def test_what_is_unknown_of_either_is_not_compared():
    assert compared_in_words(MIDDLE | {"energy": None}, MIDDLE | {"energy": 3.0}).startswith("Close")
    assert compared_in_words(MIDDLE, MIDDLE | {"energy": None}).startswith("Close")


def test_the_radar_has_a_gap_where_a_feature_is_unknown():
    drawn = compared_radar(MIDDLE, MIDDLE | {"energy": None}, "Close.")

    you, of_list = (outline["values"] for outline in drawn["outlines"])
    assert you == [0.5] * len(AUDIO_FEATURES)
    assert of_list[1] is None
    assert drawn["axes"][1] == "Energy"
    assert drawn["words"] == "Radar: this list against you. Close."


def test_what_is_known_of_no_song_is_not_called_close():
    nothing = dict.fromkeys(MIDDLE)

    assert compared_in_words(nothing | {"year": 0.0}, MIDDLE) == "We don’t know yet how your songs sound."


def test_a_list_of_songs_whose_sound_is_unknown_says_what_it_goes_by():
    known = dict.fromkeys(MIDDLE) | {"year": 0.0, "duration": 0.0}
    made_of = ["Release year", "Duration"]

    assert compared_in_words(known, MIDDLE, made_of=made_of) == (
        "We don’t know yet how your songs sound: this list goes by release year and duration."
    )
    assert compared_in_words(known, MIDDLE, starts_elsewhere=True, made_of=made_of) == (
        "We don’t know how these songs sound: this list goes by release year and duration."
    )


def test_what_a_list_starts_from_is_named_in_place_of_the_listener():
    drawn = compared_radar(MIDDLE, MIDDLE, "Close.", "“Idle Elder”")

    assert drawn["outlines"][0]["name"] == "“Idle Elder”"
    assert drawn["words"] == "Radar: this list against “Idle Elder”. Close."
