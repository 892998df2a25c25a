"""Paints shapes on a canvas: crisp on every screen, in the colours of the style sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

import js
from pyodide.ffi import JsProxy, to_js

from chat.screens.dom import Element
from lesson.shapes import Item, Shape

PAINTS = ("ball", "ink", "ink-2", "line", "on", "on-ball", "live", "warn", "bad", "ground", "shade")
"""The colours; ``--figure-<name>`` in web/styles/figure.css."""


class Context(Protocol):
    """``CanvasRenderingContext2D``."""

    fillStyle: str
    strokeStyle: str
    globalAlpha: float
    lineWidth: float
    lineCap: str
    lineJoin: str
    font: str
    textAlign: str

    def setTransform(self, a: float, b: float, c: float, d: float, e: float, f: float, /) -> None: ...
    def clearRect(self, x: float, y: float, w: float, h: float, /) -> None: ...
    def setLineDash(self, dash: JsProxy, /) -> None: ...
    def fill(self, path: JsProxy, /) -> None: ...
    def stroke(self, path: JsProxy, /) -> None: ...
    def fillText(self, text: str, x: float, y: float, /) -> None: ...


class Canvas(Element, Protocol):
    """``HTMLCanvasElement``."""

    width: int
    height: int
    clientWidth: float

    def getContext(self, kind: str, /) -> Context: ...


class Painter:
    """One canvas."""

    def __init__(self, element: Element) -> None:
        self._canvas = cast(Canvas, element)
        self._context = self._canvas.getContext("2d")
        self._context.lineCap = self._context.lineJoin = "round"
        self._colours: dict[str, str] = {}
        self._kept: dict[str, JsProxy] = {}
        self._dashes: dict[tuple[float, ...], JsProxy] = {}
        self._family = "sans-serif"
        self._ratio = 1.0
        self._size = (0.0, 0.0)
        self.read_colours()

    def read_colours(self) -> None:
        """The theme may have changed."""
        style = js.getComputedStyle(self._canvas)
        self._colours = {name: str(style.getPropertyValue(f"--figure-{name}")).strip() for name in PAINTS}
        self._family = str(style.fontFamily)

    @property
    def width(self) -> float:
        """How wide it stands on the page, in CSS pixels."""
        return float(self._canvas.clientWidth)

    def fit(self, width: float, height: float) -> None:
        """Be so large, in CSS pixels; what was kept is forgotten."""
        self._kept.clear()
        ratio = min(float(js.devicePixelRatio), 3.0)
        if (width, height) != self._size or ratio != self._ratio:
            self._size, self._ratio = (width, height), ratio
            self._canvas.width, self._canvas.height = round(width * ratio), round(height * ratio)
            js.Reflect.get(self._canvas, "style").setProperty("height", f"{height}px")
            self._context.lineCap = self._context.lineJoin = "round"

    def paint(self, *layers: Iterable[Item]) -> None:
        """Paint everything anew."""
        context, ratio, used = self._context, self._ratio, set()
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        context.clearRect(0, 0, *self._size)
        for layer in layers:
            for item in layer:
                if isinstance(item, Shape):
                    self._shape(item)
                    used.add(item.key)
                else:
                    context.fillStyle = self._colours[item.paint]
                    context.globalAlpha = 1.0
                    context.font = f"{'600 ' if item.bold else ''}{item.size}px {self._family}"
                    context.textAlign = item.align
                    context.fillText(item.text, item.x, item.y)
        for key in self._kept.keys() - used:
            del self._kept[key]

    def _shape(self, shape: Shape) -> None:
        context = self._context
        path = self._path(shape)
        if shape.dx:
            context.setTransform(self._ratio, 0, 0, self._ratio, shape.dx * self._ratio, 0)
        context.globalAlpha = shape.alpha
        if shape.width:
            context.strokeStyle = self._colours[shape.paint]
            context.lineWidth = shape.width
            context.setLineDash(self._dash(shape.dash))
            context.stroke(path)
        else:
            context.fillStyle = self._colours[shape.paint]
            context.fill(path)
        if shape.dx:
            context.setTransform(self._ratio, 0, 0, self._ratio, 0, 0)

    def _path(self, shape: Shape) -> JsProxy:
        if not shape.key:
            return cast(JsProxy, js.Path2D.new(shape.d))
        if shape.key not in self._kept:
            self._kept[shape.key] = js.Path2D.new(shape.d)
        return self._kept[shape.key]

    def _dash(self, dash: tuple[float, ...]) -> JsProxy:
        if dash not in self._dashes:
            self._dashes[dash] = to_js(list(dash))
        return self._dashes[dash]
