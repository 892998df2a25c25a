"""After a link's end nothing of it is left, wherever it stood: no task, no timer, no socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest

from rebond import Close, Event, State
from rebond.asyncio import Link
from rebond.asyncio import socket as sockets
from tests.support.plain import PlainProcess, PlainServer
from tests.support.ports import free_port
from tests.support.running import PATIENCE
from tests.support.watch import Watch


@pytest.fixture(scope="module")
def server() -> Iterator[PlainProcess]:
    """Yield a plain server in a process of its own, so that what is found here is the link's."""
    with PlainProcess() as server:
        yield server


@pytest.fixture
def tarpit() -> Iterator[str]:
    """Yield the address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def watch() -> Watch:
    return Watch()


async def never() -> str:
    await asyncio.Future()
    return "never"


AnyLink = Link[str | bytes] | Link[Event]
Start = Callable[[Watch], Awaitable[AnyLink]]


@pytest.fixture(params=["live", "greeting", "opening", "probing", "waiting", "asking for a token"])
def start(request: pytest.FixtureRequest, server: PlainProcess, tarpit: str) -> Start:
    """Return a function that starts a link and returns it once it stands where the parameter says."""
    nowhere = f"ws://127.0.0.1:{free_port()}"

    async def begin(watch: Watch) -> AnyLink:
        link: AnyLink
        match request.param:
            case "live":
                link, state = Link(server.url, on_status=watch), State.LIVE
            case "greeting":
                link, state = Link(server.url, token="secret", on_status=watch), State.GREETING
            case "opening":
                link, state = Link(f"ws://{tarpit}", on_status=watch), State.OPENING
            case "probing":
                # The first try opens without a probe, and fails.
                link, state = Link(nowhere, probe=f"http://{tarpit}", on_status=watch), State.PROBING
                link.start()
                await watch.state(State.WAITING)
            case "waiting":
                link, state = Link(nowhere, on_status=watch), State.WAITING
            case _:
                link, state = Link(server.url, token=never, on_status=watch), State.PROBING
        link.start()
        await watch.state(state)
        return link

    return begin


def timers() -> list[asyncio.TimerHandle]:
    """Return the timers that the loop would still fire."""
    scheduled: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return [handle for handle in scheduled if not handle.cancelled()]


def watched() -> int:
    """Return how many file descriptors the loop watches."""
    return len(asyncio.get_running_loop()._selector.get_map())  # type: ignore[attr-defined]


async def test_nothing_is_left(start: Start, watch: Watch) -> None:
    before = asyncio.all_tasks(), timers(), watched()
    link = await start(watch)
    await link.aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before
    assert watch.seen[-1].state is State.STOPPED
    assert link.subprotocol is None


async def test_nothing_is_left_when_the_task_that_uses_it_is_cancelled(start: Start, watch: Watch) -> None:
    before = asyncio.all_tasks(), timers(), watched()

    entered = asyncio.Event()

    async def use() -> None:
        async with await start(watch) as link:
            entered.set()
            async for _ in link:
                pass

    using = asyncio.ensure_future(use())
    await entered.wait()
    using.cancel()
    await asyncio.gather(using, return_exceptions=True)
    assert using.cancelled()
    assert (asyncio.all_tasks(), timers(), watched()) == before


async def test_it_can_start_again_at_once(start: Start, watch: Watch) -> None:
    before = asyncio.all_tasks(), timers(), watched()
    link = await start(watch)
    reached = watch.seen[-1].state
    link.stop()
    link.start()
    await watch.state(reached)
    await link.aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before


async def test_a_link_that_never_began_leaves_nothing(server: PlainProcess) -> None:
    before = asyncio.all_tasks(), timers(), watched()
    await Link(server.url).aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before


async def test_a_listener_may_stop_the_link(server: PlainProcess, watch: Watch) -> None:
    before = asyncio.all_tasks(), timers(), watched()
    link: Link[str | bytes] = Link(server.url, on_data=lambda _: link.stop(), on_status=watch)
    link.start()
    link.send("enough")
    await watch.state(State.STOPPED)
    await link.aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before


async def test_what_was_sent_last_still_goes_out(watch: Watch) -> None:
    async with PlainServer() as server:
        async with Link(server.url, on_status=watch) as link:
            await watch.state(State.LIVE)
            for number in range(100):
                link.send(f"{number}")
        await server.finished()
        assert server.frames == [f"{number}" for number in range(100)]


async def test_a_server_that_is_gone_without_a_word_does_not_hold_the_end_up(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "FAREWELL", 0.05)
    before = asyncio.all_tasks(), timers(), watched()
    with PlainProcess() as server:
        link = Link(server.url, on_status=watch)
        link.start()
        await watch.state(State.LIVE)
        server.freeze()
        link.send(b"x" * 50_000_000)  # more than any buffer on the way takes
        with pytest.raises(OverflowError, match="50000000 bytes"):
            link.send("one more")
        async with asyncio.timeout(PATIENCE):
            await link.aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before


async def test_a_connection_thought_dead_is_dropped_at_once(watch: Watch) -> None:
    before = asyncio.all_tasks(), timers(), watched()
    with PlainProcess() as server:
        link = Link(server.url, on_status=watch)
        link.start()
        await watch.state(State.LIVE)
        server.freeze()
        [task] = link._tasks
        link.abandon(Close.GOING_AWAY)
        await asyncio.wait([task])
        assert timers() == []
        await link.aclose()
    assert (asyncio.all_tasks(), timers(), watched()) == before
