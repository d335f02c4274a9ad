"""The command line: `tonearm COMMAND` or `python -m recsys COMMAND`. Each command is a file in `recsys/commands`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy and scikit-learn: a second thread only spins
os.environ.setdefault("OMP_NUM_THREADS", "1")

import errno
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Final

import click

from recsys import __version__
from recsys.app import logs
from recsys.errors import TonearmError

COMMANDS: Final = {
    "check": "Say what is in a file, and what would be imported from it.",
    "recommend": "Rank the catalogue for a library of files.",
    "catalogue": "Fetch, build or extend the catalogue of songs the app uses.",
    "demo": "Write the invented listeners and their catalogue as files.",
    "batch": "Rank the catalogue for every listener of a file or of the store.",
    "refresh": "Renew the weekly lists of all listeners; for cron.",
    "evaluate": "Measure how well hidden tracks are found again.",
    "doctor": "Check every step of the set-up and name the first that fails.",
}


class LazyGroup(click.Group):
    """Imports a command's file only when it is asked for, so that `--help` and small commands stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"recsys.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tonearm")
def tonearm() -> None:
    """Music recommendations you can steer, understand and take with you."""


def main() -> None:
    """Run the command line; every problem becomes one sentence on stderr and exit status 2."""
    logs.configure(level="WARNING")
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(tonearm(prog_name="tonearm", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        help_wanted.show()
        sys.exit(2)
    except (TonearmError, click.ClickException) as problem:
        sentence = problem.format_message() if isinstance(problem, click.ClickException) else str(problem)
        click.echo(f"Error: {sentence}", err=True)
        sys.exit(2)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        click.echo("Error: The disk is full, so not everything was written. Make room, and run this again.", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


def _end(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C, which removes temporary files and ends workers; without this they would stay."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
