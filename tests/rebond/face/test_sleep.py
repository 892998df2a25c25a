"""A machine that slept is noticed by its clocks."""

from __future__ import annotations

import time

import pytest

from rebond.face.sleep import JUMP, Sleep


@pytest.mark.parametrize(("ahead", "slept"), [(JUMP - 0.5, False), (JUMP + 0.5, True), (-3600.0, False)])
def test_only_a_jump_ahead_of_the_wall_clock_is_a_sleep(
    monkeypatch: pytest.MonkeyPatch, ahead: float, slept: bool
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    sleep = Sleep()
    monkeypatch.setattr(time, "time", lambda: 1_000.0 + ahead)
    assert sleep.slept() is slept
    assert not sleep.slept()
