"""The court: clients on the left, the server on the right, a net between them, and what flies from side to side.

A message is a ball. It flies over the net and bounces once before it is taken; all else runs along the wire.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lesson.chronicle import SERVER, Look
from lesson.freight import Freight, kind_of
from lesson.lanes import Lane, Strand
from lesson.scene import Scene
from lesson.shapes import Item, Shape, Word, circle, cross, diamond, line, rounded
from rebond.simulation.network import Block, Parcel

WIDE = 560.0
"""Pixels from which there is room for more."""

FEW = 3
"""Lanes up to which each has a laptop and a name."""

DRAWN = 48
"""WebSockets of one lane that are drawn; more would be a blot."""

FADE = 0.6
"""Seconds in which fades what was lost on its way."""

GROUND = 10.0
"""Pixels from the edge to the lines of the court."""


Flights = dict[tuple[str, str, float], tuple[float, float, float]]
"""What is on its way, by lane, label and when it was sent: when it is due, and where it is drawn."""


@dataclass(frozen=True, slots=True)
class Puff:
    """Something was lost here; ``at`` is the moment on the viewer's clock."""

    x: float
    y: float
    at: float


class Court:
    """Draws a scene again and again. ``names`` are the lanes' and the server's as the reader knows them."""

    def __init__(self, scene: Scene, width: float, names: Mapping[str, str]) -> None:
        self._scene = scene
        self._names = names
        self.width = width
        lanes = len(scene.lanes)
        each = {1: 136.0, 2: 92.0, 3: 78.0}.get(lanes, max(5.0, 260.0 / max(lanes, 1)))
        self._each = each
        self.height = 2 * GROUND + max(each * lanes, 120.0) + (4.0 if lanes > FEW else 0.0)
        wide = width >= WIDE
        self._client = (108.0 if wide else 74.0) if lanes <= FEW else 34.0
        self._server = 96.0 if wide else 66.0
        self.left, self.right = self._client + GROUND, width - self._server - GROUND
        self._flying: Flights = {}
        self._puffs: list[Puff] = []

    def draw(self, moment: float) -> list[Item]:
        """Return one frame; ``moment`` is on the viewer's clock, in seconds."""
        items: list[Item] = [*self._lines()]
        wires: dict[str, list[str]] = defaultdict(list)
        shots: dict[str, list[str]] = defaultdict(list)
        flying: Flights = {}
        for place, lane in enumerate(self._scene.lanes):
            self._lane(lane, self._middle(place), wires, shots, flying)
        self._fade(flying, moment)
        items += self._strokes(wires)
        for place, lane in enumerate(self._scene.lanes):
            items += self._laptop(lane, self._middle(place))
        items += self._host()
        items += self._strokes(shots)
        items += [
            Shape("bad", cross(puff.x, puff.y + 14 * age * age, 4), 2, 1 - age)
            for puff in self._puffs
            for age in [(moment - puff.at) / FADE]
        ]
        return items

    def _middle(self, place: int) -> float:
        lanes = len(self._scene.lanes)
        top = (self.height - self._each * lanes) / 2
        return top + self._each * (place + 0.5)

    # What does not move.

    def _lines(self) -> list[Item]:
        w, h = self.width, self.height
        net = (self.left + self.right) / 2
        return [
            Shape("line", rounded(GROUND / 2, GROUND / 2, w - GROUND, h - GROUND, 8), 1.5),
            Shape("line", line(net, GROUND / 2, net, h - GROUND / 2), 1.5, dash=(3, 5)),
        ]

    def _laptop(self, lane: Lane, y: float) -> list[Item]:
        look, x = lane.look, GROUND + self._client / 2
        if len(self._scene.lanes) > FEW:
            return self._dot(look, x + 4, y, min(3.5, self._each / 2 - 0.6))
        y -= 8
        shut = look is Look.ASLEEP
        screen = line(x - 23, y + 12, x + 23, y + 12) if shut else rounded(x - 21, y - 16, 42, 28, 4)
        items: list[Item] = [
            Shape("on", screen),
            Shape("ink-2", screen, 1.75),
            Shape("ink-2", line(x - 29, y + 15, x + 29, y + 15), 3),
            Word(
                self._names.get(lane.name, lane.name), x, y + 34, "ink", 12.5 if self.width >= WIDE else 11.5, "center"
            ),
        ]
        return items if shut else [*items, *self._dot(look, x, y - 2, 6)]

    def _dot(self, look: Look, x: float, y: float, r: float) -> list[Item]:
        match look:
            case Look.LIVE:
                return [Shape("ball", circle(x, y, r))]
            case Look.FALSE:
                return [Shape("ball", circle(x, y, r), alpha=0.55), Shape("bad", circle(x, y, r + 3), 1.5, dash=(3, 3))]
            case Look.TRYING:
                turn = self._scene.clock.now * 4
                arc = (
                    f"M{x + r * math.cos(turn):.1f} {y + r * math.sin(turn):.1f}"
                    f"A{r:.1f} {r:.1f} 0 1 1 {x + r * math.cos(turn - 1.6):.1f} {y + r * math.sin(turn - 1.6):.1f}"
                )
                return [Shape("warn", arc, 2)]
            case Look.OUT:
                return [
                    Shape("ink-2", rounded(x - r, y - r / 2, 2 * r, 1.6 * r, 1.5)),
                    Shape("ink-2", _shackle(x, y, r), 2),
                ]
            case _:
                return [Shape("bad", circle(x, y, r - 1), 1.75)]

    def _host(self) -> list[Item]:
        up = self._scene.chronicle.rows[SERVER].look is Look.UP
        lanes = len(self._scene.lanes)
        w, h = (62.0 if self.width >= WIDE else 46.0), min(self.height - 56, 60.0 + 36 * min(lanes, 4))
        x = self.width - GROUND - self._server / 2
        y = self.height / 2 - 8
        box = rounded(x - w / 2, y - h / 2, w, h, 7)
        items: list[Item] = [Shape("on", box, alpha=1 if up else 0.35)]
        items.append(Shape("ink-2", box, 1.75) if up else Shape("bad", box, 1.75, dash=(5, 4)))
        for row in (-1, 0, 1):
            at = y + row * h / 4
            items.append(Shape("ink-2", line(x - w / 2 + 10, at, x + w / 2 - 22, at), 2, 1 if up else 0.4))
            items.append(Shape("ball" if up else "bad", circle(x + w / 2 - 12, at, 2.6)))
        items.append(
            Word(self._names[SERVER], x, y + h / 2 + 18, "ink", 12.5 if self.width >= WIDE else 11.5, "center")
        )
        return items

    # Wires, and what is on them.

    def _lane(
        self,
        lane: Lane,
        y: float,
        wires: dict[str, list[str]],
        shots: dict[str, list[str]],
        flying: Flights,
    ) -> None:
        strands = lane.strands()[:DRAWN]
        step = min(7.0, 0.8 * self._each / max(len(strands), 1))
        bends = {strand.socket: (place - (len(strands) - 1) / 2) * step for place, strand in enumerate(strands)}
        left, right = self.left, self.right
        if not strands:
            wires["none"].append(line(left, y, right, y))
        for strand in strands:
            bend = 2 * bends[strand.socket]
            curve = f"M{left:.0f} {y:.1f}Q{(left + right) / 2:.0f} {y + bend:.1f} {right:.0f} {y:.1f}"
            wires[_wire(strand)].append(curve)
        net = (left + right) / 2
        if Block.CUT in lane.path.blocks:
            wires["cut"].append(f"M{net - 7:.0f} {y + 7:.0f}l8 -14M{net:.0f} {y + 7:.0f}l8 -14")
        elif Block.STALL in lane.path.blocks:
            wires["cut"].append(f"M{net - 4:.0f} {y - 9:.0f}v18M{net + 4:.0f} {y - 9:.0f}v18")
        elif any(strand.dead for strand in strands):
            wires["cut"].append(cross(net, y, 6))
        small = len(self._scene.lanes) > FEW
        carried = set()
        for parcel, owner in lane.shots():
            carried.add(owner)
            bend = bends.get(owner, 0.0) if owner is not None else 0.0
            part = self._part(lane, parcel)
            x, at = self._point(part if parcel.up else 1 - part, y, bend)
            self._shot(parcel, part, x, at, shots, small=small)
            flying[lane.name, parcel.label, parcel.sent] = (parcel.due, x, at)
        for strand in strands:
            if not strand.open and strand.socket not in carried:
                shots["handshake"].append(circle(left + 8, y, 2.5 if small else 4.5))

    def _part(self, lane: Lane, parcel: Parcel) -> float:
        """Return which part of its way is behind a parcel. On a blocked path nothing gets beyond the net."""
        now, lasts = self._scene.clock.now, max(parcel.due - parcel.sent, 1e-6)
        part = min(1.0, (now - parcel.sent) / lasts)
        if lane.path.blocks:
            part = min(part, max(0.5, (lane.blocked_at - parcel.sent) / lasts))
        return max(0.0, part)

    def _point(self, x: float, y: float, bend: float) -> tuple[float, float]:
        """Return the point of a wire at a part of its length, from the left."""
        return self.left + x * (self.right - self.left), y + 4 * x * (1 - x) * bend

    def _shot(
        self, parcel: Parcel, part: float, x: float, y: float, shots: dict[str, list[str]], *, small: bool
    ) -> None:
        match kind_of(parcel.label):
            case Freight.MESSAGE:
                high = min(20.0, self._each * 0.24)
                r = max(1.8, min(5.5, self._each * 0.3))
                top = y - _bounce(part) * high - (0 if small else 2)
                back = -1 if parcel.up else 1
                if not small and 0 < part < 1:
                    for way, alpha in ((0.035, "trail"), (0.07, "trace")):
                        before = max(0.0, part - way)
                        at = x + back * (part - before) * (self.right - self.left)
                        shots[alpha].append(circle(at, y - _bounce(before) * high - 2, r * 0.72))
                shots["ball"].append(circle(x, top, r))
            case Freight.HANDSHAKE:
                shots["handshake"].append(circle(x, y, 2.2 if small else 4.5))
            case Freight.PROBE:
                shots["probe"].append(diamond(x, y, 2.5 if small else 5.0))
            case Freight.BEAT:
                shots["ink"].append(circle(x - 3, y, 2.2) + circle(x + 3, y, 2.2))
            case Freight.ACK:
                shots["ink"].append(circle(x, y, 2.0 if small else 3.4))
            case _:
                shots["refusal"].append(cross(x, y, 2.0 if small else 3.8))

    def _fade(self, flying: Flights, moment: float) -> None:
        for known, (due, x, y) in self._flying.items():
            if known not in flying and due > self._scene.clock.now:
                self._puffs.append(Puff(x, y, moment))
        self._flying = flying
        self._puffs = [puff for puff in self._puffs[-60:] if 0 <= moment - puff.at < FADE]

    def _strokes(self, paths: Mapping[str, list[str]]) -> list[Item]:
        return [
            Shape(paint, "".join(paths[name]), width, alpha, dash)
            for name, (paint, width, alpha, dash) in STYLES.items()
            if name in paths
        ]


STYLES: Mapping[str, tuple[str, float, float, tuple[float, ...]]] = {
    "none": ("line", 1.5, 1.0, (2, 6)),
    "connecting": ("ball", 1.25, 0.55, (5, 5)),
    "open": ("ink-2", 1.5, 0.9, ()),
    "dead": ("ink-2", 1.5, 0.45, ()),
    "cut": ("bad", 2.25, 1.0, ()),
    "trace": ("ball", 0.0, 0.18, ()),
    "trail": ("ball", 0.0, 0.4, ()),
    "handshake": ("ball", 2.0, 1.0, ()),
    "probe": ("ink", 1.75, 1.0, ()),
    "ink": ("ink", 0.0, 1.0, ()),
    "refusal": ("bad", 2.25, 1.0, ()),
    "ball": ("ball", 0.0, 1.0, ()),
}
"""How each kind of line and of freight is drawn, those below first: paint, width, alpha, dash."""


def _wire(strand: Strand) -> str:
    return "dead" if strand.dead else "open" if strand.open else "connecting"


def _bounce(part: float) -> float:
    """Return the height of a ball over its way: over the net, and a small one after the bounce; 1 is the highest."""
    if part < 0.74:
        x = part / 0.74
        return 4 * x * (1 - x)
    x = (part - 0.74) / 0.26
    return 1.1 * x * (1 - x)


def _shackle(x: float, y: float, r: float) -> str:
    w, h = 0.6 * r, 0.4 * r
    return f"M{x - w:.1f} {y - r / 2:.1f}v{-h:.1f}a{w:.1f} {w:.1f} 0 0 1 {2 * w:.1f} 0v{h:.1f}"
