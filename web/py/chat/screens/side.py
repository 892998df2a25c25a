"""The side column: the rooms one is in, and oneself. On a phone it is a drawer."""

from __future__ import annotations

from dataclasses import dataclass

import js

from chat.screens.dom import Element, Event, by_id, copy_of, document, put_text, within
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.page import room_address
from chat.state import State
from chat.texts import Texts

_NARROW = "(max-width: 47.99em)"
"""Where the column is a drawer: the same as in styles/room.css."""


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room in the list."""

    key: str
    name: str
    unread: int
    current: bool
    draft: bool
    refused: bool


class Side:
    """Shows the rooms and opens the drawer."""

    def __init__(self, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._texts = texts
        self._chat = by_id("chat")
        self._opener = by_id("open-side")
        self._rooms = KeyedList(by_id("rooms"), _make, self._update)
        self._narrow = js.matchMedia(_NARROW)
        acts.act("open-side", lambda _: self.open())
        acts.act("close-side", lambda _: self.close())
        acts.act("look-at", lambda _: self.close())
        listeners.on(document, "keydown", self._pressed)
        listeners.on(document, "pointerdown", self._pointed)
        listeners.on(self._narrow, "change", lambda _: self.close())

    def render(self, state: State) -> None:
        """Show the rooms as they are now."""
        self._rooms.show(
            [
                RoomRow(
                    room.id,
                    room.name,
                    room.unread,
                    current=room.id == state.current,
                    draft=room.id in state.drafts,
                    refused=state.timeline(room.id).refused,
                )
                for room in state.listed
            ]
        )
        me = state.myself
        put_text(by_id("me-name"), me.shown)
        avatar = by_id("me-avatar")
        put_text(avatar, me.initials)
        avatar.className = f"avatar hue-{me.hue}"
        elsewhere = any(
            room.unread or state.timeline(room.id).refused for room in state.listed if room.id != state.current
        )
        self._opener.classList.toggle("unread", elsewhere)

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        self._rooms.refresh()

    @property
    def is_open(self) -> bool:
        """Whether the drawer covers the room."""
        return by_id("room").inert

    def open(self) -> None:
        """Open the drawer; what it covers cannot be reached meanwhile."""
        self._stand(is_open=True)
        within(by_id("side"), ".close-side").focus()

    def close(self) -> None:
        """Close the drawer, and give the focus back to what opened it."""
        if self.is_open:
            self._stand(is_open=False)
            self._opener.focus()

    def _stand(self, *, is_open: bool) -> None:
        self._chat.classList.toggle("side-open", is_open)
        by_id("room").inert = is_open
        side = by_id("side")
        for name, value in (("role", "dialog"), ("aria-modal", "true")):
            if is_open:
                side.setAttribute(name, value)
            else:
                side.removeAttribute(name)
        self._opener.setAttribute("aria-expanded", "true" if is_open else "false")

    def _pressed(self, event: Event) -> None:
        if event.key == "Escape" and self.is_open and not list(document.querySelectorAll("dialog:modal")):
            self.close()

    def _pointed(self, event: Event) -> None:
        # A touch beside the drawer lands on the chat itself: the room is inert.
        if self.is_open and event.target.id == "chat":
            self.close()

    def _update(self, row: Element, room: RoomRow) -> None:
        link = within(row, "a")
        link.className = "room-link unread" if room.unread else "room-link"
        if room.current:
            link.setAttribute("aria-current", "page")
        else:
            link.removeAttribute("aria-current")
        put_text(within(row, ".room-link-name"), room.name)
        count = within(row, ".count")
        count.hidden = not (room.unread or room.refused)
        count.classList.toggle("refused", room.refused)
        put_text(count, "!" if room.refused else self._texts.number(room.unread))
        if room.refused:
            link.setAttribute("aria-label", self._texts.text("rooms.refused", room=room.name))
        elif room.unread:
            link.setAttribute("aria-label", self._texts.count("rooms.unread", room.unread, room=room.name))
        else:
            link.removeAttribute("aria-label")
        pencil = within(row, ".room-link-draft")
        pencil.toggleAttribute("hidden", not room.draft or room.current)
        pencil.setAttribute("aria-label", self._texts.text("rooms.draft"))


def _make(room: RoomRow) -> Element:
    row = copy_of("row-room")
    within(row, "a").setAttribute("href", room_address(room.key))
    return row
