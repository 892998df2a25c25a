"""What is remembered of the link: every attempt, loss and return, and enough signs of life to see the beat."""

import pytest

from chat.history import APART, KEPT, History, Kind, Outage
from chat.line import Tone
from rebond.states import State
from rebond.status import Cause
from tests.chat.made import status

WAITING = status(State.WAITING, Cause.LOST, 11.0, code=1006)


@pytest.fixture
def history() -> History:
    """A link that connected at 1 s, and is live."""
    kept = History()
    kept.take(status(State.IDLE), 0.0)
    kept.take(status(State.OPENING, attempt=1), 0.5)
    kept.take(status(State.LIVE, heard=1.0), 1.0)
    return kept


def lose(history: History, at: float, until: float) -> None:
    """Lose the link, try every half second, and have it back."""
    history.take(WAITING, at)
    for number in range(1, int((until - at) * 2)):
        moment = at + number / 2
        history.take(status(State.PROBING, Cause.SERVER_DOWN, attempt=number), moment)
        history.take(status(State.WAITING, Cause.SERVER_DOWN, moment + 0.4, attempt=number), moment + 0.1)
    history.take(status(State.GREETING, Cause.SERVER_DOWN, attempt=99), until - 0.1)
    history.take(status(State.LIVE, heard=until), until)


def test_connecting_is_an_attempt_and_a_return_but_no_loss(history: History) -> None:
    assert [history.within(0.0, kind) for kind in Kind] == [[], [0.5], [], [1.0]]
    assert history.outage is None


def test_every_attempt_is_one_however_many_steps_it_has(history: History) -> None:
    history.take(WAITING, 10.0)
    for state in (State.PROBING, State.OPENING, State.GREETING):
        history.take(status(state, Cause.LOST, attempt=1), 11.0)
    history.take(status(State.PROBING, Cause.LOST, attempt=2), 12.0)
    assert history.within(10.0, Kind.TRY) == [11.0, 12.0]


def test_an_outage_is_from_the_loss_to_the_return_and_has_the_cause_it_began_with(history: History) -> None:
    lose(history, 10.0, 14.0)
    assert history.within(2.0, Kind.LOSS) == [10.0]
    assert history.within(2.0, Kind.RETURN) == [14.0]
    assert len(history.within(2.0, Kind.TRY)) == 8
    assert history.outage == Outage(10.0, 14.0, Cause.LOST, 1006)


def test_the_outage_that_is_told_is_the_last_that_is_over(history: History) -> None:
    lose(history, 10.0, 12.0)
    lose(history, 20.0, 23.0)
    history.take(WAITING, 30.0)
    assert history.outage is not None
    assert (history.outage.since, history.outage.until) == (20.0, 23.0)


def test_signing_out_is_a_loss_that_ends_in_no_return(history: History) -> None:
    history.take(status(State.SIGNED_OUT, Cause.TOKEN), 10.0)
    history.take(status(State.OPENING, attempt=1), 20.0)
    history.take(status(State.LIVE, heard=21.0), 21.0)
    assert history.within(2.0, Kind.LOSS) == [10.0]
    assert history.outage is None


def test_a_beat_is_a_sign_of_life_when_it_was_answered_not_when_it_was_looked_at(history: History) -> None:
    history.take(status(State.LIVE, heard=11.0), 11.9)
    history.take(status(State.LIVE, heard=11.0), 12.9)
    assert history.within(0.0, Kind.SIGN) == [11.0]


def test_of_a_stream_of_signs_of_life_enough_are_kept(history: History) -> None:
    for number in range(100):
        history.heard(2.0 + number / 10)
    assert len(history.within(0.0, Kind.SIGN)) == pytest.approx(10.0 / APART, abs=1)


def test_while_it_is_down_nothing_is_a_sign_of_life(history: History) -> None:
    history.take(status(State.WAITING, Cause.SILENT, 12.0, heard=9.5), 10.0)
    assert history.within(0.0, Kind.SIGN) == []


def test_how_it_stood_is_told_without_a_gap_from_any_moment(history: History) -> None:
    lose(history, 10.0, 14.0)
    stood = [(start, end, stretch.tone) for start, end, stretch in history.stretches(5.0, 20.0)]
    assert stood == [(5.0, 10.0, Tone.LIVE), (10.0, 14.0, Tone.LOST), (14.0, 20.0, Tone.LIVE)]
    assert [start for start, _, _ in history.stretches(-9.0, 20.0)] == [0.0, 1.0, 10.0, 14.0]


def test_before_anything_happened_there_is_nothing_to_tell() -> None:
    assert list(History().stretches(0.0, 10.0)) == []


def test_what_is_older_is_forgotten_but_not_how_it_stood(history: History) -> None:
    lose(history, 10.0, 14.0)
    history.take(status(State.LIVE, heard=14.0 + KEPT), 14.5 + KEPT)
    assert {mark.kind for mark in history.marks} == {Kind.SIGN}
    assert [stretch.since for _, _, stretch in history.stretches(20.0, 30.0)] == [14.0]
    assert len(list(history.stretches(0.0, 30.0))) == 1


def test_an_endless_outage_does_not_grow_without_end(history: History) -> None:
    lose(history, 10.0, 10.0 + 3 * KEPT)
    assert len(history.marks) <= 2 * KEPT + 2
