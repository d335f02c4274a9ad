"""The hosted backend: one Supabase project as the store, the sessions and the way to sign in."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from recsys.auth.encryption import Cipher
from recsys.auth.models import is_guest
from recsys.auth.spotify import SCOPES
from recsys.auth.supabase import ListenerTokens, SupabaseAccounts
from recsys.errors import SettingsProblem
from recsys.settings import Settings
from recsys.storage.hosted.project import SupabaseProject
from recsys.storage.hosted.sessions import SupabaseSessions
from recsys.storage.hosted.store import SupabaseStore


def storage_place(url: str | None, listener: str) -> str:
    """Where a listener's rows are stored, in words; `url` is that of the Supabase project, None without one."""
    if url and not is_guest(listener):
        return (
            f"Stored in the Supabase project at {urlsplit(url).netloc}, where row security lets nobody else read it. "
            "Its sign-in stores the e-mail address too, if Spotify gives one; erasing removes it."
        )
    if url:
        return "Stored in a file on this server only. Sign in to reach it from every device."
    return "Stored in a file on this server."


class Hosted:
    """
    The hosted store of signed-in listeners, once per process.

    Parameters
    ----------
    settings : Settings
        With the three Supabase settings; `SettingsProblem` without.
    cipher : Cipher
        Encrypts tokens before they leave this server.
    clock : callable
        The time, with time zone.
    """

    def __init__(self, settings: Settings, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        url, publishable, secret = (
            settings.supabase_url,
            settings.supabase_publishable_key,
            settings.supabase_secret_key,
        )
        if not url or not publishable or not secret:
            raise SettingsProblem(
                "Set SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY, or none of them."
            )
        self.project = SupabaseProject(url, publishable, secret)
        self.sessions = SupabaseSessions(self.project, cipher)
        self.store = SupabaseStore(self.project, ListenerTokens(self.project, self.sessions, clock))
        self.accounts = SupabaseAccounts(self.project, SCOPES, clock)
