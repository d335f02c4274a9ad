"""Background work notices that everything of its listener's was erased, in whichever process that was."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Final, Protocol

from recsys.errors import Erased, StorageProblem
from recsys.storage.store import Store

UNDER_WAY: Final = "under way "
"""Prefix of the name of the state that a piece of work has while it runs."""

ERASED: Final = "Everything of yours was erased, or moved to your account as you signed in, so this ended."


class Check(Protocol):
    """Raises `Erased` where everything of the listener's was erased since the work began."""

    def __call__(self, has_written: bool = True) -> None:
        """
        Check, and first erase everything again where the work may have written something after the erasure.

        Nothing is erased if not `has_written`, so that what others stored after the erasure stays.
        """


@contextmanager
def noticing_erasure(store: Store, listener: str, sentence: str = ERASED) -> Iterator[Check]:
    """
    Gives a check to be made after each write of work that goes on for long.

    The work has a row of its own in the store, which any erasure removes. Once it is gone, the check erases what was
    written since and raises `Erased` with the sentence.
    """
    name = f"{UNDER_WAY}{token_hex(8)}"  # of this work alone: other work may end first
    store.save_state(listener, name, {})

    def stop_if_erased(has_written: bool = True) -> None:
        if store.state(listener, name) is None:
            if has_written:
                store.erase(listener)
            raise Erased(sentence)

    try:
        yield stop_if_erased
    finally:
        with suppress(StorageProblem):
            store.remove_state(listener, name)
