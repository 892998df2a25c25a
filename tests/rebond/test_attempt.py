"""The try in flight: its number, its time, and the moment more that one gets who has slept."""

from __future__ import annotations

import pytest

from rebond.attempt import Attempt
from rebond.liveness import LATE
from rebond.options import GRACE, QUARREL, TICK


@pytest.fixture
def attempt() -> Attempt:
    tries = Attempt()
    tries.begin(100.0, 5.0, probing=True)
    return tries


def overdue(attempt: Attempt, since: float, until: float) -> bool:
    """Tick from one time to another; return what the last tick found."""
    found = False
    for number in range(1, round((until - since) / TICK) + 1):
        found = attempt.overdue(since + number * TICK)
    return found


def slot_of(attempt: Attempt) -> float | None:
    """Return when the server wants to see the link again."""
    return attempt.slot


def test_a_try_has_its_time_and_no_more(attempt: Attempt) -> None:
    assert not overdue(attempt, 100.0, 105.0 - TICK)
    assert attempt.overdue(105.001)


def test_every_step_has_a_time_of_its_own(attempt: Attempt) -> None:
    overdue(attempt, 100.0, 104.0)
    attempt.allow(104.0, 10.0)
    assert not overdue(attempt, 104.0, 113.9)
    assert attempt.overdue(114.001)


def test_one_may_have_to_hurry_but_never_gets_more_by_it(attempt: Attempt) -> None:
    attempt.hurry(101.0, 60.0)
    assert overdue(attempt, 101.0, 105.1)
    attempt.begin(110.0, 5.0, probing=True)
    attempt.hurry(111.0, 2.0)
    assert overdue(attempt, 111.0, 113.1)


def test_after_a_late_tick_it_gets_a_moment_more(attempt: Attempt) -> None:
    assert not attempt.overdue(160.0)
    assert not overdue(attempt, 160.0, 160.0 + GRACE - TICK)
    assert attempt.overdue(160.0 + GRACE + 0.001)


def test_only_once_since_in_a_hidden_page_every_tick_is_late(attempt: Attempt) -> None:
    assert not attempt.overdue(160.0)
    assert attempt.overdue(220.0)
    attempt.begin(230.0, 5.0, probing=True)
    assert not attempt.overdue(240.0)


def test_a_late_tick_never_takes_time_away(attempt: Attempt) -> None:
    attempt.allow(100.0, 60.0)
    assert not attempt.overdue(100.0 + LATE + 0.1)
    assert not overdue(attempt, 101.1, 150.0)


def test_tries_are_numbered_for_good_and_counted_from_the_loss(attempt: Attempt) -> None:
    attempt.begin(101.0, 5.0, probing=False)
    assert (attempt.number, attempt.count, attempt.probing) == (2, 2, False)
    attempt.slot = 107.0
    attempt.succeeded()
    assert (attempt.number, attempt.count, slot_of(attempt)) == (2, 0, None)
    attempt.begin(102.0, 5.0, probing=True)
    attempt.give_up()
    assert (attempt.number, attempt.count) == (4, 0)


def test_one_that_is_replaced_twice_within_a_minute_has_a_rival(attempt: Attempt) -> None:
    assert [attempt.quarrels(now) for now in (0.0, QUARREL + 1.0, 2 * QUARREL)] == [False, False, True]


def test_a_slot_is_for_the_next_try_alone(attempt: Attempt) -> None:
    attempt.slot = 107.0
    attempt.begin(107.0, 5.0, probing=True)
    assert slot_of(attempt) is None
