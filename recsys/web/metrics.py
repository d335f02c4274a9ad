"""`/metrics` in Prometheus' text format, for the server's owner."""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.errors import StorageProblem
from recsys.metrics import REGISTRY
from recsys.web.dependencies import Dependencies, SpotifyLimit

PATHS: Final = ("/metrics", "/_stcore/metrics")
"""Ours, and Streamlit's own."""

OF_PROXIES: Final = ("x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip", "via")
"""Headers of which every proxy sends one: behind it everybody comes from this machine."""

COUNTS: Final = ("found", "stored", "skipped", "pending")


def metrics_routes(dependencies: Dependencies) -> list[Route]:
    """`/metrics`: what the process counted, and what is true of this app at the moment."""
    now = CollectorRegistry()
    now.register(_State(dependencies))

    def metrics(_: Request) -> Response:
        parts = (REGISTRY, now, PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR)
        text = b"".join(generate_latest(part) for part in parts)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    return [Route("/metrics", metrics)]


class _State(Collector):
    """What is asked when the metrics are read: the catalogue, running syncs and Spotify's limits."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def collect(self) -> Iterator[Metric]:
        d = self._dependencies
        yield GaugeMetricFamily("tonearm_catalogue_songs", "Songs in the catalogue.", d.catalogue_songs())
        syncs = d.running_syncs()
        yield GaugeMetricFamily("tonearm_running_syncs", "Syncs that run in this process.", len(syncs))
        entries = GaugeMetricFamily(
            "tonearm_running_sync_entries",
            "Entries of the running syncs: found = stored + skipped + pending.",
            labels=["count"],
        )
        for count in COUNTS:
            entries.add_metric([count], sum(getattr(sync, count) for sync in syncs))
        yield entries
        spent = GaugeMetricFamily("tonearm_spotify_requests_today", "Requests counted today.", labels=["limit"])
        budget = GaugeMetricFamily("tonearm_spotify_budget", "Requests this app allows itself a day.", labels=["limit"])
        wait = GaugeMetricFamily("tonearm_spotify_wait_seconds", "Seconds until Spotify answers.", labels=["limit"])
        limits: Sequence[SpotifyLimit] = ()
        with suppress(StorageProblem):  # counted as `tonearm_store_errors_total`, and the rest is reported
            limits = d.spotify_limits()
        for limit in limits:
            left = (limit.blocked_until - d.clock()).total_seconds() if limit.blocked_until else 0.0
            spent.add_metric([limit.says], limit.spent)
            budget.add_metric([limit.says], limit.budget)
            wait.add_metric([limit.says], max(left, 0.0))
        yield from (spent, budget, wait)


class PrivateMetrics:
    """
    Refuses metrics, Streamlit's own included, to everybody but the owner of this server. Pure ASGI.

    The owner sends the token (`Authorization: Bearer …`). Without a token, and only where the app itself is on loopback
    and no proxy sent the request, any user of this machine counts as the owner. A browser that another site sent here
    under its own host name (DNS rebinding) does not.
    """

    def __init__(self, app: ASGIApp, dependencies: Dependencies) -> None:
        self.app = app
        self.token = dependencies.metrics_token
        self.is_local = dependencies.is_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but metrics for others."""
        app: ASGIApp = self.app
        if scope["type"] == "http" and scope["path"].rstrip("/") in PATHS and not self._is_owner(scope):
            app = PlainTextResponse("Metrics are for the owner of this server: TONEARM_METRICS_TOKEN is needed.", 403)
        await app(scope, receive, send)

    def _is_owner(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if self.token:
            scheme, _, given = headers.get("authorization", "").partition(" ")
            # Headers are read as Latin-1, whatever was sent.
            return scheme.lower() == "bearer" and hmac.compare_digest(given.encode("latin-1"), self.token.encode())
        if not self.is_local or any(name in headers for name in OF_PROXIES):
            return False
        try:
            host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
            is_here = host == "localhost" or ip_address(host).is_loopback
            return is_here and ip_address(scope["client"][0]).is_loopback
        except (TypeError, ValueError):
            return False
