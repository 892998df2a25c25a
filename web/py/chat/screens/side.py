"""The side column: the rooms one is in, and oneself. On a phone it is a drawer."""

from __future__ import annotations

from dataclasses import dataclass

import js

from chat.people import Person
from chat.rooms import PRIVATE, Room
from chat.screens.dom import Element, Event, by_id, copy_of, document, put_text, within
from chat.screens.faces import show_face
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
    private: bool = False
    muted: bool = False
    mentions: int = 0
    urgent: bool = False
    people: tuple[Person, ...] = ()
    here: str = ""
    """Whether the other in a conversation between two is there."""


class Side:
    """Shows the rooms and opens the drawer."""

    def __init__(self, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._texts = texts
        self._chat = by_id("chat")
        self._opener = by_id("open-side")
        self._rooms = KeyedList(by_id("rooms"), _make, self._update)
        self._directs = KeyedList(by_id("directs"), _make_direct, self._update)
        self._archived = KeyedList(by_id("archived-rooms"), _make, self._update)
        self._narrow = js.matchMedia(_NARROW)
        self._unfolded = ""
        acts.act("open-side", lambda _: self.open())
        acts.act("close-side", lambda _: self.close())
        acts.act("look-at", lambda _: self.close())
        listeners.on(document, "keydown", self._pressed)
        listeners.on(document, "pointerdown", self._pointed)
        listeners.on(self._narrow, "change", lambda _: self.close())

    def render(self, state: State) -> None:
        """Show the rooms as they are now."""
        listed = state.listed
        self._rooms.show([self._row(state, each) for each in listed if not each.direct and not each.archived])
        self._directs.show([self._row(state, each) for each in listed if each.direct])
        archived = [self._row(state, each) for each in listed if each.archived and not each.direct]
        self._archived.show(archived)
        by_id("archived").hidden = not archived
        self._unfold(state)
        me = state.myself
        put_text(by_id("me-name"), me.shown)
        avatar = by_id("me-avatar")
        put_text(avatar, me.initials)
        avatar.className = f"avatar hue-{me.hue}"
        elsewhere = any(room.news or state.timeline(room.id).refused for room in listed if room.id != state.current)
        self._opener.classList.toggle("unread", elsewhere)

    def _unfold(self, state: State) -> None:
        """Show the archived rooms to who turns to one of them; they may be folded again."""
        room = state.rooms.get(state.current)
        at = state.current if room is not None and room.archived else ""
        if at and at != self._unfolded:
            by_id("archived").setAttribute("open", "")
        self._unfolded = at

    def translate(self) -> None:
        """Put the rows into the language of the texts."""
        for rooms in (self._rooms, self._directs, self._archived):
            rooms.refresh()

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

    def _row(self, state: State, room: Room) -> RoomRow:
        return RoomRow(
            room.id,
            room.name or self._texts.text("people.gone"),
            room.news,
            current=room.id == state.current,
            draft=room.id in state.drafts,
            refused=state.timeline(room.id).refused,
            private=room.kind == PRIVATE,
            muted=room.muted,
            mentions=room.mentions,
            urgent=room.urgent,
            people=room.people,
            here=state.people.here(room.people[0].id) if len(room.people) == 1 else "",
        )

    def _update(self, row: Element, room: RoomRow) -> None:
        link = within(row, "a")
        flags = {"unread": room.unread, "muted": room.muted, "urgent": room.urgent}
        link.className = " ".join(["room-link", *(name for name, holds in flags.items() if holds)])
        if room.people:
            face = within(row, ".face")
            several = len(room.people) > 1
            show_face(face, Person("", f"+{len(room.people)}") if several else room.people[0], room.here)
            if several:
                put_text(within(face, ".avatar"), self._texts.number(len(room.people)))
        else:
            icon = "icon-mute" if room.muted else "icon-lock" if room.private else "icon-room"
            for use in row.querySelectorAll(".icon:first-child use"):
                use.setAttribute("href", f"#{icon}")
        if room.current:
            link.setAttribute("aria-current", "page")
        else:
            link.removeAttribute("aria-current")
        put_text(within(row, ".room-link-name"), room.name)
        count = within(row, ".count")
        count.hidden = not (room.unread or room.refused)
        count.classList.toggle("refused", room.refused)
        count.classList.toggle("mention", room.mentions > 0 and not room.refused)
        mark = "@" if room.mentions else ""
        put_text(count, "!" if room.refused else mark + self._texts.number(room.unread))
        said = self._said(room)
        if said == room.name:
            link.removeAttribute("aria-label")
        else:
            link.setAttribute("aria-label", said)
        pencil = within(row, ".room-link-draft")
        pencil.toggleAttribute("hidden", not room.draft or room.current)
        pencil.setAttribute("aria-label", self._texts.text("rooms.draft"))

    def _said(self, room: RoomRow) -> str:
        """Return what a link says to those who do not see its signs."""
        said = room.name
        if room.private:
            said = self._texts.text("rooms.private", room=said)
        if room.muted:
            said = self._texts.text("rooms.muted", room=said)
        if room.here:
            said = self._texts.text("people.with", name=said, here=self._texts.text(f"people.{room.here}"))
        if room.refused:
            return self._texts.text("rooms.refused", room=said)
        if room.unread:
            said = self._texts.count("rooms.unread", room.unread, room=said)
        return self._texts.text("rooms.mentioned", room=said) if room.mentions else said


def _make(room: RoomRow) -> Element:
    row = copy_of("row-room")
    within(row, "a").setAttribute("href", room_address(room.key))
    return row


def _make_direct(room: RoomRow) -> Element:
    row = copy_of("row-direct")
    within(row, "a").setAttribute("href", room_address(room.key))
    return row
