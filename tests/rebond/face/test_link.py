"""What every link offers a program, whatever the platform."""

from __future__ import annotations

import asyncio
import itertools
from typing import cast

import pytest

from rebond import Cause, Event, State, Status, events, wire
from rebond.codes import Close
from rebond.face import sleep as clocks
from rebond.face.link import Face
from rebond.face.listening import AllListeners, Incoming
from rebond.face.token import TokenProvider
from rebond.options import MAX_BUFFERED
from tests.support.driver import event, welcome


class Puppet(Face[Incoming]):
    """A link whose outside world is the test."""

    def __init__(self, token: str | TokenProvider | None, **listeners: object) -> None:
        ping = listeners.pop("ping", None)
        super().__init__(
            token,
            probed=False,
            ping=cast("str | bytes | None", ping),
            listeners=cast("AllListeners", listeners),
        )
        self.sent: list[str | bytes] = []
        self.waiting = 0
        self.opened = asyncio.Event()
        self._ids = itertools.count(1)

    @property
    def subprotocol(self) -> str | None:
        return None

    @property
    def buffered(self) -> int:
        return self.waiting

    async def aclose(self) -> None:
        self.stop()

    def clock(self) -> float:
        return 7.0

    def new_id(self) -> str:
        return f"id-{next(self._ids)}"

    def start_ticking(self) -> None: ...

    def stop_ticking(self) -> None: ...

    def set_alarm(self, at: float | None) -> None: ...

    def probe(self, attempt: int) -> None: ...

    def open(self, attempt: int) -> None:
        self.opened.set()

    def abandon(self, code: Close) -> None: ...

    def transmit(self, data: str | bytes) -> None:
        self.sent.append(data)

    def report(self, message: str, error: Exception | None = None) -> None:
        raise AssertionError(message) from error

    def hear(self, data: str | bytes) -> None:
        self.feed(events.Received(1, data))


def state_of(link: Puppet[Incoming]) -> State:
    """Return where a link stands now."""
    return link.status.state


def plain(**listeners: object) -> Puppet[str | bytes]:
    """Return a link to a plain server, live."""
    link: Puppet[str | bytes] = Puppet(None, **listeners)
    link.start()
    link.feed(events.Opened(1))
    assert state_of(link) is State.LIVE
    return link


async def speaking(**listeners: object) -> Puppet[Event]:
    """Return a link to a server that speaks the protocol, live."""
    link: Puppet[Event] = Puppet("secret", **listeners)
    link.start()
    await link.opened.wait()
    link.feed(events.Opened(1))
    link.hear(wire.encode(welcome()))
    assert state_of(link) is State.LIVE
    return link


# What arrives.


async def test_frames_wait_for_the_loop_that_takes_them() -> None:
    link = plain()
    link.hear("one")
    link.hear(b"\x02")
    link.stop()
    assert [frame async for frame in link] == ["one", b"\x02"]


async def test_events_wait_for_the_loop_that_takes_them() -> None:
    link = await speaking()
    link.hear(wire.encode(event(1)))
    link.stop()
    assert [happened async for happened in link] == [event(1)]


async def test_frames_go_to_the_function_for_them_instead() -> None:
    heard: list[str | bytes] = []
    link = plain(on_data=heard.append)
    link.hear("one")
    assert heard == ["one"]
    with pytest.raises(TypeError, match="leave that out to iterate"):
        aiter(link)
    with pytest.raises(TypeError, match="leave that out to iterate"):
        await anext(link)


async def test_events_go_to_the_function_for_them_instead() -> None:
    heard: list[Event] = []
    link = await speaking(on_event=heard.append)
    link.hear(wire.encode(event(1)))
    assert heard == [event(1)]


async def test_other_functions_leave_the_loop_what_arrives() -> None:
    statuses: list[Status] = []
    link = plain(on_status=statuses.append)
    link.hear("one")
    assert await anext(link) == "one"
    assert statuses[-1].state is State.LIVE


async def test_the_loop_ends_when_there_is_no_token_any_more() -> None:
    link = await speaking()
    link.feed(events.TokenRefused())
    assert [happened async for happened in link] == []
    assert (link.status.state, link.status.cause) == (State.SIGNED_OUT, Cause.TOKEN)


async def test_after_a_stop_another_loop_can_begin() -> None:
    link = plain()
    link.stop()
    assert [frame async for frame in link] == []
    link.start()
    link.feed(events.Opened(3))
    link.feed(events.Received(3, "again"))
    assert await anext(link) == "again"


@pytest.mark.parametrize("name", ["on_message", "on_event", "on_ack", "token_"])
def test_a_function_that_no_plain_server_would_lead_to_is_a_mistake(name: str) -> None:
    with pytest.raises(TypeError, match=f"there is no {name} without a token; there is on_data, on_status"):
        Puppet(None, **{name: print})


def test_a_function_that_no_speaking_server_would_lead_to_is_a_mistake() -> None:
    with pytest.raises(
        TypeError, match="there is no on_data with a token; there is on_event, on_state, on_ack, on_refused"
    ):
        Puppet("secret", on_data=print)


# What is sent.


def test_a_plain_server_is_sent_frames() -> None:
    link = plain()
    link.send("one")
    link.send(b"\x02")
    assert link.sent == ["one", b"\x02"]


async def test_a_speaking_server_is_sent_messages() -> None:
    link = await speaking()
    assert link.send("r", "hello") == "id-1"
    assert link.sent[-1] == wire.encode(wire.Send("id-1", "r", "hello"))
    assert link.send(room="r", text="again") == "id-2"


def test_a_plain_server_has_no_rooms() -> None:
    with pytest.raises(TypeError, match="send\\(data\\)"):
        plain().send("r", "hello")


async def test_a_speaking_server_needs_a_room() -> None:
    link = await speaking()
    with pytest.raises(TypeError, match="send\\(room, text\\)"):
        link.send("hello")


def test_what_is_neither_text_nor_bytes_is_no_frame() -> None:
    with pytest.raises(TypeError, match="not dict"):
        plain().send(cast("str", {"a": 1}))


def test_what_utf_8_cannot_write_is_no_frame() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        plain().send("\ud800")


def test_without_a_token_there_is_none_to_renew() -> None:
    link = plain()
    link.renew()
    assert link.sent == []


# From start to end.


async def test_a_with_block_starts_and_stops_it() -> None:
    link: Puppet[str | bytes] = Puppet(None)
    async with link as entered:
        assert entered is link
        assert state_of(link) is State.OPENING
    assert state_of(link) is State.STOPPED


async def test_a_token_is_asked_for_anew_after_a_stop_in_the_middle() -> None:
    asked: list[str] = []

    async def provider() -> str:
        asked.append("asked")
        if len(asked) == 1:
            await asyncio.Future()
        return "secret"

    link: Puppet[Event] = Puppet(provider)
    link.start()
    await asyncio.sleep(0)
    link.stop()
    link.start()
    await link.opened.wait()
    assert asked == ["asked"] * 2


@pytest.mark.parametrize("means", ["tick", "ring"])
async def test_a_jump_of_the_clock_asks_at_once_whether_the_server_is_there(
    monkeypatch: pytest.MonkeyPatch, means: str
) -> None:
    link = await speaking()
    link.sent.clear()
    getattr(link, means)()
    assert link.sent == []
    monkeypatch.setattr(clocks, "_lead", lambda: 1e12)
    getattr(link, means)()
    assert link.sent == [wire.encode(wire.Ping())]


async def test_a_jump_of_the_clock_brings_a_hidden_page_to_nobodys_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    link = await speaking()
    link.signal(events.Hidden())
    link.signal(events.Online())
    monkeypatch.setattr(clocks, "_lead", lambda: 1e12)
    link.ring()
    assert link._machine._hidden
    link.signal(events.Woke())
    monkeypatch.setattr(clocks, "_lead", lambda: 2e12)
    link.ring()
    assert not link._machine._hidden


async def test_a_page_that_says_that_it_woke_is_not_woken_by_its_clocks_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = await speaking()
    link.sent.clear()
    monkeypatch.setattr(clocks, "_lead", lambda: 1e12)
    link.signal(events.Woke())
    link.ring()
    assert link.sent == [wire.encode(wire.Ping())]


def test_a_plain_link_with_a_ping_asks_when_it_has_reason_to_doubt() -> None:
    link = plain(ping="?")
    link.feed(events.Woke())
    assert link.sent == ["?"]


def test_what_can_be_no_ping_is_said_at_once() -> None:
    with pytest.raises(TypeError, match="ping is for one without"):
        Puppet("token", ping="?")
    with pytest.raises(TypeError, match="not int"):
        Puppet(None, ping=3)
    with pytest.raises(ValueError, match="half a surrogate"):
        Puppet(None, ping="\ud800")


def test_a_network_that_is_too_slow_is_said_and_nothing_more_is_put_upon_it() -> None:
    link = plain()
    link.waiting = MAX_BUFFERED
    link.send("just")
    link.waiting += 1
    with pytest.raises(OverflowError, match="waiting for the network"):
        link.send("too much")
    assert link.sent == ["just"]
