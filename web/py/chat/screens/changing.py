"""The buttons on messages, and what some of them do: another text, or none any more, by its author or a moderator."""

from __future__ import annotations

from collections.abc import Callable

from chat.app import App
from chat.screens.dom import Element, Event, around, attribute, by_id, given, within
from chat.screens.listening import Acts, Listeners


class Changing:
    """Carries the buttons out, and leads the keyboard from message to message.

    They are one stop for the Tab key however many there are: the arrow keys lead on. ``draw`` is called where the
    page has to be drawn at once, so that what is to have the focus is there.
    """

    def __init__(self, app: App, listeners: Listeners, acts: Acts, draw: Callable[[], None]) -> None:
        self._app = app
        self._draw = draw
        self._messages = by_id("messages")
        self._stop: Element | None = None
        acts.act("edit-message", self._edit)
        acts.act("delete-message", self._ask)
        acts.act("remove-message", self._ask)
        acts.act("remove", self._remove)
        acts.act("more", self._unfold)
        acts.act("delete", self._delete)
        acts.act("keep", lambda _: self._keep())
        acts.act("edit-again", self._edit_again)
        acts.act("discard", self._discard)
        acts.act("release", self._release)
        acts.act("give-up", self._give_up)
        listeners.on(self._messages, "keydown", self._pressed)
        listeners.on(self._messages, "click", self._used)

    def render(self) -> None:
        """Make the last message that can be changed the Tab key's stop, unless another one is in use."""
        if self._stop is not None and around(self._stop, "#messages") is not None and self._has_focus(self._stop):
            return
        found = list(self._messages.querySelectorAll(".message-acts"))
        self._stop_at(found[-1] if found else None)

    def _has_focus(self, acts: Element) -> bool:
        return bool(list(acts.querySelectorAll("button:focus")))

    def _stop_at(self, acts: Element | None) -> None:
        if self._stop is not None and acts is not None and self._stop == acts:
            return
        for group, index in ((self._stop, "-1"), (acts, "0")):
            if group is not None:
                for button in group.querySelectorAll("button"):
                    button.setAttribute("tabindex", index)
        self._stop = acts

    def _pressed(self, event: Event) -> None:
        acts = around(event.target, ".message-acts")
        match event.key:
            case "ArrowUp" | "ArrowDown" if acts is not None:
                event.preventDefault()
                self._go(acts, attribute(event.target, "data-act"), -1 if event.key == "ArrowUp" else 1)
            case "Delete" if acts is not None and _button(acts, "delete-message") is not None:
                event.preventDefault()
                self._ask(event.target)
            case "Escape":
                self._keep()
            case _:
                pass

    def _go(self, acts: Element, act: str, step: int) -> None:
        found = list(self._messages.querySelectorAll(".message-acts"))
        index = found.index(acts) + step
        if 0 <= index < len(found):
            self._stop_at(found[index])
            button = _button(found[index], act)
            (within(found[index], "button:not([hidden]):not(.more)") if button is None else button).focus()

    def _edit(self, button: Element) -> None:
        identifier = attribute(button, "data-id")
        if self._app.visit is not None:
            self._app.visit.state.begin_edit(identifier)
            self._draw()
            by_id("composer-text").focus()

    def _unfold(self, button: Element) -> None:
        acts = around(button, ".message-acts")
        if acts is not None:
            is_open = attribute(button, "aria-expanded") != "true"
            self._fold()
            acts.classList.toggle("open", is_open)
            button.setAttribute("aria-expanded", "true" if is_open else "false")

    def _used(self, event: Event) -> None:
        if around(event.target, ".message-acts button:not(.more)") is not None:
            self._fold()

    def _fold(self) -> None:
        for acts in self._messages.querySelectorAll(".message-acts.open"):
            acts.classList.toggle("open", False)
            within(acts, ".more").setAttribute("aria-expanded", "false")

    def _ask(self, button: Element) -> None:
        visit, message = self._app.visit, around(button, ".message")
        if visit is not None and message is not None:
            visit.state.writing.doomed = (visit.state.current, attribute(button, "data-id"))
            self._draw()
            within(message, "[data-act=keep]").focus()

    def _keep(self) -> None:
        visit = self._app.visit
        if visit is not None and visit.state.writing.doomed is not None:
            [message] = self._messages.querySelectorAll(".message.doomed")
            visit.state.writing.doomed = None
            self._draw()
            within(message, ":is([data-act=delete-message], [data-act=remove-message]):not([hidden])").focus()

    def _delete(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.delete(attribute(button, "data-id"))
            by_id("composer-text").focus()

    def _remove(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.remove(attribute(button, "data-id"))
            by_id("composer-text").focus()

    def _edit_again(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.edit_again(attribute(button, "data-id"))
            by_id("composer-text").focus()

    def _discard(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.state.take_back(self._app.visit.state.current, attribute(button, "data-id"))
            by_id("composer-text").focus()

    def _release(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.release(attribute(button, "data-id"))
            by_id("composer-text").focus()

    def _give_up(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.give_up(attribute(button, "data-id"))
            by_id("composer-text").focus()


def _button(acts: Element, act: str) -> Element | None:
    """Return the button of an act, if it is shown."""
    return given(acts.querySelector(f"[data-act={act}]:not([hidden])"))
