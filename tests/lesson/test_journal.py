"""The story of the real line."""

from __future__ import annotations

from lesson.journal import KEPT, Journal, Line
from rebond.states import State
from rebond.status import Cause, Status


def status(state: State, attempt: int = 0, cause: Cause | None = None) -> Status:
    return Status(state, attempt, None, cause, None, 0, None)


def keys(journal: Journal) -> list[str]:
    return [line.key for line in journal.lines]


def lost_at(moment: float, cause: Cause) -> Journal:
    journal = Journal()
    journal.status(status(State.PROBING, 1), 0.0)
    journal.status(status(State.LIVE), 0.1)
    journal.status(status(State.WAITING, 0, cause), moment)
    return journal


def test_the_first_connection_is_no_return() -> None:
    journal = Journal()
    journal.status(status(State.WAITING), 0.0)
    journal.status(status(State.LIVE), 0.2)
    assert (keys(journal), journal.back_after) == (["live"], None)


def test_a_return_says_how_long_it_took_and_how_many_tries() -> None:
    journal = lost_at(5.0, Cause.BUSY)
    for attempt in (1, 2, 3):
        journal.status(status(State.PROBING, attempt), 5.0 + attempt)
    journal.status(status(State.LIVE), 10.0)
    assert journal.lines[-1] == Line(10.0, "back", {"seconds": 5.0, "tries": 3})
    assert keys(journal) == ["live", "lost.busy", "back"]


def test_a_line_that_is_closed_does_not_come_back() -> None:
    journal = lost_at(5.0, Cause.LOST)
    journal.status(status(State.STOPPED, 0, Cause.STOPPED), 6.0)
    journal.status(status(State.STOPPED, 0, Cause.STOPPED), 6.5)
    journal.status(status(State.LIVE), 9.0)
    assert keys(journal) == ["live", "lost.lost", "stopped", "live"]


def test_an_echo_says_how_late_it_is() -> None:
    journal = Journal()
    journal.asked("say", 1.0, "7")
    journal.heard('{"did": "say", "text": "7"}', 2.5)
    assert list(journal.lines) == [
        Line(1.0, "asked.say", {"text": "7"}),
        Line(2.5, "heard", {"text": "7", "seconds": 1.5}),
    ]


def test_other_answers_are_not_told() -> None:
    journal = Journal()
    for data in ('{"did": "ping"}', "[]", "{", b"\xff\xfe"):
        journal.heard(data, 1.0)
    assert keys(journal) == []


def test_the_story_does_not_grow_for_ever() -> None:
    journal = Journal()
    for second in range(2 * KEPT):
        journal.asked("cut", float(second))
    assert len(journal.lines) == KEPT
