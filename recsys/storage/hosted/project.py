"""A Supabase project, reached as the server or as one listener, with time limits and errors a listener can read.

supabase-py stores the last user who signed in on a client, so clients are never shared: the server's holds the secret
key and never signs in, a listener's is made for each use and holds their access token as a header, and Auth gets
one per call. All of them share one HTTP/1.1 connection pool (HTTP/2 in httpcore is not safe between threads).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
from postgrest.exceptions import APIError
from supabase import Client, ClientOptions, create_client
from supabase_auth.errors import AuthError, AuthRetryableError

from recsys.errors import NoRoom, StorageProblem
from recsys.metrics import STORE_ERRORS
from recsys.storage.quotas import SENTENCE

SECONDS: Final = 1.5
"""How long to wait for an answer. Connecting may take two thirds of that: all in all a page waits two seconds."""

SECONDS_A_MEGABYTE: Final = 2.0
"""How much longer when much is sent."""

SLOW_PATHS: Final = {"/rest/v1/rpc/export_rows": 60.0, "/auth/v1/admin/users/": 20.0}
"""Seconds for requests that are slow with a large library, by how the path begins: exporting it, and erasing it."""

_LIMITS: Final = httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=20)

_RULES: Final = "A row that breaks the rules of the store was refused; nothing was written."
_BEHIND: Final = (
    "The tables of the Supabase project are not those of this version. Apply the migrations: supabase db push --remote."
)
_SIGNED_OUT: Final = "The sign-in has run out. Sign in again."
OVER_QUOTA: Final = "54023"
_SENTENCES: Final = {
    "22P02": _RULES,
    "22P05": _RULES,
    "22007": _RULES,
    "22008": _RULES,
    "23502": _RULES,
    "23505": _RULES,
    "23514": _RULES,
    "21000": _RULES,
    "23503": "Supabase does not know this listener any more. Sign in again.",
    "42501": "Supabase refused access to a table. Check the project with: tonearm doctor.",
    "42P01": _BEHIND,
    "42703": _BEHIND,
    "42883": _BEHIND,
    "PGRST202": _BEHIND,
    "PGRST204": _BEHIND,
    "PGRST205": _BEHIND,
    "PGRST301": "Supabase does not accept the token. Sign in again; if that does not help, the keys are wrong.",
    "PGRST303": _SIGNED_OUT,
    "54000": "A name or an id is too long to be stored; nothing was written.",
    OVER_QUOTA: SENTENCE,
    "57014": "Supabase took too long and stopped; nothing was written. Try again in a moment.",
}
"""By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or PostgREST's own codes
(https://docs.postgrest.org/en/stable/references/errors.html)."""

_WRONG_KEY: Final = "Supabase does not accept the key. Set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY again."
_ANOTHER: Final = (
    "What answers at SUPABASE_URL is not Supabase but perhaps a proxy's page. Check it with: tonearm doctor."
)
_SILENT: Final = "Supabase does not answer. Try again in a moment; what was being saved can be saved again."
_CUT: Final = "Supabase's answer was cut off. Try again in a moment; what was being saved can be saved again."


class SupabaseProject:
    """
    The address and keys of a project.

    Parameters
    ----------
    url, publishable_key, secret_key : str
        `SUPABASE_URL`, `SUPABASE_PUBLISHABLE_KEY`, `SUPABASE_SECRET_KEY`.
    seconds : float
        How long to wait for a usual answer.
    """

    def __init__(self, url: str, publishable_key: str, secret_key: str, seconds: float = SECONDS) -> None:
        self.url = url
        self._publishable_key, self._secret_key = publishable_key, secret_key
        self._seconds = seconds
        hooks: Any = {"request": [self._allow_time], "response": [_refuse_pages]}
        self._http = httpx.Client(http2=False, limits=_LIMITS, event_hooks=hooks)
        self.server = self._client(secret_key)

    def __repr__(self) -> str:
        return f"SupabaseProject({self.url!r})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def as_listener(self, access_token: str) -> Client:
        """A client whose requests run as the listener, behind row security."""
        return self._client(self._publishable_key, {"Authorization": f"Bearer {access_token}"})

    def for_sign_in(self) -> Client:
        """A client to be thrown away after one call of Auth."""
        return self._client(self._publishable_key)

    def _client(self, key: str, headers: dict[str, str] | None = None) -> Client:
        # Options are made again each time: their storage would be shared, and with it the listener.
        options = ClientOptions(
            headers=headers or {},
            httpx_client=self._http,
            auto_refresh_token=False,  # its timer thread outlives the client
            persist_session=False,
            postgrest_client_retry=False,  # waits seven seconds for a server that is down
        )
        return create_client(self.url, key, options)

    def _allow_time(self, request: httpx.Request) -> None:
        megabytes = int(request.headers.get("content-length", 0)) / 1e6
        usual = self._seconds + SECONDS_A_MEGABYTE * megabytes
        longer = (seconds for path, seconds in SLOW_PATHS.items() if request.url.path.startswith(path))
        seconds = next(longer, usual)
        limits = {"connect": self._seconds * 2 / 3, "pool": seconds, "write": seconds, "read": seconds}
        request.extensions["timeout"] = limits


def _refuse_pages(response: httpx.Response) -> None:
    """Supabase answers in JSON or not at all; a page that says 200 would be taken for rows."""
    kind = response.headers.get("content-type", "json")
    if response.is_success and "json" not in kind:
        raise httpx.DecodingError(f"The answer is {kind}.", request=response.request)


@contextmanager
def sentences() -> Iterator[None]:
    """As `_translated`, and counts what went wrong."""
    with STORE_ERRORS.labels("supabase").count_exceptions(StorageProblem), _translated():
        yield


@contextmanager
def _translated() -> Iterator[None]:
    """
    Turn what Supabase says, or that it says nothing, into `StorageProblem`.

    What it says is dropped on purpose: details of a refusal repeat the refused row, tokens included.
    """
    try:
        yield
    except APIError as problem:
        kind = NoRoom if problem.code == OVER_QUOTA else StorageProblem
        raise kind(_sentence(problem)) from None
    except httpx.DecodingError:
        raise StorageProblem(_ANOTHER) from None
    except httpx.HTTPError:
        raise StorageProblem(_SILENT) from None
    except AuthRetryableError:
        raise StorageProblem(_SILENT) from None
    except AuthError as problem:
        reason = problem.code or type(problem).__name__
        raise StorageProblem(f"Supabase Auth refused ({reason}). Check it with: tonearm doctor.") from None


def response(query: Any) -> Any:
    """What a query gives, with `data` and `count`, or `StorageProblem`."""
    with sentences():
        found = query.execute()
        if isinstance(found.data, str):  # postgrest returns what is not JSON as text; no function of ours returns text
            raise StorageProblem(_CUT)
        return found


def answer(query: Any) -> Any:
    """The data of a query, or `StorageProblem`."""
    return response(query).data


def _sentence(problem: APIError) -> str:
    code = str(problem.code or "")
    if code in _SENTENCES:
        return _SENTENCES[code]
    if "API key" in (problem.message or ""):
        return _WRONG_KEY
    return f"Supabase could not do it (code {code or 'unknown'}); nothing was written. Try again in a moment."


AccessToken = Callable[[str], str]
"""Gives a listener's Supabase access token, valid now. Raises a `TonearmError` when they must sign in again."""
