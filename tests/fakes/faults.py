"""Everything that can go wrong on the way to a web service, as data; and the middleware that makes it happen."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from urllib.parse import parse_qsl

HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
NOT_REGISTERED = "Check settings on developer.spotify.com/dashboard, the user may not be registered."
PREMIUM_REQUIRED = (
    "Active premium subscription required for the owner of the app. When the subscription status changes, it can "
    "take a few hours before requests are allowed again."
)


@dataclass(frozen=True)
class Fault:
    """
    One thing going wrong. An answer (`status`, `body`, `headers`), a delay before the right one, or a cut connection:
    `before` anything is sent, `midway` through the right answer, or `after` the server has done what was asked.
    """

    status: int = 0
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    cut: str = ""

    @classmethod
    def json(cls, status, message, reason=None, headers=()):
        error = {"status": status, "message": message} | ({"reason": reason} if reason else {})
        body = json.dumps({"error": error})
        return cls(status, body, (("content-type", "application/json"), *headers))

    @classmethod
    def text(cls, status, body, kind="text/plain"):
        return cls(status, body, (("content-type", kind),))

    @classmethod
    def too_many_requests(cls, retry_after=None):
        headers = () if retry_after is None else (("retry-after", str(retry_after)),)
        return cls.json(429, "Too many requests", headers=headers)

    @classmethod
    def quota_exceeded(cls, retry_after=None):
        headers = () if retry_after is None else (("retry-after", str(retry_after)),)
        return cls.json(429, "Too many requests", "QUOTA_EXCEEDED", headers)

    @classmethod
    def server_error(cls, status=502, is_html=True):
        return cls.text(status, HTML, "text/html") if is_html else cls.json(status, "Server error")

    @classmethod
    def unauthorized(cls):
        return cls.json(401, "Missing/invalid/expired access token")

    @classmethod
    def scope(cls):
        return cls.json(403, "Insufficient client scope")

    @classmethod
    def forbidden(cls):
        return cls.json(403, "Forbidden")

    @classmethod
    def not_found(cls):
        return cls.json(404, "Resource not found")

    @classmethod
    def not_registered(cls):
        return cls.text(403, NOT_REGISTERED)

    @classmethod
    def premium_required(cls):
        return cls.text(403, PREMIUM_REQUIRED)

    @classmethod
    def html(cls):
        """A page where JSON belongs, with status 200: a captive portal."""
        return cls.text(200, HTML, "text/html")

    @classmethod
    def error_as_text(cls):
        """`error` is a string, where spotipy expects an object."""
        return cls(400, '{"error": "invalid_request"}', (("content-type", "application/json"),))

    @classmethod
    def redirect(cls, url):
        return cls(302, "", (("location", url),))

    @classmethod
    def slow(cls, seconds):
        return cls(delay=seconds)

    @classmethod
    def cut_before(cls):
        return cls(cut="before")

    @classmethod
    def cut_midway(cls):
        return cls(cut="midway")

    @classmethod
    def answer_lost(cls):
        """The server does what was asked, and the connection breaks before it can say so."""
        return cls(cut="after")


@dataclass
class Seen:
    """A request as it arrived. `call` reads "GET /v1/me/tracks"; `at` is in monotonic seconds."""

    call: str
    params: dict
    body: object
    at: float
    host: str
    status: int | None = None


@dataclass
class _Planned:
    call: str
    fault: Fault
    times: float
    when: Callable[[Seen], bool]


class Faults:
    """What shall go wrong, and what was asked. Safe to use from the test while the server runs."""

    def __init__(self):
        self._lock = threading.Lock()
        self.clear_faults()
        self.requests = []
        self._open = 0
        self.most_at_once = 0

    def fail_next(self, call, fault, times=1):
        """Answer the next request for `call` with the fault; `*` stands for anything."""
        with self._lock:
            self._planned.append(_Planned(call, fault, times, lambda seen: True))

    def fail_when(self, call, fault, when=lambda seen: True):
        """Answer every request for `call` that fits with the fault, until `clear_faults`."""
        with self._lock:
            self._planned.append(_Planned(call, fault, float("inf"), when))

    def clear_faults(self):
        """Nothing goes wrong any more."""
        self._planned = []

    def forget(self):
        """As freshly started."""
        with self._lock:
            self.clear_faults()
            self.requests, self.most_at_once = [], 0

    def count(self, call):
        """How often `call` was asked."""
        return sum(fnmatch(seen.call, call) for seen in self.requests)

    def arrive(self, seen):
        with self._lock:
            self.requests.append(seen)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            for plan in self._planned:
                if plan.times > 0 and fnmatch(seen.call, plan.call) and plan.when(seen):
                    plan.times -= 1
                    return plan.fault
        return None

    def leave(self):
        with self._lock:
            self._open -= 1


class Faulty:
    """ASGI middleware: records every request, and lets planned faults happen instead of, before or after the answer."""

    def __init__(self, app, faults, host):
        self._app, self._faults, self._host = app, faults, host

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        body = await _read(receive)
        seen = _seen(scope, body, self._host)
        fault = self._faults.arrive(seen)
        try:
            await self._answer(scope, _replay(body, receive), _Watched(send, seen), fault)
        finally:
            self._faults.leave()

    async def _answer(self, scope, receive, send, fault):
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and fault.status:
            await _send(send, fault)
        elif fault and fault.cut:
            if fault.cut != "before":
                await self._app(scope, receive, _Half(send) if fault.cut == "midway" else _nowhere)
            await send.cut()
        else:
            await self._app(scope, receive, send)


class _Watched:
    """`send`, noting the status, and able to break the connection."""

    def __init__(self, send, seen):
        self._send, self._seen = send, seen

    async def __call__(self, message):
        if message["type"] == "http.response.start":
            self._seen.status = message["status"]
        await self._send(message)

    async def cut(self):
        self._send.__self__.transport.abort()  # uvicorn's own; ASGI has no word for a broken cable
        for _ in range(5):
            await asyncio.sleep(0)


class _Half:
    """Passes the head of an answer and half of its body."""

    def __init__(self, send):
        self._send = send

    async def __call__(self, message):
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        await self._send(message)


async def _nowhere(message):
    """The answer that nobody hears."""


async def _read(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _replay(body, receive):
    sent = False

    async def again():
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _seen(scope, body, host):
    path = scope["path"].rstrip("/") or "/"
    params = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    return Seen(f"{scope['method']} {path}", params, _decoded(body), time.monotonic(), host)


def _decoded(body):
    try:
        return json.loads(body)
    except ValueError:
        return dict(parse_qsl(body.decode("utf-8", "replace")))


async def _send(send, fault):
    body = fault.body.encode()
    headers = [(k.encode(), v.encode()) for k, v in (*fault.headers, ("content-length", str(len(body))))]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
