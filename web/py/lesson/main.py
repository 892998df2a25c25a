"""Wires the lesson together. Called once, by the page's script, when the lesson's archive is there."""

from __future__ import annotations

import asyncio
from functools import partial

from chat.screens.dom import attribute, by_id, document
from chat.texts import Texts
from lesson import sharing
from lesson.comments import translated
from lesson.exercises import EXERCISES
from lesson.screens.exercise import Changed, Exercise
from lesson.screens.figures import mount
from lesson.screens.frame import Frame
from lesson.screens.line import LinePanel
from lesson.screens.page import Page
from lesson.texts import load_bundled


async def main() -> None:
    """Bring the page to life: its figures, its exercises, its line.

    One after the other, with time for the browser in between: the first figure can be used at once, and a slow phone
    goes on scrolling.
    """
    page = Page()
    catalogues = load_bundled()
    texts = Texts(catalogues, page.language)
    for element in document.querySelectorAll("figure[data-stage]"):
        stage = attribute(element, "data-stage")
        figure = mount(element, stage, texts)
        if seed := page.seed(stage):
            figure.seed = seed
        figure.on_seed = partial(page.keep_seed, stage)
        await asyncio.sleep(0)
    frame, changed = Frame(texts.text("learn.sandbox")), Changed()
    exercises = {}
    for element in document.querySelectorAll("[data-exercise]"):
        name = attribute(element, "data-exercise")
        source = translated(EXERCISES[name].source, catalogues["en"], catalogues[page.language])
        exercises[name] = Exercise(element, name, source, texts, frame, changed)
        await asyncio.sleep(0)
    if (given := sharing.shared(page.fragment, exercises)) is not None:
        exercises[given[0]].on_taken = page.drop_fragment
        exercises[given[0]].show(given[1])
    page.on_fragment(lambda fragment: sharing.shared(fragment, exercises) is not None)
    LinePanel(by_id("line"), texts)
    page.begin()
