"""The head of the room, and the title of the tab."""

from __future__ import annotations

from chat.rooms import PRIVATE, Room
from chat.screens.dom import by_id, put_text
from chat.screens.faces import presence_words
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts
from chat.times import Zone


class Head:
    """Says where one is."""

    def __init__(self, page: Page, texts: Texts, zone: Zone) -> None:
        self._page = page
        self._texts = texts
        self.zone = zone

    def render(self, state: State | None) -> None:
        """Show the current room's name, or none at the door."""
        if state is None:
            self._page.entitle("Rebond")
            return
        room = state.rooms.get(state.current)
        name = "" if room is None else room.name or self._texts.text("people.gone")
        put_text(by_id("room-name"), name)
        put_text(by_id("room-members"), "" if room is None else self._about(state, room))
        topic = by_id("room-topic")
        topic.hidden = room is None or not room.topic
        put_text(topic, "" if room is None else room.topic)
        topic.title = "" if room is None else room.topic
        unread = f"({self._texts.number(state.rooms.unread)}) " if state.rooms.unread else ""
        title = self._texts.text("page.title", room=name) if name else "Rebond"
        self._page.entitle(unread + title)

    def _about(self, state: State, room: Room) -> str:
        """Say who is in the room, or whether the one is there with whom one talks."""
        other = state.people.get(room.people[0].id) if len(room.people) == 1 else None
        if other is not None:
            return presence_words(other, self._texts, self.zone, state.clocks.wall())
        if room.archived:
            return self._texts.text("room.is_archived")
        count = state.members(room)
        if count is None or room.direct:
            return ""
        members = self._texts.count("room.members", count)
        return self._texts.text("room.private", members=members) if room.kind == PRIVATE else members
