"""Shows notifications, by the service worker: Chrome on Android lets no page make one by itself.

What is to be shown is decided in chat.notifications; pressing one is the service worker's business (runtime/worker.js).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol, cast

import js
from pyodide.ffi import JsException, to_js

from chat.messages import Message
from chat.notifications import Claim, Notice, Notifications
from chat.screens.dom import Event, attribute, document, given
from chat.screens.listening import Listeners
from chat.screens.page import Page, can_notify, room_address
from chat.state import State
from chat.texts import Texts
from rebond.browser.timers import Alarm


class _Said(Event, Protocol):
    """``MessageEvent``."""

    data: str


class _Options(Protocol):
    """What a notification was made with."""

    room: str
    seq: int


class _Notification(Protocol):
    """``Notification``."""

    data: _Options

    def close(self) -> None: ...


class _Registration(Protocol):
    """``ServiceWorkerRegistration``."""

    def showNotification(self, title: str, options: object) -> Awaitable[None]: ...
    def getNotifications(self, options: object, /) -> Awaitable[list[_Notification]]: ...


class _Channel(Protocol):
    """``BroadcastChannel``."""

    def postMessage(self, data: str) -> None: ...


def allowed() -> bool:
    """Whether the reader has allowed them."""
    return can_notify() and str(js.Notification.permission) == "granted"


class Notifying:
    """Carries out for a visit what :class:`Notifications` decides; ``tab`` is a name that no other tab has."""

    def __init__(self, page: Page, texts: Texts, listeners: Listeners, tab: str) -> None:
        self._page = page
        self._texts = texts
        self._tab = tab
        self._state: State | None = None
        self._rules: Notifications | None = None
        self._alarm = Alarm(self._ring)
        self._work: asyncio.Task[None] | None = None
        self._channel = cast(_Channel, js.BroadcastChannel.new("rebond-notifications"))
        listeners.on(self._channel, "message", self._told)
        listeners.on(document, "visibilitychange", lambda _: self._turn())

    def render(self, state: State | None) -> None:
        """Notify of this visit from now on, while that is wanted; None: of nothing any more."""
        if not self._page.notify:
            state = None
        if state is not self._state:
            self._begin(state)
        if self._rules is not None:
            self._rules.full = self._page.notify != "bare"
            for room in self._rules.over():
                self._do(partial(self._close, room))

    def translate(self) -> None:
        """What is shown stays as it was said."""

    def _begin(self, state: State | None) -> None:
        self._state, self._rules = state, None
        self._alarm.set(None)
        if state is None:
            self._do(partial(self._close, None))
            return
        self._rules = Notifications(state, self._texts, self._tab)
        self._rules.turn(hidden=document.hidden)
        state.call = self._call
        self._do(self._look)

    def _turn(self) -> None:
        if self._rules is not None:
            self._rules.turn(hidden=document.hidden)
            self._arm()

    def _call(self, room: str, seq: int, message: Message | None, mentioned: bool) -> None:
        if self._rules is None or self._state is None:
            return
        now = self._state.clocks.link()
        if message is None:
            self._claim(self._rules.missed(room, seq, now))
        else:
            self._claim(self._rules.heard(room, message, now, mentioned=mentioned))
        self._arm()

    def _claim(self, claim: Claim | None) -> None:
        if claim is not None and self._state is not None:
            told = {"account": self._state.me.id, "room": claim.room, "seq": claim.seq, "by": claim.by}
            self._channel.postMessage(json.dumps(told))

    def _told(self, event: Event) -> None:
        match json.loads(cast(_Said, event).data):
            case {"account": account, "room": str(room), "seq": int(seq), "by": str(by)} if (
                self._rules is not None and self._state is not None and account == self._state.me.id
            ):
                self._claim(self._rules.claimed(Claim(room, seq, by)))
                self._arm()
            case _:
                pass  # of another account, or a page of another build

    def _arm(self) -> None:
        due = None if self._rules is None else self._rules.next_due
        self._alarm.set(None if due is None or self._state is None else due - self._state.clocks.link())

    def _ring(self) -> None:
        if self._rules is not None and self._state is not None:
            for notice in self._rules.due(self._state.clocks.link()):
                self._do(partial(self._show, notice))
            self._arm()

    # One after the other, so that what is closed is not shown afterwards.

    def _do(self, work: Callable[[_Registration], Awaitable[None]]) -> None:
        self._work = asyncio.ensure_future(self._after(self._work, work))

    async def _after(self, before: asyncio.Task[None] | None, work: Callable[[_Registration], Awaitable[None]]) -> None:
        if before is not None:
            await before
        try:
            found = given(await js.navigator.serviceWorker.getRegistration())
            if found is not None and allowed():
                await work(cast(_Registration, found))
        except JsException as error:
            js.console.info(f"no notification: {error.message}")

    async def _show(self, notice: Notice, registration: _Registration) -> None:
        address = room_address(notice.room) + (f"/{notice.at}" if notice.at else "")
        icon = given(document.documentElement.querySelector("link[rel=icon][sizes]"))
        options = {
            "body": notice.body,
            "tag": f"room/{notice.room}",
            "renotify": True,
            "icon": "" if icon is None else attribute(icon, "href"),
            "lang": self._texts.language,
            "dir": "auto",
            "data": {"address": address, "room": notice.room, "seq": notice.seq},
        }
        await registration.showNotification(notice.title, _object(options))

    async def _close(self, room: str | None, registration: _Registration) -> None:
        wanted = {} if room is None else {"tag": f"room/{room}"}
        for each in await registration.getNotifications(_object(wanted)):
            each.close()

    async def _look(self, registration: _Registration) -> None:
        """Know what an earlier page has shown: it is to go once it is read here."""
        for each in await registration.getNotifications(_object({})):
            if self._rules is not None:
                self._rules.found(each.data.room, each.data.seq)


def _object(values: Mapping[str, object]) -> object:
    return to_js(values, dict_converter=js.Object.fromEntries)
