"""Checks of a Supabase project, step by step, each naming what to change: for `tonearm doctor`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from recsys.errors import SettingsProblem
from recsys.parsing import parse_json_object

TABLES: Final = (
    *("profiles", "user_tracks", "track_origins", "plays", "recommendations", "recipes", "feedback"),
    *("feature_misses", "pool_tracks", "sync_state", "sent_log", "weekly_lists", "weekly_songs"),
    *("spotify_tokens", "supabase_tokens", "sessions", "leases", "app_state"),
)
FUNCTIONS: Final = {
    "save_tracks": ("rows",),
    "library": ("after", "at_most"),
    "remove_tracks": ("track_ids",),
    "save_origins": ("rows",),
    "remove_origins": ("place", "track_ids"),
    "save_plays": ("rows",),
    "replace_recommendations": ("rows",),
    "save_pool": ("rows", "at_most"),
    "save_weekly_songs": ("renewed", "rows", "at"),
    "export_rows": (),
    "count_rows": ("listener",),
    "begin_session": ("session", "replaces", "at"),
    "take_turn": ("turn", "new_holder", "at", "until"),
}
"""What `supabase/migrations` creates, functions with the names of their arguments; a test compares them."""

_UNKNOWN: Final = {"PGRST202", "PGRST205", "42P01", "42883"}
_REFUSED: Final = "42501"
_ADDRESS: Final = (
    "Copy the address of the project in the Supabase dashboard under Project Settings, Data API; a paused project is "
    "resumed there."
)
_KEYS: Final = "in the Supabase dashboard under Project Settings, API Keys"
_PROVIDERS: Final = "in the Supabase dashboard under Authentication, Sign In / Providers"
_URLS: Final = "in the Supabase dashboard under Authentication, URL Configuration"


@dataclass(frozen=True)
class SupabaseCheckup:
    """
    The project of these settings, asked without a listener.

    `redirect_uri` is the app's return address, `spotify_client_id` the Spotify app whose tokens the app renews.
    """

    url: str
    publishable_key: str
    secret_key: str
    redirect_uri: str
    spotify_client_id: str | None
    http: httpx.Client

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What must be true, in the order to fix it, with a function that raises `SettingsProblem` when it is not."""
        return [
            ("Supabase answers at SUPABASE_URL", self.answers),
            ("SUPABASE_PUBLISHABLE_KEY is accepted", self.accepts_publishable_key),
            ("SUPABASE_SECRET_KEY is accepted", self.accepts_secret_key),
            ("the migrations are applied", self.has_all_migrations),
            ("the server may use every table", self.grants_the_server),
            ("visitors may use no table", self.grants_visitors_nothing),
            ("Spotify is a way to sign in", self.has_spotify),
            ("it is the only one", self.has_nothing_but_spotify),
            ("new listeners may sign in", self.is_open),
            ("nobody has to confirm an e-mail address", self.confirms_no_email),
            ("Supabase uses the Spotify app of SPOTIFY_CLIENT_ID", self.uses_our_spotify_app),
            ("browsers may come back to the app", self.lets_browsers_back),
        ]

    def answers(self) -> None:
        """Something that is Supabase's Auth answers at the address."""
        answer = self._ask("/auth/v1/settings", self.publishable_key)
        is_json = "json" in answer.headers.get("content-type", "")
        if answer.status_code not in (200, 401, 403) or not is_json:
            raise SettingsProblem(f"What answers at {self.url} is not a Supabase project. {_ADDRESS}")

    def accepts_publishable_key(self) -> None:
        """The publishable key is one of this project, and not the secret one."""
        if self._ask("/auth/v1/settings", self.publishable_key).status_code != 200:
            raise SettingsProblem(f"Supabase does not know this key. Copy the publishable one {_KEYS}.")
        if self._lets_the_server_in(self.publishable_key):
            raise SettingsProblem(f"This is a secret key. Copy the publishable one {_KEYS}.")

    def accepts_secret_key(self) -> None:
        """The secret key is one of this project, and not the publishable one."""
        if not self._lets_the_server_in(self.secret_key):
            raise SettingsProblem(f"With this key Supabase does not let the server in. Copy the secret one {_KEYS}.")

    def has_all_migrations(self) -> None:
        """Every table and function of this version is there."""
        # The code of the refusal to call each function. Nothing is done: visitors may call none.
        codes = {
            **{name: self._reading(name, self.secret_key) for name in TABLES},
            **{
                name: _code(self._ask(f"/rest/v1/rpc/{name}", self.publishable_key, dict.fromkeys(arguments)))
                for name, arguments in FUNCTIONS.items()
            },
        }
        absent = [name for name, code in codes.items() if code in _UNKNOWN]
        if absent:
            raise SettingsProblem(
                f"The project lacks {absent[0]} ({len(absent)} of {len(codes)} tables and functions are missing). "
                "Apply the migrations: supabase link, then supabase db push --remote."
            )

    def grants_the_server(self) -> None:
        """The secret key reads every table."""
        codes = {name: self._reading(name, self.secret_key) for name in TABLES}
        refused = [name for name, code in codes.items() if code == _REFUSED]
        broken = [code for code in codes.values() if code not in ("", _REFUSED)]
        if broken:
            raise SettingsProblem(
                f"Supabase's Data API does not expose the tables (code {broken[0]}). Under Project Settings, Data API, "
                "switch it on with “public” among the exposed schemas."
            )
        if refused:
            raise SettingsProblem(
                f"The server may not read {refused[0]}. In the SQL editor, run the lines that begin with “grant” in "
                "the file in supabase/migrations that creates it."
            )

    def grants_visitors_nothing(self) -> None:
        """Without a sign-in every table refuses, and with it every function: they run as their caller."""
        allowed = [name for name in TABLES if self._reading(name, self.publishable_key) != _REFUSED]
        if allowed:
            raise SettingsProblem(
                f"Anybody may read {allowed[0]} without signing in. In the SQL editor, run the lines that begin with "
                "“revoke” in the file in supabase/migrations that creates it."
            )

    def has_spotify(self) -> None:
        """The provider is switched on."""
        if not self._settings().get("external", {}).get("spotify"):
            raise SettingsProblem(f"Switch on Spotify {_PROVIDERS}, with the client id and secret of your Spotify app.")

    def has_nothing_but_spotify(self) -> None:
        """Listeners who sign in another way have rows of their own, and no Spotify."""
        others = [name for name, is_on in self._settings().get("external", {}).items() if is_on and name != "spotify"]
        if others:
            raise SettingsProblem(f"Switch off {', '.join(others)} {_PROVIDERS}: strangers could fill the database.")

    def is_open(self) -> None:
        """A first sign-in makes a user."""
        if self._settings().get("disable_signup"):
            raise SettingsProblem(f"Switch on “Allow new users to sign up” {_PROVIDERS}.")

    def confirms_no_email(self) -> None:
        """Addresses count as confirmed: those that Spotify reports never are."""
        if not self._settings().get("mailer_autoconfirm"):
            raise SettingsProblem(
                f"Switch off “Confirm email” {_PROVIDERS}, Email. Spotify never confirms an address, so every first "
                "sign-in would be refused."
            )

    def uses_our_spotify_app(self) -> None:
        """Spotify's tokens can be renewed by us only if they were given to the same app."""
        theirs = parse_qs(urlsplit(self._begin_sign_in()).query).get("client_id", [""])[0]
        if theirs != self.spotify_client_id:
            raise SettingsProblem(
                f"Supabase signs in with another Spotify app ({theirs}). Put its id and secret into SPOTIFY_CLIENT_ID "
                f"and SPOTIFY_CLIENT_SECRET, or change it {_PROVIDERS}, Spotify."
            )

    def lets_browsers_back(self) -> None:
        """A sign-in that is cancelled at once comes back to the app, and not silently to the project's site."""
        state = parse_qs(urlsplit(self._begin_sign_in()).query).get("state", [""])[0]
        cancelled = self._send("GET", f"{self.url}/auth/v1/callback", params={"error": "access_denied", "state": state})
        returned = cancelled.headers.get("location", "")
        if not returned.startswith(self.redirect_uri):
            where = returned.split("?")[0] or "nowhere"
            raise SettingsProblem(
                f"Supabase would send browsers to {where} instead of {self.redirect_uri}. Add {self.redirect_uri} to "
                f"the redirect URLs {_URLS}."
            )

    def _begin_sign_in(self) -> str:
        """Where a browser that wants to sign in would be sent."""
        asked = {
            "provider": "spotify",
            "redirect_to": self.redirect_uri,
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",  # the example of RFC 7636
            "code_challenge_method": "s256",
        }
        return str(self._send("GET", f"{self.url}/auth/v1/authorize", params=asked).headers.get("location", ""))

    def _lets_the_server_in(self, key: str) -> bool:
        return self._ask("/auth/v1/admin/users?per_page=1", key).status_code == 200

    def _settings(self) -> dict[str, Any]:
        return _object(self._ask("/auth/v1/settings", self.publishable_key))

    def _reading(self, table: str, key: str) -> str:
        """The code of the refusal to read a table; "" where it is read."""
        return _code(self._ask(f"/rest/v1/{table}?limit=1", key))

    def _ask(self, path: str, key: str, json: dict[str, None] | None = None) -> httpx.Response:
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        return self._send("GET" if json is None else "POST", f"{self.url}{path}", headers=headers, json=json)

    def _send(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            return self.http.request(method, url, **more)
        except httpx.HTTPError:
            raise SettingsProblem(f"Nothing answers at {self.url}. {_ADDRESS}") from None


def _code(answer: httpx.Response) -> str:
    return "" if answer.is_success else str(_object(answer).get("code") or answer.status_code)


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that an answer holds; empty where it holds none."""
    try:
        return parse_json_object(answer.content)
    except ValueError:
        return {}
