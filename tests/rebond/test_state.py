"""What a client says that is only state: coalesced and bounded, on a virtual clock."""

from __future__ import annotations

import pytest

from rebond import wire
from rebond.exchange import Attend, Read, Type
from rebond.state import EVERY, Passed, Said

STREAMS = {"room:a", "room:b"}


def say(said: Said, now: float, kind: str, **body: object) -> list[Passed] | None:
    return said.take(wire.State(kind, body), STREAMS, now)


def held(said: Said) -> float | None:
    """Return when something that is held back is passed on."""
    return said.deadline


def test_marks_go_up_and_the_last_of_each_room_is_passed_on_once_a_second() -> None:
    said = Said()
    assert held(said) is None
    assert say(said, 0.0, "read", room="a", seq=5) == [Read("a", 5)]
    assert say(said, 0.1, "read", room="a", seq=4) == []
    assert held(said) is None
    assert say(said, 0.1, "read", room="a", seq=7) == []
    assert say(said, 0.2, "read", room="b", seq=3) == []
    assert say(said, 0.3, "read", room="a", seq=6) == []
    assert held(said) == EVERY
    assert said.due(0.9) == []
    assert said.due(EVERY) == [Read("a", 7), Read("b", 3)]
    assert held(said) is None


def test_typing_is_passed_on_once_a_second_and_ends_once() -> None:
    said = Said()
    assert say(said, 0.0, "typing", room="a", on=False) == []
    assert say(said, 0.0, "typing", room="a", on=True) == [Type("a", on=True)]
    assert say(said, 0.5, "typing", room="b", on=True) == []
    assert say(said, 0.5, "typing", room="b", on=False) == []
    assert [say(said, 0.6, "typing", room="a", on=False) for _ in range(2)] == [[Type("a", on=False)], []]
    assert say(said, EVERY, "typing", room="b", on=True) == [Type("b", on=True)]


def test_being_away_is_passed_on_as_it_is_in_the_end() -> None:
    said = Said()
    assert say(said, 0.0, "away", on=False) == []
    assert say(said, 0.0, "away", on=True) == [Attend(away=True)]
    assert say(said, 0.1, "away", on=False) == []
    assert held(said) == EVERY
    assert say(said, 0.2, "away", on=True) == []
    assert held(said) is None
    assert say(said, 0.3, "away", on=False) == []
    assert said.due(EVERY) == [Attend(away=False)]


def test_rooms_one_is_not_in_are_passed_over() -> None:
    said = Said()
    assert say(said, 0.0, "read", room="c", seq=5) == []
    assert say(said, 0.0, "typing", room="c", on=True) == []
    assert held(said) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("read", {}),
        ("read", {"room": "a", "seq": -1}),
        ("read", {"room": "a", "seq": 2**53}),
        ("read", {"room": 1, "seq": 1}),
        ("typing", {"room": "a", "on": 1}),
        ("away", {}),
        ("dancing", {"room": "a"}),
    ],
)
def test_what_makes_no_sense_is_told(kind: str, body: dict[str, object]) -> None:
    assert say(Said(), 0.0, kind, **body) is None
