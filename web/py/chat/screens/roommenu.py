"""What one can do with the room one is in: the menu at its head, and the dialog for its name and topic."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from chat.app import App
from chat.rooms import FOLLOWED, GENERAL, NORMAL, Room
from chat.screens.dom import Dialog, Element, Popover, attribute, by_id, field, put_text, within
from chat.screens.listening import Acts
from chat.state import State
from chat.texts import Texts


class RoomMenu:
    """Offers what the rules allow (docs/protocol.md, "Rooms"). ``left`` is called once the room has been left."""

    def __init__(self, app: App, texts: Texts, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._menu = cast(Popover, by_id("room-menu"))
        self._dialog = cast(Dialog, by_id("room-edit"))
        self._room = ""
        self._problem = ""
        self._task: asyncio.Task[None] | None = None
        acts.act("room-edit", self._chosen(self._edit))
        acts.act("heed", self._heed)
        acts.act("room-archive", self._chosen(self._archive))
        acts.act("leave", self._chosen(self._leave))
        acts.form("room-edit", lambda _: self._save())

    def render(self, state: State | None) -> None:
        """Offer what can be done now."""
        if state is None:
            return
        room = state.rooms.get(state.current)
        stays = room is None or not room.joined or room.id == GENERAL
        fixed = stays or room is None or room.direct
        by_id("leave").hidden = fixed
        by_id("room-edit-open").hidden = fixed or room is None or room.archived
        by_id("room-archive").hidden = fixed
        by_id("room-heed").hidden = room is None or not room.joined
        if room is not None:
            self._show_heed(room)
            put_text(by_id("room-archive"), self._texts.text("room.unarchive" if room.archived else "room.archive"))
        if self._dialog.open:
            said = self._texts.problem(self._problem) if self._problem else ""
            put_text(within(self._dialog, "[data-problem]"), said)

    def translate(self) -> None:
        """What is offered is written anew with each drawing."""

    def _chosen(self, do: Callable[[Room], None]) -> Callable[[Element], None]:
        def choose(_: Element) -> None:
            self._menu.hidePopover()
            visit = self._app.visit
            room = None if visit is None else visit.state.rooms.get(visit.state.current)
            if room is not None:
                do(room)

        return choose

    def _show_heed(self, room: Room) -> None:
        """Show what of the room calls one. In a conversation everything does, so following it adds nothing."""
        how = NORMAL if room.direct and room.heed == FOLLOWED else room.heed
        for button in by_id("room-heed").querySelectorAll("button"):
            each = attribute(button, "data-heed")
            button.hidden = room.direct and each == FOLLOWED
            button.setAttribute("aria-pressed", "true" if each == how else "false")
        put_text(by_id("heed-normal-hint"), self._texts.text("heed.direct_hint" if room.direct else "heed.normal_hint"))

    def _heed(self, button: Element) -> None:
        how, visit = attribute(button, "data-heed"), self._app.visit
        if visit is not None:
            self._chosen(lambda room: visit.places.heed(room.id, how))(button)

    def _archive(self, room: Room) -> None:
        if self._app.visit is not None:
            self._app.visit.places.change(room.id, "unarchive" if room.archived else "archive")

    def _leave(self, room: Room) -> None:
        if self._app.visit is not None:
            self._app.visit.places.leave(room.id)
            by_id("composer-text").focus()

    def _edit(self, room: Room) -> None:
        self._room = room.id
        self._problem = ""
        field("room-edit-name").value = room.name
        field("room-edit-topic").value = room.topic
        put_text(within(self._dialog, "[data-problem]"), "")
        self._dialog.showModal()
        field("room-edit-name").focus()

    def _save(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._ask())

    async def _ask(self) -> None:
        visit = self._app.visit
        if visit is None:
            return
        name, topic = field("room-edit-name").value, field("room-edit-topic").value
        self._problem = await visit.places.rename(self._room, name, topic) or ""
        if self._problem:
            self.render(visit.state)
            field("room-edit-name").focus()
        else:
            self._dialog.close()
