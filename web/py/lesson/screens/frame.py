"""The sandbox as the page sees it: a frame of no origin, which runs code and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import js
from pyodide.ffi import create_proxy

from chat.screens.dom import document
from lesson.sandbox import End, Verdict, read

PATIENCE = 30.0
"""Seconds that a run may take in all, Python's start included; the code alone has two."""


class Frame:
    """One run at a time: a new one ends the one before."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._number = 0
        self._post: Callable[[int, str, str], None] | None = None
        self._ready = asyncio.Event()
        self._waiting: asyncio.Future[Verdict] | None = None

    async def run(self, name: str, code: str) -> Verdict:
        """Run the code of an exercise."""
        self._end(Verdict(End.BROKEN))
        self._number += 1
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting = answer
        post = self._post or self.open()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ready.wait()
                post(self._number, name, code)
                return await answer
        except TimeoutError:
            return Verdict(End.BROKEN)

    def open(self) -> Callable[[int, str, str], None]:
        """Open it, unless it is open: it then starts a Python of its own, ahead of the first run."""
        if self._post is not None:
            return self._post
        frame = document.createElement("iframe")
        frame.title, frame.hidden = self._title, True
        post: Callable[[int, str, str], None] = js.openSandbox(frame, create_proxy(self._heard))
        js.document.body.append(frame)
        self._post = post
        return post

    def _heard(self, said: str) -> None:
        if said == '{"kind":"ready"}':
            self._ready.set()
            return
        number, verdict = read(said)
        if number == self._number:
            self._end(verdict)

    def _end(self, verdict: Verdict) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(verdict)
