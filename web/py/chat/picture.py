"""The picture of the link's last minutes: a ball that bounces from one sign of life to the next.

While the link is live the ball is in the air; each sign of life of the server is a bounce, and the longer the silence
between two, the higher the ball has gone, as balls do. Where the link was lost there is no ball, only the attempts to
get it back. What is made here is the data of SVG paths, in pixels; the screen puts them into the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from chat.history import History, Kind
from chat.line import Tone
from rebond.liveness import DEFAULT_BEAT

MINUTE = 60.0
PER_MINUTE = 170.0
"""Pixels that a minute wants at least."""

MOST = 4
"""The most minutes that are shown: less than is remembered."""

SIDE, TOP, FLOOR = 14.0, 18.0, 38.0
"""Pixels left free at both sides, above the highest bounce, and below the floor."""

TICK = 9.0
"""Pixels that an attempt hangs below the floor."""

CROSS = 4.5
"""Half the size of the cross that marks a loss, in pixels."""

RING = 4.5
"""Half the size of the ring that marks a return, in pixels."""

NEAR = 2.5
"""Pixels within which two attempts are one tick."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The paths, where the ball is, and what they show, to be said in words."""

    width: float
    height: float
    minutes: int
    lost: str
    ended: str
    grid: str
    floor: str
    gone: str
    trace: str
    tries: str
    losses: str
    returns: str
    ball: tuple[float, float]
    counts: dict[Kind, int]


class _Scale:
    """Where a moment lies on the picture, and how high a bounce goes."""

    def __init__(self, known: float, now: float, width: float, height: float) -> None:
        self.minutes = max(1, min(MOST, int(width / PER_MINUTE), ceil((now - known) / MINUTE)))
        self.since = now - self.minutes * MINUTE
        self.floor = height - FLOOR
        self._rise = self.floor - TOP
        self._speed = (width - 2 * SIDE) / (now - self.since)

    def x(self, at: float) -> float:
        return SIDE + (max(at, self.since) - self.since) * self._speed

    def rise(self, seconds: float) -> float:
        """Return how high a ball goes that is in the air for so long: as the square of the time, up to the top."""
        share = min(1.0, seconds / DEFAULT_BEAT)
        return float(self._rise * (0.12 + 0.88 * share * share))


def draw(history: History, now: float, width: float, height: float) -> Picture:
    """Draw what there is in ``history`` up to ``now``, into ``width`` times ``height`` pixels."""
    scale = _Scale(now if history.since is None else history.since, now, width, height)
    signs = history.within(scale.since - 2 * DEFAULT_BEAT, Kind.SIGN)
    lost: list[str] = []
    ended: list[str] = []
    floor: list[str] = []
    gone: list[str] = []
    trace: list[str] = []
    ball = (scale.x(now), scale.floor)
    for start, end, stretch in history.stretches(scale.since, now):
        x, until = scale.x(start), scale.x(end)
        ground = f"M{x:.1f} {scale.floor:.1f}H{until:.1f}"
        if stretch.tone is Tone.LIVE:
            floor.append(ground)
            path, ball = _bounces(scale, [stretch.since, *(at for at in signs if stretch.since < at <= end)], end)
            # A ball whose link is lost falls.
            trace.append(path if end == now else f"{path}V{scale.floor:.1f}")
        else:
            gone.append(ground)
            # A blink has to be seen as well.
            zone = f"M{x:.1f} 0H{max(until, x + 2):.1f}V{height:.1f}H{x:.1f}Z"
            if stretch.tone is not Tone.SEEKING:
                (ended if stretch.tone is Tone.STOPPED else lost).append(zone)
            ball = (until, scale.floor)
    losses = history.within(scale.since, Kind.LOSS)
    returns = history.within(scale.since, Kind.RETURN)
    tries = history.within(scale.since, Kind.TRY)
    return Picture(
        width=width,
        height=height,
        minutes=scale.minutes,
        lost="".join(lost),
        ended="".join(ended),
        grid="".join(f"M{scale.x(at):.1f} 0V{height:.1f}" for at in _minutes(scale.since, now)),
        floor="".join(floor),
        gone="".join(gone),
        trace="".join(trace),
        tries="".join(f"M{x:.1f} {scale.floor + 5:.1f}v{TICK:.1f}" for x in _apart(scale.x(at) for at in tries)),
        losses="".join(_cross(scale.x(at), scale.floor) for at in losses),
        returns="".join(_ring(scale.x(at), scale.floor) for at in returns),
        ball=ball,
        counts={
            Kind.SIGN: len(history.within(scale.since, Kind.SIGN)),
            Kind.TRY: len(tries),
            Kind.LOSS: len(losses),
            Kind.RETURN: len(returns),
        },
    )


def _bounces(scale: _Scale, landings: list[float], end: float) -> tuple[str, tuple[float, float]]:
    """Return the way of the ball from landing to landing, and where it is at ``end``, in the air or at rest."""
    shown = [at for at in landings if at >= scale.since]
    # The bounce that began before the picture does is left out, unless it is all there is.
    if not shown:
        shown = landings[-1:]
    path = [f"M{scale.x(shown[0]):.1f} {scale.floor:.1f}"]
    for start, landing in pairwise(shown):
        path.append(_arc(scale, start, landing))
    start = shown[-1]
    share = (end - start) / DEFAULT_BEAT
    if share >= 1.0:
        # It has come down and heard nothing since.
        path.append(_arc(scale, start, start + DEFAULT_BEAT) + f"H{scale.x(end):.1f}")
        return "".join(path), (scale.x(end), scale.floor)
    x, y, control_x, control_y = _point(scale, start, share)
    path.append(f"Q{control_x:.1f} {control_y:.1f} {x:.1f} {y:.1f}")
    return "".join(path), (x, y)


def _arc(scale: _Scale, start: float, end: float) -> str:
    """Return a bounce: of a quadratic curve the middle lies half as high as its control point."""
    x, until = scale.x(start), scale.x(end)
    high = scale.floor - 2 * scale.rise(end - start)
    return f"Q{(x + until) / 2:.1f} {high:.1f} {until:.1f} {scale.floor:.1f}"


def _point(scale: _Scale, start: float, share: float) -> tuple[float, float, float, float]:
    """Return where a ball is after a share of a full bounce, and the control point of its way there (de Casteljau)."""
    x, until = scale.x(start), scale.x(start + DEFAULT_BEAT)
    middle, high = (x + until) / 2, scale.floor - 2 * scale.rise(DEFAULT_BEAT)
    control_x, control_y = x + (middle - x) * share, scale.floor + (high - scale.floor) * share
    back_x, back_y = middle + (until - middle) * share, high + (scale.floor - high) * share
    return control_x + (back_x - control_x) * share, control_y + (back_y - control_y) * share, control_x, control_y


def _apart(places: Iterable[float]) -> list[float]:
    """Leave out what would be drawn over the one before."""
    kept: list[float] = []
    for place in places:
        if not kept or place - kept[-1] >= NEAR:
            kept.append(place)
    return kept


def _cross(x: float, y: float) -> str:
    size = CROSS
    return f"M{x - size:.1f} {y - size:.1f}l{2 * size} {2 * size}m0 {-2 * size}l{-2 * size} {2 * size}"


def _ring(x: float, y: float) -> str:
    return f"M{x - RING:.1f} {y:.1f}a{RING} {RING} 0 1 0 {2 * RING} 0a{RING} {RING} 0 1 0 {-2 * RING} 0Z"


def _minutes(since: float, now: float) -> list[float]:
    """Return the full half minutes before now."""
    count = round((now - since) / (MINUTE / 2))
    return [now - number * MINUTE / 2 for number in range(1, count + 1)]
