"""What this process counts and measures, in Prometheus' types; `recsys.web.metrics` serves it."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY: Final = CollectorRegistry()

REQUESTS: Final = Counter(
    "tonearm_http_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
REQUEST_SECONDS: Final = Histogram(
    "tonearm_http_request_seconds", "Seconds until a request was answered.", ["route"], registry=REGISTRY
)
RANKING_SECONDS: Final = Histogram(
    "tonearm_ranking_seconds",
    "Seconds to rank one list, for a screen or a program.",
    ["asked_by"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
STORE_ERRORS: Final = Counter(
    "tonearm_store_errors", "Reads and writes that a store refused or did not answer.", ["store"], registry=REGISTRY
)
