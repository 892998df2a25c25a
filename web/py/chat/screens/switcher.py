"""The quick switcher, a combobox with a listbox (ARIA Authoring Practices), and the sheet of shortcuts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import js

from chat.app import App
from chat.people import Person
from chat.rooms import PRIVATE, PUBLIC
from chat.roster import OFFLINE
from chat.screens.dom import Dialog, Element, Event, by_id, copy_of, field, put_text, within
from chat.screens.faces import show_face
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.state import State
from chat.switching import Found, find
from chat.texts import Texts

_APPLE = ("Mac", "iP")
"""What the names of platforms begin with whose keyboards have ⌘ for Ctrl."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of the list."""

    key: str
    name: str
    chosen: bool
    icon: str
    person: Person | None
    here: str
    unread: int
    archived: bool


class Switcher:
    """Opens, and goes where one chooses. ``go_to`` turns to a room that one is in."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts, go_to: Callable[[str], None]) -> None:
        self._app = app
        self._texts = texts
        self._go_to = go_to
        self._dialog = cast(Dialog, by_id("switch"))
        self._keys = cast(Dialog, by_id("keys"))
        self._field = field("switch-field")
        self._list = KeyedList(by_id("switch-list"), _make, self._update)
        self._found: list[Found] = []
        self._at = 0
        self._task: asyncio.Task[str | None] | None = None
        acts.act("switch", lambda _: self._open())
        acts.act("found", self._clicked)
        acts.act("keys", lambda _: self._show_keys())
        listeners.on(self._field, "input", lambda _: self._look(0))
        listeners.on(self._field, "keydown", self._moved)
        listeners.on(self._dialog, "click", self._beside)

    def render(self, state: State | None) -> None:
        """What is open stands as it was found, and changes as one types, unless people are asked for meanwhile."""
        if state is not None and state.people.partial and self._dialog.open:
            self._look(self._at)

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._list.refresh()

    def _show_keys(self) -> None:
        if str(js.navigator.platform).startswith(_APPLE):
            for key in self._keys.querySelectorAll("[data-command]"):
                put_text(key, "⌘")
        self._keys.showModal()

    def _open(self) -> None:
        if self._app.visit is not None:
            self._field.value = ""
            self._look(0)
            self._dialog.showModal()
            self._field.focus()

    def _look(self, at: int) -> None:
        visit = self._app.visit
        if visit is None:
            return
        state = visit.state
        visit.places.look_up(self._field.value)
        rooms = [room for room in state.listed if not room.archived] + [each for each in state.listed if each.archived]
        people = state.people.everybody
        self._found = find(self._field.value, [*rooms, *state.rooms.open], people, state.me.id, state.current)
        self._at = max(0, min(at, len(self._found) - 1))
        self._list.show([self._row(each, index == self._at) for index, each in enumerate(self._found)])
        by_id("switch-none").hidden = bool(self._found)
        by_id("switch-list").hidden = not self._found
        self._field.setAttribute("aria-expanded", "true" if self._found else "false")
        if self._found:
            node = self._list[self._found[self._at].key]
            self._field.setAttribute("aria-activedescendant", node.id)
            node.scrollIntoView(False)
        else:
            self._field.removeAttribute("aria-activedescendant")

    def _moved(self, event: Event) -> None:
        if event.isComposing:
            return
        last = len(self._found) - 1
        match event.key:
            case "ArrowDown":
                self._look(0 if self._at >= last else self._at + 1)
            case "ArrowUp":
                self._look(last if self._at <= 0 else self._at - 1)
            case "Enter" if self._found:
                self._choose(self._found[self._at])
            case _:
                return
        event.preventDefault()

    def _clicked(self, row: Element) -> None:
        for each in self._found:
            if self._list[each.key] == row:
                self._choose(each)
                return

    def _choose(self, found: Found) -> None:
        visit = self._app.visit
        if visit is None:
            return
        self._dialog.close()
        if found.room is None and found.person is not None:
            self._task = asyncio.ensure_future(visit.places.talk_to([found.person.id]))
            self._task.add_done_callback(self._told)
        elif found.room is not None and found.room.joined:
            self._go_to(found.room.id)
        elif found.room is not None:
            visit.places.join(found.room.id)
        by_id("composer-text").focus()

    def _told(self, task: asyncio.Task[str | None]) -> None:
        problem = task.result()
        if problem:
            self._app.tell(problem)

    def _beside(self, event: Event) -> None:
        # What lies around the dialog's content is the backdrop.
        if event.target.id == "switch":
            self._dialog.close()

    def _row(self, found: Found, chosen: bool) -> FoundRow:
        room, person = found.room, found.person
        if room is not None and len(room.people) == 1:
            person = room.people[0]
        here = ""
        if person is not None and self._app.visit is not None:
            here = self._app.visit.state.people.here(person.id)
        icon = "icon-room"
        if room is not None and room.kind != PUBLIC:
            icon = "icon-lock" if room.kind == PRIVATE else "icon-group"
        name = found.name or self._texts.text("people.gone")
        news, archived = (room.news, room.archived) if room is not None else (0, False)
        return FoundRow(found.key, name, chosen, icon, person, here, news, archived)

    def _update(self, node: Element, row: FoundRow) -> None:
        node.setAttribute("aria-selected", "true" if row.chosen else "false")
        face = within(node, ".face")
        show_face(face, row.person or Person("", ""), row.here)
        within(face, ".avatar").hidden = row.person is None
        within(face, ".icon").toggleAttribute("hidden", row.person is not None)
        within(face, "use").setAttribute("href", f"#{row.icon}")
        put_text(within(node, ".found-name"), row.name)
        put_text(within(node, ".found-say"), self._said(row))

    def _said(self, row: FoundRow) -> str:
        if row.unread:
            return self._texts.count("timeline.new", row.unread)
        if row.archived:
            return self._texts.text("switch.archived")
        # That somebody is not there is the rule, and the dot is missing.
        return self._texts.text(f"people.{row.here}") if row.here not in {"", OFFLINE} else ""


def _make(row: FoundRow) -> Element:
    node = copy_of("row-found")
    node.id = f"found-{row.key.replace('/', '-')}"
    return node
