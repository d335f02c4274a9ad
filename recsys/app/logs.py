"""Logging, configured once: time, level, logger, request and listener; never a title, a token or an id as it is."""

import hashlib
import logging
import logging.config
import secrets
import time
import traceback
from types import TracebackType
from typing import Final

from recsys.log_context import LISTENER, REQUEST

FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s request=%(request)s listener=%(listener)s %(message)s"
CHATTY: Final = ("httpx", "urllib3", "hpack", "spotipy")
"""Clients that log addresses with track ids, and hpack also headers with tokens: warnings only, at any level."""


class Pseudonyms(logging.Filter):
    """
    Adds `request` and `listener` to every record.

    The pseudonym is a keyed BLAKE2 hash of the listener's id: the same for all lines of a listener, and meaningless to
    anybody without the key. `-` means nobody.
    """

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = hashlib.blake2b(key, person=b"pseudonyms").digest()

    def filter(self, record: logging.LogRecord) -> bool:
        listener = LISTENER.get()
        digest = hashlib.blake2b(listener.encode(), key=self._key, digest_size=5).hexdigest()
        record.listener = digest if listener else "-"
        record.request = REQUEST.get() or "-"
        return True


class PlacesOnly(logging.Formatter):
    """Formats an exception as its class and the lines it passed: its text may hold a title, an id or a token."""

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """The time, in UTC."""
        return time.gmtime(seconds)

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(ei[2])]
        return "\n".join([ei[0].__name__ if ei[0] else "no exception", *places])


def configure(level: str = "INFO", key: bytes | None = None) -> None:
    """
    Configure the logging of this process; everything goes to stderr.

    Parameters
    ----------
    level : str
        Of our own loggers; those of libraries log warnings only.
    key : bytes, optional
        Key of the pseudonyms. Without one they change with every start.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"pseudonyms": {"()": Pseudonyms, "key": key or secrets.token_bytes(32)}},
            "formatters": {"line": {"()": PlacesOnly, "format": FORMAT, "datefmt": "%Y-%m-%dT%H:%M:%S"}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["pseudonyms"]},
            },
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {"recsys": {"level": level}, **{name: {"level": "WARNING"} for name in CHATTY}},
        }
    )
