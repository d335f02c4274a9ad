"""How the progress of a sync is reported."""

from datetime import UTC, datetime

import pytest

from recsys.times import to_iso


@pytest.mark.parametrize("microsecond", [0, 1, 10, 471_600, 500_000, 999_999])
def test_a_moment_comes_back_from_the_store_as_it_was_stored(world, microsecond):
    sent_at = to_iso(datetime(2026, 11, 20, 12, 0, 30, microsecond, UTC))
    world.store.log_sent("ada", "ReccoBeats", "track ids", 1, sent_at)
    assert world.store.sent("ada")["at"].tolist() == [sent_at]
    assert datetime.fromisoformat(sent_at).microsecond == microsecond
