"""What `tonearm batch` shows while it runs; its lists are in `tests.batch`."""

from recsys.commands.batch import Progress


def shown(monkeypatch, capsys, is_watched):
    now = [0.0]
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_watched)
    progress = Progress(lambda: now[0])
    progress(40, 100)  # an earlier run had made 40
    now[0] = 20.0
    progress(60, 100)
    now[0] = 60.0
    progress(100, 100)
    return [line.strip() for line in capsys.readouterr().err.replace("\r", "\n").splitlines() if line.strip()]


def test_whoever_watches_sees_how_many_are_ranked_and_the_time_left(monkeypatch, capsys):
    assert shown(monkeypatch, capsys, is_watched=True) == [
        "40 of 100 listeners",
        "60 of 100 listeners, 40 s left",
        "100 of 100 listeners, 0 s left",
    ]


def test_a_log_file_gets_no_progress(monkeypatch, capsys):
    assert shown(monkeypatch, capsys, is_watched=False) == []
