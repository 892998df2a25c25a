"""Who is let in, and what everybody is told of the window."""

from __future__ import annotations

import pytest

from rebond.admission import Admission, Rates
from server.door import Door
from server.errors import BusyError


class Fake:
    """A greeted connection that remembers what it was told."""

    def __init__(self) -> None:
        self.windows: list[int] = []
        self.slots: list[int] = []

    def tell_window(self, window_ms: int) -> None:
        self.windows.append(window_ms)

    def dismiss(self, slot_ms: int) -> None:
        self.slots.append(slot_ms)


class Rig:
    """A door that takes in ten clients a second, on a clock of the test's."""

    def __init__(self, peak: float = 0.0) -> None:
        self.now = 100.0
        self.kept: list[float] = []
        self.door = Door(Admission(self.now, peak=peak, rates=Rates(fixed=10.0)), lambda: self.now, self.kept.append)


def test_window_grows_with_the_crowd_and_everybody_is_told_when_it_has() -> None:
    rig, guests = Rig(), [Fake() for _ in range(8)]
    for guest in guests:
        rig.door.enter(guest, 0.001)
    assert guests[0].windows == [330, 440, 660, 880]
    assert guests[7].windows == [880]
    assert rig.kept == [3.0, 4.0, 6.0, 8.0]
    assert rig.door.window_ms == 880


def test_window_of_the_start_expects_the_crowd_of_before() -> None:
    assert Rig(peak=50.0).door.window_ms == 5_500


def test_those_who_left_are_told_no_more_and_count_once() -> None:
    rig, stays, leaves = Rig(), Fake(), Fake()
    rig.door.enter(stays, 0.001)
    rig.door.enter(leaves, 0.001)
    rig.door.leave(leaves)
    rig.door.leave(leaves)
    rig.door.leave(Fake())
    assert rig.door._admission.held == 1


@pytest.mark.parametrize("way", ["invite", "admit"])
def test_who_finds_no_place_is_told_when_there_is_one(way: str) -> None:
    rig = Rig()
    for _ in range(10):
        getattr(rig.door, way)()
    with pytest.raises(BusyError) as caught:
        getattr(rig.door, way)()
    assert caught.value.retry_ms == 100
    rig.now += 0.1
    getattr(rig.door, way)()


def test_who_was_invited_is_let_by_and_in() -> None:
    rig = Rig()
    for _ in range(10):
        rig.door.invite()
    rig.door.pass_by()
    for _ in range(10):
        rig.door.admit()
    with pytest.raises(BusyError):
        rig.door.admit()


def test_everybody_is_sent_away_with_a_slot_of_their_own() -> None:
    rig, guests = Rig(), [Fake() for _ in range(10)]
    for guest in guests:
        rig.door.enter(guest, 0.001)
    rig.door.dismiss()
    assert [guest.slots for guest in guests] == [[500 + 110 * number] for number in range(10)]


def test_those_who_are_called_back_may_come_at_once_one_after_the_other() -> None:
    rig, guests = Rig(), [Fake() for _ in range(10)]
    for guest in guests:
        rig.door.enter(guest, 0.001)
    rig.door.dismiss(0)
    assert [guest.slots for guest in guests] == [[110 * number] for number in range(10)]


def test_nobody_is_let_in_once_it_closes() -> None:
    rig = Rig()
    rig.door.close()
    for way in (rig.door.invite, rig.door.pass_by, rig.door.admit):
        with pytest.raises(BusyError) as caught:
            way()
        assert caught.value.retry_ms == 500
