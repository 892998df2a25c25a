"""What the library is put to inside a page: test_library.py has this run by each Pyodide that it is to work on."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable

import js
import pyodide.ffi

made: list[pyodide.ffi.JsDoubleProxy[..., object]] = []
"""Every proxy that was ever created."""

create_proxy = pyodide.ffi.create_proxy


def counting(function: Callable[..., object]) -> pyodide.ffi.JsDoubleProxy[..., object]:
    """Create a proxy, and keep it in mind."""
    proxy = create_proxy(function)
    made.append(proxy)
    return proxy


# Before the library imports it.
pyodide.ffi.create_proxy = counting  # type: ignore[assignment]

from rebond import Event, State, Status  # noqa: E402
from rebond.browser import Link  # noqa: E402
from rebond.face import link as face  # noqa: E402

FEED = str(js.document.documentElement.dataset.feed)
"""The address of a plain server that echoes."""
TARPIT = str(js.document.documentElement.dataset.tarpit)
"""The address of a server that takes connections and never says a word, with http."""
NOWHERE = str(js.document.documentElement.dataset.nowhere)
"""The address of nobody."""
DROP = "drop me"
"""The frame upon which the plain server resets the connection."""

AnyLink = Link[str | bytes] | Link[Event]


class Watch:
    """Waits for what a link says of itself."""

    def __init__(self) -> None:
        self.seen: list[Status] = []
        self._changed = asyncio.Event()

    def __call__(self, status: Status) -> None:
        self.seen.append(status)
        self._changed.set()

    async def next(self, state: State) -> None:
        """Return once the link comes to stand at ``state`` after all that was seen so far."""
        start = len(self.seen)
        while all(status.state is not state for status in self.seen[start:]):
            self._changed.clear()
            await self._changed.wait()


def alive() -> int:
    """Return how many proxies are not destroyed."""
    count = 0
    for proxy in made:
        try:
            proxy.unwrap()
        except pyodide.ffi.JsException:
            continue
        count += 1
    return count


async def census() -> Counter[str]:
    """Return how many objects of the library's and of asyncio's there are, once what is over has been collected."""
    for _ in range(5):
        await asyncio.sleep(0.02)
        gc.collect()
    modules = ("rebond", "asyncio", "_asyncio", "pyodide")
    return Counter(
        type(thing).__name__
        for thing in gc.get_objects()
        if type(thing).__module__.startswith(modules) and not isinstance(thing, Status)
    )


async def text_and_bytes_go_and_come() -> None:
    async with Link(FEED) as link:
        link.send("né")
        link.send(b"\x00\xff")
        link.send("x" * 1_000_000)
        assert await anext(link) == "né"
        assert await anext(link) == b"\x00\xff"
        assert len(await anext(link)) == 1_000_000


async def what_a_slow_network_has_yet_to_take_is_bounded() -> None:
    watch = Watch()
    vars(face).update(MAX_BUFFERED=2_500_000)
    async with Link(FEED, on_status=watch) as link:
        await watch.next(State.LIVE)
        assert link.buffered == 0
        # Nothing leaves before this function lets the browser go on.
        for _ in range(3):
            link.send(bytes(1_000_000))
        try:
            link.send("one more")
        except OverflowError:
            assert link.buffered >= 3_000_000
        else:
            raise AssertionError(f"{link.buffered} bytes")
        for _ in range(3):
            assert len(await anext(link)) == 1_000_000
        link.send("again")
        assert await anext(link) == "again"


async def a_subprotocol_is_agreed_on() -> None:
    watch = Watch()
    async with Link(FEED, subprotocols=["chat.v1"], on_status=watch) as link:
        await watch.next(State.LIVE)
        assert link.subprotocol == "chat.v1"


async def twenty_reconnections_leave_what_one_leaves() -> None:
    watch = Watch()
    before = alive()
    async with Link(FEED, probe="/alive", on_status=watch) as link:

        async def turn() -> None:
            back = asyncio.ensure_future(watch.next(State.LIVE))
            link.send(DROP)
            await back

        await watch.next(State.LIVE)
        await turn()
        proxies, objects = alive(), await census()
        for _ in range(20):
            await turn()
        assert alive() == proxies, f"{alive()} proxies instead of {proxies}"
        grown = await census() - objects
        assert not grown, f"more than before: {grown}"
        assert [status.state for status in watch.seen].count(State.PROBING) >= 20
    assert alive() == before


async def wherever_it_ends_nothing_is_left() -> None:
    async def never() -> str:
        await asyncio.Future()
        return "never"

    starts: list[tuple[State, Callable[[Watch], AnyLink]]] = [
        (State.LIVE, lambda watch: Link(FEED, on_status=watch)),
        (State.GREETING, lambda watch: Link(FEED, token="secret", on_status=watch)),
        (State.OPENING, lambda watch: Link(TARPIT, on_status=watch)),
        (State.WAITING, lambda watch: Link(NOWHERE, on_status=watch)),
        (State.PROBING, lambda watch: Link(FEED, token=never, on_status=watch)),
    ]
    before = alive()
    for state, start in starts:
        watch = Watch()
        reached = asyncio.ensure_future(watch.next(state))
        await asyncio.sleep(0)
        async with start(watch) as link:
            await reached
        assert link.status.state is State.STOPPED
        assert alive() == before, f"{alive()} proxies instead of {before} after {state}"


async def ended_while_it_probes_nothing_is_left() -> None:
    async def probe_and_end() -> None:
        watch = Watch()
        # The first try opens without a probe, and fails.
        async with Link(NOWHERE, probe=TARPIT, on_status=watch):
            await watch.next(State.WAITING)
            await watch.next(State.PROBING)

    before, objects = alive(), await census()
    for _ in range(3):
        await probe_and_end()
    assert alive() == before
    grown = await census() - objects
    assert not grown, f"more than before: {grown}"


async def a_function_that_raises_is_reported_and_the_link_lives_on() -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()

    def stumble(data: str | bytes) -> None:
        heard.put_nowait(data)
        raise ZeroDivisionError

    async with Link(FEED, on_data=stumble) as link:
        link.send("one")
        link.send("two")
        assert await heard.get() == "one"
        assert await heard.get() == "two"


async def what_is_no_address_is_refused_at_once() -> None:
    before = alive()
    for url in ("ftp://example.org", "ws://a:b:c", "mailto:a"):
        try:
            Link(url)
        except ValueError:
            continue
        raise AssertionError(url)
    assert alive() == before


CHECKS: list[Callable[[], Awaitable[None]]] = [
    text_and_bytes_go_and_come,
    what_a_slow_network_has_yet_to_take_is_bounded,
    a_subprotocol_is_agreed_on,
    twenty_reconnections_leave_what_one_leaves,
    wherever_it_ends_nothing_is_left,
    ended_while_it_probes_nothing_is_left,
    a_function_that_raises_is_reported_and_the_link_lives_on,
    what_is_no_address_is_refused_at_once,
]


async def main() -> None:
    """Run all, and write into the page what came of it."""
    try:
        for check in CHECKS:
            js.document.documentElement.dataset.running = check.__name__
            await check()
    except Exception:  # noqa: BLE001 - whatever it was, the test shows it
        js.document.documentElement.dataset.checks = traceback.format_exc()
    else:
        js.document.documentElement.dataset.checks = "passed"
