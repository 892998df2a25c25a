"""Colours code once it comes into view. What colours it is fetched with the first of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import js
from pyodide.ffi import JsException, create_proxy

from chat.highlighting import Piece, pieces
from chat.screens.dom import Element, attribute, document, within

_AT = Path("/lib/code.zip")
"""Where the archive stands in Pyodide's file system."""

_MARGIN = "200px"
"""How near to the view a block is coloured: before it is there."""

_KEPT = 200
"""The most texts whose pieces are kept: rows come and go while one scrolls."""


class _Seen(Protocol):
    """``IntersectionObserverEntry``."""

    isIntersecting: bool
    target: Element


class Highlighting:
    """One for the page. Code stands there as plain text until it is coloured, and stays so where that fails."""

    def __init__(self) -> None:
        init = js.Object.fromEntries([["rootMargin", _MARGIN]])
        self._observer = js.IntersectionObserver.new(create_proxy(self._look), init)
        self._loading: asyncio.Task[None] | None = None
        self._kept: dict[tuple[str, str], Sequence[Piece] | None] = {}
        self._work: set[asyncio.Task[None]] = set()

    def watch(self, block: Element) -> None:
        """Colour a ``pre`` with a ``data-language`` once it is about to be seen."""
        self._observer.observe(block)

    def _look(self, entries: Iterable[_Seen], _: object) -> None:
        for entry in entries:
            if entry.isIntersecting:
                self._observer.unobserve(entry.target)
                task = asyncio.ensure_future(self._colour(entry.target))
                self._work.add(task)
                task.add_done_callback(self._work.discard)

    async def _colour(self, block: Element) -> None:
        code = within(block, "code")
        key = (attribute(block, "data-language"), code.textContent)
        if key not in self._kept:
            if not await self._is_there():
                block.setAttribute("data-coloured", "no")
                return
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = pieces(*key, time.monotonic)
        found = self._kept[key]
        if found is not None:
            code.replaceChildren(*(_node(kind, text) for kind, text in found))
        block.setAttribute("data-coloured", "no" if found is None else "yes")

    async def _is_there(self) -> bool:
        """Fetch what colours code, once; tell whether it is there."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(_load())
        try:
            await asyncio.shield(self._loading)
        except (JsException, OSError) as error:
            self._loading = None  # The next block tries again.
            js.console.info(f"code without colours: {error}")
            return False
        return True


async def _load() -> None:
    response = await js.fetch(attribute(document.documentElement, "data-code"))
    if not response.ok:
        raise OSError(f"status {response.status}")
    _keep((await response.arrayBuffer()).to_bytes())


def _keep(archive: bytes) -> None:
    _AT.write_bytes(archive)
    sys.path.append(str(_AT))


def _node(kind: str, text: str) -> Element | str:
    if not kind:
        return text
    span = document.createElement("span")
    span.className = f"code-{kind}"
    span.textContent = text
    return span
