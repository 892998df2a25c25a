"""Screens that are made when they are first wanted, and whose Python is imported then: a start has no time for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from chat.screens.dom import Element
from chat.screens.listening import Acts, Listeners
from chat.state import State


class Screen(Protocol):
    """What each of them has to be able to do."""

    def render(self, state: State | None) -> None:
        """Show how things stand now; there is no state where nobody is in."""
        ...

    def translate(self) -> None:
        """Put what is shown into the language of the texts."""
        ...


class Waiting:
    """A screen that may not be there yet."""

    def __init__(self, make: Callable[[], Screen], when: Callable[[State | None], bool] | None) -> None:
        self._make = make
        self._when = when
        self.screen: Screen | None = None

    def come(self) -> Screen:
        """Be there."""
        if self.screen is None:
            self.screen = self._make()
        return self.screen

    def is_wanted(self, state: State | None) -> bool:
        """Tell whether it has something to show."""
        return self._when is not None and self._when(state)


class Later:
    """Makes the screens that are waiting, and draws those that are there."""

    def __init__(self, acts: Acts, listeners: Listeners) -> None:
        self._acts = acts
        self._listeners = listeners
        self._state: State | None = None
        self._waiting: list[Waiting] = []

    def add(
        self,
        make: Callable[[], Screen],
        *acts: str,
        when: Callable[[State | None], bool] | None = None,
        opens: Element | None = None,
    ) -> None:
        """Let a screen wait until it is wanted: ``make`` imports and makes it.

        That is when a button with one of ``acts`` is pressed (the screen takes these acts over as it is made, and is
        then told of the press), when ``when`` holds of how things stand, or when the popover ``opens`` does.
        """
        waiting = Waiting(make, when)
        self._waiting.append(waiting)
        for name in acts:
            self._acts.act(name, partial(self._pressed, waiting, name))
        if opens is not None:
            self._listeners.on(opens, "beforetoggle", lambda _: waiting.come().render(self._state))

    def render(self, state: State | None) -> None:
        """Make those that are wanted now, and bring all that are there up to how things stand."""
        self._state = state
        for waiting in self._waiting:
            if waiting.screen is not None or waiting.is_wanted(state):
                waiting.come().render(state)

    def translate(self) -> None:
        """Put those that are there into the language of the texts."""
        for waiting in self._waiting:
            if waiting.screen is not None:
                waiting.screen.translate()

    def _pressed(self, waiting: Waiting, name: str, button: Element) -> None:
        if waiting.screen is not None:
            raise LookupError(f"{type(waiting.screen).__name__} has not taken the act {name} over")
        waiting.come()
        self._acts.do(name, button)
