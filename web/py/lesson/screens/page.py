"""The page of the lesson as a whole."""

from __future__ import annotations

from chat.screens.dom import attribute, document


class Page:
    """What stands already when Python comes: the text, and a frame for every figure."""

    def __init__(self) -> None:
        self._root = document.documentElement
        self.language = attribute(self._root, "lang")

    def begin(self) -> None:
        """Say on ``<html>`` that the page listens."""
        self._root.setAttribute("data-ready", "")
