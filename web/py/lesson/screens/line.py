"""The real line: a WebSocket to this server, kept by the link that the chat uses, and buttons that ask for trouble."""

from __future__ import annotations

import json

from chat.screens.dom import Element, Event, around, attribute, put_text
from chat.screens.listening import Listeners
from chat.texts import Texts
from lesson.journal import Journal
from lesson.numbers import format_number, format_time
from lesson.screens.parts import button, make
from rebond.browser import Link
from rebond.browser.timers import Alarm
from rebond.face.names import fresh_name
from rebond.states import State
from rebond.status import Status

TROUBLES = ("cut", "ignore", "refuse", "late")
REST = 10 * 60.0
"""Seconds after which a line that nobody touches is closed."""
SHOWN = 8
"""Lines of the story that are shown."""


class LinePanel:
    """Fills the element of the page that is kept for it."""

    def __init__(self, element: Element, texts: Texts) -> None:
        self._texts = texts
        self._journal = Journal()
        self._said = 0
        text = texts.text
        address = f"/practice?line={fresh_name(16)}"
        self._link = Link(
            address, probe=address, ping='{"do": "ping"}', on_data=self._heard, on_status=self._status_changed
        )
        self._rest = Alarm(self._tire)
        self._state = make("strong", "line-state", role="status")
        self._numbers = {name: make("dd", "number", "\u2013") for name in ("answer", "tries", "back")}
        numbers = make("dl", "line-numbers")
        for name, value in self._numbers.items():
            group = make("div")
            group.append(make("dt", "", text(f"learn.line.{name}")), value)
            numbers.append(group)
        self._toggle = button("toggle", text("learn.line.start"), "button")
        self._asks = [button(do, text(f"learn.line.{do}"), "button quiet") for do in ("say", *TROUBLES)]
        bar = make("div", "line-bar", role="group", aria_label=text("learn.line.controls"))
        bar.append(self._toggle, *self._asks)
        self._story = make("ol", "line-story", aria_label=text("learn.line.story"))
        top = make("div", "line-top")
        top.append(self._state, numbers)
        element.replaceChildren(top, bar, self._story)
        self._element = element
        self._listeners = Listeners()
        self._listeners.on(element, "click", self._click)
        self._refresh()

    def _click(self, event: Event) -> None:
        pressed = around(event.target, "[data-do]")
        do = "" if pressed is None or pressed.hasAttribute("aria-disabled") else attribute(pressed, "data-do")
        if do == "toggle" and self._on:
            self._link.stop()
        elif do == "toggle":
            self._link.start()
        elif do:
            self._ask(do)
        if do:
            self._rest.set(REST if self._on else None)

    @property
    def _on(self) -> bool:
        return self._link.status.state not in {State.IDLE, State.STOPPED}

    def _ask(self, do: str) -> None:
        frame = {"do": do}
        if do == "say":
            self._said += 1
            frame["text"] = str(self._said)
        self._journal.asked(do, self._link.clock(), frame.get("text", ""))
        self._link.send(json.dumps(frame))
        self._refresh()

    def _tire(self) -> None:
        self._link.stop()

    def _heard(self, data: str | bytes) -> None:
        self._journal.heard(data, self._link.clock())
        self._refresh()

    def _status_changed(self, status: Status) -> None:
        self._journal.status(status, self._link.clock())
        self._refresh()

    def _refresh(self) -> None:
        text, status = self._texts.text, self._link.status
        self._element.setAttribute("data-line", status.state)
        put_text(self._state, text(f"figure.value.{status.state}"))
        put_text(self._toggle, text("learn.line.stop" if self._on else "learn.line.start"))
        for each in self._asks:
            if (status.state is State.LIVE) == each.hasAttribute("aria-disabled"):
                each.toggleAttribute("aria-disabled", False)
                if status.state is not State.LIVE:
                    each.setAttribute("aria-disabled", "true")
        put_text(self._numbers["tries"], format_number(self._journal.tries, self._texts.language))
        for name, seconds in (("answer", self._journal.answer_after), ("back", self._journal.back_after)):
            if seconds is not None:
                put_text(self._numbers[name], format_time(seconds, self._texts.language))
        lines = [*self._journal.lines][-SHOWN:]
        said = [
            text(
                f"learn.line.told.{line.key}", **{name: self._said_of(name, line.values[name]) for name in line.values}
            )
            for line in reversed(lines)
        ]
        hint = [] if said else [make("li", "hint", text("learn.line.hint"))]
        self._story.replaceChildren(*hint, *(make("li", "", each) for each in said))

    def _said_of(self, name: str, value: float | str) -> str:
        if isinstance(value, str):
            return value
        write = format_time if name == "seconds" else format_number
        return write(value, self._texts.language)
