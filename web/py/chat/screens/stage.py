"""All screens together: drawn at most once a frame, translated in place, led by the address."""

from __future__ import annotations

import js

from chat.app import App
from chat.screens.composer import Composer
from chat.screens.dom import Event, by_id, document, put_text
from chat.screens.head import Head
from chat.screens.later import Later
from chat.screens.line import LineScreen
from chat.screens.listening import Acts, Frame, Listeners
from chat.screens.notes import Notes
from chat.screens.page import Page, SessionShelf, room_address
from chat.screens.presence import Presence
from chat.screens.repertoire import Repertoire, close_dialog
from chat.screens.side import Side
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
        self._side = Side(texts, listeners, acts)
        zone = BrowserZone(texts.language)
        self._head = Head(page, texts, zone)
        self._presence = Presence(app, texts, listeners)
        self._timeline = TimelineScreen(app, texts, zone, listeners, acts)
        self._composer = Composer(app, texts, listeners, acts, self._timeline.to_end)
        self._line = LineScreen(app, page, texts, acts)
        self._notes = Notes(app, page, texts, shelf, acts)
        ways = (self._notes.say, self._go_to, self._logged_out)
        self._repertoire = Repertoire(app, page, texts, listeners, acts, *ways)
        self._later = Later(acts, listeners)
        self._repertoire.fill(self._later)
        acts.act("close-dialog", close_dialog)
        acts.act("tongue", lambda _: self._change_language())
        acts.form("tongue", lambda _: self._change_language())
        listeners.on(js.window, "hashchange", self._address_changed)
        listeners.on(js.window, "pagehide", self._rest)
        listeners.on(document, "visibilitychange", self._rest)
        self._later.render(None)  # at the door the forms are listened to from the beginning
        page.ready()

    def changed(self) -> None:
        """Draw soon."""
        self._frame.request()

    def tell(self, code: str) -> None:
        """Say in words what did not work."""
        self._notes.tell(code)

    def _draw(self) -> None:
        self._notes.render()
        visit = self._app.visit
        state = None if visit is None else visit.state
        inside = state if self._page.view == "chat" else None
        self._head.render(state)
        self._repertoire.offer(inside)
        if visit is None or state is None:
            self._page.tell_link("idle")
            self._later.render(None)
            return
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
        self._line.render(state)
        self._later.render(inside)
        self._presence.render(state)
        visit.places.look_for_readers()

    def _change_language(self) -> None:
        self._texts.speak("fr" if self._texts.language == "en" else "en")
        self._page.translate(self._texts)
        put_text(by_id("voice"), "")  # that was said in the other language
        zone = BrowserZone(self._texts.language)
        self._timeline.translate(zone)
        self._head.zone = zone
        self._side.translate()
        self._later.translate()
        self._frame.request()

    def _logged_out(self) -> None:
        self._side.close()
        self._page.address("")
        self._room = ""

    def _rest(self, event: Event) -> None:
        # There may be no later moment: a page that nobody looks at is ended without a word.
        if self._app.visit is not None and (document.hidden or event.type == "pagehide"):
            self._app.visit.settle()
            self._app.visit.state.rest()

    def _go_to(self, room: str) -> None:
        self._page.go_to(room_address(room))

    def _address_changed(self, _: Event) -> None:
        self._frame.request()  # a link to join, perhaps
        visit = self._app.visit
        room = self._page.room
        if visit is not None and room == visit.state.current and self._page.seq:
            self._frame.request()
        if visit is None or room in {"", visit.state.current}:
            return
        if room not in {each.id for each in visit.state.listed}:
            if visit.greeted:
                self.tell("not_in_room")
                self._page.address(room_address(visit.state.current))
            return
        if self._page.seq:
            visit.finding.open_at(room, self._page.seq)
        else:
            visit.look_at(room)
