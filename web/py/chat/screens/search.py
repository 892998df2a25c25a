"""The dialog in which one searches all one may see."""

from __future__ import annotations

from typing import cast

from chat.app import App
from chat.screens.dom import Dialog, Element, Event, around, by_id, copy_of, document, field, put_text, within
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts, Listeners
from chat.screens.zone import BrowserZone
from chat.search import Hit, Search, pieces
from chat.state import State
from chat.texts import Texts


class SearchScreen:
    """Asks, shows what was found, and leads there. Arrow keys go from hit to hit."""

    def __init__(self, app: App, texts: Texts, listeners: Listeners, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._zone = BrowserZone(texts.language)
        self._dialog = cast(Dialog, by_id("search"))
        self._field = field("search-text")
        self._rows: KeyedList[Hit] = KeyedList(by_id("hits"), _made, self._update)
        acts.act("search", lambda _: self._open())
        acts.act("close-search", lambda _: self._dialog.close())
        acts.act("search-more", lambda _: self._look_on())
        acts.act("open-hit", self._go)
        acts.form("search", lambda _: self._look(0))
        listeners.on(self._field, "input", lambda _: self._look())
        listeners.on(self._dialog, "keydown", self._led)
        listeners.on(self._dialog, "click", self._clicked)

    def render(self, state: State | None) -> None:
        """Show what was found so far."""
        visit = self._app.visit
        if visit is None or state is None or not self._dialog.open:
            return
        search = visit.finding.search
        self._rows.show(search.hits)
        by_id("search-help").hidden = bool(search.query)
        by_id("search-more").hidden = search.cursor is None or not search.done
        put_text(by_id("search-said"), self._said(search, live=state.connection.live))

    def translate(self) -> None:
        """Write names of days as the language wants them."""
        self._zone = BrowserZone(self._texts.language)
        self._rows.refresh()

    def _said(self, search: Search, *, live: bool) -> str:
        if not live or search.problem == "unreachable":
            return self._texts.text("search.offline")
        if search.problem:
            return self._texts.problem(search.problem)
        if search.busy and not search.hits:
            return self._texts.text("search.busy")
        if not search.done:
            return ""
        if not search.hits:
            return self._texts.text("search.none")
        count = len(search.hits)
        if search.cursor is not None:
            return self._texts.text("search.found_more", n=self._texts.number(count))
        return self._texts.count("search.found", count)

    def _open(self) -> None:
        if self._app.visit is not None and not self._dialog.open:
            self._dialog.showModal()
            self._field.select()
            self.render(self._app.visit.state)

    def _look(self, pause: float | None = None) -> None:
        if self._app.visit is not None:
            finding = self._app.visit.finding
            if pause is None:
                finding.look_for(self._field.value)
            else:
                finding.look_for(self._field.value, pause)

    def _look_on(self) -> None:
        if self._app.visit is not None:
            self._app.visit.finding.look_on()

    def _go(self, button: Element) -> None:
        row, visit = around(button, "li"), self._app.visit
        for key in self._rows.keys:
            if visit is not None and row is not None and self._rows[key] == row:
                hit = self._rows.value(key)
                self._dialog.close()
                visit.finding.open_at(hit.room, hit.seq)

    def _clicked(self, event: Event) -> None:
        # What lies around the dialog's content is the backdrop.
        if event.target.id == "search":
            self._dialog.close()

    def _led(self, event: Event) -> None:
        if event.key not in {"ArrowDown", "ArrowUp"}:
            return
        stops = [self._field, *self._dialog.querySelectorAll(".hit")]
        at = next((index for index, stop in enumerate(stops) if stop == event.target), None)
        if at is None:
            return
        index = at + (1 if event.key == "ArrowDown" else -1)
        if 0 <= index < len(stops):
            event.preventDefault()
            stops[index].focus()

    def _update(self, row: Element, hit: Hit) -> None:
        visit = self._app.visit
        room = None if visit is None else visit.state.rooms.get(hit.room)
        author = hit.author if visit is None else visit.state.people.today(hit.author)
        where = self._texts.text(
            "search.where",
            author=author.shown or self._texts.text("people.left"),
            room=hit.room if room is None else room.name,
            time=self._zone.full(hit.at),
        )
        put_text(within(row, ".hit-where"), where)
        shown: list[Element | str] = []
        for piece in pieces(hit):
            if piece.marked:
                mark = document.createElement("mark")
                mark.textContent = piece.text
                shown.append(mark)
            else:
                shown.append(piece.text)
        within(row, ".hit-text").replaceChildren(*shown)


def _made(_: Hit) -> Element:
    return copy_of("row-hit")
