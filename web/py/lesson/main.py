"""Wires the lesson together. Called once, by the page's script, when the lesson's archive is there."""

from __future__ import annotations

from functools import partial

from chat.screens.dom import attribute, by_id, document
from chat.texts import Texts
from lesson.screens.figures import mount
from lesson.screens.line import LinePanel
from lesson.screens.page import Page
from lesson.texts import load_bundled


def main() -> None:
    """Bring the page to life: its figures, its exercises, its line."""
    page = Page()
    texts = Texts(load_bundled(), page.language)
    for element in document.querySelectorAll("figure[data-stage]"):
        stage = attribute(element, "data-stage")
        figure = mount(element, stage, texts)
        if seed := page.seed(stage):
            figure.seed = seed
        figure.on_seed = partial(page.keep_seed, stage)
    LinePanel(by_id("line"), texts)
    page.begin()
