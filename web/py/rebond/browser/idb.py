"""IndexedDB as Python wants it: requests and transactions with plain functions to call, and one proxy for them all.

A transaction lives only as long as requests are made in its own callbacks: whatever follows a request is given as a
function, and never behind an ``await`` (rule 7 of docs/delivery.md). Left to itself it is through only once the page
has heard of its last request: a page that is left just then takes it along. What is to outlive it says
:meth:`Transaction.commit`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from rebond.browser.timers import Alarm

LIMIT = 8.0
"""Seconds that a transaction may take. A disk under load takes tenths of one; a broken profile never answers."""

LATE = 1.0
"""Seconds by which a timer that is late shows that the page slept: the transaction gets as long once more."""

Then = Callable[[JsProxy], object]
"""Takes the result of a request; where there is none, that is None."""


class _Event(Protocol):
    type: str
    target: JsProxy

    def preventDefault(self) -> None: ...  # noqa: N802 - the browser's name


class UnavailableError(OSError):
    """The browser gives no database: a private window, storage that is full or forbidden."""


class Transaction:
    """One transaction over some stores; ``done(ok)`` is called when it is through, or has failed, or takes too long."""

    def __init__(self, base: Base, stores: list[str], done: Callable[[bool], None], *, write: bool) -> None:
        self._base = base
        self._done: Callable[[bool], None] | None = done
        self.undo: Callable[[], None] | None = None
        """What takes back what was done after all, though it had been given up."""
        options = to_js({"durability": "strict"}, dict_converter=js.Object.fromEntries)
        self._handle = base.handle.transaction(to_js(stores), "readwrite" if write else "readonly", options)
        base.listen(self._handle, ("complete", "abort"), self._ended)

    def store(self, name: str) -> JsProxy:
        """Return one of the stores."""
        return self._handle.objectStore(name)  # type: ignore[no-any-return] # an IDBObjectStore

    def then(self, request: JsProxy, follow: Then) -> None:
        """Call ``follow`` with the result of a request; further requests may be made in it."""
        self._base.listen(request, ("success",), lambda event: follow(event.target.result))

    def commit(self) -> None:
        """Ask for no more: what was asked for is written even if the page is gone before the answer."""
        self._handle.commit()

    def abort(self) -> None:
        """Undo everything."""
        self._handle.abort()

    def give_up(self) -> None:
        """Wait no longer for the browser. What it does all the same after this is as if it had not been asked for."""
        with suppress(JsException):  # It has been told to commit, or does so already.
            self.abort()
        self._answer(ok=False)

    def _ended(self, event: _Event) -> None:
        self._base.ended(self)
        if self._done is None and self.undo is not None and event.type == "complete":
            self.undo()
        self._answer(ok=event.type == "complete")

    def _answer(self, *, ok: bool) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(ok)


class Base:
    """An open database.

    One that does not answer within :data:`LIMIT` is asked nothing more, until it does.
    """

    def __init__(self) -> None:
        self.handle: JsProxy = js.undefined
        self._under_way: dict[Transaction, float] = {}
        self._mute = False
        self._alarm = Alarm(self._look)
        self._waiting: dict[int, tuple[JsProxy, tuple[str, ...], Callable[[_Event], object]]] = {}
        self._proxy = create_proxy(self._heard)

    def listen(self, target: JsProxy, kinds: tuple[str, ...], heard: Callable[[_Event], object]) -> None:
        """Call ``heard`` with the first of these events of ``target``."""
        self._waiting[target.js_id] = (target, kinds, heard)
        for kind in kinds:
            target.addEventListener(kind, self._proxy)

    def transact(self, stores: list[str], done: Callable[[bool], None], *, write: bool) -> Transaction | None:
        """Begin a transaction; None if the database is not to be had any more, and then ``done(False)`` was called."""
        if self._mute:
            done(False)
            return None
        try:
            transaction = Transaction(self, stores, done, write=write)
        except JsException:
            done(False)
            return None
        self._under_way[transaction] = time.monotonic() + LIMIT
        self._watch()
        return transaction

    def ended(self, transaction: Transaction) -> None:
        """The browser is through with a transaction: it answers, or does so again."""
        self._under_way.pop(transaction, None)
        self._mute = False
        self._watch()

    def _watch(self) -> None:
        due = min(self._under_way.values(), default=None)
        self._alarm.set(None if due is None else due - time.monotonic())

    def _look(self) -> None:
        """A transaction should have ended by now."""
        now = time.monotonic()
        if now - min(self._under_way.values()) > LATE:
            # The page slept, or its timers did: the answer may be just behind this call.
            self._under_way = dict.fromkeys(self._under_way, now + LATE)
            self._watch()
            return
        self._mute = True
        given_up, self._under_way = self._under_way, {}
        for transaction in given_up:
            transaction.give_up()

    async def within(self, stores: list[str], work: Callable[[Transaction], None], *, write: bool = False) -> None:
        """Do something in a transaction of its own, and return once that is through, or has failed."""
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        transaction = self.transact(stores, lambda _: finished.set_result(None), write=write)
        if transaction is not None:
            work(transaction)
        await finished

    def close(self) -> None:
        """Let go of the database and of the proxy."""
        self.handle.close()
        self.forget()

    def forget(self) -> None:
        """Listen no more."""
        for target, kinds, _ in self._waiting.values():
            for kind in kinds:
                target.removeEventListener(kind, self._proxy)
        self._waiting.clear()
        self._proxy.destroy()
        self._alarm.destroy()

    def _heard(self, event: _Event) -> None:
        found = self._waiting.pop(event.target.js_id, None)
        if found is not None:
            target, kinds, heard = found
            for kind in kinds:
                target.removeEventListener(kind, self._proxy)
            heard(event)


async def open_base(name: str, version: int, upgrade: Callable[[JsProxy], None]) -> Base:
    """Open a database; ``upgrade`` makes the stores of one that is new or older. Raises UnavailableError."""
    base = Base()
    opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def heard(event: _Event) -> None:
        if event.type == "upgradeneeded":
            base.handle = event.target.result
            upgrade(base.handle)
            base.listen(event.target, ("success", "error", "blocked"), heard)
        elif event.type == "success":
            base.handle = event.target.result
            if opened.cancelled():
                base.close()
                return
            # Another tab is about to delete it. One that did not let go would hold that up for ever.
            base.listen(base.handle, ("versionchange",), lambda _: base.handle.close())
            opened.set_result(None)
        elif not opened.done():
            event.preventDefault()
            opened.set_exception(UnavailableError(f"IndexedDB: {event.type}"))

    try:
        request = js.indexedDB.open(name, version)
    except JsException as error:
        raise UnavailableError(error.message) from error
    base.listen(request, ("upgradeneeded", "success", "error", "blocked"), heard)
    await opened
    return base


async def delete_base(name: str) -> None:
    """Delete a database, if there is one. Raises UnavailableError if it could not be."""
    base = Base()
    deleted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def heard(event: _Event) -> None:
        if event.type == "error":
            event.preventDefault()
            deleted.set_exception(UnavailableError("IndexedDB: the data could not be deleted"))
        else:
            deleted.set_result(None)

    base.listen(js.indexedDB.deleteDatabase(name), ("success", "error"), heard)
    await deleted
    base.forget()
