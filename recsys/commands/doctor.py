"""`doctor`: every step of the set-up, with what to do about the first that fails."""

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import httpx

from recsys.app.catalogue_files import catalogue_tracks
from recsys.auth.encryption import KEY_FILE, cipher_for
from recsys.auth.spotify import checked_redirect
from recsys.catalogues.cached_file import is_address
from recsys.catalogues.checked_http import shown
from recsys.core.insights.wording import counted
from recsys.errors import SettingsProblem, TonearmError, UnreadableFile
from recsys.settings import Settings
from recsys.storage.hosted.checkup import SupabaseCheckup
from recsys.storage.sqlite.database import Database

Step = tuple[str, Callable[[], str | None]]
"""What must be true, and a function that raises a `TonearmError` when it is not; it may give a remark."""

TIMEOUT = 10.0


@click.command("doctor")
def command() -> None:
    """
    Check every step of the set-up: settings, data folder, keys, Spotify, and Supabase where it is configured.

    The first step that fails in a part is named with what to change; the rest of that part is not checked, and the
    exit status is 2. Nothing of any listener is read or changed.

    \b
    Examples:
      tonearm doctor
      SUPABASE_URL=https://x.supabase.co tonearm doctor
    """
    settings = Settings.from_environment()
    with httpx.Client(timeout=TIMEOUT) as http:
        here: list[Step] = [
            ("the data folder can be written", lambda: _writable(settings.data_folder)),
            ("the key that encrypts tokens is safe", lambda: _private_key(settings)),
            ("the embedded store can be opened", lambda: _store(settings.data_folder)),
            ("there is a catalogue", lambda: _catalogue(settings)),
        ]
        spotify: list[Step] = [("Spotify can be connected", lambda: _spotify_app(settings))]
        if settings.has_spotify:
            return_address = f"{settings.public_url}/callback"
            spotify.append(("Spotify accepts the return address", lambda: checked_redirect(return_address)))
        parts = [iter(here), iter(spotify)]
        if settings.has_supabase:
            checkup = SupabaseCheckup(
                str(settings.supabase_url),
                str(settings.supabase_publishable_key),
                str(settings.supabase_secret_key),
                f"{settings.public_url}/callback",
                settings.spotify_client_id,
                http,
            )
            parts.append(iter(checkup.steps()))
        is_well = all([_is_well(part) for part in parts])
    click.echo("Everything is in order." if is_well else "Fix what is marked, and run this again.")
    sys.exit(0 if is_well else 2)


def _is_well(steps: Iterator[Step]) -> bool:
    """Take the steps until one fails, saying how each went."""
    for says, check in steps:
        try:
            remark = check()
        except TonearmError as problem:
            click.echo(f"FAIL  {says}\n      {problem}")
            for unchecked, _ in steps:
                click.echo(f"  -   {unchecked} (not checked)")
            return False
        click.echo(f"  ok  {says}{f': {remark}' if remark else ''}")
    return True


def _writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError as problem:
        raise SettingsProblem(
            f"“{folder}” cannot be written ({problem.strerror}). Give yourself write access, or name another folder in "
            "TONEARM_DATA."
        ) from problem


def _private_key(settings: Settings) -> str:
    cipher_for(settings.app_secret_key, settings.app_secret_key_former, settings.data_folder)
    if settings.app_secret_key:
        return "APP_SECRET_KEY"
    path = settings.data_folder / KEY_FILE
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsProblem(f"Others on this computer can read “{path}”. Run: chmod 600 “{path}”")
    return str(path)


def _store(folder: Path) -> None:
    database = Database(folder / "tonearm.db")
    database.check()
    database.close()


def _catalogue(settings: Settings) -> str:
    if not settings.has_catalogue:
        is_named = Path(settings.catalogue).parent != settings.data_folder
        named = f", because TONEARM_CATALOGUE names {settings.catalogue}, which does not exist yet" if is_named else ""
        return f"the invented one{named}; install yours with: tonearm catalogue add FILE"
    try:
        tracks = catalogue_tracks(settings.catalogue, settings.data_folder)
    except UnreadableFile as problem:
        raise SettingsProblem(f"{problem} Correct TONEARM_CATALOGUE, or install another catalogue.") from problem
    where = shown(settings.catalogue) if is_address(settings.catalogue) else settings.catalogue
    return f"{where}, {counted(len(tracks), 'track')}"


def _spotify_app(settings: Settings) -> str | None:
    needed = {"SPOTIFY_CLIENT_ID": settings.spotify_client_id, "SPOTIFY_CLIENT_SECRET": settings.spotify_client_secret}
    missing = [name for name, value in needed.items() if not value]
    if settings.has_supabase and missing:
        raise SettingsProblem(
            f"Set {' and '.join(missing)}, to the Spotify app that Supabase signs in with: Supabase does not renew "
            "Spotify's tokens, so Tonearm must."
        )
    return None if settings.has_spotify else "no Spotify app is configured; the demo and files work without"
