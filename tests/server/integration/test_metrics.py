"""What Prometheus reads, and who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Visitor

TOKEN = "a token for the machine that scrapes"


def samples(text: str) -> dict[str, float]:
    """Return the samples in Prometheus' text format."""
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(number) for name, _, number in lines}


async def test_measures_are_those_of_what_has_happened(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            before = samples((await ada.get("/metrics")).text)
            async with ada.connected() as here, bob.connected() as there:
                await here.send("message-1")
                await here.acked("message-1")
                await there.hear("event", lambda frame: frame["kind"] == "message")
                await bob.post("/api/login", name=ada.name, password="not the password")
                answer = await ada.get("/metrics")
            now = samples(answer.text)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert (before["rebond_connections"], now["rebond_connections"]) == (0, 2)
    assert now["rebond_live_sessions"] == 2
    assert (before["rebond_messages_stored_total"], now["rebond_messages_stored_total"]) == (0, 1)
    assert now["rebond_events_delivered_total"] - before["rebond_events_delivered_total"] == 2
    assert now["rebond_login_failures_total"] == 1
    assert now["rebond_admission_window_seconds"] == 0.25
    assert now['rebond_queue{queue="writes"}'] == 0
    assert now["rebond_commit_seconds_count"] == now['rebond_commit_seconds_bucket{le="+Inf"}'] > 0
    assert now["rebond_commit_seconds_sum"] > 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"x-forwarded-for": "192.0.2.1"}, 404),
        ({"x-forwarded-for": "127.0.0.1"}, 404),
        ({"x-real-ip": "192.0.2.1"}, 404),
        ({"x-forwarded-for": "192.0.2.1", "authorization": "Bearer something else"}, 404),
        ({"x-forwarded-for": "192.0.2.1", "authorization": "Bearer"}, 404),
        ({"x-forwarded-for": "192.0.2.1", "authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
async def test_only_this_machine_and_the_bearer_of_the_token_read_them(
    measured: RunningServer, headers: dict[str, str], status: int
) -> None:
    async with httpx.AsyncClient(base_url=measured.url, verify=False) as client:
        assert (await client.get("/metrics", headers=headers)).status_code == status


async def test_without_a_token_none_is_good(server: RunningServer) -> None:
    for shown in ("Bearer", "Bearer x", ""):
        headers = {"x-forwarded-for": "192.0.2.1", "authorization": shown}
        async with httpx.AsyncClient(base_url=server.url, verify=False) as client:
            assert (await client.get("/metrics", headers=headers)).status_code == 404


async def test_each_line_of_the_log_names_its_request(measured: RunningServer) -> None:
    async with Visitor.registered(measured) as visitor:
        answer = await visitor.post("/api/login", name=visitor.name, password=PASSWORD)
    request = answer.headers["x-request-id"]
    # The line is written once the answer is out.
    measured.wait_for(request)
    lines = [json.loads(line) for line in measured.output().splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line.get("request") == request]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/login", 200)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server with a token for its measures, and a log for programs."""
    folder = tmp_path_factory.mktemp("measured")
    with RunningServer(folder, metrics_token=TOKEN, log_format="json") as running:
        yield running
