"""What every feature source promises. A source's own test gives `source`, `known` and `unknown` (track tables)."""

import pandas as pd

from recsys.feature_sources.source import ANSWERS, AUDIO


class FeatureSourceContract:
    """Inherited by the tests of each source."""

    def test_what_it_knows_it_says(self, source, known):
        answer = source.look_up(known)

        assert sorted(answer["track_id"]) == sorted(known["track_id"])
        assert answer[AUDIO].notna().any(axis=1).all()

    def test_what_it_does_not_know_is_no_row(self, source, known, unknown):
        answer = source.look_up(pd.concat([unknown, known], ignore_index=True))

        assert set(answer["track_id"]) == set(known["track_id"])

    def test_knowing_nothing_is_an_empty_table(self, source, unknown):
        answer = source.look_up(unknown)

        assert answer.empty and "track_id" in answer

    def test_it_answers_only_what_may_be_answered(self, source, known):
        assert set(source.look_up(known)) <= {*ANSWERS, "track_id", "source"}

    def test_it_leaves_the_question_as_it_was(self, source, known):
        before = known.copy()

        source.look_up(known)

        pd.testing.assert_frame_equal(known, before)

    def test_it_says_whom_it_can_be_asked_about(self, source, known):
        asked = source.can_be_asked(known)

        assert asked.all() and asked.dtype == bool and asked.index.equals(known.index)

    def test_it_has_a_name_and_a_limit(self, source):
        assert source.name and source.at_once > 0 and isinstance(source.is_online, bool)
