"""The schedule of the tries, number by number."""

from __future__ import annotations

import pytest

from rebond.window import DEFAULT_WINDOW, HIDDEN, LONGEST_GROWN, Window
from tests.support.driver import Phase


def schedule(window: Window, start: float, count: int, *, hidden: bool = False) -> list[float]:
    """Lose the link at ``start``; return when the next ``count`` tries fall, each failing at once."""
    window.lost(start)
    times = []
    for _ in range(count):
        assert window.due is not None
        times.append(round(window.due - start, 6))
        window.failed(window.due, hidden=hidden)
    return times


def test_tries_fall_every_window_at_the_phase_drawn() -> None:
    assert schedule(Window(Phase(0.4)), 100.0, 5) == [0.1, 0.35, 0.6, 0.85, 1.1]


def test_the_server_sets_the_width() -> None:
    window = Window(Phase(0.4))
    window.width = 10.0
    assert schedule(window, 0.0, 3) == [4.0, 14.0, 24.0]


def test_a_slow_try_leaves_out_the_turns_that_have_gone_by() -> None:
    window = Window(Phase(0.0))
    window.lost(0.0)
    window.failed(0.6, hidden=False)
    assert window.due == pytest.approx(0.75)


def test_a_try_ahead_of_its_turn_uses_up_no_turn() -> None:
    window = Window(Phase(0.8))
    window.lost(0.0)
    window.failed(0.1, hidden=False)
    assert window.due == pytest.approx(0.2)


def test_a_second_loss_within_an_outage_draws_no_second_phase() -> None:
    window = Window(Phase(0.4))
    window.lost(0.0)
    window.lost(7.0)
    assert window.due == pytest.approx(0.1)


def test_a_slot_wins_over_the_turn_and_the_turns_follow_it() -> None:
    window = Window(Phase(0.4))
    window.lost(0.0)
    window.at(3.0)
    assert window.due == 3.0
    window.failed(3.0, hidden=False)
    assert window.due == 3.25


def test_the_window_grows_by_its_own_length_each_further_minute() -> None:
    window = Window(Phase(0.0))
    window.lost(0.0)
    steps = {}
    for minute in (1, 2, 3, 11, 1_000):
        window.at(minute * 60.0)
        window.failed(minute * 60.0, hidden=False)
        steps[minute] = round((window.due or 0.0) - minute * 60.0, 6)
    assert steps == {1: DEFAULT_WINDOW, 2: 2 * DEFAULT_WINDOW, 3: 3 * DEFAULT_WINDOW, 11: 2.75, 1_000: LONGEST_GROWN}


def test_growth_never_goes_below_what_the_server_asked_for() -> None:
    window = Window(Phase(0.0))
    window.width = 30.0
    window.lost(0.0)
    window.at(600.0)
    window.failed(600.0, hidden=False)
    assert window.due == 630.0


def test_a_hidden_page_tries_less_often() -> None:
    assert schedule(Window(Phase(0.0)), 0.0, 3, hidden=True) == [0.0, HIDDEN, 2 * HIDDEN]


def test_once_recovered_nothing_is_due_and_the_next_loss_draws_anew() -> None:
    window = Window(Phase(0.4))
    window.lost(0.0)
    window.recovered()
    assert window.due is None
    window.failed(5.0, hidden=False)
    assert window.due is None
    window.lost(9.0)
    assert window.due == pytest.approx(9.1)
