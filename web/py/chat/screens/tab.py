"""The name of this tab, and the storage that it opens under it."""

from __future__ import annotations

import asyncio

import js
from pyodide.ffi import create_proxy

from chat.drafts import Shelf
from rebond.browser.idb import UnavailableError
from rebond.browser.storage import Storage
from rebond.face.names import fresh_name

_NAME = "tab"

_LIMIT = 3.0
"""Seconds that the browser may take to open the storage. One that does not answer must not hold up the chat."""


class Tab:
    """Keeps its name over a reload: what it has stored is its own again at once.

    The name is taken off the shelf while the page lives, so that a copy of the tab, which gets a copy of the shelf, is
    a tab of its own.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._name = shelf.get(_NAME) or fresh_name()
        shelf.put(_NAME, "")
        # For as long as the page: never destroyed.
        js.window.addEventListener("pagehide", create_proxy(lambda _: shelf.put(_NAME, self._name)))
        js.window.addEventListener("pageshow", create_proxy(lambda _: shelf.put(_NAME, "")))

    async def open(self, account: str) -> Storage | None:
        """Open the storage of an account; None if the browser gives none."""
        try:
            return await asyncio.wait_for(Storage.open(account, self._name), _LIMIT)
        except (UnavailableError, TimeoutError) as error:
            js.console.info(f"nothing is kept in this browser: {error}")
            return None


def insist() -> None:
    """Ask the browser not to clear away what it keeps when it runs out of room. Some ask the user."""
    if hasattr(js.navigator, "storage") and hasattr(js.navigator.storage, "persist"):
        js.navigator.storage.persist()
