"""IndexedDB as Python wants it: requests and transactions with plain functions to call, and one proxy for them all.

A transaction lives only as long as requests are made in its own callbacks: whatever follows a request is given as a
function, and never behind an ``await`` (rule 7 of docs/delivery.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

Then = Callable[[JsProxy], object]
"""Takes the result of a request; where there is none, that is None."""


class _Event(Protocol):
    type: str
    target: JsProxy

    def preventDefault(self) -> None: ...  # noqa: N802 - the browser's name


class UnavailableError(OSError):
    """The browser gives no database: a private window, storage that is full or forbidden."""


class Transaction:
    """One transaction over some stores; ``done(ok)`` is called when it is through, or has failed."""

    def __init__(self, base: Base, stores: list[str], done: Callable[[bool], None], *, write: bool) -> None:
        self._base = base
        options = to_js({"durability": "strict"}, dict_converter=js.Object.fromEntries)
        self._handle = base.handle.transaction(to_js(stores), "readwrite" if write else "readonly", options)
        base.listen(self._handle, ("complete", "abort"), lambda event: done(event.type == "complete"))

    def store(self, name: str) -> JsProxy:
        """Return one of the stores."""
        return self._handle.objectStore(name)  # type: ignore[no-any-return] # an IDBObjectStore

    def then(self, request: JsProxy, follow: Then) -> None:
        """Call ``follow`` with the result of a request; further requests may be made in it."""
        self._base.listen(request, ("success",), lambda event: follow(event.target.result))

    def abort(self) -> None:
        """Undo everything."""
        self._handle.abort()


class Base:
    """An open database."""

    def __init__(self) -> None:
        self.handle: JsProxy = js.undefined
        self._waiting: dict[int, tuple[JsProxy, tuple[str, ...], Callable[[_Event], object]]] = {}
        self._proxy = create_proxy(self._heard)

    def listen(self, target: JsProxy, kinds: tuple[str, ...], heard: Callable[[_Event], object]) -> None:
        """Call ``heard`` with the first of these events of ``target``."""
        self._waiting[target.js_id] = (target, kinds, heard)
        for kind in kinds:
            target.addEventListener(kind, self._proxy)

    def transact(self, stores: list[str], done: Callable[[bool], None], *, write: bool) -> Transaction | None:
        """Begin a transaction; None if the database is not to be had any more, and then ``done(False)`` was called."""
        try:
            return Transaction(self, stores, done, write=write)
        except JsException:
            done(False)
            return None

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
