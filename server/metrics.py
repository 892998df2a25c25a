"""What can be measured of the running server, in Prometheus' text format, for those who may know it."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.bearer import bearer
from server.database import Database
from server.door import Door
from server.errors import NotFoundError
from server.gateway import Gateway
from server.guard import Guard
from server.hub import Hub
from server.limits import Limits
from server.passwords import Passwords
from server.roster import Roster

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})
"""Headers by which a proxy gives itself away: what comes through one does not come from this machine."""


@dataclass(slots=True)
class Tally:
    """What nobody else counts."""

    messages: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured."""

    database: Database
    door: Door
    gateway: Gateway
    guard: Guard
    hub: Hub
    limits: Limits
    passwords: Passwords
    roster: Roster
    tally: Tally

    def collect(self) -> Iterator[Metric]:
        """Yield each measure as it is now (this is what a registry of prometheus_client asks of a collector)."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        gauges: list[tuple[str, str, float]] = [
            ("connections", "WebSockets that are open", len(self.gateway)),
            ("live_sessions", "WebSockets whose session has said who it is", len(self.roster)),
            ("admission_window_seconds", "width of the window in which clients come back", self.door.window_ms / 1000),
        ]
        for name, text, value in gauges:
            yield GaugeMetricFamily(f"rebond_{name}", text, value=value)
        counters: list[tuple[str, str, float]] = [
            ("messages_stored", "messages stored", self.tally.messages),
            ("events_delivered", "events handed to WebSockets, once for each of them", self.hub.handed_out),
            ("login_failures", "wrong passwords", self.guard.failures),
        ]
        for name, text, value in counters:
            yield CounterMetricFamily(f"rebond_{name}", text, value=value)
        refused = CounterMetricFamily("rebond_limited", "what was refused for being too much", labels=["limit"])
        for limit, count in self.limits.refused().items():
            refused.add_metric([limit], count)
        yield refused
        queues = GaugeMetricFamily("rebond_queue", "what waits for its turn", labels=["queue"])
        for queue, length in {
            "writes": self.database.pending,
            "reads": self.database.reading,
            "passwords": len(self.passwords),
        }.items():
            queues.add_metric([queue], length)
        yield queues
        commits = self.database.commits
        yield HistogramMetricFamily(
            "rebond_commit_seconds", "length of a transaction", buckets=list(commits.buckets()), sum_value=commits.sum
        )


class Metrics:
    """The endpoint. ``token`` is what a bearer from elsewhere has to show; empty lets nobody in from there."""

    def __init__(self, collect: Callable[[], Iterator[Metric]], token: str) -> None:
        self._collect = collect
        self._token = token

    def routes(self) -> list[Route]:
        """Return the path."""
        return [Route("/metrics", self.metrics)]

    def collect(self) -> Iterator[Metric]:
        """Yield what is measured."""
        return self._collect()

    def metrics(self, request: Request) -> Response:
        """Answer a scrape; to others the path does not exist."""
        if not (_from_here(request) or self._bears_token(request)):
            raise NotFoundError
        # Most servers are never asked: the library is loaded at the first time.
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def _bears_token(self, request: Request) -> bool:
        shown = bearer(request) or ""
        return bool(self._token) and hmac.compare_digest(shown.encode(), self._token.encode())


def _from_here(request: Request) -> bool:
    host = request.client.host if request.client is not None else ""
    try:
        return ipaddress.ip_address(host).is_loopback and FORWARDED.isdisjoint(request.headers)
    except ValueError:
        return False
