"""The buttons on messages, and what some of them do: another text, or none any more, by its author or a moderator."""

from __future__ import annotations

from collections.abc import Callable

import js

from chat.app import App
from chat.screens.dom import Element, Event, around, attribute, by_id, given, within
from chat.screens.listening import Acts, Listeners
from rebond.browser.timers import Alarm


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
        self._listeners = listeners
        self._alarm: Alarm | None = None
        acts.act("edit-message", self._edit)
        acts.act("delete-message", self._withdraw)
        acts.act("remove-message", self._ask)
        acts.act("remove", self._remove)
        acts.act("more", self._unfold)
        acts.act("undo-delete", lambda _: self._want_back())
        acts.act("keep", lambda _: self._keep())
        acts.act("edit-again", self._edit_again)
        acts.act("discard", self._discard)
        acts.act("release", self._release)
        acts.act("give-up", self._give_up)
        listeners.on(self._messages, "keydown", self._pressed)
        listeners.on(self._messages, "click", self._used)

    def render(self) -> None:
        """Make the last message that can be changed the Tab key's stop, unless another one is in use."""
        self._arm()
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
                self._withdraw(event.target)
            case "z" if event.ctrlKey or event.metaKey:
                self._want_back()
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

    # What one has written oneself goes at once, and comes back if one wants it to.

    def _withdraw(self, button: Element) -> None:
        visit, message = self._app.visit, around(button, ".message")
        acts = around(button, ".message-acts")
        if visit is None or message is None or acts is None:
            return
        by_keyboard = bool(list(acts.querySelectorAll("button:focus-visible")))
        self._listen()
        by_id("voice").textContent = ""  # or it would not be said of a second message
        visit.withdraw(attribute(within(acts, "[data-act=delete-message]"), "data-id"))
        self._draw()
        if by_keyboard:
            within(message, "[data-act=undo-delete]").focus()
        else:
            by_id("composer-text").focus()

    def _want_back(self) -> None:
        visit = self._app.visit
        found = list(self._messages.querySelectorAll(".message.withdrawn"))
        if visit is not None and found:
            visit.want_back()
            self._draw()
            within(found[0], "[data-act=delete-message]").focus()

    def _listen(self) -> None:
        """Time stands still while the pointer or the focus is at the button that brings it back."""
        if self._alarm is None:
            self._alarm = Alarm(self._over)
            for kind in ("focusin", "focusout", "pointerover", "pointerout"):
                self._listeners.on(self._messages, kind, lambda _: self._consider())

    def _consider(self) -> None:
        visit = self._app.visit
        if visit is None or visit.state.writing.withdrawal.of is None:
            return
        # A finger leaves a hover behind where it has touched.
        at = ":is(:hover, :focus-within)" if js.matchMedia("(hover: hover)").matches else ":focus-within"
        held = bool(list(self._messages.querySelectorAll(f".message.withdrawn .message-state{at}")))
        withdrawal, now = visit.state.writing.withdrawal, visit.state.clocks.link()
        if held:
            withdrawal.hold(now)
        else:
            withdrawal.go_on(now)
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            state = None if self._app.visit is None else self._app.visit.state
            due = None if state is None else state.writing.withdrawal.due
            self._alarm.set(None if state is None or due is None else due - state.clocks.link())

    def _over(self) -> None:
        if self._app.visit is not None:
            self._app.visit.settle()

    # What others have written is asked about.

    def _ask(self, button: Element) -> None:
        visit, message = self._app.visit, around(button, ".message")
        if visit is not None and message is not None:
            visit.settle()
            visit.state.writing.asked = (visit.state.current, attribute(button, "data-id"))
            self._draw()
            within(message, "[data-act=keep]").focus()

    def _keep(self) -> None:
        visit = self._app.visit
        if visit is not None and visit.state.writing.asked is not None:
            found = list(self._messages.querySelectorAll(".message.doomed"))
            visit.state.writing.asked = None
            self._draw()
            if found:
                within(found[0], "[data-act=remove-message]").focus()

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
            self._app.visit.state.own.take_back(self._app.visit.state.current, attribute(button, "data-id"))
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
