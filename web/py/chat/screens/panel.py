"""The connection panel: opens from the line, and shows while it is open what the link does."""

from __future__ import annotations

from typing import cast

from chat.app import App
from chat.panel import Panel, described, figures, panel
from chat.picture import Picture, draw
from chat.screens.dom import Dialog, Event, by_id, document, put_text
from chat.screens.listening import Acts, Listeners
from chat.state import State
from chat.texts import Texts
from rebond.browser.timers import Alarm

EVERY = 1.0
"""Seconds between two looks at the link while the panel is open."""

_PATHS = ("lost", "ended", "grid", "floor", "gone", "trace", "tries", "losses", "returns")
"""The paths of the picture, by the names that both it and the page give them."""


class PanelScreen:
    """Shows the panel. It is no modal dialog: one writes and reads on beside it."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._dialog = cast(Dialog, by_id("panel"))
        self._opener = by_id("line-open")
        self._alarm = Alarm(self._look)
        acts.act("panel", lambda _: self._toggle())
        acts.act("close-panel", lambda _: self._close())
        listeners.on(document, "keydown", self._pressed)

    def render(self, state: State | None) -> None:
        """Show how things stand now; close where nobody is in."""
        if state is None:
            if self._dialog.open:
                self._close()
            return
        link = None if self._app.visit is None else self._app.visit.link
        if not self._dialog.open or link is None:
            return
        now, status = state.clocks.link(), link.status
        state.history.take(status, now)
        self._show(panel(state.connection, state.history, status, now, self._texts))
        frame = by_id("panel-frame")
        self._draw(draw(state.history, now, frame.clientWidth, frame.clientHeight))
        self._alarm.set(EVERY)

    def translate(self) -> None:
        """What is shown is written anew each second."""

    def _toggle(self) -> None:
        if self._dialog.open:
            self._close()
            return
        self._dialog.show()
        self._opener.setAttribute("aria-expanded", "true")
        self._look()

    def _close(self) -> None:
        self._alarm.set(None)
        # The focus goes back to where it was, if it was in here.
        self._dialog.close()
        self._opener.setAttribute("aria-expanded", "false")

    def _look(self) -> None:
        if self._app.visit is not None:
            self.render(self._app.visit.state)

    def _pressed(self, event: Event) -> None:
        covered = by_id("room").inert or list(document.querySelectorAll("dialog:modal"))
        if event.key == "Escape" and self._dialog.open and not event.isComposing and not covered:
            self._close()

    def _show(self, shown: Panel) -> None:
        self._dialog.setAttribute("data-tone", shown.tone)
        put_text(by_id("panel-title"), shown.title)
        for number, fact in enumerate(shown.facts):
            put_text(by_id(f"panel-label-{number}"), fact.label)
            put_text(by_id(f"panel-value-{number}"), fact.value)
        put_text(by_id("panel-reason"), shown.reason)
        put_text(by_id("panel-code"), shown.code)
        by_id("panel-why").hidden = not shown.reason
        put_text(by_id("panel-comfort"), shown.comfort)
        button = by_id("panel-act")
        button.hidden = shown.act is None
        if shown.act is not None:
            button.setAttribute("data-act", shown.act)
            put_text(button, shown.act_text)

    def _draw(self, picture: Picture) -> None:
        svg = by_id("panel-picture")
        svg.setAttribute("viewBox", f"0 0 {picture.width} {picture.height}")
        svg.setAttribute("aria-label", described(picture, self._texts))
        for name in _PATHS:
            by_id(f"picture-{name}").setAttribute("d", getattr(picture, name))
        ball = by_id("picture-ball")
        for name, place in zip(("cx", "cy"), picture.ball, strict=True):
            ball.setAttribute(name, f"{place:.1f}")
        put_text(by_id("panel-since"), self._texts.count("panel.since", picture.minutes))
        for name, count in figures(picture).items():
            put_text(by_id(f"panel-{name}"), self._texts.count(f"panel.{name}", count))
