"""Parts of the app that are built at their first use, once, whatever thread needs them first."""

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar, overload

T = TypeVar("T")


class built_once(cached_property[T]):
    """
    A `cached_property` that other threads wait for while one builds it.

    That of Python 3.11 does so by itself. From 3.12 on each thread that comes meanwhile builds another one, and what
    paces requests or caches tokens exists twice.
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        super().__init__(build)
        self._building = threading.RLock()

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        with self._building:
            return super().__get__(instance, owner)
