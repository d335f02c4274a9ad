"""Background work ends when everything of its listener's was erased, in whichever process that was."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Final

from recsys.errors import Erased, TonearmError
from recsys.storage.store import Store

UNDER_WAY: Final = "under way "
"""Prefix of the name of the state that a piece of work has while it runs."""

ERASED: Final = "Everything of yours was erased, or moved to your account as you signed in, so this ended."


@contextmanager
def noticing_erasure(store: Store, listener: str, sentence: str = ERASED) -> Iterator[Store]:
    """
    Gives the store for long work: once everything of the listener's was erased, nothing more can be written to it.

    The work has a row of its own in the store, which any erasure removes. A write after that stores nothing and raises
    `Erased` with the sentence; with Supabase, where the listener is gone too, it raises another `StorageProblem`. What
    was stored since the erasure stays.
    """
    name = f"{UNDER_WAY}{token_hex(8)}"  # of this work alone: other work may end first
    store.save_state(listener, name, {})
    try:
        yield store.until_erased(listener, name)
    except Erased:
        raise Erased(sentence) from None
    finally:
        with suppress(TonearmError):
            store.remove_state(listener, name)
