"""The two buttons over the timeline that lead far: to what is new, and to the newest."""

from __future__ import annotations

from collections.abc import Callable

from chat.app import App
from chat.rows import NewRow, Row
from chat.screens.dom import by_id, put_text
from chat.screens.listening import Acts
from chat.state import State
from chat.texts import Texts
from chat.view import View


class Jumps:
    """Shows each where it leads anywhere. ``to_end`` goes to the newest message."""

    def __init__(self, app: App, texts: Texts, acts: Acts, view: View[Row], to_end: Callable[[], None]) -> None:
        self._app = app
        self._texts = texts
        self._view = view
        self._to_end = to_end
        self._box = by_id("timeline")
        acts.act("jump", lambda _: self._jump())
        acts.act("jump-new", lambda _: self._jump_to_new())

    def render(self, state: State) -> None:
        """Show where one can go from where one is."""
        self._show_latest(state)
        self._show_new(state)

    def _jump(self) -> None:
        # The button goes once one is there: the focus stays with what one reads.
        self._box.focus()
        self._to_end()

    def _jump_to_new(self) -> None:
        self._box.focus()
        if self._app.visit is not None:
            self._app.visit.finding.open_at_line()

    def _show_latest(self, state: State) -> None:
        room = state.rooms.get(state.current)
        unread = 0 if room is None else room.unread
        below = self._box.scrollHeight - self._box.clientHeight - self._box.scrollTop
        jump = by_id("jump")
        jump.hidden = self._view.pinned or not (unread or below > self._box.clientHeight)
        if not jump.hidden:
            text = self._texts.count("timeline.new", unread) if unread else self._texts.text("timeline.latest")
            put_text(by_id("jump-text"), text)

    def _show_new(self, state: State) -> None:
        line = state.others.reading.line(state.current)
        row = self._view.row("new")
        above = row is not None and self._view.reach(row.key)[0] < 0
        beyond = line is not None and row is None and state.timeline(state.current).misses(line + 1)
        jump = by_id("jump-new")
        jump.hidden = not (above or beyond)
        if not jump.hidden:
            since = row.since if isinstance(row, NewRow) else ""
            text = self._texts.text("timeline.since", time=since) if since else self._texts.text("timeline.to_new")
            put_text(by_id("jump-new-text"), text)
