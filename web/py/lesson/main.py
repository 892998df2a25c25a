"""Wires the lesson together. Called once, by the page's script, when the lesson's archive is there."""

from __future__ import annotations

from chat.screens.dom import attribute, document
from chat.texts import Texts
from lesson.screens.figures import mount
from lesson.screens.page import Page
from lesson.texts import load_bundled


def main() -> None:
    """Bring the page to life."""
    page = Page()
    texts = Texts(load_bundled(), page.language)
    for element in document.querySelectorAll("figure[data-stage]"):
        mount(element, attribute(element, "data-stage"), texts)
    page.begin()
