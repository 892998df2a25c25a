"""The picture, point by point: where the ball is, what is marked, and what an eye could not tell apart is left out."""

import re

import pytest

from chat.history import History, Kind
from chat.picture import CROSS, FLOOR, MOST, SIDE, TOP, Picture, draw
from rebond.states import State
from rebond.status import Cause
from tests.chat.made import status

HEIGHT = 130.0
GROUND = HEIGHT - FLOOR
WIDTH = 340.0
"""Room for two minutes."""


def live(since: float = 0.0) -> History:
    history = History()
    history.take(status(State.LIVE, heard=since), since)
    return history


def picture(history: History, now: float, width: float = WIDTH) -> Picture:
    return draw(history, now, width, HEIGHT)


def x(at: float, now: float, width: float = WIDTH, seconds: float = 60.0) -> float:
    """Return where a moment lies, within the first minute."""
    return SIDE + (at - now + seconds) * (width - 2 * SIDE) / seconds


def points(path: str) -> list[tuple[float, float]]:
    """Return the pairs of numbers of a path of M, Q and L."""
    return [(float(a), float(b)) for a, b in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    found = picture(History(), 100.0)
    assert found.trace == found.floor == found.gone == found.lost == ""
    assert found.ball == pytest.approx((WIDTH - SIDE, GROUND))


@pytest.mark.parametrize(("width", "minutes"), [(0.0, 1), (300.0, 1), (340.0, 2), (560.0, 3), (5_000.0, MOST)])
def test_as_many_minutes_as_have_room(width: float, minutes: int) -> None:
    assert picture(live(), 400.0, width).minutes == minutes


@pytest.mark.parametrize(("known", "minutes"), [(0.0, 1), (59.0, 1), (61.0, 2), (179.0, 3), (290.0, 4)])
def test_no_more_minutes_than_there_is_something_to_show(known: float, minutes: int) -> None:
    assert picture(live(400.0 - known), 400.0, 5_000.0).minutes == minutes


def test_now_is_at_the_right_and_the_oldest_at_the_left() -> None:
    found = picture(live(), 1_000.0)
    assert found.floor == f"M{SIDE:.1f} {GROUND:.1f}H{WIDTH - SIDE:.1f}"


def test_a_full_beat_goes_up_to_the_top_and_comes_down_where_it_was_answered() -> None:
    history = live(50.0)
    history.heard(60.0)
    start, control, end, *_ = points(picture(history, 60.0).trace)
    assert start == pytest.approx((x(50.0, 60.0), GROUND), abs=0.1)
    assert end == pytest.approx((x(60.0, 60.0), GROUND), abs=0.1)
    # The middle of a quadratic curve lies half way between its ends and its control point.
    assert (GROUND + control[1]) / 2 == pytest.approx(TOP, abs=0.1)


def test_a_short_silence_makes_a_low_bounce() -> None:
    history = live(50.0)
    history.heard(52.0)
    history.heard(62.0)
    _, low, _, high, _, *_ = points(picture(history, 62.0).trace)
    assert GROUND > low[1] > high[1]


@pytest.mark.parametrize(("after", "share"), [(0.0, 0.0), (2.5, 0.75), (5.0, 1.0), (7.5, 0.75), (10.0, 0.0)])
def test_the_ball_is_in_the_air_between_two_beats(after: float, share: float) -> None:
    found = picture(live(50.0), 50.0 + after)
    assert found.ball[0] == pytest.approx(WIDTH - SIDE, abs=0.1)
    assert found.ball[1] == pytest.approx(GROUND - share * (GROUND - TOP), abs=0.1)
    if 0.0 < after < 10.0:
        assert points(found.trace)[-1] == pytest.approx(found.ball, abs=0.1)


def test_a_ball_that_hears_nothing_lies_on_the_floor() -> None:
    found = picture(live(50.0), 63.0)
    assert found.ball == pytest.approx((WIDTH - SIDE, GROUND))
    assert found.trace.endswith(f"H{WIDTH - SIDE:.1f}")


def test_where_the_link_was_lost_the_ball_falls_and_there_is_no_trace() -> None:
    history = live(50.0)
    history.take(status(State.WAITING, Cause.LOST, 56.0), 55.0)
    history.take(status(State.LIVE, heard=65.0), 65.0)
    found = picture(history, 70.0)
    before, _, after = found.trace.partition("V")
    assert points(before)[-1][0] == pytest.approx(x(55.0, 70.0), abs=0.1)
    assert points(after)[0][0] == pytest.approx(x(65.0, 70.0), abs=0.1)
    assert found.gone == f"M{x(55.0, 70.0):.1f} {GROUND:.1f}H{x(65.0, 70.0):.1f}"
    assert found.lost.startswith(f"M{x(55.0, 70.0):.1f} 0H{x(65.0, 70.0):.1f}V")
    assert (found.losses.count("M"), found.returns.count("M")) == (1, 2)
    assert points(found.losses)[0] == pytest.approx((x(55.0, 70.0) - CROSS, GROUND - CROSS), abs=0.1)


def test_while_it_is_lost_the_ball_waits_at_the_floor() -> None:
    history = live(50.0)
    history.take(status(State.WAITING, Cause.LOST, 56.0), 55.0)
    assert picture(history, 60.0).ball == pytest.approx((WIDTH - SIDE, GROUND))


def test_a_blink_is_seen_all_the_same() -> None:
    history = live(50.0)
    history.take(status(State.WAITING, Cause.LOST, 55.1), 55.0)
    history.take(status(State.LIVE, heard=55.05), 55.05)
    start, end = re.findall(r"M([\d.]+) 0H([\d.]+)", picture(history, 70.0).lost)[0]
    assert float(end) - float(start) == pytest.approx(2.0, abs=0.1)


def test_an_end_looks_different_from_a_loss() -> None:
    history = live(50.0)
    history.take(status(State.SIGNED_OUT, Cause.TOKEN), 55.0)
    found = picture(history, 60.0)
    assert found.lost == ""
    assert found.ended


def test_of_attempts_that_lie_too_close_one_is_drawn_and_all_are_counted() -> None:
    history = live(50.0)
    history.take(status(State.WAITING, Cause.LOST, 55.1), 55.0)
    for number in range(1, 41):
        history.take(status(State.PROBING, Cause.SERVER_DOWN, attempt=number), 55.0 + number / 8)
    found = picture(history, 70.0)
    assert found.counts[Kind.TRY] == 40
    assert 8 <= found.tries.count("M") <= 12


def test_what_was_before_the_picture_does_not_count() -> None:
    history = live(50.0)
    history.take(status(State.WAITING, Cause.LOST, 55.1), 55.0)
    history.take(status(State.LIVE, heard=56.0), 56.0)
    for number in range(7, 23):
        history.heard(number * 10.0)
    found = picture(history, 226.0)
    assert found.counts == {Kind.SIGN: 12, Kind.TRY: 0, Kind.LOSS: 0, Kind.RETURN: 0}
    assert min(place for place, _ in points(found.trace)) >= SIDE
