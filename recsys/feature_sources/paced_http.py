"""Requests to a free service that promises nothing: one at a time, with a gap, and every refusal a `SourceBusy`."""

import threading
from collections.abc import Callable, Collection
from typing import Any, Final

import httpx

from recsys.errors import SourceBusy
from recsys.parsing import parse_json

AT_MOST: Final = 60.0
"""The longest wait, in seconds, that happens inside a request."""

LONGEST_WAIT: Final = 7 * 86_400.0
ASSUMED_WAIT: Final = 30.0
BROKEN_WAIT: Final = 300.0
REFUSED_WAIT: Final = 86_400.0
"""Seconds until a retry after a refusal: it may be permanent, or only a gateway in front of the service."""

Send = Callable[[httpx.Client], httpx.Response]


class PacedHttp:
    """
    Shared by all who ask a service in this process, so that they share its pace.

    Parameters
    ----------
    service : str
        Its name, for sentences.
    http : httpx.Client
    clock, sleep : callable
        Seconds that only rise, and waiting.
    gap : float
        Seconds between two requests.
    """

    def __init__(
        self,
        service: str,
        http: httpx.Client,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        gap: float,
    ) -> None:
        self._service, self._http = service, http
        self._clock, self._sleep, self._gap = clock, sleep, gap
        self._turn = threading.Lock()
        self._free_at = 0.0

    def ask(self, send: Send, unknown: Collection[int] = ()) -> Any:
        """
        The JSON of an answer with status 200, or None for a status in `unknown`. A short wait is made once.

        Raises
        ------
        SourceBusy
            It asks for a long wait, does not answer, refuses, or answers something else.
        """
        try:
            return self._once(send, unknown)
        except SourceBusy as busy:
            if busy.retry_after > AT_MOST:
                raise
            return self._once(send, unknown, was_asked=True)

    def broken(self) -> SourceBusy:
        """The error of an answer that is not what the service promises."""
        return SourceBusy(f"{self._service} sent an answer that Tonearm cannot use.", BROKEN_WAIT)

    def _once(self, send: Send, unknown: Collection[int], was_asked: bool = False) -> Any:
        """One request at a time, rate-limited. A `Retry-After` applies to every caller of this instance."""
        with self._turn:
            wait, gap = self._free_at - self._clock(), self._gap
            if wait > AT_MOST:
                raise SourceBusy(f"{self._service} asks us to slow down.", wait, was_asked)
            if wait > 0:
                self._sleep(wait)
            try:
                answer = send(self._http)
                gap = max(gap, _retry_after(answer)) if answer.status_code == 429 else gap
                return None if answer.status_code in unknown else self._checked(answer)
            except httpx.HTTPError as broken:
                raise SourceBusy(f"{self._service} did not answer.", BROKEN_WAIT) from broken
            finally:
                self._free_at = self._clock() + gap

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.status_code == 429:
            raise SourceBusy(f"{self._service} asks us to slow down.", _retry_after(answer))
        if 400 < answer.status_code < 500 and answer.status_code not in (408, 422):  # 400 and 422: about one question
            says = f"{self._service} does not serve this app just now (status {answer.status_code})."
            raise SourceBusy(says, REFUSED_WAIT)
        try:
            found = parse_json(answer.content) if answer.status_code == 200 else None
        except ValueError:
            found = None
        if found is None:
            raise self.broken()
        return found


def _retry_after(answer: httpx.Response) -> float:
    try:
        return min(max(0.0, float(answer.headers.get("Retry-After", ""))), LONGEST_WAIT)
    except ValueError:
        return ASSUMED_WAIT
