"""`tonearm refresh`: renew the weekly lists of all listeners whose day has come; for cron."""

import json
from contextlib import closing

import click

from recsys.app.container import Container
from recsys.errors import SettingsProblem
from recsys.services.weekly import Report
from recsys.settings import Settings

EPILOG = """\b
Examples:
  tonearm refresh
  tonearm refresh --json
  15 5 * * * tonearm refresh    # in a crontab: every morning, whichever day each listener chose

\b
Run it with the settings of the app, beside it or in its place; a list that is of this week already is left alone.
--json prints {asked, renewed, fresh, stopped, failed, problems}; asked is the sum of the next four. The exit status is
1 when a list failed, and 2 when nothing could be done at all.
"""


@click.command("refresh", epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print a report as JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Renew the weekly lists of all listeners who asked for one and whose day has come."""
    settings = Settings.from_environment()
    if settings.weekly_lists == "off":
        raise SettingsProblem("Weekly lists are off: set TONEARM_WEEKLY_LISTS to app or cron.")
    with closing(Container(settings)) as container:
        report = container.weekly.refresh()
    click.echo(json.dumps(as_json_report(report), indent=1, ensure_ascii=False) if as_json else as_text(report))
    ctx.exit(1 if report.failed else 0)


def as_json_report(report: Report) -> dict[str, object]:
    """The report as plain values."""
    return {
        "asked": report.asked,
        "renewed": report.renewed,
        "fresh": report.fresh,
        "stopped": report.stopped,
        "failed": len(report.failed),
        "problems": [{"listener": listener, "reason": reason} for listener, reason in report.failed.items()],
    }


def as_text(report: Report) -> str:
    """The report as lines to read."""
    stopped = f" + {report.stopped:,} stopped" if report.stopped else ""
    lines = [
        f"{report.asked:,} weekly lists = {report.renewed:,} renewed + {report.fresh:,} of this week already"
        f"{stopped} + {len(report.failed):,} failed."
    ]
    return "\n".join([*lines, *(f"  {listener}: {reason}" for listener, reason in report.failed.items())])
