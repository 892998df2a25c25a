"""The line under the composer that says how the connection stands."""

from __future__ import annotations

from chat.app import App
from chat.line import Act
from chat.screens.dom import by_id, has_focus, put_text
from chat.screens.listening import Acts
from chat.screens.page import Page
from chat.state import State
from chat.texts import Texts
from rebond.browser.timers import Alarm


class LineScreen:
    """Shows the line, counts down while there is something to count, and carries out its button."""

    def __init__(self, app: App, page: Page, texts: Texts, acts: Acts) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._alarm = Alarm(self._count_down)
        acts.act(Act.RETRY, lambda _: self._retry())
        acts.act(Act.LOG_IN, lambda _: app.go_to_door("session_ended"))
        acts.act(Act.RELOAD, lambda _: page.reload())

    def render(self, state: State) -> None:
        """Show how things stand now."""
        now = state.clocks.link()
        line = state.connection.line(now, self._texts)
        by_id("line").setAttribute("data-tone", line.tone)
        put_text(by_id("line-text"), line.text)
        put_text(by_id("line-next"), line.detail)
        button = by_id("line-act")
        if line.act is None and has_focus(button):
            by_id("composer-text").focus()
        button.hidden = line.act is None
        if line.act is not None:
            button.setAttribute("data-act", line.act)
            put_text(button, line.act_text)
        status = state.connection.status
        self._page.tell_link("idle" if status is None else status.state)
        counting = status is not None and status.next_try is not None and state.connection.seconds(now) is not None
        # Just after the next whole second.
        self._alarm.set((status.next_try - now) % 1.0 + 0.02 if counting and status and status.next_try else None)

    def _count_down(self) -> None:
        if self._app.visit is not None:
            self._app.visit.state.changed()

    def _retry(self) -> None:
        if self._app.visit is not None and self._app.visit.link is not None:
            self._app.visit.link.retry_now()
