"""The list of people that opens in the composer while one types a mention.

A ``textarea`` may not be a combobox (ARIA in HTML, section 4): it stays a text field with a list, in which
``aria-activedescendant`` names the person that Enter or Tab takes.
"""

from __future__ import annotations

from chat.app import App
from chat.mentions import Begun, begun, completed
from chat.people import Person
from chat.screens.dom import Element, Event, around, attribute, by_id, copy_of, field, has_focus, put_text, within
from chat.screens.listening import Listeners
from chat.state import State
from chat.texts import Texts


class Mentioning:
    """Offers people, and writes the name of the one that is chosen. Where nobody is offered every key is as ever."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners) -> None:
        self._app = app
        self._texts = texts
        self._field = field("composer-text")
        self._list = by_id("mentions")
        self._at: Begun | None = None
        self._offered: list[Person] = []
        self._chosen = 0
        self._drawn: object = None
        listeners.on(self._field, "input", lambda _: self._look())
        listeners.on(self._field, "click", lambda _: self._close())
        listeners.on(self._field, "blur", lambda _: self._close())
        # Before the composer hears of it: while the list is open, Enter does not send.
        listeners.on(self._field, "keydown", self._pressed, capture=True)
        # The field keeps the focus.
        listeners.on(self._list, "mousedown", lambda event: event.preventDefault())
        listeners.on(self._list, "click", self._clicked)
        if has_focus(self._field):
            self._look()  # at what was typed before there was anybody to listen

    def render(self, _: State | None) -> None:
        """Show who is offered: somebody may have become known meanwhile."""
        if self._at is not None:
            self._look()

    def translate(self) -> None:
        """Names are names."""

    def _look(self) -> None:
        visit = self._app.visit
        at = None if visit is None else begun(self._field.value, self._field.selectionStart)
        if visit is None or at is None:
            self._close()
            return
        room = visit.state.current
        if self._at is None:
            visit.know_people(room)
        if self._at is None or self._at.typed != at.typed:
            self._chosen = 0
        self._at = at
        visit.places.look_up(at.typed)
        self._offered = visit.state.names.matching(at.typed, room, visit.state.me)
        self._show()

    def _close(self) -> None:
        self._at = None
        self._offered = []
        self._show()

    def _show(self) -> None:
        drawing = (tuple(self._offered), self._chosen)
        if drawing == self._drawn:
            return
        self._drawn = drawing
        self._chosen = min(self._chosen, max(0, len(self._offered) - 1))
        self._list.hidden = not self._offered
        self._list.replaceChildren(*(self._row(index, each) for index, each in enumerate(self._offered)))
        if self._offered:
            self._field.setAttribute("aria-activedescendant", f"mention-{self._chosen}")
        else:
            self._field.removeAttribute("aria-activedescendant")

    def _row(self, index: int, person: Person) -> Element:
        row = copy_of("row-mention")
        row.id = f"mention-{index}"
        row.setAttribute("aria-selected", "true" if index == self._chosen else "false")
        row.setAttribute("data-index", str(index))
        avatar = within(row, ".avatar")
        put_text(avatar, person.initials)
        avatar.classList.add(f"hue-{person.hue}")
        put_text(within(row, "bdi"), person.shown)
        put_text(within(row, ".mention-name"), f"@{person.name}" if person.display else "")
        return row

    def _pressed(self, event: Event) -> None:
        if not self._offered or event.isComposing:
            return
        if event.shiftKey or event.altKey or event.ctrlKey or event.metaKey:
            return
        match event.key:
            case "ArrowDown" | "ArrowUp":
                step = 1 if event.key == "ArrowDown" else -1
                self._chosen = (self._chosen + step) % len(self._offered)
                self._show()
            case "Enter" | "Tab":
                self._take(self._chosen)
            case "Escape":
                self._close()
            case _:
                return
        event.preventDefault()
        event.stopImmediatePropagation()

    def _clicked(self, event: Event) -> None:
        row = around(event.target, "[data-index]")
        if row is not None:
            self._take(int(attribute(row, "data-index")))

    def _take(self, index: int) -> None:
        visit, at = self._app.visit, self._at
        if visit is None or at is None:
            return
        text, caret = completed(self._field.value, at, self._offered[index].name)
        self._close()
        visit.state.writing.put(visit.state.current, text)
        self._field.value = text
        self._field.setSelectionRange(caret, caret)
        visit.state.changed()
