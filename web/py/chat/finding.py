"""Leads to a message, wherever it is: in a quote, behind a link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from chat.api import Api
from chat.state import State
from chat.timeline import Timeline


class Finding:
    """Looks for messages and leads to them.

    ``do`` carries out what takes time, ``tell`` is called with the code of what did not work, ``look_at`` turns to a
    room.
    """

    def __init__(
        self,
        state: State,
        api: Api,
        do: Callable[[Callable[[], Awaitable[None]]], None],
        tell: Callable[[str], None],
        look_at: Callable[[str], None],
    ) -> None:
        self._state = state
        self._api = api
        self._do = do
        self._tell = tell
        self._look_at = look_at

    def open_at(self, room: str, seq: int) -> None:
        """Lead the reader to a message, which is loaded with what is around it unless it is here already."""
        if room != self._state.current:
            self._look_at(room)
        timeline = self._state.timeline(room)
        if self._seek(timeline, seq):
            return
        self._do(partial(self._load, room, timeline, seq))

    async def _load(self, room: str, timeline: Timeline, seq: int) -> None:
        timeline.seeking = True
        try:
            page = await self._api.around(room, seq)
            if timeline is not self._state.timeline(room):
                return  # One has left meanwhile, or the server has other data now.
            timeline.add_around(page.messages, head=page.head, more=page.more, newer=page.newer)
        finally:
            timeline.seeking = False
        self._state.loaded(room)
        if room == self._state.current and not self._seek(timeline, seq):
            self._tell("no_such_message")

    def _seek(self, timeline: Timeline, seq: int) -> bool:
        found = timeline.at(seq)
        if found is None or found.seq != seq:
            return False
        self._state.sought = seq
        self._state.changed()
        return True
