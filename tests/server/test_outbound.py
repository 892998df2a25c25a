"""The queue towards a client, and its one writer."""

from __future__ import annotations

import asyncio
import json

import pytest

from rebond.codes import Close
from server import outbound as module
from server.outbound import Outbound


class Network:
    """Takes frames while it is open."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed: tuple[int, str | None] | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def send_text(self, data: str) -> None:
        await self.open.wait()
        self.sent.append(data)

    async def close(self, code: int, reason: str | None) -> None:
        self.closed = code, reason


def item(number: int) -> str:
    return json.dumps({"n": number})


async def drain(outbound: Outbound) -> None:
    """Send everything, then close."""
    outbound.close(Close.NORMAL, "done")
    await outbound.run()


async def test_all_that_is_pending_goes_out_as_one_frame() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    for number in range(3):
        assert outbound.put(item(number))
    await drain(outbound)
    assert [json.loads(frame) for frame in network.sent] == [[{"n": 0}, {"n": 1}, {"n": 2}]]


async def test_single_item_goes_out_bare() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    outbound.put(item(1))
    await drain(outbound)
    assert network.sent == [item(1)]


async def test_items_are_frames_of_their_own_for_a_simple_client() -> None:
    network = Network()
    outbound = Outbound(network, joined=False)
    for number in range(3):
        outbound.put(item(number))
    await drain(outbound)
    assert network.sent == [item(0), item(1), item(2)]


async def test_frame_does_not_grow_beyond_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_JOINED", 20)
    network = Network()
    outbound = Outbound(network, joined=True)
    for number in range(5):
        outbound.put(item(number))
    outbound.put("x" * 100)
    await drain(outbound)
    assert network.sent == [f"[{item(0)},{item(1)}]", f"[{item(2)},{item(3)}]", item(4), "x" * 100]


async def test_idle_waits_until_the_network_has_taken_everything() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    writing = asyncio.create_task(outbound.run())
    await outbound.idle()
    network.open.clear()
    outbound.put(item(1))
    waiting = asyncio.create_task(outbound.idle())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    network.open.set()
    await waiting
    assert network.sent == [item(1)]
    outbound.close(Close.NORMAL, "done")
    await writing
    assert network.closed == (1000, "done")


async def test_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED", 20)
    outbound = Outbound(Network(), joined=True)
    assert outbound.put("x" * 15)
    assert not outbound.put("x" * 6)
    assert outbound.put("x" * 5)


async def test_slow_reader_is_closed_without_what_it_did_not_read() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    outbound.put(item(1))
    outbound.close(Close.SLOW_READER, "too slow")
    await outbound.run()
    assert (network.sent, network.closed) == ([], (4413, "too slow"))


async def test_nothing_is_queued_after_the_close() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    outbound.close(Close.NORMAL, "done")
    assert outbound.put(item(1))
    await outbound.run()
    assert network.sent == []


async def test_nobody_waits_for_a_network_that_is_gone() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    network.open.clear()
    outbound.put(item(1))
    writing = asyncio.create_task(outbound.run())
    waiting = asyncio.create_task(outbound.idle())
    await asyncio.sleep(0)
    writing.cancel()
    await waiting


async def test_of_state_the_latest_is_sent_behind_all_else() -> None:
    network = Network()
    outbound = Outbound(network, joined=True)
    outbound.show(("a",), item(1))
    outbound.show(("b",), item(2))
    outbound.show(("a",), item(3))
    outbound.put(item(4))
    await drain(outbound)
    assert [json.loads(frame) for frame in network.sent] == [{"n": 4}, [{"n": 3}, {"n": 2}]]
    outbound.show(("a",), item(5))


async def test_state_never_grows_and_closes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LATEST", 3)
    network = Network()
    outbound = Outbound(network, joined=True)
    for number in range(10):
        outbound.show((str(number),), item(number))
    await drain(outbound)
    assert [json.loads(frame) for frame in network.sent] == [[{"n": 7}, {"n": 8}, {"n": 9}]]
