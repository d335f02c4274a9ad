"""Tokens are encrypted before they reach any store; whoever reads the file or the database learns nothing.

Fernet (AES-128-CBC with HMAC-SHA256): https://cryptography.io/en/latest/fernet/. The key comes from APP_SECRET_KEY
through HKDF (RFC 5869), so that the same secret can serve other purposes without giving this key away.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recsys.errors import SettingsProblem, StorageProblem, Undecryptable

PREFIX: Final = "enc:v1:"
"""Begins every ciphertext. The stores refuse tokens without it, and a later scheme gets the next number."""

SHORTEST_SECRET: Final = 32
KEY_FILE: Final = "secret.key"


class Cipher:
    """
    Encrypts with one secret; decrypts with it and with older ones, so that a secret can be changed.

    Parameters
    ----------
    secret : str
        APP_SECRET_KEY, at least 32 characters.
    *older : str
        Secrets used before; what they encrypted can still be read.

    Raises
    ------
    SettingsProblem
        A secret is shorter than 32 characters.
    """

    def __init__(self, secret: str, *older: str) -> None:
        self._fernet = MultiFernet([_fernet(one) for one in (secret, *older)])

    def encrypt(self, text: str) -> str:
        """The text as `enc:v1:` and a ciphertext that differs every time."""
        return PREFIX + self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, ciphertext: str) -> str:
        """The text again. Raises `Undecryptable` when no secret fits, or somebody changed the ciphertext."""
        try:
            return self._fernet.decrypt(ciphertext.removeprefix(PREFIX)).decode()
        except (InvalidToken, ValueError):
            raise Undecryptable(
                "What is stored was encrypted with another APP_SECRET_KEY. Set the former key as "
                "APP_SECRET_KEY_FORMER, or connect again."
            ) from None


def cipher_for(configured: str | None, former: str | None, folder: Path) -> Cipher:
    """
    The app's cipher: encrypts with the current secret, and decrypts what older ones encrypted.

    Parameters
    ----------
    configured, former : str or None
        APP_SECRET_KEY, and APP_SECRET_KEY_FORMER: an older secret, or several separated by blanks.
    folder : Path
        The data folder. The secret that was made there still decrypts after another was configured.

    Raises
    ------
    SettingsProblem, StorageProblem
        As `app_secret`; `SettingsProblem` too where a former secret is too short.
    """
    current = app_secret(configured, folder)
    older = [_long_enough(former, "APP_SECRET_KEY_FORMER")] if former else []
    older += [one for one in (former or "").split() if len(one) >= SHORTEST_SECRET]
    if configured:
        with suppress(OSError, UnicodeDecodeError, SettingsProblem):  # none was made, or it cannot be used
            older.append(_long_enough((folder / KEY_FILE).read_text("ascii").strip()))
    return Cipher(current, *older)


def app_secret(configured: str | None, folder: Path) -> str:
    """
    The app's secret: the configured one, else one made once and stored 0600 in the data folder.

    Raises
    ------
    SettingsProblem
        The configured secret is too short.
    StorageProblem
        The stored secret cannot be made or read.
    """
    if configured:
        return _long_enough(configured)
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        return _long_enough(path.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError, SettingsProblem) as problem:
        raise StorageProblem(
            f"“{path}” cannot be made or read. Give yourself access to it, or set APP_SECRET_KEY."
        ) from problem


def _make_key(path: Path) -> None:
    """Make the file whole or not at all. Of several processes one wins; the others find its key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, never replaces
    finally:
        draft.unlink(missing_ok=True)


def _fernet(secret: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tonearm tokens at rest")
    return Fernet(base64.urlsafe_b64encode(derive.derive(_long_enough(secret).encode())))


def _long_enough(secret: str, name: str = "APP_SECRET_KEY") -> str:
    if len(secret) < SHORTEST_SECRET:
        raise SettingsProblem(
            f"{name} must have at least {SHORTEST_SECRET} characters. Make one with: openssl rand -hex 32"
        )
    return secret
