"""The link, moved by hand on a virtual clock: how it is lost and how it comes back."""

from __future__ import annotations

import pytest

from rebond import effects, events, wire
from rebond.codes import Close
from rebond.credentials import MARGIN
from rebond.delivery import ADOPT_EVERY
from rebond.liveness import DEFAULT_BEAT, PATIENCE, URGENT
from rebond.options import GREETING_TIMEOUT, MAX_RAW, OPEN_TIMEOUT, PROBE_TIMEOUT, QUARREL, TICK
from rebond.outbox import Entry, Kept
from rebond.states import State
from rebond.status import Cause
from tests.support.driver import Driver, delivered, event, fates, frames, of, welcome


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def live() -> Driver:
    driver = Driver()
    driver.connect()
    driver.effects = [effect for effect in driver.effects if isinstance(effect, effects.Open)]
    return driver


# The first connection.


def test_the_first_try_asks_for_a_token_and_opens_without_a_probe(driver: Driver) -> None:
    wanted = driver.feed(events.Start())
    assert of(effects.StartTicking, wanted)
    assert of(effects.Renew, wanted)
    assert not of(effects.Probe, wanted)
    assert of(effects.Open, driver.feed(events.TokenRenewed("token", 900.0))) == [effects.Open(1)]


def test_hello_says_who_is_there_and_what_was_seen(driver: Driver) -> None:
    driver.feed(events.Start())
    driver.feed(events.TokenRenewed("token", 900.0))
    [hello] = frames(driver.feed(events.Opened(1)))
    assert hello == wire.Hello("token", wire.VERSION, "tab", {}, None)


def test_welcome_makes_it_live_and_clears_the_interval(driver: Driver) -> None:
    driver.feed(events.Start())
    driver.feed(events.TokenRenewed("token", 900.0))
    driver.feed(events.Opened(1))
    wanted = driver.say(welcome(), after=0.04)
    assert driver.state is State.LIVE
    assert of(effects.StopTicking, wanted)
    assert [effect.welcome for effect in of(effects.Welcomed, wanted)] == [welcome()]
    [published] = of(effects.Publish, wanted)
    assert (published.status.state, published.status.round_trip_ms) == (State.LIVE, 40)


def test_a_link_without_tokens_opens_at_once() -> None:
    driver = Driver(token=False)
    assert of(effects.Open, driver.feed(events.Start()))


def test_a_second_start_changes_nothing(live: Driver) -> None:
    assert live.feed(events.Start()) == []


# Coming back.


def test_a_lost_link_starts_one_interval_and_probes_at_its_phase(live: Driver) -> None:
    wanted = live.close()
    assert len(of(effects.StartTicking, wanted)) == 1
    assert of(effects.SetAlarm, wanted) == [effects.SetAlarm(None)]
    assert live.link.status().cause is Cause.LOST
    assert live.tick_until(effects.Probe) == pytest.approx(0.15)  # the first tick at or after 0.125


def test_while_the_server_is_down_it_probes_once_a_window_and_opens_nothing(live: Driver) -> None:
    live.close()
    times = []
    for _ in range(4):
        live.tick_until(effects.Probe)
        times.append(round(live.now - 100.0, 6))
        live.feed(events.ProbeFailed(live.attempt))
    assert times == [0.15, 0.4, 0.65, 0.9]
    assert len(of(effects.Open, live.effects)) == 1
    assert not of(effects.StartTicking, live.effects[2:])


def test_a_probe_that_is_answered_opens_the_socket_at_once(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    assert of(effects.Open, live.feed(events.ProbeAnswered(live.attempt))) == [effects.Open(2)]


def test_it_asks_for_all_since_its_cursors(live: Driver) -> None:
    live.say(event(1), event(2))
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt))
    [hello] = frames(live.feed(events.Opened(live.attempt)))
    assert hello == wire.Hello("token", wire.VERSION, "tab", {"room:r": 2}, "epoch")


def test_without_a_probe_it_opens_the_socket_itself() -> None:
    driver = Driver(probe=False)
    driver.connect()
    driver.close()
    driver.tick_until(effects.Open)
    assert not of(effects.Probe, driver.effects)


def test_one_try_is_in_flight_at_a_time(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    for _ in range(20):
        assert not of(effects.Probe, live.feed(events.Tick(), TICK))
    assert not of(effects.Probe, live.feed(events.RetryNow()))


def test_a_late_tick_tries_at_once(live: Driver) -> None:
    live.close()
    assert of(effects.Probe, live.feed(events.Tick(), 60.0))


@pytest.mark.parametrize("wish", [events.RetryNow(), events.Online(), events.Woke()])
def test_a_reason_to_hope_tries_at_once(live: Driver, wish: events.Event) -> None:
    live.close()
    assert of(effects.Probe, live.feed(wish))


def test_what_a_stale_try_says_is_dropped(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    stale = live.attempt - 1
    for late in (
        events.ProbeAnswered(stale),
        events.ProbeFailed(stale),
        events.Opened(stale),
        events.Closed(stale, 1006),
        events.Received(stale, "{}"),
    ):
        assert live.feed(late) == []
    assert live.state is State.PROBING


def test_what_comes_in_the_wrong_state_is_dropped(live: Driver) -> None:
    live.feed(events.ProbeAnswered(live.attempt))
    live.feed(events.ProbeFailed(live.attempt))
    live.feed(events.Opened(live.attempt))
    live.say(welcome(heads={"room:other": 3}))
    assert live.state is State.LIVE


def test_what_comes_after_the_close_is_dropped(live: Driver) -> None:
    live.close()
    assert live.close() == []
    assert live.say(event(1)) == []
    assert live.state is State.WAITING


@pytest.mark.parametrize(
    ("reached", "limit"),
    [(State.PROBING, PROBE_TIMEOUT), (State.OPENING, OPEN_TIMEOUT), (State.GREETING, GREETING_TIMEOUT)],
)
def test_every_step_of_a_try_has_its_time(live: Driver, reached: State, limit: float) -> None:
    live.close()
    live.tick_until(effects.Probe)
    if reached is not State.PROBING:
        live.feed(events.ProbeAnswered(live.attempt))
    if reached is State.GREETING:
        live.feed(events.Opened(live.attempt))
    assert live.state is reached
    assert live.tick_until(effects.Abandon) == pytest.approx(limit, abs=2 * TICK)
    assert live.state is State.WAITING
    assert live.link.status().cause is Cause.TIMEOUT


def test_a_try_that_slept_past_its_time_gets_a_moment_more(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    assert live.feed(events.Tick(), 60.0) == []
    live.feed(events.ProbeAnswered(live.attempt), 0.1)
    assert live.state is State.OPENING


def test_a_socket_that_cannot_be_opened_waits_for_the_next_turn(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt))
    live.close()
    assert live.state is State.WAITING
    assert live.tick_until(effects.Probe) <= 0.25 + TICK


def test_the_width_of_the_window_comes_from_the_server(live: Driver) -> None:
    live.say(wire.Pong({}, 8_000))
    live.close()
    assert live.tick_until(effects.Probe) == pytest.approx(4.0, abs=TICK)


def test_a_probe_tells_the_width_too(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt, 4_000))
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeFailed(live.attempt))
    assert live.tick_until(effects.Probe) == pytest.approx(4.0, abs=TICK)


def test_a_busy_server_says_when_to_come_back(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeFailed(live.attempt, busy=True, retry_ms=3_000))
    assert live.link.status().cause is Cause.BUSY
    assert live.link.status().next_try == live.now + 3.0
    assert live.tick_until(effects.Probe) == pytest.approx(3.0, abs=2 * TICK)


@pytest.mark.parametrize(("code", "cause"), [(Close.RESTART, Cause.RESTART), (Close.TRY_LATER, Cause.BUSY)])
def test_a_planned_end_hands_out_a_slot(live: Driver, code: Close, cause: Cause) -> None:
    live.say(wire.Bye(2_000))
    live.close(code, after=0.5)
    assert live.link.status().cause is cause
    assert live.link.status().next_try == pytest.approx(live.now + 1.5)


def test_the_status_counts_the_tries_and_names_the_next(live: Driver) -> None:
    live.close()
    status = live.link.status()
    assert (status.state, status.attempt, status.next_try) == (State.WAITING, 0, live.now + 0.125)
    live.tick_until(effects.Probe)
    assert live.link.status().attempt == 1
    assert live.link.status().next_try is None
    live.feed(events.ProbeFailed(live.attempt))
    assert live.link.status().cause is Cause.SERVER_DOWN


def test_the_status_names_the_close_code(live: Driver) -> None:
    assert live.link.status().code is None
    live.close(1011)
    assert live.link.status().code == 1011
    live.connect()
    assert live.link.status().code is None


def test_offline_is_said_and_the_tries_go_on(live: Driver) -> None:
    live.close()
    live.feed(events.Offline())
    assert live.link.status().cause is Cause.OFFLINE
    live.tick_until(effects.Probe)
    live.feed(events.ProbeFailed(live.attempt))
    assert live.link.status().cause is Cause.OFFLINE


def test_a_hidden_page_tries_less_often(live: Driver) -> None:
    live.feed(events.Hidden())
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeFailed(live.attempt))
    assert live.tick_until(effects.Probe) >= 1.9


# Liveness.


def test_while_live_there_is_one_alarm_at_the_beat(driver: Driver) -> None:
    driver.connect(beat_ms=4_000)
    assert of(effects.SetAlarm, driver.effects)[-1] == effects.SetAlarm(driver.now + 4.0)
    assert of(effects.SetAlarm, driver.say(event(1), after=1.0)) == []


def test_a_silence_asks_and_no_answer_ends_it(live: Driver) -> None:
    assert frames(live.feed(events.Alarm(), 10.0)) == [wire.Ping()]
    wanted = live.feed(events.Alarm(), PATIENCE)
    assert of(effects.Abandon, wanted) == [effects.Abandon(live.attempt, Close.GOING_AWAY)]
    assert live.link.status().cause is Cause.SILENT
    assert live.state is State.WAITING


def test_an_answer_keeps_it_and_measures_the_way(live: Driver) -> None:
    live.feed(events.Alarm(), 10.0)
    live.say(wire.Pong({}, 250), after=0.07)
    assert live.link.status().round_trip_ms == 70
    assert live.feed(events.Alarm(), PATIENCE) == [effects.SetAlarm(live.now - PATIENCE + 10.0)]


def test_every_beat_that_is_answered_is_told_even_if_it_took_as_long_as_the_last(live: Driver) -> None:
    beats = []
    for _ in range(2):
        live.feed(events.Alarm(), DEFAULT_BEAT)
        live.say(wire.Pong({}, 250), after=0.04)
        beats.append(live.now)
    told = [effect.status for effect in of(effects.Publish, live.effects)][-2:]
    assert [(status.last_beat, status.round_trip_ms) for status in told] == [(beat, 40) for beat in beats]


def test_an_alarm_that_is_late_asks_once_more(live: Driver) -> None:
    live.feed(events.Alarm(), 10.0)
    wanted = live.feed(events.Alarm(), 300.0)
    assert frames(wanted) == [wire.Ping()]
    assert live.state is State.LIVE


@pytest.mark.parametrize("doubt", [events.Woke(), events.Online(), events.Offline()])
def test_a_reason_to_doubt_asks_at_once_with_little_time(live: Driver, doubt: events.Event) -> None:
    wanted = live.feed(doubt)
    assert frames(wanted) == [wire.Ping()]
    assert of(effects.SetAlarm, wanted) == [effects.SetAlarm(live.now + URGENT)]
    live.feed(events.Alarm(), URGENT)
    assert live.state is State.WAITING


def test_an_alarm_that_comes_too_late_to_matter_is_nothing(live: Driver) -> None:
    live.close()
    assert live.feed(events.Alarm()) == []


# Messages.


def test_a_message_goes_out_at_once_and_is_acknowledged(live: Driver) -> None:
    assert frames(live.feed(events.Send(wire.Send("id-1", "r", "hello")))) == [wire.Send("id-1", "r", "hello")]
    assert live.link.status().queued == 1
    ack = wire.Ack("id-1", "r", 7, 1_000)
    assert of(effects.Acked, live.say(ack)) == [effects.Acked(ack)]
    assert live.link.status().queued == 0
    assert of(effects.Acked, live.say(ack)) == []


def test_what_is_typed_while_down_waits_and_leaves_in_order(live: Driver) -> None:
    live.close()
    for number in range(3):
        assert frames(live.feed(events.Send(wire.Send(f"id-{number}", "r", "text")))) == []
    live.connect()
    resent = [frame for frame in frames(live.effects) if isinstance(frame, wire.Send)]
    assert [(frame.id, frame.after) for frame in resent] == [("id-0", None), ("id-1", "id-0"), ("id-2", "id-1")]


def test_what_was_not_acknowledged_is_sent_again(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    live.close()
    live.connect()
    assert [frame.id for frame in frames(live.effects) if isinstance(frame, wire.Send)] == ["id-1", "id-1"]


def test_what_was_not_acknowledged_before_a_silence_is_sent_again(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    live.feed(events.Alarm(), 10.0)
    live.feed(events.Alarm(), PATIENCE)
    live.connect()
    assert [frame.id for frame in frames(live.effects) if isinstance(frame, wire.Send)] == ["id-1", "id-1"]


def test_a_refused_message_gives_its_text_back(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    [refuse] = of(effects.Refuse, live.say(wire.Error("not_a_member", "you have left", "id-1")))
    assert (refuse.refusal.text, refuse.refusal.code) == ("hello", "not_a_member")


def test_a_message_refused_for_now_is_sent_again_when_told(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    wanted = live.say(wire.Error("busy", "later", "id-1", 1_500))
    assert of(effects.SetAlarm, wanted) == [effects.SetAlarm(live.now + 1.5)]
    assert [frame.id for frame in frames(live.feed(events.Alarm(), 1.5)) if isinstance(frame, wire.Send)] == ["id-1"]


def test_an_id_used_twice_is_an_error_and_changes_nothing(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    with pytest.raises(ValueError, match="id-1"):
        live.feed(events.Send(wire.Send("id-1", "r", "again")))
    assert live.link.status().queued == 1


def test_events_are_handed_on_once_and_in_order(live: Driver) -> None:
    assert delivered(live.say(event(1), event(1), event(2))) == [1, 2]


def test_a_gap_is_asked_for_and_filled_first(live: Driver) -> None:
    assert frames(live.say(event(3))) == [wire.Sync("room:r", 1, 2)]
    assert delivered(live.say(event(1), event(2), wire.Span("room:r", 1, 2))) == [1, 2, 3]


def test_a_pong_tells_of_a_lost_last_event(live: Driver) -> None:
    assert frames(live.say(wire.Pong({"room:r": 2}, 250))) == [wire.Sync("room:r", 1, 2)]


def test_another_database_is_said(live: Driver) -> None:
    live.say(event(1))
    live.close()
    live.feed(events.RetryNow())
    live.feed(events.ProbeAnswered(live.attempt))
    live.feed(events.Opened(live.attempt))
    assert of(effects.Reset, live.say(welcome(epoch="another")))


def test_what_the_server_finds_fault_with_is_reported(live: Driver) -> None:
    assert of(effects.Report, live.say(wire.Error("unknown_kind", "what?"))) == [
        effects.Report("unknown_kind", "what?")
    ]
    assert of(effects.Report, live.feed(events.Received(live.attempt, "{")))
    assert of(effects.Report, live.feed(events.Received(live.attempt, b"bytes")))
    assert live.state is State.LIVE


# Tokens.


def test_a_token_is_renewed_on_the_open_connection(live: Driver) -> None:
    wanted = live.feed(events.Alarm(), 900.0 - MARGIN)
    assert of(effects.Renew, wanted)
    assert of(effects.Renew, live.feed(events.Alarm(), 1.0)) == []
    assert frames(live.feed(events.TokenRenewed("fresh", 900.0))) == [wire.Auth("fresh")]


def test_a_renewal_that_fails_is_tried_again(live: Driver) -> None:
    live.feed(events.Alarm(), 900.0 - MARGIN)
    live.say(wire.Pong({}, 250))
    live.feed(events.TokenFailed())
    assert of(effects.Renew, live.feed(events.Alarm(), 5.0))
    assert live.state is State.LIVE


def test_a_token_refused_by_the_server_is_renewed_at_once(live: Driver) -> None:
    live.close(Close.TOKEN)
    assert live.link.status().cause is Cause.TOKEN
    assert live.tick_until(effects.Probe) == pytest.approx(TICK)
    assert of(effects.Renew, live.feed(events.ProbeAnswered(live.attempt)))
    assert of(effects.Open, live.feed(events.TokenRenewed("fresh", 900.0)))


def test_a_server_that_refuses_fresh_tokens_is_not_hammered(live: Driver) -> None:
    live.close(Close.TOKEN)
    waits = []
    for _ in range(4):
        waits.append(live.tick_until(effects.Probe))
        live.feed(events.ProbeAnswered(live.attempt))
        live.feed(events.TokenRenewed("fresh", 900.0))
        live.feed(events.Opened(live.attempt))
        live.close(Close.TOKEN)
    assert waits == pytest.approx([0.05, 1.0, 2.0, 4.0], abs=2 * TICK)


def test_a_provider_that_reckons_by_a_wrong_clock_is_not_asked_without_end(driver: Driver) -> None:
    driver.feed(events.Start())
    assert not of(effects.Renew, driver.feed(events.TokenRenewed("fresh", -3_600.0)))
    assert driver.state is State.OPENING


def test_a_refused_renewal_signs_out_and_keeps_what_is_queued(live: Driver) -> None:
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    wanted = live.feed(events.TokenRefused())
    assert of(effects.Abandon, wanted) == [effects.Abandon(live.attempt, Close.NORMAL)]
    assert of(effects.SetAlarm, wanted) == [effects.SetAlarm(None)]
    status = live.link.status()
    assert (status.state, status.cause, status.queued) == (State.SIGNED_OUT, Cause.TOKEN, 1)


def test_signed_out_while_down_it_stops_ticking(live: Driver) -> None:
    live.close()
    assert of(effects.StopTicking, live.feed(events.TokenRefused()))
    assert live.feed(events.Tick(), 60.0) == []


def test_once_signed_in_again_it_connects(live: Driver) -> None:
    live.close(Close.FORBIDDEN)
    assert live.state is State.SIGNED_OUT
    wanted = live.feed(events.SignedIn())
    assert of(effects.StartTicking, wanted)
    assert of(effects.Renew, wanted)


def test_signing_in_where_nobody_asked_is_nothing(live: Driver) -> None:
    assert live.feed(events.SignedIn()) == []
    assert Driver().feed(events.TokenRefused()) == []


def test_a_token_is_asked_for_once_however_many_tries_wait_for_it(live: Driver) -> None:
    live.close(Close.TOKEN)
    live.tick_until(effects.Probe)
    assert of(effects.Renew, live.feed(events.ProbeAnswered(live.attempt)))
    live.tick_until(effects.Probe)
    assert not of(effects.Renew, live.feed(events.ProbeAnswered(live.attempt)))
    assert of(effects.Open, live.feed(events.TokenRenewed("fresh", 900.0)))


def test_a_renewal_that_fails_fails_the_try(live: Driver) -> None:
    live.close(Close.TOKEN)
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt))
    live.feed(events.TokenFailed(2_000))
    status = live.link.status()
    assert (status.state, status.cause, status.next_try) == (State.WAITING, Cause.BUSY, live.now + 2.0)


def test_a_token_that_comes_while_waiting_is_kept(live: Driver) -> None:
    live.close(Close.TOKEN)
    live.feed(events.TokenRenewed("fresh", 900.0))
    live.tick_until(effects.Probe)
    assert of(effects.Open, live.feed(events.ProbeAnswered(live.attempt)))


# The end.


@pytest.mark.parametrize(
    ("code", "cause"),
    [(Close.OUTDATED, Cause.OUTDATED), (Close.BAD_FRAME, Cause.REJECTED)],
)
def test_what_is_final_stops_it(live: Driver, code: Close, cause: Cause) -> None:
    live.close(code)
    assert (live.state, live.link.status().cause) == (State.STOPPED, cause)
    assert live.feed(events.Tick(), 60.0) == []


def back(driver: Driver) -> None:
    driver.tick_until(effects.Probe)
    driver.feed(events.ProbeAnswered(driver.attempt))
    driver.feed(events.Opened(driver.attempt))
    driver.say(welcome())
    assert driver.state is State.LIVE


def test_a_link_replaced_by_its_own_late_hello_comes_back(live: Driver) -> None:
    live.close(Close.REPLACED)
    assert live.state is State.WAITING
    back(live)
    live.close(Close.REPLACED, after=QUARREL + 1.0)
    assert live.state is State.WAITING


def test_a_link_replaced_twice_has_a_rival_and_stops(live: Driver) -> None:
    live.close(Close.REPLACED)
    back(live)
    live.close(Close.REPLACED)
    assert (live.state, live.link.status().cause) == (State.STOPPED, Cause.REPLACED)


def test_stop_leaves_nothing(live: Driver) -> None:
    wanted = live.feed(events.Stop())
    assert of(effects.Abandon, wanted) == [effects.Abandon(live.attempt, Close.NORMAL)]
    assert of(effects.SetAlarm, wanted) == [effects.SetAlarm(None)]
    assert live.feed(events.Stop()) == []
    assert live.feed(events.Closed(live.attempt, 1006)) == []


@pytest.mark.parametrize("reached", [State.WAITING, State.PROBING, State.OPENING, State.GREETING])
def test_stop_while_coming_back_leaves_nothing(live: Driver, reached: State) -> None:
    live.close()
    if reached is not State.WAITING:
        live.tick_until(effects.Probe)
    if reached in (State.OPENING, State.GREETING):
        live.feed(events.ProbeAnswered(live.attempt))
    if reached is State.GREETING:
        live.feed(events.Opened(live.attempt))
    wanted = live.feed(events.Stop())
    assert len(of(effects.StopTicking, wanted)) == 1
    assert len(of(effects.Abandon, wanted)) == (0 if reached is State.WAITING else 1)


def test_stopped_it_can_be_started_again(live: Driver) -> None:
    live.feed(events.Stop())
    assert of(effects.Open, live.feed(events.Start()))
    assert live.state is State.OPENING


def test_a_window_of_no_width_is_no_window(live: Driver) -> None:
    live.say(wire.Pong({}, window_ms=0))
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeFailed(live.attempt))
    assert live.state is State.WAITING


# With a storage.


@pytest.fixture
def durable() -> Driver:
    driver = Driver(durable=True, account="u")
    driver.connect()
    driver.effects = [effect for effect in driver.effects if isinstance(effect, effects.Open)]
    return driver


def test_a_message_is_stored_before_it_is_sent_and_forgotten_once_acknowledged(durable: Driver) -> None:
    wanted = durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    assert [effect.entry.id for effect in of(effects.Persist, wanted)] == ["id-1"]
    assert frames(wanted) == []
    wanted = durable.feed(events.Saved("id-1"))
    assert frames(wanted) == [wire.Send("id-1", "r", "hello")]
    assert [(entry.saved, entry.in_flight) for entry in fates(wanted)] == [(True, False), (True, True)]
    assert of(effects.Forget, durable.say(wire.Ack("id-1", "r", 1, 5))) == [effects.Forget("id-1")]


def test_a_refused_text_is_given_back_before_the_storage_forgets_it(durable: Driver) -> None:
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    wanted = durable.say(wire.Error("not_a_member", "you have left", "id-1"))
    assert [type(effect) for effect in wanted if isinstance(effect, effects.Refuse | effects.Forget)] == [
        effects.Refuse,
        effects.Forget,
    ]


def test_an_answer_about_a_message_that_is_gone_is_nothing(durable: Driver) -> None:
    assert durable.feed(events.Saved("gone")) == []


def test_a_storage_that_refuses_is_told_and_the_message_is_sent_from_memory(durable: Driver) -> None:
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    wanted = durable.feed(events.Saved("id-1", Kept.REFUSED))
    assert fates(wanted)[0].kept is False
    assert frames(wanted) == [wire.Send("id-1", "r", "hello")]


def test_what_the_storage_held_is_sent_and_the_cursors_go_on() -> None:
    driver = Driver(durable=True)
    entry = Entry(wire.Send("id-1", "r", "hello"))
    wanted = driver.feed(events.Restored("epoch", {"room:r": 7}, (entry,)))
    assert [entry.id for entry in fates(wanted)] == ["id-1"]
    driver.connect(heads={"room:r": 9})
    hello, sent = frames(driver.effects)
    assert isinstance(hello, wire.Hello)
    assert (hello.epoch, hello.cursors) == ("epoch", {"room:r": 7})
    assert sent == wire.Send("id-1", "r", "hello")


def test_a_storage_without_cursors_starts_afresh() -> None:
    driver = Driver(durable=True)
    assert driver.feed(events.Restored(None, {}, ())) == []


def test_cursors_are_kept_after_their_events(durable: Driver) -> None:
    wanted = durable.say(event(1), event(2))
    assert [type(effect) for effect in wanted] == [effects.Deliver, effects.Deliver, effects.Advance]
    assert of(effects.Advance, wanted) == [effects.Advance("epoch", {"room:r": 2})]
    assert durable.say(event(2)) == []


def test_what_other_tabs_have_left_is_looked_for_now_and_then() -> None:
    driver = Driver(durable=True)
    driver.connect()
    assert len(of(effects.Adopt, driver.effects)) == 1
    assert of(effects.SetAlarm, driver.effects)[-1] == effects.SetAlarm(driver.now + ADOPT_EVERY)
    assert of(effects.Adopt, driver.feed(events.Alarm(), ADOPT_EVERY))
    adopted = driver.feed(events.Adopted((Entry(wire.Send("theirs", "r", "hello")),)))
    assert frames(adopted) == [wire.Send("theirs", "r", "hello")]


def test_what_was_never_sent_is_changed_in_place(durable: Driver) -> None:
    durable.close()
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    wanted = durable.feed(events.Send(wire.Edit("id-2", "r", "id-1", "better")))
    assert [effect.entry.change for effect in of(effects.Persist, wanted)] == [wire.Edit("id-2", "r", "id-1", "better")]
    durable.feed(events.Saved("id-1"))
    assert durable.link.status().queued == 1
    durable.connect()
    assert frames(durable.effects)[-1] == wire.Send("id-1", "r", "better")


def test_what_was_never_sent_is_taken_back_without_a_trace(durable: Driver) -> None:
    durable.close()
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    durable.feed(events.Send(wire.Delete("id-2", "r", "id-1")))
    wanted = durable.feed(events.Saved("id-1"))
    assert [effect.entry.id for effect in of(effects.Dropped, wanted)] == ["id-1"]
    assert of(effects.Forget, wanted) == [effects.Forget("id-1")]
    assert durable.link.status().queued == 0


def test_a_change_in_place_that_comes_too_late_becomes_an_operation(durable: Driver) -> None:
    durable.close()
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    durable.feed(events.Send(wire.Edit("id-2", "r", "id-1", "better")))
    wanted = durable.feed(events.Saved("id-1", Kept.TAKEN))
    assert [effect.entry.id for effect in of(effects.Persist, wanted)] == ["id-2"]
    durable.feed(events.Saved("id-2"))
    durable.connect()
    assert frames(durable.effects)[-2:] == [
        wire.Send("id-1", "r", "hello"),
        wire.Edit("id-2", "r", "id-1", "better", "id-1"),
    ]


@pytest.mark.parametrize("second", [wire.Edit("id-3", "r", "id-1", "best"), wire.Delete("id-3", "r", "id-1")])
def test_of_two_changes_in_place_the_answer_about_the_last_counts(
    durable: Driver, second: wire.Edit | wire.Delete
) -> None:
    durable.close()
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    durable.feed(events.Send(wire.Edit("id-2", "r", "id-1", "better")))
    durable.feed(events.Send(second))
    durable.feed(events.Saved("id-1"))
    # Another tab took the message over between the two: it may send it as it was after the first.
    wanted = durable.feed(events.Saved("id-1", Kept.TAKEN))
    assert not of(effects.Dropped, wanted)
    assert [effect.entry.operation for effect in of(effects.Persist, wanted)] == [second]


def test_what_is_being_taken_back_is_not_changed_in_place(durable: Driver) -> None:
    durable.close()
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    durable.feed(events.Send(wire.Delete("id-2", "r", "id-1")))
    durable.feed(events.Send(wire.Edit("id-3", "r", "id-1", "better")))
    assert of(effects.Dropped, durable.feed(events.Saved("id-1")))
    durable.feed(events.Saved("id-3"))
    durable.connect()
    assert frames(durable.effects)[-1] == wire.Edit("id-3", "r", "id-1", "better")


def test_without_a_storage_a_change_in_place_is_made_at_once(live: Driver) -> None:
    live.close()
    live.feed(events.Send(wire.Send("id-1", "r", "hello")))
    live.feed(events.Send(wire.Edit("id-2", "r", "id-1", "better")))
    live.connect()
    assert frames(live.effects)[-1] == wire.Send("id-1", "r", "better")


def test_a_message_that_ends_connections_is_parked_and_the_user_decides(durable: Driver) -> None:
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    wanted = durable.close(Close.TOO_BIG)
    assert [entry.parked for entry in fates(wanted)] == [True]
    assert [effect.entry.parked for effect in of(effects.Persist, wanted)] == [True]
    durable.connect()
    assert frames(durable.feed(events.Release("id-1"))) == [wire.Send("id-1", "r", "hello")]
    durable.close(Close.TOO_BIG)
    assert of(effects.Dropped, durable.feed(events.Cancel("id-1")))
    assert durable.feed(events.Cancel("id-1")) == []
    assert durable.feed(events.Release("id-1")) == []


def test_what_waits_for_another_tabs_message_looks_for_it_again(durable: Driver) -> None:
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1", behind="theirs"))
    wanted = durable.say(wire.Error("predecessor", "", "id-1"))
    assert of(effects.Relink, wanted) == [effects.Relink("id-1", "r")]
    assert frames(durable.feed(events.Relinked("id-1", None))) == [wire.Send("id-1", "r", "hello")]


def test_what_was_settled_while_the_storage_looked_is_not_taken_up_again(durable: Driver) -> None:
    entry = Entry(wire.Send("id-1", "r", "hello"))
    durable.feed(events.Send(entry.operation))
    durable.feed(events.Saved("id-1"))
    durable.say(wire.Ack("id-1", "r", 1, 5))
    assert fates(durable.feed(events.Adopted((entry,)))) == []


def test_a_deletion_that_the_storage_refuses_is_an_operation_of_its_own(durable: Driver) -> None:
    durable.feed(events.Closed(durable.attempt, Close.ABNORMAL))
    durable.feed(events.Send(wire.Send("id-1", "r", "hello")))
    durable.feed(events.Saved("id-1"))
    durable.feed(events.Send(wire.Delete("id-2", "r", "id-1")))
    wanted = durable.feed(events.Saved("id-1", Kept.REFUSED))
    assert not of(effects.Dropped, wanted)
    assert [effect.entry.id for effect in of(effects.Persist, wanted)] == ["id-2"]


def test_a_hole_is_told(durable: Driver) -> None:
    wanted = durable.say(wire.Hole("room:r", 1, 700), event(30, kind="edited"), wire.Span("room:r", 1, 700), event(701))
    assert of(effects.Skipped, wanted) == [effects.Skipped("room:r", 1, 700)]
    assert delivered(wanted) == [30, 701]
    assert durable.say(wire.Hole("room:r", 1, 700)) == []


def test_a_tab_of_another_account_is_signed_out() -> None:
    driver = Driver(durable=True, account="somebody-else")
    driver.feed(events.Restored(None, {}, (Entry(wire.Send("id-1", "r", "hello")),)))
    driver.feed(events.Start())
    driver.feed(events.TokenRenewed("token", 900.0))
    driver.feed(events.Opened(driver.attempt))
    wanted = driver.say(welcome(), event(1))
    assert driver.state is State.SIGNED_OUT
    assert frames(wanted) == []
    assert delivered(wanted) == []
    assert driver.link.status().queued == 1


# Plain servers.


def test_a_plain_server_needs_no_greeting_and_its_frames_are_handed_on() -> None:
    driver = Driver(plain=True, token=False, probe=False)
    driver.connect()
    assert frames(driver.effects) == []
    assert of(effects.DeliverRaw, driver.feed(events.Received(driver.attempt, b"\x00"))) == [
        effects.DeliverRaw(b"\x00")
    ]
    assert of(effects.SetAlarm, driver.effects) == []
    assert driver.feed(events.Woke()) == []
    driver.feed(events.Alarm())
    assert driver.state is State.LIVE


def test_a_plain_server_that_answers_pings_is_asked_after_a_silence() -> None:
    driver = Driver(plain=True, token=False, probe=False, ping="are you there?")
    driver.connect()
    driver.feed(events.Received(driver.attempt, "news"), 5.0)
    assert not of(effects.Transmit, driver.feed(events.Alarm(), 5.0))
    asked = of(effects.Transmit, driver.feed(events.Alarm(), DEFAULT_BEAT - 5.0))
    assert [effect.data for effect in asked] == ["are you there?"]
    assert of(effects.DeliverRaw, driver.feed(events.Received(driver.attempt, b"yes"), 0.03))
    assert (driver.state, driver.link.status().round_trip_ms) == (State.LIVE, 30)


@pytest.mark.parametrize(("doubt", "patience"), [(events.Woke(), URGENT), (events.Alarm(), PATIENCE)])
def test_a_plain_server_that_answers_no_ping_is_dead(doubt: events.Event, patience: float) -> None:
    driver = Driver(plain=True, token=False, probe=False, ping=b"?")
    driver.connect()
    assert of(effects.Transmit, driver.feed(doubt, DEFAULT_BEAT)) == [effects.Transmit(driver.attempt, b"?")]
    assert of(effects.Abandon, driver.feed(events.Alarm(), patience))
    assert (driver.state, driver.link.status().cause) == (State.WAITING, Cause.SILENT)


def test_what_is_sent_to_a_plain_server_while_down_waits_in_order() -> None:
    driver = Driver(plain=True, token=False, probe=False)
    driver.feed(events.SendRaw("one"))
    driver.feed(events.SendRaw(b"two"))
    assert driver.link.status().queued == 2
    assert of(effects.Publish, driver.effects)[-1].status.queued == 2
    driver.connect()
    assert driver.link.status().queued == 0
    driver.feed(events.SendRaw("three"))
    assert [effect.data for effect in of(effects.Transmit, driver.effects)] == ["one", b"two", "three"]


def test_what_waits_for_a_plain_server_is_bounded() -> None:
    driver = Driver(plain=True, token=False, probe=False)
    for _ in range(MAX_RAW):
        driver.feed(events.SendRaw("x"))
    with pytest.raises(OverflowError, match="1000 frames"):
        driver.feed(events.SendRaw("x"))


@pytest.mark.parametrize("code", [Close.NORMAL, Close.BAD_FRAME, Close.TOKEN, Close.FORBIDDEN, Close.REPLACED])
def test_whatever_a_plain_server_closes_with_the_link_comes_back(code: Close) -> None:
    driver = Driver(plain=True, token=False, probe=False)
    driver.connect()
    driver.close(code)
    assert (driver.state, driver.link.status().cause) == (State.WAITING, Cause.LOST)
    assert driver.tick_until(effects.Open) <= 0.25 + TICK


def test_a_plain_server_that_drops_whom_it_takes_in_is_not_asked_at_full_pace_for_ever() -> None:
    driver = Driver(plain=True, token=False, probe=False)
    driver.connect()
    tries = []
    while driver.now < 100.0 + 3_600.0:
        driver.close(Close.POLICY, 0.1)
        tries.append(driver.tick_until(effects.Open))
        driver.feed(events.Opened(driver.attempt))
    assert tries[0] <= 0.25
    assert tries[-1] == pytest.approx(5.0, abs=TICK), "half of what the window grows to, as the phase is a half"


def test_a_plain_server_may_want_a_token_all_the_same() -> None:
    driver = Driver(plain=True, token=True, probe=False)
    driver.connect()
    driver.feed(events.TokenRenewed("fresh", 900.0))
    assert driver.state is State.LIVE
    assert of(effects.SetAlarm, driver.effects) != []


# Hidden pages, late answers, other networks.


def test_where_every_tick_is_late_a_try_still_times_out(live: Driver) -> None:
    live.close()
    live.tick_until(effects.Probe)
    assert not of(effects.Abandon, live.feed(events.Tick(), 60.0)), "it may have been answered meanwhile"
    assert of(effects.Abandon, live.feed(events.Tick(), 60.0))
    assert (live.state, live.link.status().cause) == (State.WAITING, Cause.TIMEOUT)


def test_where_every_alarm_is_late_a_dead_connection_is_still_found(live: Driver) -> None:
    assert frames(live.feed(events.Alarm(), 60.0)) == [wire.Ping()]
    assert frames(live.feed(events.Alarm(), 60.0)) == [wire.Ping()]
    live.feed(events.Alarm(), 60.0)
    assert (live.state, live.link.status().cause) == (State.WAITING, Cause.SILENT)


@pytest.mark.parametrize("answer", [events.TokenRenewed("late", 900.0), events.TokenFailed()])
def test_a_late_answer_about_the_token_waits_for_the_probe_under_way(live: Driver, answer: events.Event) -> None:
    live.close(Close.TOKEN)
    live.tick_until(effects.Probe)
    assert of(effects.Renew, live.feed(events.ProbeAnswered(live.attempt)))
    live.feed(events.Tick(), PROBE_TIMEOUT)
    live.feed(events.Tick(), PROBE_TIMEOUT)
    live.tick_until(effects.Probe)
    assert not of(effects.Open, live.feed(answer))
    assert live.state is State.PROBING


@pytest.mark.parametrize("hope", [events.Online(), events.Woke()])
def test_a_try_begun_on_another_network_has_little_time_left(live: Driver, hope: events.Event) -> None:
    live.close()
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt))
    live.feed(hope)
    for _ in range(round(URGENT / TICK) + 1):
        live.feed(events.Tick(), TICK)
    assert (live.state, live.link.status().cause) == (State.WAITING, Cause.TIMEOUT)


def test_a_slot_is_good_for_the_close_that_follows_it_only(live: Driver) -> None:
    live.say(wire.Bye(50_000))
    live.feed(events.Alarm(), 10.0)
    live.feed(events.Alarm(), PATIENCE)
    assert live.state is State.WAITING
    live.tick_until(effects.Probe)
    live.feed(events.ProbeAnswered(live.attempt))
    live.close()
    due = live.link.status().next_try
    assert due is not None
    assert due - live.now < 1.0
