"""Where one writes."""

from __future__ import annotations

from collections.abc import Callable

import js

from chat.app import App
from chat.drafts import Length
from chat.screens.dom import Event, around, by_id, document, field, put_text
from chat.screens.listening import Acts, Listeners
from chat.screens.tab import insist
from chat.state import State
from chat.texts import Texts
from rebond.text import text_problem

_COMPOSING = 229
"""The keyCode of a key that an input method has taken (UI Events, section 6.3). Safari tells only so."""


class Composer:
    """Keeps the draft, sends it, and says what stands in the way. ``sent`` is called after a message was sent."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts, sent: Callable[[], None]) -> None:
        self._app = app
        self._texts = texts
        self._sent = sent
        self._field = field("composer-text")
        self._room: tuple[str, str] | None = None
        """Whose composer it is, and of which room. Until there is one, what is written is the boot module's to keep."""
        self._problem = ""
        self._grown = ""
        self._owed = False
        """Whether Enter was pressed before there was a room to send to (boot.js)."""
        self._insisted = False
        acts.form("send", lambda _: self._send())
        acts.act("leave-edit", lambda _: self._leave_edit())
        listeners.on(self._field, "input", self._typed)
        listeners.on(self._field, "keydown", self._pressed)
        listeners.on(self._field, "compositionend", self._composed)

    def render(self, state: State) -> None:
        """Show the draft of the current room."""
        room = (state.me.id, state.current)
        if self._room is None and self._field.hasAttribute("data-composing"):
            return  # another text would break off what an input method has begun; it says when it is done
        if room != self._room:
            came_from_another = self._room is not None
            self._room = room
            self._problem = ""
            if not came_from_another:
                self._take_over(state)
            # On a phone the keyboard would cover what one has come to read.
            leads_on = came_from_another and not list(document.querySelectorAll("[data-sought]:focus"))
            if js.matchMedia("(pointer: fine)").matches and (leads_on or _nothing_has_focus()):
                self._field.focus()
        editing = state.writing.editing
        changing = editing is not None and editing.room == state.current
        # Enter was pressed on a message, and not on the change that was being written before a reload.
        if self._owed and state.connection.status is not None and not changing:
            self._owed = False
            self._send()
        draft = state.writing.text(state.current)
        if self._field.value != draft:
            self._field.value = draft
            self._field.setSelectionRange(len(draft), len(draft))
        self._grow(draft)
        self._show_place(state, changing=changing)
        self._show_length(state)
        put_text(by_id("composer-problem"), self._texts.problem(self._problem) if self._problem else "")

    def _show_place(self, state: State, *, changing: bool) -> None:
        """Say to whom one writes; or that here one cannot."""
        where = state.rooms.get(state.current)
        archived = where is not None and where.archived
        by_id("composer-edit").hidden = archived or not changing
        by_id("composer-box").hidden = archived
        by_id("composer-archived").hidden = not archived
        if where is not None:
            key = "composer.placeholder_person" if where.direct else "composer.placeholder_room"
            name = where.name or self._texts.text("people.gone")
            self._field.placeholder = self._texts.text(key, room=name)

    def _take_over(self, state: State) -> None:
        """Keep what was typed before Python listened, behind the draft there is."""
        typed, draft = self._field.value, state.drafts[state.current]
        if draft not in typed:
            before = f"{draft}\n" if typed else draft
            start, end = self._field.selectionStart + len(before), self._field.selectionEnd + len(before)
            typed = self._field.value = before + typed
            self._field.setSelectionRange(start, end)
        state.drafts.put(state.current, typed)
        self._owed = self._field.hasAttribute("data-sent")
        self._field.removeAttribute("data-sent")
        self._field.setAttribute("data-taken", "")

    def _show_length(self, state: State) -> None:
        length = Length(len(state.writing.text(state.current)))
        count = by_id("line-count")
        count.hidden = not length.near
        if length.near:
            n, limit = self._texts.number(length.n), self._texts.number(length.limit)
            put_text(count, self._texts.text("composer.count", n=n, limit=limit))
            count.classList.toggle("over", length.over)
        problem = text_problem(state.writing.text(state.current))
        by_id("composer-send").setAttribute("aria-disabled", "false" if problem is None else "true")

    def _grow(self, text: str) -> None:
        if text != self._grown:
            self._grown = text
            by_id("grow").setAttribute("data-text", text)

    def _typed(self, _: Event) -> None:
        visit = self._app.visit
        self._owed = False
        if visit is not None and self._room is not None:
            self._problem = ""
            visit.state.writing.put(visit.state.current, self._field.value)
            visit.typed(text=bool(self._field.value))
            # At once, not with the next frame: the field would scroll for a moment.
            self._grow(self._field.value)
            visit.state.changed()

    def _composed(self, _: Event) -> None:
        if self._room is None and self._app.visit is not None:
            self._app.visit.state.changed()

    def _pressed(self, event: Event) -> None:
        if self._room is None or event.isComposing or event.keyCode == _COMPOSING:
            return
        if event.shiftKey or event.altKey or event.ctrlKey or event.metaKey:
            return
        match event.key:
            case "Enter":
                event.preventDefault()
                self._send()
            case "ArrowUp" if not self._field.value:
                self._edit_last(event)
            case "Escape":
                self._leave_edit()
            case _:
                pass

    def _send(self) -> None:
        visit = self._app.visit
        if visit is None or self._room is None:
            return
        self._field.focus()
        if not self._field.value.strip():
            return
        self._problem = visit.send() or ""
        visit.typed(text=False)
        if self._problem:
            visit.state.changed()
            return
        if not self._insisted and visit.keeper is not None:
            self._insisted = True
            insist()
        self._sent()

    def _edit_last(self, event: Event) -> None:
        visit = self._app.visit
        last = None if visit is None else visit.state.last_own
        if visit is not None and last is not None:
            event.preventDefault()
            visit.state.begin_edit(last)

    def _leave_edit(self) -> None:
        visit = self._app.visit
        if visit is not None and visit.state.writing.editing is not None:
            visit.state.writing.leave()
            self._problem = ""
            visit.state.changed()
            self._field.focus()


def _nothing_has_focus() -> bool:
    """Whether it is on the page as a whole, or was left behind at the door."""
    active = document.activeElement
    return active.tagName == "BODY" or around(active, "#door") is not None
