"""The one table of moves."""

from __future__ import annotations

import pytest

from rebond.states import TICKING, TRANSITIONS, Move, State, after


def test_a_move_that_the_table_holds_leads_where_it_says() -> None:
    assert after(State.GREETING, Move.WELCOMED) is State.LIVE


def test_any_other_move_raises_quoting_what_was_expected() -> None:
    with pytest.raises(LookupError, match="live: expected one of connection lost, no token, stop, got try is due"):
        after(State.LIVE, Move.TRY)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_left_and_reached(state: State) -> None:
    assert TRANSITIONS[state]
    assert state is State.IDLE or any(state in moves.values() for moves in TRANSITIONS.values())


@pytest.mark.parametrize("state", [state for state in State if state is not State.STOPPED])
def test_every_state_can_be_stopped(state: State) -> None:
    assert TRANSITIONS[state][Move.STOP] is State.STOPPED


def test_the_interval_runs_where_the_link_means_to_come_back() -> None:
    assert set(State) - TICKING == {State.IDLE, State.LIVE, State.SIGNED_OUT, State.STOPPED}
