"""All screens together: drawn at most once a frame, translated in place, led by the address."""

from __future__ import annotations

import js

from chat.app import App
from chat.screens.answering import Answering
from chat.screens.browse import Browse
from chat.screens.company import Company
from chat.screens.composer import Composer
from chat.screens.dom import Event, document
from chat.screens.door import Door
from chat.screens.head import Head
from chat.screens.later import Later
from chat.screens.leaving import Leaving
from chat.screens.line import LineScreen
from chat.screens.listening import Acts, Frame, Listeners
from chat.screens.mentioning import Mentioning
from chat.screens.muted import Muted
from chat.screens.notes import Notes
from chat.screens.page import Page, SessionShelf, room_address
from chat.screens.panel import PanelScreen
from chat.screens.presence import Presence
from chat.screens.roommenu import RoomMenu
from chat.screens.search import SearchScreen
from chat.screens.side import Side
from chat.screens.switcher import Switcher
from chat.screens.timeline import TimelineScreen
from chat.screens.zone import BrowserZone
from chat.texts import Texts


class Stage:
    """Owns the screens and what they have in common."""

    def __init__(self, app: App, page: Page, texts: Texts, shelf: SessionShelf) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._room = ""
        listeners = Listeners()
        acts = Acts(listeners)
        self._frame = Frame(self._draw, listeners)
        self._door = Door(app, page, texts, acts)
        self._side = Side(texts, listeners, acts)
        self._browse = Browse(app, texts, listeners, acts)
        zone = BrowserZone(texts.language)
        self._head = Head(page, texts, zone)
        self._menu = RoomMenu(app, texts, acts)
        self._company = Company(app, texts, zone, listeners, acts)
        self._switcher = Switcher(app, texts, listeners, acts, self._go_to)
        self._presence = Presence(app, texts, listeners)
        self._timeline = TimelineScreen(app, texts, zone, listeners, acts)
        self._search = SearchScreen(app, texts, zone, listeners, acts)
        self._mentioning = Mentioning(app, texts, listeners)
        self._composer = Composer(app, texts, listeners, acts, self._timeline.to_end)
        self._line = LineScreen(app, page, texts, acts)
        self._panel = PanelScreen(app, texts, listeners, acts)
        self._notes = Notes(app, page, texts, shelf, acts)
        self._answering = Answering(app, page, texts, listeners, acts, self._notes.say)
        self._leaving = Leaving(app, texts, acts, self._logged_out)
        self._muted = Muted(app, texts)
        self._later = Later(app, page, texts, listeners, acts)
        acts.act("tongue", lambda _: self._change_language())
        listeners.on(js.window, "hashchange", self._address_changed)
        listeners.on(js.window, "pagehide", self._rest)
        listeners.on(document, "visibilitychange", self._rest)
        page.ready()

    def changed(self) -> None:
        """Draw soon."""
        self._frame.request()

    def tell(self, code: str) -> None:
        """Say in words what did not work."""
        self._notes.tell(code)

    def _draw(self) -> None:
        self._door.render()
        self._notes.render()
        self._later.render()
        visit = self._app.visit
        self._head.render(None if visit is None else visit.state)
        if visit is None:
            self._page.tell_link("idle")
            self._panel.close()
            return
        state = visit.state
        if self._page.seq and self._page.room == state.current:
            visit.finding.open_at(state.current, self._page.seq)
            self._page.address(room_address(state.current))
        if state.current != self._room:
            self._room = state.current
            self._side.close()
            self._page.address(room_address(state.current))
        elif not self._page.room and not self._page.names_door:
            self._page.address(room_address(state.current))
        self._side.render(state)
        self._timeline.render(state)
        self._composer.render(state)
        self._answering.render(state)
        self._mentioning.render()
        self._search.render(state)
        self._muted.render(state)
        self._line.render(state)
        self._panel.render(state)
        self._browse.render(state)
        self._menu.render(state)
        self._presence.render(state)
        visit.places.look_for_readers()

    def _change_language(self) -> None:
        self._texts.speak("fr" if self._texts.language == "en" else "en")
        self._page.translate(self._texts)
        zone = BrowserZone(self._texts.language)
        self._timeline.translate(zone)
        self._search.translate(zone)
        self._head.zone = self._company.zone = zone
        self._side.translate()
        self._browse.translate()
        self._later.translate()
        self._frame.request()

    def _logged_out(self) -> None:
        self._side.close()
        self._page.address("")
        self._room = ""

    def _rest(self, event: Event) -> None:
        # There may be no later moment: a page that nobody looks at is ended without a word.
        if self._app.visit is not None and (document.hidden or event.type == "pagehide"):
            self._app.visit.state.rest()

    def _go_to(self, room: str) -> None:
        self._page.go_to(room_address(room))

    def _address_changed(self, _: Event) -> None:
        self._frame.request()  # a link to join, perhaps
        visit = self._app.visit
        room = self._page.room
        if visit is not None and room == visit.state.current and self._page.seq:
            self._frame.request()
        if visit is None or room == visit.state.current or room not in {each.id for each in visit.state.listed}:
            return
        if self._page.seq:
            visit.finding.open_at(room, self._page.seq)
        else:
            visit.look_at(room)
