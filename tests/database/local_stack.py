"""The Supabase CLI's own stack in place of the gateway, for `make supabase-local`: PostgREST and Auth themselves."""

import os
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

import jwt
from supabase import create_client

PREFIX: Final = "TEST_SUPABASE_"
"""Of the variables that `supabase status -o env` prints, as `make supabase-local` passes them on."""


@dataclass(frozen=True)
class Keys:
    """What the tests ask of `Gateway.project`."""

    publishable_key: str
    secret_key: str = field(repr=False)
    jwt_secret: str = field(repr=False)


@dataclass(frozen=True)
class LocalStack:
    """A running stack, as far as the contracts of the stores need it; see `Gateway`."""

    url: str
    project: Keys

    def listener(self, name: str) -> str:
        """Make a user; the user's id."""
        admin = create_client(self.url, self.project.secret_key).auth.admin
        address = f"{name}-{secrets.token_hex(8)}@example.test"
        return admin.create_user({"email": address, "email_confirm": True}).user.id

    def access_token(self, user_id: str) -> str:
        """An access token signed with the stack's secret, valid for an hour."""
        now = int(time.time())
        claims = {"sub": user_id, "role": "authenticated", "aud": "authenticated", "iat": now, "exp": now + 3600}
        return jwt.encode(claims, self.project.jwt_secret, "HS256")


def local_stack() -> LocalStack | None:
    """The stack the environment names, or None."""
    url = os.environ.get(f"{PREFIX}API_URL")
    names = ("PUBLISHABLE_KEY", "SECRET_KEY", "JWT_SECRET")
    return LocalStack(url, Keys(*(os.environ[PREFIX + name] for name in names))) if url else None
