"""What one who is muted is told, where they would write."""

from __future__ import annotations

from chat.app import App
from chat.journal import until
from chat.screens.dom import by_id, put_text
from chat.screens.zone import BrowserZone
from chat.state import State
from chat.texts import Texts
from rebond.browser.timers import Alarm

_LONGEST = 24 * 60 * 60.0
"""Seconds that a timer is set for at most: browsers count them in 32 bits of milliseconds."""


class Muted:
    """Says until when, and why; and goes by itself when the time is over."""

    def __init__(self, app: App, texts: Texts) -> None:
        self._app = app
        self._texts = texts
        self._alarm = Alarm(self._over)
        self._until = 0

    def render(self, state: State | None) -> None:
        """Show it, or nothing."""
        if state is None:
            return
        now, standing = state.clocks.wall(), state.standing
        muted, told = standing.muted(now), by_id("composer-muted")
        told.hidden = not muted
        if muted:
            end = until(standing.muted_until, now, BrowserZone(self._texts.language), self._texts)
            key = "muted.why" if standing.reason else "muted.text"
            put_text(told, self._texts.text(key, until=end, reason=standing.reason))
        if self._until != standing.muted_until:
            self._until = standing.muted_until
            left = (standing.muted_until - now) / 1_000
            self._alarm.set(min(left, _LONGEST) if muted else None)

    def translate(self) -> None:
        """It is said anew with each drawing."""

    def _over(self) -> None:
        self._until = 0
        if self._app.visit is not None:
            self._app.visit.state.changed()
