"""The two cookies: which session a browser has, and which sign-in it has begun."""

from typing import Final

from starlette.responses import Response

SESSION_DAYS: Final = 30
SIGN_IN_PATH: Final = "/callback"
SIGN_IN_SECONDS: Final = 600


def session_cookie(is_https: bool) -> str:
    """
    Name of the session cookie.

    Over TLS the `__Host-` prefix keeps other hosts of the same domain from planting one; browsers refuse the prefix
    without TLS (https://developer.mozilla.org/docs/Web/HTTP/Guides/Cookies#cookie_prefixes).
    """
    return "__Host-tonearm" if is_https else "tonearm"


def sign_in_cookie(is_https: bool) -> str:
    """Name of the cookie that holds a begun sign-in; it has a path, which `__Host-` forbids."""
    return "__Secure-tonearm_sign_in" if is_https else "tonearm_sign_in"


def give_session(response: Response, session_id: str, is_https: bool) -> None:
    """Set the session cookie: unreadable by scripts, not sent by other sites' forms and frames."""
    response.set_cookie(
        session_cookie(is_https),
        session_id,
        max_age=SESSION_DAYS * 86_400,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https,
    )


def give_sign_in(response: Response, sealed: str, is_https: bool) -> None:
    """Set the sign-in cookie, sent back to `/callback` only. Lax, because the return from Spotify is cross-site."""
    response.set_cookie(
        sign_in_cookie(is_https),
        sealed,
        max_age=SIGN_IN_SECONDS,
        path=SIGN_IN_PATH,
        httponly=True,
        samesite="lax",
        secure=is_https,
    )


def take_sign_in(response: Response, is_https: bool) -> None:
    """Remove the sign-in cookie: it is good for one attempt."""
    response.delete_cookie(sign_in_cookie(is_https), path=SIGN_IN_PATH, httponly=True, samesite="lax", secure=is_https)
