"""The schedule of the tries, number by number."""

from __future__ import annotations

import pytest

from rebond.window import DEFAULT_WINDOW, HIDDEN, LONGEST_GROWN, STEADY, Window
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
    window.recovered(7.0)
    assert window.due is None
    window.failed(5.0, hidden=False)
    assert window.due is None
    window.lost(9.0)
    assert window.due == pytest.approx(9.1)


def drops(window: Window, minutes: float, lasting: float) -> float:
    """Lose the link at 0; from then on it is dropped ``lasting`` seconds after taking it in. Return the last wait."""
    now = wait = 0.0
    window.lost(now)
    while now < minutes * 60.0:
        assert window.due is not None
        wait = window.due - now
        window.recovered(window.due + 0.01)
        now += wait + 0.01 + lasting
        window.lost(now)
    return wait


def test_a_server_that_takes_links_in_only_to_drop_them_is_asked_less_and_less() -> None:
    assert drops(Window(Phase(1.0)), 0.5, 0.1) == pytest.approx(DEFAULT_WINDOW)
    assert drops(Window(Phase(1.0)), 11.0, 0.1) == pytest.approx(11 * DEFAULT_WINDOW, rel=0.05)
    assert drops(Window(Phase(1.0)), 60.0, 0.1) == pytest.approx(LONGEST_GROWN)


def test_a_connection_that_lasted_was_one_and_the_next_outage_is_another() -> None:
    assert drops(Window(Phase(1.0)), 11.0, STEADY) == pytest.approx(DEFAULT_WINDOW)


def test_who_was_told_to_stop_begins_afresh() -> None:
    window = Window(Phase(1.0))
    window.lost(0.0)
    window.forget()
    assert window.due is None
    window.lost(600.0)
    assert window.due == 600.0 + DEFAULT_WINDOW
