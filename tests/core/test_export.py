"""CSV that is safe to open and can be read back."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.export import to_csv, without_guard

STARTS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def cells(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1+1", "＝1+1", "＋1", "－1", "＠a"])
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(cell):
    assert cells(to_csv(pd.DataFrame({"title": [cell]})))[1] == [f"'{cell}"]


@pytest.mark.parametrize("end", [";", "\t", "\n", "\r"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_formula_after_what_ends_a_cell_elsewhere_is_guarded(end, sign):
    cell = f"Ann{end}{sign}1{end}'{sign}2"

    assert cells(to_csv(pd.DataFrame({"title": [cell]})))[1] == [f"Ann{end}'{sign}1{end}''{sign}2"]


def test_numbers_stay_numbers_and_missing_values_stay_empty():
    table = pd.DataFrame({"loudness": [-7.5, np.nan], "rank": [1, 2], "album": [None, "x"]})

    assert cells(to_csv(table)) == [["loudness", "rank", "album"], ["-7.5", "1", ""], ["", "2", "x"]]


def test_whole_numbers_are_written_without_decimals():
    table = pd.DataFrame({"year": [2019.0, np.nan], "energy": [1.0, 0.5], "score": [np.inf, 1.0], "big": [1e300, 1.0]})

    assert cells(to_csv(table))[1:] == [["2019", "1.0", "inf", "1e+300"], ["", "0.5", "1.0", "1.0"]]


def test_a_note_is_in_every_row():
    assert cells(to_csv(pd.DataFrame({"a": ["x", "y"]}), note="demo data")) == [
        ["a", "note"],
        ["x", "demo data"],
        ["y", "demo data"],
    ]


def test_a_header_is_guarded_too():
    assert cells(to_csv(pd.DataFrame({"=cmd": ["x"]})))[0] == ["'=cmd"]


def test_an_empty_table_is_a_header():
    assert cells(to_csv(pd.DataFrame({"a": pd.Series([], dtype="str")}))) == [["a"]]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), min_size=1))
def test_every_title_comes_back_as_it_was(titles):
    rows = cells(to_csv(pd.DataFrame({"title": pd.Series(titles, dtype="object"), "n": 1})))[1:]

    assert [without_guard(row[0]) for row in rows] == titles
    assert not any(row[0].startswith(STARTS_A_FORMULA) for row in rows)
