"""The storage over IndexedDB's rules, without a browser; playwright/test_keeping.py has it in one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeVar

import pytest

from rebond.events import Adopted
from rebond.outbox import Entry, Kept
from rebond.wire import Delete, Edit, Send
from tests.support.indexed import Engine, browser

if TYPE_CHECKING:
    from rebond.browser.storage import Storage

T = TypeVar("T")
Answers = list[tuple[Kept, str | None]]


class Machine:
    """One browser, with as many tabs as a test opens."""

    def __init__(self) -> None:
        self.engine = Engine()

    async def tab(self, name: str, account: str = "ada") -> Storage:
        from rebond.browser.storage import Storage  # only here there is a browser for it to import

        return await self.done(Storage.open(account, name))

    async def done(self, work: Awaitable[T]) -> T:
        """Return what comes of something that waits for the browser."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.settle()
        return await task

    async def settle(self) -> None:
        """Let the browser do all it was asked for."""
        for _ in range(5):
            self.engine.run()
            await asyncio.sleep(0)

    async def persist(self, tab: Storage, entry: Entry) -> Answers:
        answers: Answers = []
        tab.persist(entry, lambda kept, behind: answers.append((kept, behind)))
        assert answers == [] or answers[0][0] is Kept.REFUSED
        await self.settle()
        return answers


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine()
    with browser(made.engine):
        yield made


@pytest.fixture
def clock(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the browser's time go on as the test says."""
    import rebond.browser.idb

    monkeypatch.setattr(rebond.browser.idb, "time", SimpleNamespace(monotonic=lambda: machine.engine.now))


def entry(number: int, text: str = "hello", room: str = "r") -> Entry:
    return Entry(Send(f"id-{number}", room, text), saved=False)


def ids(entries: tuple[Entry, ...]) -> list[str]:
    return [each.id for each in entries]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the wall clock go on."""
    import time

    now: Callable[[], float] = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)


async def test_an_entry_is_written_for_good_within_the_call_and_read_back_by_the_same_tab(machine: Machine) -> None:
    tab = await machine.tab("one")
    answers: Answers = []
    tab.persist(entry(1), lambda kept, behind: answers.append((kept, behind)))
    assert machine.engine.log == [("readwrite", ["outbox"], "strict")]
    assert answers == []
    await machine.settle()
    assert answers == [(Kept.KEPT, None)]
    again = await machine.tab("one")
    assert ids((await machine.done(again.load())).entries) == ["id-1"]


async def test_what_was_just_typed_and_noted_outlives_the_page(machine: Machine) -> None:
    tab = await machine.tab("one")
    tab.keep("message/1", "read again from the server", 1)
    tab.keep("withdrawn/1", "to be deleted")
    tab.flush()
    tab.persist(entry(1), lambda _, __: None)
    machine.engine.leave()
    again = await machine.tab("one")
    assert ids((await machine.done(again.load())).entries) == ["id-1"]
    assert await machine.done(again.records()) == {"withdrawn/1": "to be deleted"}


async def test_what_another_tab_typed_before_in_the_room_is_named(machine: Machine) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    await machine.persist(one, entry(1))
    await machine.persist(one, entry(2, room="elsewhere"))
    assert await machine.persist(two, entry(3)) == [(Kept.KEPT, "id-1")]
    found: list[str | None] = []
    two.relink("id-3", "r", found.append)
    one.forget("id-1")
    await machine.settle()
    two.relink("id-3", "r", found.append)
    await machine.settle()
    assert found == ["id-1", None]


async def test_a_change_reaches_an_entry_that_is_still_this_tabs(machine: Machine) -> None:
    one = await machine.tab("one")
    await machine.persist(one, entry(1, "helo"))
    changed = Entry(Send("id-1", "r", "helo"), change=Edit("id-9", "r", "id-1", "hello"), saved=False)
    assert await machine.persist(one, changed) == [(Kept.KEPT, None)]
    [kept] = await machine.done(one.waiting())
    assert isinstance(kept, Send)
    assert kept.text == "hello"
    gone = Entry(Send("id-1", "r", "hello"), change=Delete("id-8", "r", "id-1"), saved=False)
    await machine.persist(one, gone)
    assert await machine.done(one.waiting()) == []


async def test_what_a_tab_has_left_is_adopted_in_order_and_too_late_to_change(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    await machine.persist(one, entry(1))
    await machine.persist(one, entry(2))
    adopted: list[Adopted] = []
    two.adopt(adopted.append)
    await machine.settle()
    assert adopted == []
    later(monkeypatch, 6)
    two.adopt(adopted.append)
    await machine.settle()
    assert [ids(each.entries) for each in adopted] == [["id-1", "id-2"]]
    changed = Entry(Send("id-1", "r", "hello"), change=Edit("id-9", "r", "id-1", "better"), saved=False)
    assert (await machine.persist(one, changed))[0][0] is Kept.TAKEN


async def test_what_another_tab_has_sent_is_not_brought_back_by_the_one_that_wrote_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    await machine.persist(one, entry(1))
    later(monkeypatch, 6)
    two.adopt(lambda _: None)
    await machine.settle()
    counted = Entry(Send("id-1", "r", "hello"), closes=1)
    assert (await machine.persist(one, counted))[0][0] is Kept.TAKEN
    two.forget("id-1")
    await machine.settle()
    assert (await machine.persist(one, replace(counted, parked=True)))[0][0] is Kept.TAKEN
    assert await machine.done(one.waiting()) == []


async def test_a_tab_that_opens_takes_what_those_that_are_gone_have_left(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await machine.tab("one")
    await machine.persist(one, entry(1))
    assert ids((await machine.done((await machine.tab("two")).load())).entries) == []
    later(monkeypatch, 6)
    assert ids((await machine.done((await machine.tab("three")).load())).entries) == ["id-1"]


async def test_a_full_disk_refuses_and_keeps_nothing(machine: Machine) -> None:
    tab = await machine.tab("one")
    machine.engine.full = True
    assert await machine.persist(tab, entry(1)) == [(Kept.REFUSED, None)]
    assert await machine.done(tab.waiting()) == []


async def test_cursors_and_records_are_written_in_one_transaction(machine: Machine) -> None:
    tab = await machine.tab("one")
    tab.keep("message/1", "one", 1)
    tab.advance("epoch", {"room:r": 1})
    assert machine.engine.log == [("readwrite", ["cursors", "facts", "records"], "strict")]
    await machine.settle()
    assert await machine.done(tab.records()) == {"message/1": "one"}
    restored = await machine.done(tab.load())
    assert (restored.epoch, restored.cursors) == ("epoch", {"room:r": 1})


async def test_records_that_could_not_be_written_are_written_with_the_next_cursor(machine: Machine) -> None:
    tab = await machine.tab("one")
    machine.engine.full = True
    tab.keep("message/1", "one", 1)
    tab.advance("epoch", {"room:r": 1})
    await machine.settle()
    assert (await machine.done(tab.load())).cursors == {}
    machine.engine.full = False
    tab.keep("message/2", "two", 2)
    tab.advance("epoch", {"room:r": 2})
    await machine.settle()
    assert await machine.done(tab.records()) == {"message/1": "one", "message/2": "two"}


async def test_records_that_are_dropped_while_their_writing_fails_are_not_written_later(machine: Machine) -> None:
    tab = await machine.tab("one")
    machine.engine.full = True
    tab.keep("message/a/1", "of a room that was left", 1)
    tab.keep("message/b/1", "another", 1)
    tab.flush()
    tab.drop("message/a/")
    await machine.settle()
    machine.engine.full = False
    tab.flush()
    await machine.settle()
    assert await machine.done(tab.records()) == {"message/b/1": "another"}


async def test_a_cursor_goes_only_upwards_within_an_epoch(machine: Machine) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    one.advance("epoch", {"room:r": 5})
    two.advance("epoch", {"room:r": 3})
    await machine.settle()
    assert (await machine.done(one.load())).cursors == {"room:r": 5}
    two.advance("another", {"place": 1})
    await machine.settle()
    restored = await machine.done(one.load())
    assert (restored.epoch, restored.cursors) == ("another", {"place": 1})


async def test_an_older_record_of_a_slower_tab_does_not_take_the_place_of_a_newer_one(machine: Machine) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    one.keep("message/1", "newest", 9)
    one.flush()
    two.keep("message/1", "older", 4)
    two.flush()
    await machine.settle()
    assert await machine.done(one.records()) == {"message/1": "newest"}


async def test_records_go_one_by_one_by_prefix_and_the_cursors_with_their_epoch(machine: Machine) -> None:
    tab = await machine.tab("one")
    for key in ("message/a/1", "message/ab/1", "known/a", "rooms"):
        tab.keep(key, "x")
    tab.advance("epoch", {"room:a": 1})
    await machine.settle()
    tab.keep("message/a/2", "never to be written")
    tab.drop("message/a/")
    tab.keep("known/a", None)
    tab.flush()
    tab.clear()
    await machine.settle()
    assert await machine.done(tab.records()) == {"message/ab/1": "x", "rooms": "x"}
    restored = await machine.done(tab.load())
    assert (restored.epoch, restored.cursors) == (None, {})


async def test_an_account_that_leaves_leaves_nothing_and_other_tabs_let_go(machine: Machine) -> None:
    one, two = await machine.tab("one"), await machine.tab("two")
    await machine.tab("three", account="bob")
    await machine.persist(one, entry(1))
    await machine.done(one.destroy())
    assert machine.engine.names == ["rebond:bob"]
    assert await machine.persist(two, entry(2)) == [(Kept.REFUSED, None)]
    again = await machine.tab("one")
    assert await machine.done(again.waiting()) == []


@pytest.mark.parametrize("committing", [False, True])
async def test_a_storage_that_never_answers_is_waited_for_so_long_and_not_asked_again_until_it_does(
    machine: Machine, clock: None, committing: bool
) -> None:
    from rebond.browser.idb import LIMIT

    tab, engine = await machine.tab("one"), machine.engine
    await machine.persist(tab, entry(1))
    engine.mute, engine.committing = True, committing
    answers: Answers = []
    tab.persist(entry(2), lambda kept, behind: answers.append((kept, behind)))
    tab.keep("message/1", "one", 1)
    tab.flush()
    engine.wait(LIMIT - 0.1)
    assert answers == []
    engine.wait(0.1)
    assert answers == [(Kept.REFUSED, None)]
    asked = len(engine.log)
    assert await machine.persist(tab, entry(3)) == [(Kept.REFUSED, None)]
    assert len(engine.log) == asked
    engine.mute = False
    await machine.settle()
    assert answers == [(Kept.REFUSED, None)]
    assert await machine.persist(tab, entry(4)) == [(Kept.KEPT, None)]
    there = [operation.id for operation in await machine.done(tab.waiting())]
    assert there == ["id-1", "id-4"]  # What was said not to be kept is not, even if it could not be stopped.
    # What could not be written before is written now.
    tab.flush()
    await machine.settle()
    assert await machine.done(tab.records()) == {"message/1": "one"}


async def test_who_slept_has_not_waited(machine: Machine, clock: None) -> None:
    from rebond.browser.idb import LATE, LIMIT

    tab, engine = await machine.tab("one"), machine.engine
    answers: Answers = []
    tab.persist(entry(1), lambda kept, behind: answers.append((kept, behind)))
    engine.wait(3 * LIMIT, asleep=True)
    assert answers == []
    await machine.settle()
    assert answers == [(Kept.KEPT, None)]
    tab.persist(entry(2), lambda kept, behind: answers.append((kept, behind)))
    engine.wait(3 * LIMIT, asleep=True)
    engine.wait(LATE)
    assert answers[1:] == [(Kept.REFUSED, None)]


async def test_a_tab_that_opens_on_a_mute_storage_begins_with_nothing(machine: Machine, clock: None) -> None:
    from rebond.browser.idb import LIMIT

    tab = await machine.tab("one")
    machine.engine.mute = True
    loading = asyncio.ensure_future(tab.load())
    await machine.settle()
    machine.engine.wait(LIMIT)
    restored = await machine.done(loading)
    assert (restored.epoch, restored.entries) == (None, ())
    assert await machine.done(tab.records()) == {}


async def test_a_database_that_is_let_go_of_leaves_no_timer(machine: Machine, clock: None) -> None:
    tab = await machine.tab("one")
    tab.persist(entry(1), lambda *_: None)
    tab.close()
    assert machine.engine.timers == 0
