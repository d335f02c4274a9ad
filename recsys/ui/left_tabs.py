"""
Frees what closed tabs leave behind, some five megabytes each.

A tab may come back for `server.disconnectedSessionTTL` seconds. Streamlit 1.67 looks for those whose time is over only
when the next tab is closed, which may be hours later: up to 128 of them, and their uploads, stay in memory until then.
"""

import asyncio
import logging
from typing import Final, cast

from streamlit.runtime import Runtime
from streamlit.runtime.caching.ttl_cache import TTLCache
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo

EVERY_S: Final = 10.0

log = logging.getLogger(__name__)


async def free_left_tabs() -> None:
    """Look for such tabs every `EVERY_S` seconds, on the event loop on which Streamlit opens and closes them."""
    while True:
        await asyncio.sleep(EVERY_S)
        manager = getattr(Runtime.instance(), "_session_mgr", None) if Runtime.exists() else None
        storage = getattr(manager, "_session_storage", None)
        if not isinstance(storage, MemorySessionStorage):
            continue
        freed = cast("TTLCache[str, SessionInfo]", storage._cache).expire()
        for _, left in freed:
            left.session.shutdown()
        if freed:
            log.info("tabs that were left are freed: %d", len(freed))
