"""What a project is set to: its keys, its addresses, and the switches of its dashboard that matter to us."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Project:
    """
    The settings of one Supabase project. Tests may change them while the gateway runs.

    `is_confirming_email` is "Confirm email" of the dashboard, on for new hosted projects: Spotify's addresses count as
    unverified, so it refuses every first sign-in. `is_email_optional` is "Allow users without an email" of the
    provider, off for new hosted projects: Spotify tells apps in development mode no address. `redirect_urls` are the
    addresses Auth may send a browser back to; it silently takes `site_url` instead of any other. `may_sign_up` is
    "Allow new users to sign up", `is_exposing_public` whether the Data API serves our schema.
    """

    url: str = ""
    publishable_key: str = "sb_publishable_test"
    secret_key: str = field(default="sb_secret_test", repr=False)
    jwt_secret: str = field(default="a secret of the tests, long enough for HS256", repr=False)
    site_url: str = "http://127.0.0.1:8501"
    redirect_urls: tuple[str, ...] = ()
    spotify_accounts_url: str = ""
    spotify_api_url: str = ""
    spotify_client_id: str = "client-of-the-project"
    spotify_client_secret: str = field(default="secret-of-the-project", repr=False)
    has_spotify: bool = True
    has_email: bool = False
    is_confirming_email: bool = False
    is_email_optional: bool = True
    may_sign_up: bool = True
    is_exposing_public: bool = True
    token_seconds: int = 3600
    max_rows: int = 1000
    now: Callable[[], float] = time.time
