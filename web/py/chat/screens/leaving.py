"""Logging out, and the dialog that comes before where something would be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import js

from chat.app import App
from chat.screens.dom import Dialog, Element, by_id, document, put_text
from chat.screens.listening import Acts
from chat.screens.zone import BrowserZone
from chat.state import State
from chat.texts import Texts
from chat.unsent import as_text, file_name
from rebond.wire import Delete, Operation


class _Link(Element, Protocol):
    """``HTMLAnchorElement``."""

    href: str
    download: str

    def click(self) -> None: ...


class Leaving:
    """Logs out. ``left`` is called once that is done."""

    def __init__(self, app: App, texts: Texts, acts: Acts, left: Callable[[], None]) -> None:
        self._app = app
        self._texts = texts
        self._left = left
        self._dialog = cast(Dialog, by_id("unsent"))
        self._unsent: list[Operation] = []
        self._task: asyncio.Task[None] | None = None
        acts.act("log-out", lambda _: self._begin(self._ask))
        acts.act("save-unsent", lambda _: self._save())
        acts.act("leave-all-the-same", lambda _: self._begin(self._leave))
        acts.act("stay", lambda _: self._dialog.close())

    def render(self, state: State | None) -> None:
        """What would be lost is counted when one asks to leave."""

    def translate(self) -> None:
        """What is said is said when one asks to leave."""

    def _begin(self, work: Callable[[], object]) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._do(work))

    async def _do(self, work: Callable[[], object]) -> None:
        result = work()
        if asyncio.iscoroutine(result):
            await result

    async def _ask(self) -> None:
        visit = self._app.visit
        self._unsent = [] if visit is None else await visit.unsent()
        if not self._unsent:
            await self._leave()
            return
        put_text(by_id("unsent-text"), self._texts.count("unsent.text", len(self._unsent)))
        by_id("unsent-saved").hidden = True
        by_id("unsent-save").hidden = all(isinstance(operation, Delete) for operation in self._unsent)
        self._dialog.showModal()

    async def _leave(self) -> None:
        self._dialog.close()
        await self._app.log_out()
        if self._app.visit is None:
            self._left()

    def _save(self) -> None:
        visit = self._app.visit
        if visit is None:
            return
        state, zone = visit.state, BrowserZone(self._texts.language)
        now = state.clocks.wall()
        text = as_text(self._unsent, state.rooms, state.me, now, zone, self._texts)
        link = cast(_Link, document.createElement("a"))
        link.href = js.URL.createObjectURL(js.Blob.new([text]))
        link.download = file_name(state.me, now, zone)
        link.click()
        js.URL.revokeObjectURL(link.href)
        put_text(by_id("unsent-saved"), self._texts.text("unsent.saved", file=link.download))
        by_id("unsent-saved").hidden = False
