"""Which screens are made later, and what calls for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from chat.app import App
from chat.powers import keeps_order
from chat.screens.dom import Dialog, Element, Event, around, by_id, document
from chat.screens.later import Later, Screen
from chat.screens.listening import Acts, Listeners
from chat.screens.page import Page, can_notify
from chat.state import State
from chat.texts import Texts
from rebond.face.names import fresh_name


class Repertoire:
    """Makes them. ``say`` shows a note, ``go_to`` turns to a room that one is in, ``left`` comes after logging out."""

    def __init__(
        self,
        app: App,
        page: Page,
        texts: Texts,
        listeners: Listeners,
        acts: Acts,
        say: Callable[[str], None],
        go_to: Callable[[str], None],
        left: Callable[[], None],
    ) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._listeners = listeners
        self._acts = acts
        self._say = say
        self._go_to = go_to
        self._left = left

    def fill(self, later: Later) -> None:
        """Let every one of them wait."""
        later.add(self._door, when=self._at_door)
        later.add(self._browse, "browse")
        later.add(self._room_menu, opens=by_id("room-menu"))
        later.add(self._company, "room-people", "talk")
        later.add(self._switcher, "switch", "keys")
        later.add(self._search, "search")
        later.add(self._panel, "panel")
        later.add(self._leaving, "log-out")
        later.add(self._settings, "settings")
        later.add(self._place, "place")
        later.add(self._muted, when=lambda state: state is not None and state.standing.muted(state.clocks.wall()))
        later.add(self._mentioning, when=lambda state: state is not None and "@" in state.writing.text(state.current))
        answers = ("reply-message", "open-quote", "react-message", "chip", "link-message")
        later.add(self._answering, *answers, when=_replies)
        later.add(self._notifying, when=self._notifies)
        self._acts.key("switch", lambda event: self._may_switch() and _is_shortcut(event, "k", shift=False))
        self._acts.key("keys", lambda event: self._may_switch() and _asks(event))
        self._acts.key("search", lambda event: self._app.visit is not None and _is_shortcut(event, "f", shift=True))

    def offer(self, state: State | None) -> None:
        """Show the buttons of those that are not for everybody."""
        by_id("open-place").hidden = state is None or not keeps_order(state.people.role(state.me.id))

    def _notifies(self, state: State | None) -> bool:
        return state is not None and self._page.notify != "" and can_notify()

    def _at_door(self, _: State | None) -> bool:
        return self._page.view == "door" or self._app.problem != ""

    def _may_switch(self) -> bool:
        return self._app.visit is not None and not list(document.querySelectorAll("dialog:modal"))

    def _door(self) -> Screen:
        from chat.screens.door import Door

        return Door(self._app, self._page, self._texts, self._acts)

    def _browse(self) -> Screen:
        from chat.screens.browse import Browse

        return Browse(self._app, self._texts, self._listeners, self._acts)

    def _room_menu(self) -> Screen:
        from chat.screens.roommenu import RoomMenu

        return RoomMenu(self._app, self._texts, self._acts)

    def _company(self) -> Screen:
        from chat.screens.company import Company

        return Company(self._app, self._texts, self._listeners, self._acts)

    def _switcher(self) -> Screen:
        from chat.screens.switcher import Switcher

        return Switcher(self._app, self._texts, self._listeners, self._acts, self._go_to)

    def _search(self) -> Screen:
        from chat.screens.search import SearchScreen

        return SearchScreen(self._app, self._texts, self._listeners, self._acts)

    def _panel(self) -> Screen:
        from chat.screens.panel import PanelScreen

        return PanelScreen(self._app, self._texts, self._listeners, self._acts)

    def _leaving(self) -> Screen:
        from chat.screens.leaving import Leaving

        return Leaving(self._app, self._texts, self._acts, self._left)

    def _settings(self) -> Screen:
        from chat.screens.settings import Settings

        return Settings(self._app, self._page, self._texts, self._listeners, self._acts)

    def _place(self) -> Screen:
        from chat.screens.place import Place

        return Place(self._app, self._page, self._texts, self._listeners, self._acts)

    def _muted(self) -> Screen:
        from chat.screens.muted import Muted

        return Muted(self._app, self._texts)

    def _mentioning(self) -> Screen:
        from chat.screens.mentioning import Mentioning

        return Mentioning(self._app, self._texts, self._listeners)

    def _answering(self) -> Screen:
        from chat.screens.answering import Answering

        return Answering(self._app, self._page, self._texts, self._listeners, self._acts, self._say)

    def _notifying(self) -> Screen:
        from chat.screens.notifying import Notifying

        return Notifying(self._page, self._texts, self._listeners, fresh_name())


def close_dialog(button: Element) -> None:
    """Close the dialog that a button is in."""
    dialog = around(button, "dialog")
    if dialog is not None:
        cast(Dialog, dialog).close()


def _replies(state: State | None) -> bool:
    return state is not None and state.writing.replying(state.current) is not None


def _is_shortcut(event: Event, letter: str, *, shift: bool) -> bool:
    held = (event.ctrlKey or event.metaKey) and not event.altKey and event.shiftKey == shift
    return held and event.key.lower() == letter


def _asks(event: Event) -> bool:
    """Tell whether a question mark is meant as a question, and not as part of a text."""
    writes = around(event.target, "input, textarea, select, [contenteditable]") is not None
    return event.key == "?" and not (event.ctrlKey or event.metaKey) and not writes
