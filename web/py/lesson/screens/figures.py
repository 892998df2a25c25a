"""Mounts the figures of the page."""

from __future__ import annotations

from chat.screens.dom import Element
from chat.texts import Texts
from lesson.screens.figure import Figure
from lesson.screens.herd import HerdFigure
from lesson.screens.loop import Loop
from lesson.screens.machine import MachineFigure
from lesson.screens.stage import StageFigure

_loops: list[Loop] = []


def mount(element: Element, stage: str, texts: Texts) -> Figure:
    """Fill ``<figure data-stage="NAME">``. Raises KeyError for a stage that there is not."""
    if not _loops:
        _loops.append(Loop())
    kinds = {"herd": HerdFigure, "everything": MachineFigure}
    return kinds.get(stage, StageFigure)(element, stage, texts, _loops[0])
