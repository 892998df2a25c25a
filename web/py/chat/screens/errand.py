"""Requests that a dialog makes, one at a time; what goes wrong is said beside what was pressed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chat.api import Problem, Unreachable
from chat.messages import Malformed
from chat.screens.dom import Element, put_text, within
from chat.texts import Texts
from chat.turns import Turns, Wanted


class Errands:
    """Runs them. The element given with a request holds the place of its words, ``[data-problem]``."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._turns = Turns()

    def run(self, place: Element, work: Callable[[*Wanted], Awaitable[None]], *args: *Wanted) -> None:
        """Do ``work(*args)``, after what was asked for before; the same again meanwhile is done once."""
        self._turns.take(self._do, place, work, args)

    async def _do(self, place: Element, work: Callable[[*Wanted], Awaitable[None]], args: tuple[*Wanted]) -> None:
        said = within(place, "[data-problem]")
        put_text(said, "")
        try:
            await work(*args)
        except Problem as problem:
            # That the session is over, the door says.
            if problem.code not in {"session_ended", "banned"}:
                put_text(said, self._texts.refusal(problem.code, problem.retry_ms))
        except (Unreachable, Malformed):
            put_text(said, self._texts.problem("unreachable"))
