"""Requests that a dialog makes, one at a time; what goes wrong is said beside what was pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chat.api import Problem, Unreachable
from chat.messages import Malformed
from chat.screens.dom import Element, put_text, within
from chat.texts import Texts


class Errands:
    """Runs them. The element given with a request holds the place of its words, ``[data-problem]``."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._task: asyncio.Task[None] | None = None

    def run(self, place: Element, work: Callable[[], Awaitable[None]], *, wait: bool = False) -> None:
        """Do it, unless something is being done already; with ``wait``, after that."""
        before = None if self._task is None or self._task.done() else self._task
        if before is None or wait:
            self._task = asyncio.ensure_future(self._do(place, work, before))

    async def _do(self, place: Element, work: Callable[[], Awaitable[None]], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        said = within(place, "[data-problem]")
        put_text(said, "")
        try:
            await work()
        except Problem as problem:
            # That the session is over, the door says.
            if problem.code not in {"session_ended", "banned"}:
                put_text(said, self._texts.refusal(problem.code, problem.retry_ms))
        except (Unreachable, Malformed):
            put_text(said, self._texts.problem("unreachable"))
