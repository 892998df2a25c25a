"""The model of what a browser keeps: shared by the tabs of an account, and alive when they are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rebond import wire
from rebond.simulation.checker import check_run, watch
from rebond.simulation.storage import WRITE, Disk
from rebond.simulation.tab import Tab
from rebond.simulation.world import GENERAL, World
from rebond.streams import room_stream


@pytest.fixture
def world() -> World:
    world = World(durable=True)
    for number in (1, 2):
        tab = world.tab("ann", number)
        watch(tab)
        tab.start()
    world.run(1.0)
    return world


@pytest.fixture
def one(world: World) -> Tab:
    return world.tab("ann", 1)


@pytest.fixture
def two(world: World) -> Tab:
    return world.tab("ann", 2)


@pytest.fixture
def disk(world: World) -> Disk:
    return world.disks["ann"]


def settle(world: World, limit: float = 60.0) -> None:
    assert world.settle(limit), str(world.trace)
    check_run(world)


def stored(world: World) -> list[str]:
    """Return the texts in the room, as they were told first."""
    log = world.server.database.now.logs[room_stream(GENERAL)]
    return [str(logged.told.body.get("text", "deleted")) for logged in log]


def test_what_was_kept_is_sent_by_the_next_page(world: World, one: Tab) -> None:
    world.crash()
    one.say(GENERAL, "hello")
    world.run(1.0)
    one.close()
    one.close()
    one.reopen()
    one.reopen()
    world.start()
    settle(world)
    assert stored(world) == ["hello"]


def test_what_was_not_kept_yet_is_lost_with_its_page(world: World, one: Tab, disk: Disk) -> None:
    one.say(GENERAL, "hello")
    one.close()
    one.reopen(fresh=True)
    settle(world)
    assert stored(world) == []
    assert disk.unsure == {one.sent[0].id}


def test_a_page_that_dies_may_have_written_more_than_it_heard(world: World, one: Tab) -> None:
    one.say(GENERAL, "hello")
    one.say(GENERAL, "again")
    one.close(keeping=1)
    one.reopen()
    settle(world)
    assert stored(world) == ["hello"]


def test_what_a_closed_tab_has_left_another_sends(world: World, one: Tab, two: Tab) -> None:
    one.stall()
    one.say(GENERAL, "hello")
    world.run(1.0)
    one.close()
    settle(world)
    assert stored(world) == ["hello"]
    assert not two.sent


def test_two_tabs_type_in_turns_and_it_is_stored_in_turns(world: World, one: Tab, two: Tab) -> None:
    for tab in (one, two, one, two):
        tab.stall()
        tab.say(GENERAL, f"{tab.name} {len(tab.sent)}")
        world.run(WRITE)
    one.flow()
    world.run(3.0)
    two.flow()
    settle(world)
    assert stored(world) == ["ann-1 0", "ann-2 0", "ann-1 1", "ann-2 1"]


def test_a_reload_keeps_the_order_of_two_tabs(world: World, one: Tab, two: Tab) -> None:
    for tab in (one, two):
        tab.stall()
        tab.say(GENERAL, tab.name)
        world.run(WRITE)
    two.close()
    two.reopen()
    two.flow()
    world.run(2.0)
    one.flow()
    settle(world)
    assert stored(world) == ["ann-1", "ann-2"]


def test_what_another_tab_has_sent_is_edited_by_an_operation_of_its_own(world: World, one: Tab) -> None:
    one.stall()
    one.reset()
    one.say(GENERAL, "hello")
    world.run(60.0)
    one.edit(GENERAL, one.sent[0].id, "better")
    one.flow()
    settle(world)
    assert stored(world) == ["hello", "better"]


def test_what_was_never_sent_is_changed_and_taken_back_in_place(world: World, one: Tab, disk: Disk) -> None:
    one.cut(told=True)
    one.reset()
    for text in ("one", "two"):
        one.say(GENERAL, text)
    world.run(1.0)
    one.edit(GENERAL, one.sent[0].id, "better")
    one.delete(GENERAL, one.sent[1].id)
    world.run(1.0)
    assert [row.operation for row in disk.rows.values()] == [wire.Send(one.sent[0].id, GENERAL, "better")]
    one.mend(told=True)
    settle(world)
    assert stored(world) == ["better"]
    assert one.view.dropped == [one.sent[1].id]


def test_a_storage_that_refuses_leaves_it_in_memory(world: World, one: Tab, disk: Disk) -> None:
    world.crash()
    disk.full = True
    one.say(GENERAL, "hello")
    world.run(1.0)
    assert not disk.rows
    assert [entry.kept for entry in one.view.outbox.values()] == [False]
    world.start()
    settle(world)
    assert stored(world) == ["hello"]


def test_a_page_goes_on_from_the_cursors_that_were_kept(world: World, one: Tab, two: Tab) -> None:
    one.say(GENERAL, "hello")
    settle(world)
    two.close()
    one.close()
    world.server.change("ann", lambda database: database.make_room("attic", 1.0))
    one.reopen()
    settle(world)
    assert [event.seq for event in one.view.stretches["place"].events] == [2]
    assert one.view.stretches[room_stream(GENERAL)].base == 1


def test_another_life_of_the_database_clears_the_cursors(world: World, one: Tab, disk: Disk) -> None:
    backup = world.server.database.copy()
    one.say(GENERAL, "hello")
    settle(world)
    world.crash()
    world.server.database.restore(backup)
    world.start()
    settle(world)
    assert disk.epoch == "life-2"
    assert disk.cursors[room_stream(GENERAL)] == 0


def test_a_tab_stopped_while_it_loads_stays_stopped(world: World, one: Tab) -> None:
    one.close()
    one.start()
    one.reopen()
    one.stop()
    world.run(1.0)
    assert not one.live


def test_a_tab_without_a_disk_begins_with_nothing() -> None:
    world = World()
    tab = world.tab("ann")
    tab.start()
    tab.say(GENERAL, "hello")
    world.run(0.01)
    tab.close()
    tab.reopen()
    settle(world)
    assert stored(world) == []


def test_what_is_parked_holds_back_nobody_in_other_tabs(world: World, one: Tab, two: Tab, disk: Disk) -> None:
    world.crash()
    one.say(GENERAL, "parked")
    world.run(1.0)
    disk.rows = {number: replace(row, parked=True) for number, row in disk.rows.items()}
    two.say(GENERAL, "hello")
    world.run(1.0)
    assert [entry.behind for entry in two.view.outbox.values()] == [None]
    for tab in (one, two):
        tab.close()
    world.run(6.0)
    two.reopen()
    world.run(1.0)
    assert [(entry.parked, entry.behind) for entry in two.view.outbox.values()] == [(True, None), (False, None)]


def test_a_storage_that_is_full_is_read_all_the_same(world: World, one: Tab, disk: Disk) -> None:
    world.crash()
    one.say(GENERAL, "hello")
    world.run(1.0)
    disk.full = True
    one.close()
    one.reopen()
    world.run(1.0)
    world.start()
    settle(world)
    assert stored(world) == ["hello"]


def test_two_tabs_that_take_each_other_for_dead_keep_the_order(world: World, one: Tab, two: Tab) -> None:
    for tab in (one, two, one, two):
        tab.stall()
        tab.say(GENERAL, f"{tab.name} {len(tab.sent)}")
        world.run(2 * WRITE)
    world.run(60.0)
    two.flow()
    two.link.retry_now()
    world.run(0.2)
    one.flow()
    one.link.retry_now()
    settle(world)
    assert stored(world) == ["ann-1 0", "ann-2 0", "ann-1 1", "ann-2 1"]


def test_where_nobody_is_there_nothing_is_waited_for(world: World, one: Tab, two: Tab, disk: Disk) -> None:
    world.crash()
    one.say(GENERAL, "hello")
    world.run(1.0)
    for tab in (one, two):
        tab.stop()
    assert disk.rows
    assert world.settled()


def test_a_page_may_be_hidden_when_its_link_starts(world: World, one: Tab) -> None:
    one.stop()
    one.hide(1.0)
    one.start()
    settle(world)
    assert one.live
