"""Mutated exports are read or refused with a sentence, never worse; what `make fuzz` found once stays refused."""

import pytest

from tests.fuzz import FOUND, SEEDS, Fuzzed, attempt, fuzz


@pytest.mark.parametrize("importer", SEEDS)
def test_mutated_files_neither_crash_nor_hang(importer):
    fuzzed = fuzz(importer, 40, is_repeatable=True)

    assert fuzzed.tried >= 40
    assert fuzzed.crashes == 0


def test_files_that_were_found_once_are_read_or_refused():
    for path in sorted(FOUND.glob("*")):
        fuzzed = Fuzzed(path.name)
        attempt(path.read_bytes(), fuzzed)
        assert fuzzed.crashes == 0, path.name
