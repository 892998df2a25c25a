"""The head of the room, and the title of the tab."""

from __future__ import annotations

from chat.rooms import GENERAL
from chat.screens.dom import by_id, put_text
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts


class Head:
    """Says where one is."""

    def __init__(self, page: Page, texts: Texts) -> None:
        self._page = page
        self._texts = texts

    def render(self, state: State | None) -> None:
        """Show the current room's name, or none at the door."""
        if state is None:
            self._page.entitle("Rebond")
            return
        room = state.rooms.get(state.current)
        name = "" if room is None else room.name
        put_text(by_id("room-name"), name)
        members = "" if room is None or room.members is None else self._texts.count("room.members", room.members)
        put_text(by_id("room-members"), members)
        by_id("leave").hidden = room is None or room.id == GENERAL or not room.joined
        unread = f"({self._texts.number(state.rooms.unread)}) " if state.rooms.unread else ""
        title = self._texts.text("page.title", room=name) if name else "Rebond"
        self._page.entitle(unread + title)
