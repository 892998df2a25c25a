"""The model itself: what befalls the links, one thing at a time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rebond import events, exchange, wire
from rebond.admission import Rates
from rebond.codes import Close, ErrorCode
from rebond.effects import Skipped
from rebond.liveness import DEFAULT_BEAT, URGENT
from rebond.simulation.checker import check_run
from rebond.simulation.clock import STANDSTILL, Clock
from rebond.simulation.connection import Answer, Request, Socket
from rebond.simulation.gateway import Gateway
from rebond.simulation.herd import Outage, rebond
from rebond.simulation.network import Block
from rebond.simulation.server import COMMIT
from rebond.simulation.tab import Tab
from rebond.simulation.throttler import PERIOD, Throttler
from rebond.simulation.world import GENERAL, World
from rebond.states import State
from rebond.status import Cause


@pytest.fixture
def world() -> World:
    world = World()
    world.tab("ann").start()
    world.run(1.0)
    return world


@pytest.fixture
def ann(world: World) -> Tab:
    return world.tab("ann")


def settle(world: World, limit: float = 60.0) -> None:
    assert world.settle(limit), str(world.trace)
    check_run(world)


def test_time_that_stands_still_is_noticed() -> None:
    clock = Clock()

    def again() -> None:
        clock.after(0.0, again)

    again()
    with pytest.raises(RuntimeError, match="time stands still"):
        clock.run(1.0)
    assert STANDSTILL > 1_000


def test_what_does_not_come_is_waited_for_no_longer_than_asked() -> None:
    clock = Clock()
    assert not clock.run_until(lambda: False, 3.0)
    assert clock.now == 3.0


def test_everything_repeats_from_its_seed_and_lazy_ticks_change_nothing() -> None:
    traces = []
    for lazy in (True, True, False):
        world = World(5, lazy=lazy)
        tab = world.tab("ann")
        tab.start()
        world.run(3.0)
        world.crash()
        world.run(20.0)
        tab.link.retry_now()
        world.start()
        settle(world)
        traces.append(str(world.trace))
    assert traces[0] == traces[1] == traces[2]


def test_parcels_can_be_watched_on_their_way(world: World, ann: Tab) -> None:
    ann.say(GENERAL, "hello")
    [parcel] = [parcel for pipe in ann.path.pipes() for parcel in pipe.parcels()]
    assert '"text":"hello"' in parcel.label
    assert parcel.up
    assert [parcel] == list(ann.link.sockets[0].pipes[0].parcels())
    assert parcel.due - parcel.sent == pytest.approx(0.02)


def test_a_commit_that_nobody_was_told_of_is_found_by_its_id(world: World, ann: Tab) -> None:
    ann.say(GENERAL, "hello")
    world.run(0.02 + COMMIT / 2)
    assert world.server.committing
    world.crash(committed=True)
    world.run(1.0)
    world.start()
    settle(world)
    assert [ack.seq for ack in ann.view.acks] == [1]


def test_the_server_may_forget_an_event_but_not_lie_about_a_range(world: World, ann: Tab) -> None:
    world.server.forget_one("ann-1")
    ann.say(GENERAL, "hello")
    world.run(1.0)
    stretch = ann.view.stretches[f"room:{GENERAL}"]
    assert (len(ann.view.acks), stretch.events) == (1, [])
    # What was missed is asked for with the next beat, and told whole; the next event may be forgotten again.
    world.server.forget_one("ann-1")
    assert world.clock.run_until(lambda: stretch.events != [], 2 * DEFAULT_BEAT)
    ann.say(GENERAL, "hello again")
    world.run(1.0)
    assert len(stretch.events) == 1
    settle(world)


def test_a_room_is_joined_and_left(world: World, ann: Tab) -> None:
    database, now = world.server.database, world.clock.now
    for _ in range(2):
        world.server.change("", lambda database: database.make_room("attic", now))
        world.server.change("ann", lambda database: database.join("ann", "attic", now))
    settle(world)
    ann.say("attic", "hello")
    settle(world)
    for _ in range(2):
        world.server.change("ann", lambda database: database.leave("ann", "attic", now))
    settle(world)
    assert [event.seq for event in ann.view.past[0].events] == [1]
    ann.say("attic", "still there?")
    ann.say("nowhere", "hello?")
    settle(world)
    assert [refusal.code for refusal in ann.view.refusals] == [ErrorCode.NOT_A_MEMBER, ErrorCode.NO_SUCH_ROOM]
    assert database.store("ann", wire.Send("x" * 8, GENERAL, "late", after="unknown-1"), now)[0] == wire.Error(
        ErrorCode.PREDECESSOR, "refused", "x" * 8
    )


def test_a_room_left_while_away_is_followed_no_more(world: World, ann: Tab) -> None:
    world.server.change("", lambda database: database.make_room("attic", 1.0))
    world.server.change("ann", lambda database: database.join("ann", "attic", 1.0))
    settle(world)
    ann.stop()
    world.server.change("ann", lambda database: database.leave("ann", "attic", 2.0))
    ann.start()
    settle(world)
    assert "room:attic" not in ann.view.stretches


def test_another_life_of_the_database_resets_the_view(world: World, ann: Tab) -> None:
    backup = world.server.database.copy()
    ann.say(GENERAL, "gone")
    settle(world)
    world.crash()
    world.server.database.restore(backup)
    world.start()
    settle(world)
    assert {stretch.epoch for stretch in ann.view.stretches.values()} == {"life-2"}


def test_a_token_that_runs_out_is_renewed_on_the_open_socket(world: World) -> None:
    world.server.token_life = 5.0
    bob = world.tab("bob")
    bob.start()
    world.run(20.0)
    assert bob.live
    bob.path.block(Block.STALL)
    world.run(5.5)
    bob.path.free(Block.STALL)
    settle(world)


def test_a_hello_that_never_comes_ends_the_connection(world: World, ann: Tab) -> None:
    codes: list[int] = []
    socket = Socket(ann.path, world.server, lambda: None, lambda _: None, lambda code, _: codes.append(code))
    socket.connect()
    world.run(6.0)
    assert codes == [Close.HELLO_TIMEOUT]


def test_a_socket_closed_before_its_handshake_is_not_connected(world: World, ann: Tab) -> None:
    socket = Socket(ann.path, world.server, lambda: None, lambda _: None, lambda *_: None)
    socket.close()
    socket.connect()
    world.run(1.0)
    assert not socket.open
    socket = Socket(ann.path, world.server, lambda: None, lambda _: None, lambda *_: None)
    socket.connect()
    world.run(0.03)
    socket.close()
    world.run(1.0)
    assert not socket.open


def test_a_machine_without_a_network_says_so_at_once(world: World, ann: Tab) -> None:
    ann.cut(told=True)
    world.run(30.0)
    status = ann.link.status
    assert (status.state, status.cause) in [(State.WAITING, Cause.OFFLINE), (State.PROBING, Cause.OFFLINE)]
    ann.link.abandon(Close.NORMAL)
    ann.link.open(ann.link._machine._attempt.number)
    world.run(1.0)
    ann.mend(told=True)
    settle(world)


def test_a_storm_is_let_in_at_the_rate_admitted() -> None:
    world = World(rates=Rates(fixed=2.0))
    tabs = [world.tab(f"user{number}") for number in range(8)]
    for tab in tabs:
        tab.start()
    settle(world)
    for tab in tabs:
        tab.reset()
    settle(world)
    assert max(world.server.arrivals) - min(world.server.arrivals) > 1.0


def test_heads_that_are_out_of_date_are_looked_up_again(world: World, ann: Tab) -> None:
    gateway = Gateway(world.server, ann.link.sockets[0])
    token = next(iter(world.server.tokens))
    heads = world.server.heads(token)
    world.server.change("ann", lambda database: database.make_room("attic", 1.0))
    world.server.change("ann", lambda database: database.join("ann", "attic", 1.0))
    assert world.server.authenticate(gateway, exchange.Authenticate(token, None), heads) is None
    gateway._authenticate(exchange.Authenticate(token, None), heads)
    world.run(1.0)
    assert gateway.user == "ann"


def test_who_was_away_for_long_gets_a_hole(world: World, ann: Tab) -> None:
    ann.stop()
    database = world.server.database
    for number in range(600):
        database.store("ann", wire.Send(f"number-{number:04}", GENERAL, "hello"), 1.0)
    ann.start()
    world.run(10.0)
    assert ann.live
    assert ann.view.stretches[f"room:{GENERAL}"].events[-1].seq == 600


def test_a_listener_that_raises_is_a_fault_of_the_test(ann: Tab) -> None:
    with pytest.raises(ZeroDivisionError):
        ann.link.report("a listener raised", ZeroDivisionError())
    ann.link.report("no more than a word")


def test_the_brake_on_handshakes_follows_failures_and_forgets_them() -> None:
    throttler = Throttler(random.Random(1))
    delays = []
    for _ in range(20):
        delays.append(throttler.delay(1.0))
        throttler.ended(1.0, succeeded=False)
    assert max(delays[:8]) < 0.05
    assert min(delays[16:]) >= 1.0
    assert throttler.delay(PERIOD + 1.0) >= 1.0, "those of the period before still count"
    throttler.ended(PERIOD + 1.0, succeeded=True)
    assert throttler.delay(5 * PERIOD) < 0.001


def test_a_small_herd_comes_back() -> None:
    result = rebond(Outage(clients=20, joining=2.0, seconds=5.0), 1)
    assert len(result.recoveries) == 20


def test_a_request_given_up_before_the_browser_failed_it_says_nothing(world: World, ann: Tab) -> None:
    ann.path.block(Block.CUT)
    answers: list[Answer | None] = []
    Request(ann.path, "GET", world.server.alive, answers.append).cancel()
    Request(ann.path, "GET", world.server.alive, answers.append)
    world.run(1.0)
    assert answers == [None]


def test_a_crowd_is_refused_tokens_too(world: World) -> None:
    while world.server.admission.admit(world.clock.now) is None:
        pass
    answer = world.server.refresh("ann", "ann-1")
    assert answer is not None
    assert answer.status == 503


def test_the_shell_does_nothing_with_what_is_not_there(world: World, ann: Tab) -> None:
    ann.link.stop_ticking()
    assert ann.page.intervals == 0
    ann.link.renew()
    renewal = ann.link.renewal
    ann.link.renew()
    assert ann.link.renewal is renewal
    world.run(1.0)
    ann.stop()
    ann.link.transmit("{}")
    assert not ann.link.sockets


def test_a_listener_may_call_the_link(world: World) -> None:
    bob = world.tab("bob")

    def greet(welcome: wire.Welcome) -> None:
        bob.view.welcomed(welcome)
        bob.say(GENERAL, "here I am")

    bob.link._listeners.welcome = greet
    bob.start()
    settle(world)
    assert len(bob.view.acks) == 1


def test_a_message_is_changed_and_taken_back_and_its_text_is_gone(world: World, ann: Tab) -> None:
    world.server.change("", lambda database: database.make_room("attic", 1.0))
    ann.say(GENERAL, "helo")
    settle(world)
    message = ann.sent[0].id
    ann.edit(GENERAL, message, "hello")
    ann.delete(GENERAL, message)
    settle(world)
    log = world.server.database.logs[f"room:{GENERAL}"]
    assert [(published.event.kind, published.event.body.get("text")) for published in log] == [
        ("message", ""),
        ("edited", ""),
        ("deleted", None),
    ]
    ann.edit(GENERAL, message, "too late")
    ann.edit(GENERAL, "never-said", "what?")
    settle(world)
    assert [refusal.code for refusal in ann.view.refusals] == [ErrorCode.NO_SUCH_MESSAGE] * 2


def test_what_is_parked_is_seen(world: World, ann: Tab) -> None:
    world.crash()
    ann.say(GENERAL, "hello")
    ann.link.feed(events.Send(wire.Send("poison-01", GENERAL, "poison")))
    ann.view.acked(wire.Ack("unknown-1", GENERAL, 1, 1))
    outbox = ann.link._machine._delivery.outbox
    entry = outbox.get("poison-01")
    assert entry is not None
    ann.view.fated(replace(entry, parked=True, kept=False))
    assert ann.view.parked == {"poison-01"}
    assert ann.view.reach("life-1", "room:nowhere") == 0


def test_the_cursor_may_stand_at_the_end_of_a_hole(world: World, ann: Tab) -> None:
    ann.view.skipped(Skipped(f"room:{GENERAL}", 1, 7))
    assert ann.view.reach("life-1", f"room:{GENERAL}") == 7


def test_reactions_are_not_in_the_model(world: World) -> None:
    with pytest.raises(TypeError, match="nobody reacts"):
        world.server.database.store("ann", wire.React("react-001", GENERAL, "ann/message-1", "+", on=True), 1.0)


def test_what_is_only_state_is_said_and_changes_nothing_here(world: World, ann: Tab) -> None:
    ann.link.say("typing", room=GENERAL, on=True)
    ann.link.say("away", on=True)
    settle(world)
    assert ann.link.status.state is State.LIVE


def test_what_is_typed_and_read_is_none_of_the_models_business(world: World, ann: Tab) -> None:
    ann.link.transmit('{"t":"state","kind":"typing","room":"general","on":true}')
    world.run(1.0)
    assert ann.live


@pytest.mark.parametrize("told", [True, False])
def test_who_wakes_on_a_dead_line_waits_two_seconds_to_know_it(world: World, told: bool) -> None:
    tab = world.tab("ada")
    tab.start()
    assert world.settle(10)
    tab.sleep(clock_stops=True)
    world.run(60)
    tab.stall()
    tab.wake(told=told)
    woken = world.clock.now
    assert world.clock.run_until(lambda: not tab.live, 60)
    # Where only the clocks tell, the alarm that notices it is one beat away at most.
    assert world.clock.now - woken <= URGENT + (0.0 if told else DEFAULT_BEAT) + 0.1
