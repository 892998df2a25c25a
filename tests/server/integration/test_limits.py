"""Too much at once: refused with the time to come back, and nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from rebond import Ack, Refusal, State
from rebond.asyncio import Link
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Visitor, fresh
from tests.support.watch import Watch

HERE, THERE = "192.0.2.1", "198.51.100.7"


@asynccontextmanager
async def at(server: RunningServer, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client whose requests come from an address."""
    headers = {"x-forwarded-for": address}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, verify=False, timeout=PATIENCE) as client:
        yield client


def refused(answer: httpx.Response) -> bool:
    """Tell whether an answer says to slow down, in every way it should; anything else must not be a refusal at all."""
    if answer.status_code != 429:
        return False
    error = answer.json()["error"]
    assert error["code"] == "slow_down"
    assert error["retry_ms"] > 0
    assert int(answer.headers["retry-after"]) == -(-error["retry_ms"] // 1000)
    return True


async def wrong(client: httpx.AsyncClient, name: str) -> httpx.Response:
    return await client.post("/api/login", json={"name": name, "password": "not the password"})


async def right(client: httpx.AsyncClient, name: str) -> httpx.Response:
    return await client.post("/api/login", json={"name": name, "password": PASSWORD})


async def test_guessing_is_refused_and_keeps_nobody_else_out(tmp_path: Path) -> None:
    with RunningServer(tmp_path, login_failures_per_account=3, login_failures_per_address=5) as server:
        async with (
            Visitor.registered(server, "ada") as ada,
            Visitor.registered(server, "bob") as bob,
            at(server, HERE) as stranger,
            at(server, THERE) as elsewhere,
        ):
            guesses = await asyncio.gather(*(wrong(stranger, ada.name) for _ in range(8)))
            assert sorted(answer.status_code for answer in guesses) == [401] * 3 + [429] * 5
            assert refused(await right(stranger, ada.name))
            assert (await right(elsewhere, ada.name)).status_code == 200
            assert (await right(stranger, bob.name)).status_code == 200
            # Those who try every name are refused for all of them, and a name that nobody has is no different.
            answers = [await wrong(stranger, f"nobody {number}") for number in range(3)]
            assert [refused(answer) for answer in answers] == [False, False, True]
            assert refused(await right(stranger, "somebody"))
            # Where she has logged in before, she still can.
            ada.http.headers["x-forwarded-for"] = HERE
            assert (await ada.post("/api/login", name=ada.name, password=PASSWORD)).status_code == 200
            assert refused(await ada.post("/api/login", name=bob.name, password=PASSWORD))


async def test_plain_form_says_so_too(tmp_path: Path) -> None:
    with RunningServer(tmp_path, login_failures_per_account=1) as server:
        async with at(server, HERE) as client:
            for problem in ("wrong_credentials", "slow_down"):
                answer = await client.post("/login", data={"name": "ada", "password": "not the password"})
                assert answer.headers["location"] == f"/?problem={problem}"


async def test_registrations_are_counted_by_address(tmp_path: Path) -> None:
    with RunningServer(tmp_path, registrations_per_address=2) as server:
        async with at(server, HERE) as here, at(server, THERE) as there:
            answers = [
                await client.post("/api/register", json={"name": fresh("someone"), "password": PASSWORD})
                for client in (here, here, here, there)
            ]
            assert [answer.status_code for answer in answers] == [201, 201, 429, 201]
            assert refused(answers[2])


async def test_rooms_and_conversations_that_are_begun_are_counted_by_account(tmp_path: Path) -> None:
    with RunningServer(tmp_path, rooms_per_account=3) as server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            taken = fresh("room ")
            assert (await bob.post("/api/rooms", name=taken)).status_code == 201
            assert (await ada.post("/api/rooms", name=taken)).status_code == 409  # none was made
            assert (await ada.post("/api/rooms", name=fresh("room "), private=True)).status_code == 201
            for _ in range(3):
                assert (await ada.post("/api/direct", people=[bob.id])).status_code == 200
            assert (await ada.post("/api/rooms", name=fresh("room "))).status_code == 201
            assert refused(await ada.post("/api/rooms", name=fresh("room ")))
            assert refused(await ada.post("/api/direct", people=["nobody"]))
            assert (await ada.post("/api/direct", people=[bob.id])).status_code == 200
            assert (await bob.post("/api/rooms", name=fresh("room "))).status_code == 201


async def test_requests_are_counted_by_account_and_by_address(tmp_path: Path) -> None:
    with RunningServer(tmp_path, requests_per_account=1, requests_per_address=3) as server:
        async with Visitor.registered(server, "ada") as ada, at(server, HERE) as here, at(server, THERE) as there:
            ada.http.headers["x-forwarded-for"] = THERE
            await _spend(ada.http, at_once=10, per_second=1)
            await _spend(here, at_once=30, per_second=3)
            assert not refused(await there.get("/api/me"))
            assert (await here.get("/api/alive")).status_code == 200
            assert (await here.get("/healthz")).status_code == 200
            assert (await here.post("/api/refresh")).status_code == 401


async def _spend(client: httpx.AsyncClient, at_once: int, per_second: float) -> None:
    """Ask until it is refused: after as many as may be asked at once, and those that time has added."""
    began, asked = time.monotonic(), 0
    while not refused(await client.get("/api/me")):
        asked += 1
    assert at_once <= asked <= at_once + per_second * (time.monotonic() - began)


async def test_messages_beyond_the_limit_wait_and_come_in_order(tmp_path: Path) -> None:
    said = [f"message {number}" for number in range(140)]
    with RunningServer(tmp_path, messages_per_second=10) as server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            acks: list[Ack] = []
            refusals: list[Refusal] = []
            watch = Watch()
            link = Link(
                server.ws_url,
                token=lambda: _token(ada),
                on_ack=acks.append,
                on_refused=refusals.append,
                on_status=watch,
            )
            async with asyncio.timeout(3 * PATIENCE), link, bob.connected() as listener:
                await watch.state(State.LIVE)
                for text in said:
                    link.send("general", text)
                heard = [await listener.hear("event", lambda frame: frame["kind"] == "message") for _ in said]
            assert [frame["text"] for frame in heard] == said
            assert refusals == []
            scrape = await bob.get("/metrics")
            assert value(scrape.text, 'rebond_limited_total{limit="messages"}') > 0


async def test_what_was_stored_is_acknowledged_even_to_those_who_send_too_much(tmp_path: Path) -> None:
    with RunningServer(tmp_path, messages_per_second=1) as server:
        async with Visitor.registered(server, "ada") as ada, ada.connected() as socket:
            for number in range(10):
                await socket.send(f"message-{number}")
                await socket.acked(f"message-{number}")
            await socket.send("message-X")
            refusal = await socket.refused()
            assert (refusal["code"], refusal["id"]) == ("slow_down", "message-X")
            assert 0 < float(str(refusal["retry_ms"])) <= 1_001
            await socket.send("message-0")
            assert (await socket.acked("message-0"))["seq"] == 1


async def test_flood_of_log_ins_stops_nobody_who_chats(tmp_path: Path) -> None:
    """With the limits off, so that every one of them wants a hash."""
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, ada.connected() as socket, at(server, HERE) as stranger:
            flood = [asyncio.create_task(wrong(stranger, f"nobody {number}")) for number in range(90)]
            sent = 0
            while not all(task.done() for task in flood):
                await socket.send(f"message-{sent}")
                await socket.acked(f"message-{sent}")
                sent += 1
            statuses = {(await task).status_code for task in flood}
            assert statuses <= {401, 503}
            assert sent > 1


async def _token(visitor: Visitor) -> str:
    return visitor.token


def value(text: str, sample: str) -> float:
    """Return the value of a sample in Prometheus' text format."""
    [line] = [line for line in text.splitlines() if line.startswith(f"{sample} ")]
    return float(line.rpartition(" ")[2])
