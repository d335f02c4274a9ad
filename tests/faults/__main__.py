"""Runs the whole fault matrix against an invented Spotify and prints a table: `make faults`."""

import logging
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import httpx

from tests.fakes.spotify import FakeSpotify
from tests.faults.matrix import cases, run


def main():
    logging.disable(logging.CRITICAL)
    tried, lost, doubled, wrong = (defaultdict(int) for _ in range(4))
    said = []
    with FakeSpotify() as spotify, httpx.Client(timeout=30) as http, tempfile.TemporaryDirectory() as folder:
        for number, (kind, fault, stage, case) in enumerate(cases()):
            outcome = run(case, spotify, Path(folder) / str(number), http)
            tried[kind] += 1
            lost[kind] += outcome.lost
            doubled[kind] += outcome.doubled
            wrong[kind] += len(outcome.wrong)
            if outcome.lost or outcome.doubled or outcome.wrong:
                said.append(f"{kind}: {fault}, {stage}: {outcome}")
    print(f"{'what was tried':<18}{'cases':>7}{'lost':>7}{'doubled':>9}{'wrong':>7}")
    for kind in tried:
        print(f"{kind:<18}{tried[kind]:>7}{lost[kind]:>7}{doubled[kind]:>9}{wrong[kind]:>7}")
    print(
        f"{'all':<18}{sum(tried.values()):>7}{sum(lost.values()):>7}{sum(doubled.values()):>9}{sum(wrong.values()):>7}"
    )
    print(*said, sep="\n")
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
