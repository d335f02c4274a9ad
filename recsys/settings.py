"""Settings from the environment, `.env` and `secrets.toml`. Nothing is required; what is half given is named."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values

from recsys.errors import SettingsProblem
from recsys.parsing import parse_toml

SECRETS: Final = Path(__file__).resolve().parents[1] / ".streamlit" / "secrets.toml"
DOTENV: Final = Path(__file__).resolve().parents[1] / ".env"


@dataclass(frozen=True)
class Settings:
    """
    Everything that can be set from outside, with defaults that work on a fresh machine.

    Attributes
    ----------
    data_folder : Path
        Where the embedded store, the secret key and the catalogue live (`TONEARM_DATA`).
    catalogue : str
        Path or https address of the Parquet catalogue (`TONEARM_CATALOGUE`).
    catalogues : str or None
        Another registry of catalogues that can be fetched, a file or an address (`TONEARM_CATALOGUES`).
    catalogue_installers : str
        Who may install a catalogue for everybody from the app: "loopback" (everybody who reaches it on this host),
        "everyone" or "nobody" (`TONEARM_CATALOGUE_INSTALLERS`). The command line always may.
    public_url : str
        Where browsers reach the app (`PUBLIC_URL`), written as browsers write an origin: lower case, no path, no
        default port. Spotify refuses `localhost`.
    requests_a_minute : int
        The API requests, and as many uploads, that one caller may send in a minute (`TONEARM_REQUESTS_A_MINUTE`); one
        address may send five times as many, and 0 sets no limit.
    metrics_token : str or None
        Lets its holder read `/metrics` from anywhere (`TONEARM_METRICS_TOKEN`).
    weekly_lists : str
        Who renews weekly lists (`TONEARM_WEEKLY_LISTS`): a timer in the "app", or `tonearm refresh` from "cron"; "off"
        offers none.
    spotify_client_id, spotify_client_secret : str or None
        The Spotify app (`SPOTIFY_CLIENT_ID`, and `SPOTIFY_CLIENT_SECRET`, which PKCE makes optional).
    spotify_accounts_url, spotify_api_url, reccobeats_url, listenbrainz_url : str
        Hosts, to be pointed elsewhere in tests.
    app_secret_key : str or None
        Encrypts tokens at rest (`APP_SECRET_KEY`); one is made and stored in the data folder when absent.
    app_secret_key_former : str or None
        Secrets used before, separated by blanks (`APP_SECRET_KEY_FORMER`): what they encrypted can still be read.
    supabase_url, supabase_publishable_key, supabase_secret_key : str or None
        All three, or none: the hosted store.
    """

    data_folder: Path
    catalogue: str
    catalogues: str | None = None
    catalogue_installers: Literal["loopback", "everyone", "nobody"] = "loopback"
    public_url: str = "http://127.0.0.1:8501"
    requests_a_minute: int = 120
    metrics_token: str | None = field(default=None, repr=False)
    weekly_lists: Literal["app", "cron", "off"] = "app"
    spotify_client_id: str | None = None
    spotify_client_secret: str | None = field(default=None, repr=False)
    spotify_accounts_url: str = "https://accounts.spotify.com"
    spotify_api_url: str = "https://api.spotify.com"
    reccobeats_url: str = "https://api.reccobeats.com"
    listenbrainz_url: str = "https://labs.api.listenbrainz.org"
    app_secret_key: str | None = field(default=None, repr=False)
    app_secret_key_former: str | None = field(default=None, repr=False)
    supabase_url: str | None = None
    supabase_publishable_key: str | None = field(default=None, repr=False)
    supabase_secret_key: str | None = field(default=None, repr=False)

    @property
    def has_catalogue(self) -> bool:
        """True when a catalogue is installed or named by an address."""
        return "://" in self.catalogue or Path(self.catalogue).exists()

    @property
    def has_spotify(self) -> bool:
        """True when a Spotify app is configured."""
        return bool(self.spotify_client_id)

    @property
    def has_supabase(self) -> bool:
        """True when the hosted store is configured."""
        return bool(self.supabase_url)

    @property
    def is_https(self) -> bool:
        """True when browsers reach the app over TLS, so cookies can be marked Secure."""
        return self.public_url.startswith("https://")

    @property
    def has_own_address(self) -> bool:
        """True when the owner set `PUBLIC_URL` to another address than the one that is assumed without it."""
        return self.public_url != Settings.public_url

    @property
    def is_loopback(self) -> bool:
        """True when the app's own address is on this host only, so that only users of this host reach it."""
        return urlsplit(self.public_url).hostname in ("127.0.0.1", "::1")

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, secrets: Path = SECRETS, dotenv: Path = DOTENV
    ) -> "Settings":
        """
        Read the environment over `.env` over the secrets file.

        Raises
        ------
        SettingsProblem
            The secrets file is not TOML, an address is not http(s), a setting is none of its words, a
            count is not a number, the registry is no file, the data folder is in the home of a user who does not
            exist, or only some of the Supabase settings are given.
        """
        in_file = {key: value for key, value in dotenv_values(dotenv).items() if value}
        given = {**_secrets(secrets), **in_file, **(os.environ if environ is None else environ)}
        folder = _data_folder(given)
        values: dict[str, Any] = {name: given[key] for name, key in _KEYS.items() if given.get(key)}
        for name in values:
            if name.endswith("_url"):
                values[name] = _address(_KEYS[name], values[name])
        if "requests_a_minute" in values:
            key, count = _KEYS["requests_a_minute"], values["requests_a_minute"]
            if not re.fullmatch("[0-9]{1,6}", count.strip()):
                raise SettingsProblem(f"{key} must be a whole number such as 120, not “{count}”.")
            values["requests_a_minute"] = int(count)
        for name, words in _CHOICES.items():
            if values.get(name, words[0]) not in words:
                raise SettingsProblem(f"{_KEYS[name]} must be one of: {', '.join(words)}.")
        registry = values.get("catalogues", "")
        if registry and "://" not in registry and not Path(registry).is_file():
            raise SettingsProblem(f"{_KEYS['catalogues']} must be an address or a file, and {registry} is no file.")
        settings = cls(folder, given.get("TONEARM_CATALOGUE") or str(folder / "catalogue.parquet"), **values)
        parts = {name: getattr(settings, name) for name in _KEYS if name.startswith("supabase_")}
        missing = [_KEYS[name] for name, value in parts.items() if not value]
        if missing and len(missing) < len(parts):
            raise SettingsProblem(f"Supabase is only partly configured: set {' and '.join(missing)} as well, or none.")
        return settings


_CHOICES: Final = {
    "catalogue_installers": ("loopback", "everyone", "nobody"),
    "weekly_lists": ("app", "cron", "off"),
}
"""Settings that are one of a few words, the first by default."""

_KEYS: Final = {
    "catalogues": "TONEARM_CATALOGUES",
    "catalogue_installers": "TONEARM_CATALOGUE_INSTALLERS",
    "public_url": "PUBLIC_URL",
    "requests_a_minute": "TONEARM_REQUESTS_A_MINUTE",
    "metrics_token": "TONEARM_METRICS_TOKEN",
    "weekly_lists": "TONEARM_WEEKLY_LISTS",
    "spotify_client_id": "SPOTIFY_CLIENT_ID",
    "spotify_client_secret": "SPOTIFY_CLIENT_SECRET",
    "spotify_accounts_url": "SPOTIFY_ACCOUNTS_URL",
    "spotify_api_url": "SPOTIFY_API_URL",
    "reccobeats_url": "RECCOBEATS_URL",
    "listenbrainz_url": "LISTENBRAINZ_URL",
    "app_secret_key": "APP_SECRET_KEY",
    "app_secret_key_former": "APP_SECRET_KEY_FORMER",
    "supabase_url": "SUPABASE_URL",
    "supabase_publishable_key": "SUPABASE_PUBLISHABLE_KEY",
    "supabase_secret_key": "SUPABASE_SECRET_KEY",
}


def _secrets(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        stored = parse_toml(path.read_text("utf-8"))
    except ValueError as problem:
        raise SettingsProblem(f"{path} is not valid TOML: {problem}.") from problem
    return {key: str(value) for key, value in stored.items() if not isinstance(value, dict)}


def _data_folder(given: Mapping[str, str]) -> Path:
    folder = Path(given.get("TONEARM_DATA") or _platform_folder(given))
    try:
        return folder.expanduser()
    except RuntimeError as problem:
        raise SettingsProblem(f"TONEARM_DATA is {folder}, and there is no user “{folder.parts[0][1:]}”.") from problem


def _platform_folder(given: Mapping[str, str]) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(given.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Tonearm"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Tonearm"
    return Path(given.get("XDG_DATA_HOME") or home / ".local" / "share") / "tonearm"


def _address(key: str, value: str) -> str:
    """The address without a trailing slash, and without the version of an interface, which is ours to add."""
    value = value.strip().rstrip("/")
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingsProblem(f"{key} must be an address such as http://127.0.0.1:8501, not “{value}”.")
    if key != "PUBLIC_URL":
        return value.removesuffix("/v1")
    # As browsers write it into `Origin`, which is compared letter by letter (RFC 6454, 6.2).
    try:
        host = parts.netloc.lower().encode("idna").decode()
    except UnicodeError:
        host = ""
    if not re.fullmatch(r"[a-z0-9._@:\[\]-]+", host):
        raise SettingsProblem(f"PUBLIC_URL must name a host such as tonearm.example, not “{parts.netloc}”.")
    if parts.hostname == "localhost":
        corrected = f"{parts.scheme}://{host.replace('localhost', '127.0.0.1')}"
        raise SettingsProblem(f"PUBLIC_URL must not say localhost: Spotify refuses it. Use {corrected}.")
    if parts.path or parts.query or parts.fragment or "@" in host:
        raise SettingsProblem("PUBLIC_URL must end with the host and port: the app is at the root of its host.")
    return f"{parts.scheme}://{host.removesuffix(':443' if parts.scheme == 'https' else ':80')}"
