"""`check`: what is in a file, and what would be imported from it."""

import json
import sys
from pathlib import Path

import click

from recsys.core.insights.wording import counted
from recsys.errors import UnreadableFile
from recsys.importers.any_file import read_file
from recsys.importers.report import FileReport

SHOWN_PROBLEMS = 5


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list with one object per file.")
def command(files: tuple[Path, ...], as_json: bool) -> None:
    """
    Say what FILE... are and what would be imported: CSV, JSON, Parquet, .xlsx, .ods, or a ZIP or gzip of those.

    Every row is accounted for: rows = tracks + duplicates + skipped. Notes say in sentences what was repaired, which
    encoding was recognised and which columns were not used; in --json they are the list "notes". If a file cannot be
    read, the others are still reported and the exit status is 2.

    \b
    Examples:
      tonearm check liked_songs.csv
      tonearm check my_spotify_data.zip --json
    """
    answers: list[FileReport | UnreadableFile] = []
    for path in files:
        try:
            answers.append(read_file(path, str(path)).report)
        except UnreadableFile as problem:
            answers.append(problem)
    if as_json:
        reports = [
            {"file": str(path), "error": str(answer)} if isinstance(answer, UnreadableFile) else answer.as_json()
            for answer, path in zip(answers, files, strict=True)
        ]
        click.echo(json.dumps(reports, indent=2))
    else:
        for answer in answers:
            _print(answer)
    if any(isinstance(answer, UnreadableFile) for answer in answers):
        sys.exit(2)


def _print(answer: FileReport | UnreadableFile) -> None:
    if isinstance(answer, UnreadableFile):
        click.echo(f"Error: {answer}", err=True)
        return
    skipped = sum(answer.skipped.values())
    click.echo(f"{answer.file}: {answer.format}")
    click.echo(
        f"  {counted(answer.rows, 'row')} = {counted(answer.tracks, 'track')} + "
        f"{counted(answer.duplicates, 'duplicate')} + {skipped:,} skipped"
    )
    for reason, count in answer.skipped.items():
        click.echo(f"    {count:,} skipped: {reason}")
    click.echo(f"  {counted(answer.with_features, 'track')} with audio features")
    for problem in answer.problems[:SHOWN_PROBLEMS]:
        click.echo(f"  {problem.sentence}")
    if answer.problem_count > SHOWN_PROBLEMS:
        click.echo(
            f"  and {counted(answer.problem_count - SHOWN_PROBLEMS, 'more value was', 'more values were')} left empty."
        )
    for note in answer.notes:
        click.echo(f"  {note}")
