"""What a drawing consists of: shapes for a canvas, as SVG path strings, and words. Pixels are CSS pixels.

A frame is a list of these; the screen makes a ``Path2D`` of each string and fills or strokes it. Few long strings are
cheap, many calls from Python into the browser are not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """``paint`` names a colour of the style sheet. ``width`` 0 fills, else it is the stroke's.

    ``key``: the string is the same whenever the key is, so its path can be kept. ``dx`` moves it to the right.
    """

    paint: str
    d: str
    width: float = 0.0
    alpha: float = 1.0
    dash: tuple[float, ...] = ()
    key: str = ""
    dx: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """Text at a point of its base line. ``align``: left, center or right."""

    text: str
    x: float
    y: float
    paint: str = "ink"
    size: float = 12.0
    align: str = "left"
    bold: bool = False


Item = Shape | Word


def circle(x: float, y: float, r: float) -> str:
    """Return a full circle."""
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 1 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 1 {-2 * r:.1f} 0"


def bar(x: float, y: float, w: float, h: float) -> str:
    """Return a rectangle."""
    return f"M{x:.1f} {y:.1f}h{w:.1f}v{h:.1f}h{-w:.1f}z"


def cross(x: float, y: float, r: float) -> str:
    """Return a saltire, to be stroked."""
    return f"M{x - r:.1f} {y - r:.1f}l{2 * r:.1f} {2 * r:.1f}M{x + r:.1f} {y - r:.1f}l{-2 * r:.1f} {2 * r:.1f}"


def diamond(x: float, y: float, r: float) -> str:
    """Return a square on its tip."""
    return f"M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}l{-r:.1f} {-r:.1f}z"


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    """Return a rectangle with round corners."""
    return (
        f"M{x + r:.1f} {y:.1f}h{w - 2 * r:.1f}a{r} {r} 0 0 1 {r} {r}v{h - 2 * r:.1f}a{r} {r} 0 0 1 {-r} {r}"
        f"h{2 * r - w:.1f}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - h:.1f}a{r} {r} 0 0 1 {r} {-r}z"
    )


def line(x: float, y: float, to_x: float, to_y: float) -> str:
    """Return a straight line."""
    return f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}"
