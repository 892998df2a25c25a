"""Beats: ask after a silence, give up after no answer, and never blame the other end for one's own sleep."""

from __future__ import annotations

import pytest

from rebond.liveness import DEFAULT_BEAT, LATE, PATIENCE, URGENT, Finding, Liveness


@pytest.fixture
def liveness() -> Liveness:
    beats = Liveness()
    beats.opened(0.0)
    return beats


def test_a_silence_of_one_beat_asks(liveness: Liveness) -> None:
    assert liveness.due() == DEFAULT_BEAT
    assert liveness.look(DEFAULT_BEAT - 0.001) is Finding.FINE
    assert liveness.look(DEFAULT_BEAT) is Finding.PING


def test_no_answer_in_time_is_death(liveness: Liveness) -> None:
    liveness.pinged(10.0)
    assert liveness.look(10.0 + PATIENCE - 0.001) is Finding.FINE
    assert liveness.look(10.0 + PATIENCE) is Finding.DEAD


def test_anything_heard_is_a_sign_of_life(liveness: Liveness) -> None:
    liveness.pinged(10.0)
    liveness.heard(12.0)
    assert liveness.look(10.0 + PATIENCE) is Finding.FINE
    assert liveness.due() == 12.0 + DEFAULT_BEAT


def test_a_late_look_asks_once_more(liveness: Liveness) -> None:
    liveness.pinged(10.0)
    late = 10.0 + PATIENCE + LATE + 0.001
    assert liveness.look(late) is Finding.PING
    liveness.pinged(late)
    assert liveness.look(late + 60.0) is Finding.DEAD


def test_a_network_that_flaps_without_end_is_found_out(liveness: Liveness) -> None:
    now = 10.0
    while liveness.look(now) is not Finding.DEAD:
        liveness.pinged(now, URGENT)
        now += URGENT / 2
        assert now < 10.0 + 4 * URGENT, "a ping each second is no sign of life"


def test_an_urgent_ping_has_less_time(liveness: Liveness) -> None:
    liveness.pinged(10.0, URGENT)
    assert liveness.due() == 10.0 + URGENT


def test_the_round_trip_is_measured_from_ping_to_pong(liveness: Liveness) -> None:
    liveness.answered(9.0)
    assert liveness.round_trip_ms is None
    liveness.pinged(10.0)
    liveness.answered(10.042)
    assert liveness.round_trip_ms == 42


def test_when_the_last_beat_was_answered_is_known(liveness: Liveness) -> None:
    liveness.pinged(10.0)
    liveness.answered(10.042)
    liveness.answered(11.0)
    assert liveness.answered_at == 10.042


def test_a_fresh_connection_forgets_what_the_last_one_was_asked(liveness: Liveness) -> None:
    liveness.pinged(10.0)
    liveness.opened(11.0)
    liveness.answered(60.0)
    assert liveness.round_trip_ms is None
    assert liveness.look(16.0) is Finding.FINE
