"""The checker finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rebond import events, wire
from rebond.outbox import Entry, Refusal
from rebond.simulation.checker import check_now, check_run, check_stopped, watch
from rebond.simulation.connection import Request, Socket
from rebond.simulation.fates import complaints
from rebond.simulation.tab import Sent, Tab
from rebond.simulation.world import GENERAL, World


@pytest.fixture
def world() -> World:
    world = World()
    tab = world.tab("ann")
    tab.start()
    world.run(1.0)
    for text in ("one", "two"):
        tab.say(GENERAL, text)
    world.run(1.0)
    check_now(world)
    check_run(world)
    return world


@pytest.fixture
def tab(world: World) -> Tab:
    return world.tab("ann")


def lost(tab: Tab) -> Sent:
    return Sent("lost-0001", GENERAL, "lost", None, 1.0, tab.view, in_place=False)


def nothing(*_: object) -> None:
    """Do nothing."""


def watched(tab: Tab, complaint: str) -> None:
    watch(tab)
    with pytest.raises(AssertionError, match=complaint):
        tab.link.watch()


def test_a_second_socket(tab: Tab) -> None:
    tab.link.sockets.append(tab.link.sockets[0])
    watched(tab, "2 sockets")


def test_an_interval_too_many(tab: Tab) -> None:
    tab.page.interval(1.0, nothing)
    watched(tab, "1 intervals while live")


def test_an_alarm_too_many_or_none(world: World, tab: Tab) -> None:
    alarm = tab.page.alarm(99.0, nothing)
    watched(tab, "2 alarms while live")
    alarm.clear()
    tab.link.set_alarm(None)
    with pytest.raises(AssertionError, match="0 alarms while live"):
        check_now(world)


def test_two_attempts_and_a_probe_out_of_place(tab: Tab) -> None:
    tab.link.probes += [Request(tab.path, "GET", lambda: None, nothing) for _ in range(2)]
    watched(tab, "2 attempts in flight; a probe while live")


def test_a_socket_out_of_place(world: World, tab: Tab) -> None:
    tab.stop()
    tab.link.sockets.append(Socket(tab.path, world.server, nothing, nothing, nothing))
    watched(tab, "a socket while stopped")
    with pytest.raises(AssertionError, match="1 sockets left"):
        check_stopped(world)


def test_a_try_ahead_of_its_time(tab: Tab) -> None:
    tab.link._check_try(events.Tick(), 1e9)
    watched(tab, "nothing was due")


def test_a_try_before_the_server_wanted_one(tab: Tab) -> None:
    tab.link._asked_to_wait = 1e9
    tab.link._check_try(events.Tick(), 0.0)
    watched(tab, "asked to wait")


def test_an_event_shown_twice(world: World, tab: Tab) -> None:
    stretch = tab.view.stretches[f"room:{GENERAL}"]
    stretch.events.append(stretch.events[-1])
    with pytest.raises(AssertionError, match=r"shown \[1, 2, 2\], stored \[1, 2\]"):
        check_run(world)


def test_a_message_acked_twice_or_acked_and_refused(world: World, tab: Tab) -> None:
    first = tab.sent[0]
    tab.view.refusals.append(Refusal(first.id, first.room, first.text, "code", "message"))
    with pytest.raises(AssertionError, match=r"has 2 fates in one page.*was refused or taken back and is stored"):
        check_run(world)


def test_a_message_that_is_nowhere(world: World, tab: Tab) -> None:
    tab.sent.append(lost(tab))
    with pytest.raises(AssertionError, match="lost-0001 is neither stored, refused nor in an outbox"):
        check_run(world)


def test_an_outbox_that_is_not_what_was_told(world: World, tab: Tab) -> None:
    tab.view.fated(Entry(wire.Send("lost-0001", GENERAL, "lost")))
    with pytest.raises(AssertionError, match="0 in the outbox, 1 whose fate is open"):
        check_run(world)


def test_an_ack_for_what_is_not_stored(world: World, tab: Tab) -> None:
    tab.sent.append(lost(tab))
    tab.view.acks.append(wire.Ack("lost-0001", GENERAL, 9, 0))
    with pytest.raises(AssertionError, match="lost-0001 was acked and is not stored"):
        check_run(world)


def test_messages_in_another_order(world: World, tab: Tab) -> None:
    tab.sent.reverse()
    with pytest.raises(AssertionError, match=r"done \['.*-0002'"):
        check_run(world)


def test_a_text_that_is_stored_otherwise(world: World, tab: Tab) -> None:
    first = tab.sent[0]
    tab.view.settled[first.id] = Entry(wire.Send(first.id, GENERAL, "another text"))
    with pytest.raises(AssertionError, match="is 'another text' to the page, and stored as 'one'"):
        check_run(world)


def test_a_message_stored_twice_or_of_somebody_else(world: World, tab: Tab) -> None:
    log = world.server.database.now.logs[f"room:{GENERAL}"]
    log.append(log[0])
    bob = world.tab("bob")
    bob.sent.append(tab.sent[0])
    with pytest.raises(AssertionError, match=r"-0001 is stored 2 times.*-0001 is another's"):
        check_run(world)


def test_an_event_shown_with_another_text(world: World, tab: Tab) -> None:
    events = tab.view.stretches[f"room:{GENERAL}"].events
    events[0] = replace(events[0], body={})
    with pytest.raises(AssertionError, match=r"body=\{\}"):
        check_run(world)


@pytest.fixture
def durable() -> World:
    world = World(durable=True)
    for number in (1, 2):
        world.tab("ann", number).start()
    world.run(1.0)
    return world


def test_two_tabs_in_another_order(durable: World) -> None:
    durable.tab("ann", 1).say(GENERAL, "one")
    durable.run(1.0)
    durable.tab("ann", 2).say(GENERAL, "two")
    durable.run(1.0)
    check_run(durable)
    log = durable.server.database.now.logs[f"room:{GENERAL}"]
    log.reverse()
    found = list(complaints(durable, "ann"))
    assert any(complaint.endswith("was done, and is stored after it") for complaint in found)


def test_a_cursor_kept_before_its_events(durable: World) -> None:
    tab = durable.tab("ann")
    assert tab.storage is not None
    tab.storage.advance("life-1", {f"room:{GENERAL}": 5})
    watched(tab, "the cursor 5 of room:general was kept before its events were shown")


def test_a_change_in_a_hole_that_was_not_told(durable: World) -> None:
    tab, server = durable.tab("ann"), durable.server
    server.max_missed, server.newest = 3, 1
    tab.say(GENERAL, "one")
    durable.run(1.0)
    tab.stop()
    for number in range(4):
        other = durable.tab("ann", 2)
        other.edit(GENERAL, tab.sent[0].id, f"better {number}")
    durable.run(1.0)
    tab.start()
    assert durable.settle(30.0)
    check_run(durable)
    [gap] = tab.view.stretches[f"room:{GENERAL}"].gaps
    assert (gap.from_, gap.to, [event.seq for event in gap.changes]) == (2, 4, [2, 3, 4])
    gap.changes.pop()
    with pytest.raises(AssertionError, match=r"of 2 to 4 \[2, 3\] was told, \[2, 3, 4\] has changed"):
        check_run(durable)
