"""The checker finds what it is there to find."""

from __future__ import annotations

import pytest

from rebond import events, wire
from rebond.outbox import Refusal
from rebond.simulation.checker import check_now, check_run, check_stopped, watch
from rebond.simulation.connection import Request, Socket
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
    with pytest.raises(AssertionError, match=r"acked 1 times and refused 1 times.*refused and is stored"):
        check_run(world)


def test_a_message_that_is_nowhere(world: World, tab: Tab) -> None:
    tab.sent.append(Sent("lost-0001", GENERAL, "lost"))
    with pytest.raises(AssertionError, match="0 in the outbox, 1 neither"):
        check_run(world)


def test_an_ack_for_what_is_not_stored(world: World, tab: Tab) -> None:
    tab.sent.append(Sent("lost-0001", GENERAL, "lost"))
    tab.view.acks.append(wire.Ack("lost-0001", GENERAL, 9, 0))
    with pytest.raises(AssertionError, match="lost-0001 was acked and is not stored"):
        check_run(world)


def test_messages_in_another_order(world: World, tab: Tab) -> None:
    tab.sent.reverse()
    with pytest.raises(AssertionError, match="typed"):
        check_run(world)
