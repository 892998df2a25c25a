"""Answering a message: a reply, a reaction, a link to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import js
from pyodide.ffi import JsException

from chat.app import App
from chat.people import Person
from chat.reactions import OFFERED
from chat.screens.answers import fill
from chat.screens.dom import Clipboard, Element, Event, around, attribute, by_id, copy_of, document, given, within
from chat.screens.listening import Acts, Listeners
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts

_STEPS = {"ArrowLeft": -1, "ArrowUp": -1, "ArrowRight": 1, "ArrowDown": 1}


class Answering:
    """Carries the buttons out, and shows above the composer what one replies to. ``say`` shows a note."""

    def __init__(
        self, app: App, page: Page, texts: Texts, listeners: Listeners, acts: Acts, say: Callable[[str], None]
    ) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._say = say
        self._picker: Element | None = None
        self._copying: asyncio.Task[None] | None = None
        acts.act("reply-message", self._reply)
        acts.act("leave-reply", lambda _: self._leave())
        acts.act("open-quote", self._open)
        acts.act("react-message", self._pick)
        acts.act("reaction", self._react)
        acts.act("chip", self._toggle)
        acts.act("link-message", self._link)
        listeners.on(by_id("composer-text"), "keydown", self._pressed, capture=True)
        listeners.on(by_id("messages"), "keydown", self._led)
        listeners.on(document, "pointerdown", self._pointed)

    def render(self, state: State | None) -> None:
        """Show what one replies to, if it is a message that is still there."""
        if state is None:
            return
        target = state.writing.replying(state.current)
        bar = by_id("composer-reply")
        editing = state.writing.editing
        room = state.rooms.get(state.current)
        archived = room is not None and room.archived
        if archived:
            self._close()
        shown = target is not None and not archived and (editing is None or editing.room != state.current)
        bar.hidden = not shown
        if target is not None and shown:
            quote = state.timeline(state.current).quote(target)
            bar.classList.toggle("known", quote is not None)
            if quote is not None:
                author = state.people.today(Person(quote.author, quote.name or ""))
                fill(bar, replace(quote, name=author.shown), self._texts)

    def translate(self) -> None:
        """What is replied to is written anew with each drawing."""

    # Replies.

    def _reply(self, button: Element) -> None:
        if self._app.visit is not None:
            self._app.visit.state.begin_reply(_key(button))
            by_id("composer-text").focus()

    def _leave(self) -> None:
        if self._app.visit is not None:
            state = self._app.visit.state
            state.drafts.aim(state.current, None)
            state.changed()
            by_id("composer-text").focus()

    def _pressed(self, event: Event) -> None:
        if event.key == "Escape" and not event.isComposing and not by_id("composer-reply").hidden:
            self._leave()

    def _open(self, quote: Element) -> None:
        visit = self._app.visit
        if visit is not None:
            visit.finding.open_at(visit.state.current, int(attribute(quote, "data-seq")))

    # Reactions.

    def _pick(self, button: Element) -> None:
        """Offer some emoji, in the place of the buttons."""
        message = around(button, ".message")
        again = self._picker is not None and around(self._picker, ".message") == message
        self._close()
        if message is None or again:
            return
        picker = self._picker = copy_of("row-picker")
        picker.setAttribute("aria-label", self._texts.text("reactions.pick"))
        picker.setAttribute("data-key", _key(button))
        for emoji in OFFERED:
            choice = document.createElement("button")
            choice.className = "icon-button"
            choice.textContent = emoji
            for name, value in (("type", "button"), ("data-act", "reaction"), ("data-emoji", emoji)):
                choice.setAttribute(name, value)
            picker.append(choice)
        message.append(picker)
        within(picker, "button").focus()

    def _close(self, *, back: bool = False) -> None:
        picker, self._picker = self._picker, None
        if picker is None:
            return
        message = around(picker, ".message")
        picker.remove()
        if back and message is not None:
            within(message, "[data-act=react-message]").focus()

    def _react(self, button: Element) -> None:
        if self._app.visit is not None:
            key, emoji = _key(button), attribute(button, "data-emoji")
            self._close(back=True)
            self._app.visit.react(key, emoji, on=True)

    def _toggle(self, chip: Element) -> None:
        if self._app.visit is not None:
            on = attribute(chip, "aria-pressed") != "true"
            self._app.visit.react(_key(chip), attribute(chip, "data-emoji"), on=on)

    def _led(self, event: Event) -> None:
        """Lead the keyboard through what is offered."""
        picker = around(event.target, ".picker")
        if picker is None:
            return
        if event.key == "Escape":
            self._close(back=True)
        elif event.key in _STEPS:
            event.preventDefault()
            found = list(picker.querySelectorAll("button"))
            found[(found.index(event.target) + _STEPS[event.key]) % len(found)].focus()

    def _pointed(self, event: Event) -> None:
        if self._picker is not None and around(event.target, ".picker, [data-act=react-message]") is None:
            self._close()

    # Links.

    def _link(self, button: Element) -> None:
        """Put the address of a message into the clipboard, or show it where there is none to be had: on plain HTTP."""
        visit, message = self._app.visit, around(button, ".message")
        if visit is None or message is None:
            return
        address = self._page.link_to(visit.state.current, int(attribute(message, "data-seq")))
        clipboard = given(js.navigator.clipboard)
        if clipboard is None:
            self._say(self._texts.text("link.here", address=address))
        else:
            self._copying = asyncio.ensure_future(self._copy(clipboard, address))

    async def _copy(self, clipboard: Clipboard, address: str) -> None:
        try:
            await clipboard.writeText(address)
            self._say(self._texts.text("link.copied"))
        except JsException:
            self._say(self._texts.text("link.here", address=address))


def _key(button: Element) -> str:
    place = around(button, "[data-key]")
    return "" if place is None else attribute(place, "data-key")
