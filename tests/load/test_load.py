"""What `make load` reports: its figures, and that it notices what must not happen."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.bench.invented import invented
from tests.load.__main__ import api, moves, taste, wrong
from tests.load.figures import percentiles, slope
from tests.load.listener import Listener
from tests.load.served import served


def test_listeners_move_open_taste_and_ask_the_api_and_see_only_their_own_rows(tmp_path, capsys):
    catalogue = tmp_path / "songs.parquet"
    pq.write_table(pa.Table.from_pandas(invented(2_000), preserve_index=False), catalogue)
    # In a thread of its own, because the browser tests leave an event loop running in the main one.
    with served(2, catalogue) as (servers, session_ids), ThreadPoolExecutor(1) as own_thread:
        trouble = own_thread.submit(moves, servers, session_ids, seconds=1, think_s=0.1).result()
        trouble += own_thread.submit(taste, servers, session_ids).result()
        trouble += own_thread.submit(api, servers, session_ids, seconds=0.5, is_repeated=True).result()
    assert trouble == []
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == [
        "2 listeners",
        "Taste opened by 2 at once",
        "API, the same list again",
    ]
    assert " 0.0 moves/s" not in printed[0] and " 0 a second" not in printed[2]


def test_rows_of_another_listener_errors_and_rows_that_never_came_are_trouble():
    fine = Listener("", "", titles_of=Counter({0: 7}))
    curious = Listener("", "", titles_of=Counter({0: 1, 1: 7}))
    failed = Listener("", "", errors=["an exception"])
    assert wrong([fine]) == []
    assert wrong([fine, curious, failed]) == [
        "listener 2: an exception",
        "listener 1 saw rows of [0]",
        "listener 2 saw no row of their own",
    ]


def test_waiting_times_are_reported_in_milliseconds():
    assert percentiles([0.1] * 19 + [1.1]) == "p50 100 ms, p95 150 ms, at most 1,100 ms"
    assert percentiles([]) == "no answer"


def test_a_slope_is_reported_with_its_interval_and_a_jump_is_none():
    minutes = [at / 10 for at in range(100)]
    growth, low, high = slope(minutes, [500 + 2 * at for at in minutes])
    assert growth == pytest.approx(2) and low <= 2 <= high
    jump = [500.0 + 50 * (at > 9) for at in minutes]
    assert slope(minutes, jump)[0] == 0
