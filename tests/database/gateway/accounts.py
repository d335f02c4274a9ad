"""Auth's own rows: users, the identities they have at Spotify, sessions, and refresh tokens that are used once."""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tests.database.gateway.connections import Connections
from tests.database.gateway.settings import Project

REUSE_SECONDS: Final = 10
"""A used refresh token is accepted again for so long (`refresh_token_reuse_interval`), for answers lost on the way."""


@dataclass
class Accounts:
    """The schema `auth`, as the role that owns it."""

    connections: Connections
    project: Project

    def add(self, email: str | None, about: dict[str, Any], spotify_id: str | None = None) -> str:
        """Make a user, with an identity at Spotify when an id is given. The new user's id."""
        user_id = str(uuid.uuid4())
        app_data = {"provider": "spotify", "providers": ["spotify"]}
        with self.connections.transaction() as connection:
            connection.execute(
                "insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data)"
                " values (%s, 'authenticated', 'authenticated', %s, %s, %s)",
                (user_id, email, json.dumps(app_data), json.dumps(about)),
            )
            if spotify_id:
                connection.execute(
                    "insert into auth.identities (provider_id, user_id, identity_data, provider)"
                    " values (%s, %s, %s, 'spotify')",
                    (spotify_id, user_id, json.dumps(about)),
                )
        return user_id

    def of_spotify(self, account: dict[str, Any], may_be_new: bool = True) -> str:
        """The user behind a Spotify account; made at the first sign-in, or "" where nobody new may sign up."""
        image = next(iter(account.get("images") or []), {}).get("url", "")
        name, spotify_id = account.get("display_name"), account["id"]
        about = {"sub": spotify_id, "provider_id": spotify_id, "name": name, "full_name": name, "avatar_url": image}
        about |= {"email": account.get("email"), "email_verified": False}
        with self.connections.transaction() as connection:
            known = connection.execute(
                "update auth.users set raw_user_meta_data = %s, updated_at = now() where id ="
                " (select user_id from auth.identities where provider = 'spotify' and provider_id = %s) returning id",
                (json.dumps(about), spotify_id),
            ).fetchone()
        if not known and not may_be_new:
            return ""
        return str(known[0]) if known else self.add(account.get("email"), about, spotify_id)

    def user(self, user_id: str) -> dict[str, Any] | None:
        """A user as Auth shows them."""
        with self.connections.transaction() as connection:
            found = connection.execute(
                "select aud, role, email, raw_app_meta_data, raw_user_meta_data, created_at, updated_at"
                " from auth.users where id = %s",
                (user_id,),
            ).fetchone()
            identities = connection.execute(
                "select id, provider_id, identity_data, provider, created_at from auth.identities where user_id = %s",
                (user_id,),
            ).fetchall()
        if not found:
            return None
        keys = ("aud", "role", "email", "app_metadata", "user_metadata", "created_at", "updated_at")
        shown = dict(zip(keys, map(_iso, found), strict=True))
        return {"id": user_id, **shown, "identities": [_identity(user_id, *row) for row in identities]}

    def users(self, limit: int) -> list[dict[str, Any]]:
        """The users, up to a limit."""
        with self.connections.transaction() as connection:
            found = connection.execute("select id from auth.users limit %s", (limit,)).fetchall()
        return [self.user(str(user_id)) for (user_id,) in found]

    def remove(self, user_id: str) -> bool:
        """Delete a user with everything that refers to them; whether there was one."""
        with self.connections.transaction() as connection:
            return connection.execute("delete from auth.users where id = %s", (user_id,)).rowcount == 1

    def open_session(self, user_id: str) -> str:
        """Begin a session; its id."""
        session_id = str(uuid.uuid4())
        with self.connections.transaction() as connection:
            connection.execute("insert into auth.sessions (id, user_id) values (%s, %s)", (session_id, user_id))
        return session_id

    def close_session(self, session_id: str) -> None:
        """End a session; its refresh tokens go with it."""
        with self.connections.transaction() as connection:
            connection.execute("delete from auth.sessions where id = %s", (session_id,))

    def has_session(self, session_id: str | None) -> bool:
        """True while a session has not been ended and its user not deleted."""
        with self.connections.transaction() as connection:
            return bool(connection.execute("select 1 from auth.sessions where id = %s", (session_id,)).fetchone())

    def refresh_token(self, session_id: str) -> str:
        """A new refresh token of a session."""
        token = secrets.token_urlsafe(9)
        with self.connections.transaction() as connection:
            connection.execute("insert into auth.refresh_tokens values (%s, %s)", (token, session_id))
        return token

    def use_refresh_token(self, token: str) -> tuple[str, str] | str:
        """The user and session of a refresh token, which is then used; or the code of the refusal."""
        now = datetime.fromtimestamp(self.project.now(), UTC)
        with self.connections.transaction() as connection:
            found = connection.execute(
                "select user_id, s.id, used_at from auth.refresh_tokens join auth.sessions s on s.id = session_id"
                " where token = %s for update",
                (token,),
            ).fetchone()
            if not found:
                return "refresh_token_not_found"
            user_id, session_id, used_at = found
            if used_at and (now - used_at).total_seconds() > REUSE_SECONDS:
                connection.execute("delete from auth.sessions where id = %s", (session_id,))
                return "refresh_token_already_used"
            connection.execute("update auth.refresh_tokens set used_at = %s where token = %s", (used_at or now, token))
        return str(user_id), str(session_id)


def _identity(user_id: str, identity_id: uuid.UUID, provider_id: str, about: dict, provider: str, at: datetime) -> dict:
    fixed = {"id": provider_id, "identity_id": str(identity_id), "user_id": user_id}
    return {**fixed, "identity_data": about, "provider": provider, "created_at": _iso(at), "last_sign_in_at": _iso(at)}


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
