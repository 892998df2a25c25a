"""Whether somebody looks at this page, and who types: both change by themselves as time passes."""

from __future__ import annotations

import asyncio

import js

from chat.app import App
from chat.attention import Attention
from chat.screens.dom import by_id, document, put_text
from chat.screens.listening import Listeners
from chat.state import State
from chat.texts import Texts

_SIGNS = ("pointerdown", "pointerover", "keydown", "scroll")
"""What shows that somebody is there."""


class Presence:
    """Tells the server when one is away, and shows the line above the composer."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners) -> None:
        self._app = app
        self._texts = texts
        self._loop = asyncio.get_event_loop()
        self._attention = Attention(self._loop.time())
        self._alarm: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None
        for kind in _SIGNS:
            listeners.on(js.window, kind, lambda _: self._touched(), capture=True)
        listeners.on(document, "visibilitychange", lambda _: self._shown())
        self._shown()

    def render(self, state: State) -> None:
        """Show who types in the current room."""
        now = state.clocks.link()
        typists = state.others.typists
        names = [state.others.named(each).shown for each in typists.of(state.current, now)]
        line = by_id("typists")
        line.hidden = not names
        match names:
            case []:
                put_text(line, "")
            case [one]:
                put_text(line, self._texts.text("typing.alone", one=one))
            case [one, two]:
                put_text(line, self._texts.text("typing.both", one=one, two=two))
            case _:
                put_text(line, self._texts.text("typing.many"))
        if self._end is not None:
            self._end.cancel()
            self._end = None
        end = typists.next_end(state.current, now)
        if end is not None:
            self._end = self._loop.call_later(end - now + 0.05, state.changed)

    def _touched(self) -> None:
        self._attention.touch(self._loop.time())
        if self._app.visit is not None and self._app.visit.away:
            self._look()

    def _shown(self) -> None:
        self._attention.show(self._loop.time(), shown=not document.hidden)
        self._look()

    def _look(self) -> None:
        """Say how it is now, and look again when it may have changed."""
        now = self._loop.time()
        if self._app.visit is not None:
            self._app.visit.attend(away=self._attention.away(now))
        if self._alarm is not None:
            self._alarm.cancel()
        wait = max(1.0, self._attention.due - now) if not self._attention.away(now) else None
        self._alarm = None if wait is None else self._loop.call_later(wait, self._look)
