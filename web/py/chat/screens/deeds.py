"""The log of what was done to keep order."""

from __future__ import annotations

from dataclasses import dataclass

from chat.app import App
from chat.journal import about_act, moment
from chat.order import Done, Order
from chat.screens.dom import Element, by_id, copy_of, put_text, within
from chat.screens.errand import Errands
from chat.screens.fetching import fetch
from chat.screens.keyed import KeyedList
from chat.screens.listening import Acts
from chat.screens.zone import BrowserZone
from chat.texts import Texts


@dataclass(frozen=True, slots=True)
class DeedRow:
    """An act in the list."""

    key: str
    text: str
    reason: str
    when: str


class Deeds:
    """Shows the newest acts, and older ones page by page."""

    def __init__(self, app: App, texts: Texts, acts: Acts) -> None:
        self._app = app
        self._texts = texts
        self._pane = by_id("pane-deeds")
        self._errands = Errands(texts)
        self._rows = KeyedList(by_id("deeds"), lambda _: copy_of("row-deed"), _update)
        self._done: list[Done] = []
        self._more = False
        acts.act("older-deeds", lambda _: self._errands.run(self._pane, self._older))

    def open(self) -> None:
        """Have the newest."""
        self._errands.run(self._pane, self._newest)

    async def _newest(self) -> None:
        self._done, self._more = await Order(fetch, self._app.session).acts(None)
        self.render()

    async def _older(self) -> None:
        found, self._more = await Order(fetch, self._app.session).acts(self._done[-1].number)
        self._done += found
        self.render()

    def render(self) -> None:
        """Show what has come."""
        if self._app.visit is None:
            return
        state, zone = self._app.visit.state, BrowserZone(self._texts.language)
        rooms = {room.id: room.name for room in state.rooms.all}
        now = state.clocks.wall()
        self._rows.show(
            [
                DeedRow(
                    done.key,
                    about_act(done, rooms, self._texts),
                    self._texts.text("deeds.reason", reason=done.reason) if done.reason else "",
                    moment(done.at, now, zone, self._texts),
                )
                for done in self._done
            ]
        )
        by_id("no-deeds").hidden = bool(self._done)
        by_id("older-deeds").hidden = not self._more


def _update(row: Element, deed: DeedRow) -> None:
    put_text(within(row, ".deed-text"), deed.text)
    reason = within(row, ".deed-reason")
    reason.hidden = not deed.reason
    put_text(reason, deed.reason)
    put_text(within(row, ".deed-when"), deed.when)
