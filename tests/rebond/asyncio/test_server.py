"""The link in CPython against the real server, which is killed while they talk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rebond import Ack, Cause, Event, Refusal, State, Welcome
from rebond.asyncio import Link
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import Visitor, provider_for
from tests.support.watch import Watch


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path) as server:
        yield server


@pytest.fixture
async def ada(server: RunningServer) -> AsyncIterator[Visitor]:
    async with Visitor.registered(server, "ada") as visitor:
        yield visitor


@pytest.fixture
async def bob(server: RunningServer) -> AsyncIterator[Visitor]:
    async with Visitor.registered(server, "bob") as visitor:
        yield visitor


async def test_what_is_sent_is_heard_once_and_in_order_whatever_happens_to_the_server(
    server: RunningServer, ada: Visitor, bob: Visitor
) -> None:
    said = [f"message {number}" for number in range(40)]
    watch, hearing = Watch(), Watch()
    acks: list[Ack] = []
    sender = Link(server.ws_url, token=provider_for(ada), on_ack=acks.append, on_status=watch)
    listener = Link(server.ws_url, token=provider_for(bob), on_status=hearing)
    async with asyncio.timeout(3 * PATIENCE), sender, listener:
        ids: list[str] = []
        await watch.state(State.LIVE)
        await hearing.state(State.LIVE)
        for number, text in enumerate(said):
            ids.append(sender.send("general", text))
            await asyncio.sleep(0)
            if number % 10 == 9:
                await asyncio.to_thread(server.restart)
        heard: list[object] = []
        async for event in listener:
            if event.kind == "message":
                heard.append(event.body["text"])
            if len(heard) >= len(said):
                break
        await watch.until(lambda status: not status.queued)
    assert heard == said
    assert [ack.id for ack in acks] == ids
    assert [ack.seq for ack in acks] == sorted({ack.seq for ack in acks})


async def test_a_message_that_can_never_be_stored_is_given_back(server: RunningServer, ada: Visitor) -> None:
    refused: asyncio.Queue[Refusal] = asyncio.Queue()
    welcomed: asyncio.Queue[Welcome] = asyncio.Queue()
    async with Link(
        server.ws_url, token=provider_for(ada), on_refused=refused.put_nowait, on_welcome=welcomed.put_nowait
    ) as link:
        identifier = link.send("nowhere", "hello")
        refusal = await refused.get()
        assert (refusal.id, refusal.room, refusal.text, refusal.code) == (
            identifier,
            "nowhere",
            "hello",
            "no_such_room",
        )
        assert (await welcomed.get()).user == {"id": ada.id, "name": ada.name}


async def test_a_token_known_beforehand_is_enough(server: RunningServer, ada: Visitor) -> None:
    async with Link(server.ws_url, token=ada.token) as link:
        link.send("general", "hello")
        event: Event = await anext(link)
        assert event.body["text"] == "hello"


async def test_a_token_that_the_server_refuses_ends_the_loop_and_says_why(server: RunningServer) -> None:
    async with asyncio.timeout(PATIENCE), Link(server.ws_url, token="forged") as link:
        assert [event async for event in link] == []
        assert (link.status.state, link.status.cause) == (State.SIGNED_OUT, Cause.TOKEN)


async def test_logging_out_ends_it(server: RunningServer, ada: Visitor) -> None:
    watch = Watch()
    async with Link(server.ws_url, token=provider_for(ada), on_status=watch):
        await watch.state(State.LIVE)
        await ada.post("/api/logout")
        assert (await watch.state(State.SIGNED_OUT)).cause is Cause.TOKEN
