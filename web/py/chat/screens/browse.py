"""The dialog in which one joins or makes rooms."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast

from chat.app import App
from chat.screens.dom import Choice, Dialog, Element, Event, attribute, by_id, copy_of, field, put_text, within
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.state import State
from chat.texts import Texts


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A room that one could join."""

    key: str
    name: str
    members: int | None


class Browse:
    """Shows the rooms one is not in, and a form for a new one."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._dialog = cast(Dialog, by_id("browse"))
        self._rooms = KeyedList(by_id("open-rooms"), _make, self._update)
        self._problem = ""
        self._task: asyncio.Task[None] | None = None
        acts.act("browse", lambda _: self._open())
        acts.act("close-browse", lambda _: self._dialog.close())
        acts.act("join", self._join)
        acts.form("new-room", lambda _: self._make_room())
        listeners.on(self._dialog, "click", self._clicked)

    def render(self, state: State | None) -> None:
        """Show the rooms there are now."""
        if state is None or not self._dialog.open:
            return
        rooms = [OpenRoom(room.id, room.name, room.members) for room in state.rooms.open]
        self._rooms.show(rooms)
        by_id("no-open-rooms").hidden = bool(rooms)
        put_text(self._said(), self._texts.problem(self._problem) if self._problem else "")

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._rooms.refresh()

    def _open(self) -> None:
        if self._app.visit is not None:
            self._problem = ""
            self._dialog.showModal()
            self._app.visit.places.refresh()
            self.render(self._app.visit.state)

    def _clicked(self, event: Event) -> None:
        # What lies around the dialog's content is the backdrop.
        if event.target.id == "browse":
            self._dialog.close()

    def _join(self, button: Element) -> None:
        if self._app.visit is not None:
            self._dialog.close()
            self._app.visit.places.join(attribute(button, "data-room"))

    def _make_room(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._ask_for_room())

    async def _ask_for_room(self) -> None:
        visit, name = self._app.visit, field("new-room-name")
        if visit is None:
            return
        private = cast(Choice, by_id("new-room-private"))
        self._problem = await visit.places.make_room(name.value, private=private.checked) or ""
        if self._problem:
            self.render(visit.state)
            name.focus()
        else:
            name.value = ""
            private.checked = False
            self._dialog.close()

    def _said(self) -> Element:
        return within(self._dialog, "[data-problem]")

    def _update(self, row: Element, room: OpenRoom) -> None:
        put_text(within(row, "strong"), room.name)
        members = "" if room.members is None else self._texts.count("room.members", room.members)
        put_text(within(row, "span"), members)
        button = within(row, "button")
        put_text(button, self._texts.text("browse.join"))
        button.setAttribute("aria-label", self._texts.text("browse.join_room", room=room.name))


def _make(room: OpenRoom) -> Element:
    row = copy_of("row-open-room")
    within(row, "button").setAttribute("data-room", room.key)
    return row
