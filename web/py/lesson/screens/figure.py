"""What all figures have in common: their frame, their buttons, their seed, and their place in the loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import cast

from chat.screens.dom import Element, Event, Field, around, attribute, put_text
from chat.screens.listening import Listeners
from chat.texts import Texts
from lesson.screens.loop import Loop
from lesson.screens.painter import Painter
from lesson.screens.parts import Question, button, make
from lesson.stages import SEED

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""How fast a figure can be played, in seconds a second."""

REFRESH = 0.12
"""Seconds between two looks at counters and buttons."""


class Figure(ABC):
    """One figure. ``idle``: nothing of it moves."""

    def __init__(self, element: Element, stage: str, texts: Texts, loop: Loop, choices: int) -> None:
        self.stage = stage
        self.texts = texts
        self.on_seed: Callable[[int], object] = int
        self.root = make("div", "figure", id=f"figure-{stage}")
        self.loop = loop
        self.idle = False
        self.playing = not loop.calm
        self.speed = 1.0
        self._seed = SEED
        self._element = element
        self._fresh = 0.0
        self._listeners = Listeners()
        self._listeners.on(self.root, "click", self._click)
        self._listeners.on(self.root, "change", self._change)
        self.question = Question(stage, choices, texts)
        picture = texts.text(f"figure.{stage}.picture")
        canvas = make("canvas", "", role="img", aria_label=picture)
        self.court = make("div", "figure-court")
        self.court.append(canvas)
        self.root.append(self.question.root, self.court, self._bar())
        self.fill()
        element.replaceChildren(self.root, *list(element.querySelectorAll(":scope > figcaption")))
        self.painter = Painter(canvas)
        self.begin()
        # Its buttons have names at once, for those who come to it by other ways than scrolling.
        self.refresh()
        self._show_bar()
        loop.add(self)

    def _bar(self) -> Element:
        text = self.texts.text
        bar = make("div", "figure-bar", role="group", aria_label=text("figure.controls"))
        self._play = button("play", "", "figure-button main")
        self._select = cast(Field, make("select", "figure-speed", id=f"figure-{self.stage}-speed"))
        for speed in SPEEDS:
            label = {0.25: "¼", 0.5: "½"}.get(speed, f"{speed:g}")
            self._select.append(make("option", "", f"{label}\u00d7", value=f"{speed:g}"))
        # Together, so that the two never stand on different lines.
        pace = make("span", "figure-pace")
        pace.append(make("label", "", text("figure.speed"), _for=f"figure-{self.stage}-speed"), self._select)
        self._seed_button = button("seed", "")
        bar.append(
            self._play,
            button("step", text("figure.step")),
            button("reset", text("figure.reset")),
            pace,
            self._seed_button,
        )
        return bar

    # What each figure is about.

    @abstractmethod
    def fill(self) -> None:
        """Put what else there is below the bar."""

    @abstractmethod
    def begin(self) -> None:
        """Begin anew, with the seed as it is."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Let time go by in the figure."""

    @abstractmethod
    def step(self) -> None:
        """Go on to the next thing that there is to see."""

    @abstractmethod
    def resize(self) -> None:
        """Fit the width there is."""

    @abstractmethod
    def draw(self, moment: float) -> None:
        """Draw it as it stands."""

    @abstractmethod
    def refresh(self) -> None:
        """Show counters and buttons as they stand."""

    @abstractmethod
    def guess(self, choice: int) -> None:
        """The reader has guessed."""

    def think(self) -> bool:
        """Go on working something out for some milliseconds; tell whether there is more of it."""
        return False

    def do(self, what: str) -> None:
        """Do what a button of this figure's own says. Raises LookupError."""
        raise LookupError(f"no figure does {what}")

    # Its seed.

    @property
    def seed(self) -> int:
        """What everything in it is drawn from."""
        return self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        if seed != self._seed:
            self._seed = seed
            self.begin()
            self._show_bar()
            self.touch()

    def destroy(self) -> None:
        """Be gone."""
        self.loop.remove(self)
        self._listeners.destroy()
        self.root.remove()

    # Its place in the loop.

    def frame(self, seconds: float, moment: float) -> None:
        """Play one frame."""
        thinking = self.think()
        if self.playing:
            self.advance(seconds * self.speed)
        self.draw(moment)
        self._fresh -= seconds
        if self._fresh <= 0 or not self.playing:
            self._fresh = REFRESH
            self.refresh()
            self._show_bar()
        self.idle = not self.playing and not thinking

    def touch(self) -> None:
        """Something has changed: draw again."""
        self.idle = False
        self.loop.wake()

    def theme(self) -> None:
        self.painter.read_colours()
        self.touch()

    def pause(self) -> None:
        """Stand still."""
        self.playing = False

    def play(self, speed: float | None = None) -> None:
        """Go on."""
        self.playing = True
        if speed is not None:
            self.set_speed(speed)
        self.touch()

    def set_speed(self, speed: float) -> None:
        """Play so fast; the nearest of the speeds there are."""
        self.speed = min(SPEEDS, key=lambda each: abs(each - speed))
        self._select.value = f"{self.speed:g}"

    def _show_bar(self) -> None:
        put_text(self._play, self.texts.text("figure.pause" if self.playing else "figure.play"))
        self._play.toggleAttribute("data-playing", self.playing)
        put_text(self._seed_button, self.texts.text("figure.seed", n=str(self._seed)))

    def _click(self, event: Event) -> None:
        pressed = around(event.target, "[data-do]")
        if pressed is None or pressed.hasAttribute("aria-disabled"):
            return
        what, _, which = attribute(pressed, "data-do").partition(":")
        match what:
            case "play" if self.playing:
                self.pause()
            case "play":
                self.play()
            case "step":
                self.pause()
                self.step()
            case "reset":
                self.begin()
            case "seed":
                self._seed = self._seed % 9_999 + 1
                self.begin()
                self.on_seed(self._seed)
            case "guess":
                self.guess(int(which))
            case _:
                self.do(which or what)
        self.touch()

    def _change(self, event: Event) -> None:
        if event.target.id == self._select.id:
            self.set_speed(float(self._select.value))
