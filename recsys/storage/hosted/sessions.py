"""Sessions, tokens and locks in a Supabase project: tables that only the secret key reaches."""

import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from postgrest import CountMethod, ReturnMethod

from recsys.auth.encryption import Cipher
from recsys.auth.models import Issuer, Session, Tokens, hash_id, is_session_id, new_session_id
from recsys.storage.hosted.project import SupabaseProject, answer, sentences
from recsys.storage.lease_lock import HEARTBEAT_S, LeaseTiming, held_lease
from recsys.storage.sessions import TOKEN_TABLES, SessionStore, TokenStore
from recsys.storage.table_specs import clean
from recsys.times import from_iso, to_whole_second


class SupabaseSessions(SessionStore, TokenStore):
    """
    Sessions and tokens in a `SupabaseProject`.

    Parameters
    ----------
    project : SupabaseProject
    cipher : Cipher
        Encrypts tokens before they leave; the project never sees its key.
    clock, sleep, timeout_s, heartbeat_s
        How to wait for a lock, see `recsys.storage.lease_lock.LeaseTiming`.
    """

    def __init__(
        self,
        project: SupabaseProject,
        cipher: Cipher,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        timeout_s: float = 45.0,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._server, self._cipher = project.server, cipher
        self._timing = LeaseTiming(clock, sleep, timeout_s, heartbeat_s)

    def create(self, session: Session, now: datetime, replaces: object = None) -> str:
        session_id = new_session_id()
        row = {
            "user_id": session.listener,
            "id_hash": hash_id(session_id),
            "kind": session.kind,
            "display_name": clean(session.display_name),
            "avatar_url": clean(session.avatar_url),
            "expires_at": to_whole_second(session.expires_at),
        }
        former = hash_id(replaces) if is_session_id(replaces) else None
        answer(self._server.rpc("begin_session", {"session": row, "replaces": former, "at": to_whole_second(now)}))
        return session_id

    def get(self, session_id: object, now: datetime) -> Session | None:
        if not is_session_id(session_id):
            return None
        columns = "user_id, kind, expires_at, display_name, avatar_url"
        query = self._server.table("sessions").select(columns).eq("id_hash", hash_id(session_id))
        found = answer(query.gt("expires_at", to_whole_second(now)))
        if not found:
            return None
        (row,) = found
        ends = from_iso(row["expires_at"])
        return Session(row["user_id"], row["kind"], ends, row["display_name"], row["avatar_url"])

    def end(self, session_id: object) -> None:
        if is_session_id(session_id):
            answer(self._deleting("sessions").eq("id_hash", hash_id(session_id)))

    def end_all(self, listener: str) -> int:
        with sentences():
            return self._deleting("sessions").eq("user_id", listener).execute().count or 0

    def save_tokens(self, listener: str, tokens: Tokens, issuer: Issuer = "spotify") -> None:
        """What is not sent is not changed."""
        row = {
            "user_id": listener,
            "access_token": self._cipher.encrypt(tokens.access_token),
            "refresh_token": tokens.refresh_token and self._cipher.encrypt(tokens.refresh_token),
            "expires_at": to_whole_second(tokens.expires_at),
            "scope": tokens.scope,
            "authorized_at": tokens.authorized_at and to_whole_second(tokens.authorized_at),
        }
        known = {name: value for name, value in row.items() if value is not None}
        answer(self._server.table(TOKEN_TABLES[issuer]).upsert(known, returning=ReturnMethod.minimal))

    def tokens(self, listener: str, issuer: Issuer = "spotify") -> Tokens | None:
        columns = "access_token, refresh_token, expires_at, scope, authorized_at"
        found = answer(self._server.table(TOKEN_TABLES[issuer]).select(columns).eq("user_id", listener))
        if not found:
            return None
        (row,) = found
        return Tokens(
            self._cipher.decrypt(row["access_token"]),
            row["refresh_token"] and self._cipher.decrypt(row["refresh_token"]),
            from_iso(row["expires_at"]),
            row["scope"],
            row["authorized_at"] and from_iso(row["authorized_at"]),
        )

    def remove_tokens(self, listener: str, issuer: Issuer = "spotify") -> None:
        answer(self._deleting(TOKEN_TABLES[issuer]).eq("user_id", listener))

    def locked(self, name: str) -> AbstractContextManager[None]:
        """The row has a hash of the name: it tells nobody whose tokens they are."""
        lock, holder = hash_id(name), secrets.token_hex(16)

        def acquire(now: float, until: float) -> bool:
            wanted = {"turn": lock, "new_holder": holder, "at": now, "until": until}
            return bool(answer(self._server.rpc("take_turn", wanted)))

        def extend(until: float) -> None:
            moved = self._server.table("leases").update({"expires_at": until}, returning=ReturnMethod.minimal)
            answer(moved.eq("name_hash", lock).eq("holder", holder))

        def release() -> None:
            answer(self._deleting("leases").eq("name_hash", lock).eq("holder", holder))

        return held_lease(acquire, extend, release, self._timing)

    def _deleting(self, table: str) -> Any:
        return self._server.table(table).delete(count=CountMethod.exact, returning=ReturnMethod.minimal)
