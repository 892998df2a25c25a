"""The switch for notifications in one's settings, and what stands in the way of them."""

from __future__ import annotations

import asyncio
from typing import cast

import js
from pyodide.ffi import JsException

from chat.app import App
from chat.screens.dom import Choice, by_id, put_text
from chat.screens.listening import Listeners
from chat.screens.notifying import allowed
from chat.screens.page import Page, can_notify
from chat.texts import Texts


class Notify:
    """Asks the browser only when the switch is pressed."""

    def __init__(self, app: App, page: Page, texts: Texts, listeners: Listeners) -> None:
        self._app = app
        self._page = page
        self._texts = texts
        self._switch = cast(Choice, by_id("notify"))
        self._full = cast(Choice, by_id("notify-full"))
        self._refused = False
        self._asking: asyncio.Task[None] | None = None
        listeners.on(self._switch, "change", lambda _: self._switched())
        listeners.on(self._full, "change", lambda _: self._choose())

    def open(self) -> None:
        """Show how things stand."""
        self._refused = False
        self._full.checked = self._page.notify != "bare"
        self.render()

    def render(self) -> None:
        """Show it in the language of the texts."""
        on = allowed() and self._page.notify != ""
        self._switch.checked = on
        problem = self._problem()
        self._switch.toggleAttribute("disabled", problem not in {"", "refused"})
        by_id("notify-full-choice").hidden = not on
        said = by_id("notify-said")
        said.hidden = not problem
        put_text(said, self._texts.text(f"notify.{problem}") if problem else "")

    def _problem(self) -> str:
        if not js.isSecureContext:
            return "insecure"
        if not can_notify():
            return "missing"
        if str(js.Notification.permission) == "denied":
            return "blocked"
        return "refused" if self._refused else ""

    def _switched(self) -> None:
        self._refused = False
        if self._switch.checked and not allowed():
            self._asking = asyncio.ensure_future(self._ask())
        else:
            self._choose()

    async def _ask(self) -> None:
        try:
            answer = str(await js.Notification.requestPermission())
        except JsException as error:
            js.console.info(f"the browser does not ask: {error.message}")
            answer = ""
        self._refused = answer != "granted"
        self._switch.checked = not self._refused
        self._choose()

    def _choose(self) -> None:
        wanted = "full" if self._full.checked else "bare"
        self._page.notify = wanted if self._switch.checked else ""
        self.render()
        self._app.changed()
