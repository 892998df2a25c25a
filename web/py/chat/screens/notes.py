"""Notes that pass by: what did not work, and that there is a new version."""

from __future__ import annotations

from chat.app import App
from chat.screens.dom import Element, around, by_id, copy_of, within
from chat.screens.listening import Acts
from chat.screens.page import Page, SessionShelf
from chat.texts import Texts

_RELOADED = "reloaded-for"


class Notes:
    """Shows notes until they are closed."""

    def __init__(self, app: App, page: Page, texts: Texts, shelf: SessionShelf, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._shelf = shelf
        self._offered = False
        self._warned = False
        acts.act("close-note", _close)

    def tell(self, code: str) -> None:
        """Say in words what did not work."""
        self._show(self._texts.problem(code))

    def say(self, text: str) -> None:
        """Show a note."""
        self._show(text)

    def render(self) -> None:
        """Warn where nothing is kept, tell of a room that one was taken out of, and offer a new version.

        Who develops gets it at once, once nothing would be lost by it.
        """
        state = None if self._app.visit is None else self._app.visit.state
        if state is not None and state.unkept and not self._warned:
            self._warned = True
            self._show(self._texts.text("note.unkept"))
        if state is not None and state.expelled:
            self._show(self._texts.text("room.expelled", room=state.expelled))
            state.expelled = ""
        if state is None or not state.outdated or self._offered:
            return
        if self._page.on_this_machine and self._shelf.get(_RELOADED) != self._page.build:
            if not state.drafts and not state.own.outgoing:
                self._shelf.put(_RELOADED, self._page.build)
                self._page.reload()
            return
        self._offered = True
        self._show(self._texts.text("note.version"), self._texts.text("note.reload"), "reload")

    def _show(self, text: str, button_text: str = "", act: str = "") -> None:
        note = copy_of("row-note")
        within(note, ".note-text").textContent = text
        button = within(note, ".button")
        button.hidden = not act
        button.textContent = button_text
        button.setAttribute("data-act", act)
        within(note, ".icon-button").setAttribute("aria-label", self._texts.text("note.close"))
        # The newest alone: what did not work a while ago is no news.
        by_id("notes").replaceChildren(note)


def _close(button: Element) -> None:
    note = around(button, ".note")
    if note is not None:
        note.remove()
