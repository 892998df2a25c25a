"""Leads to a message, wherever it is: in a quote, behind a link, found by a search."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from chat.api import Api, Problem, Unreachable
from chat.state import LINE, State
from chat.timeline import Timeline

if TYPE_CHECKING:
    from chat.search import Search

PAUSE = 0.3
"""Seconds for which nothing is typed before it is looked for."""


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

    @cached_property
    def search(self) -> Search:
        """What is looked for, and what was found."""
        from chat.search import Search

        return Search()

    def open_at(self, room: str, seq: int) -> None:
        """Lead the reader to a message, which is loaded with what is around it unless it is here already."""
        if room != self._state.current:
            self._look_at(room)
        timeline = self._state.timeline(room)
        if self._seek(timeline, seq):
            return
        self._do(partial(self._load, room, timeline, seq, seq))

    def open_at_line(self) -> None:
        """Lead the reader to the line above what is new in the current room, straight over all that is in between."""
        room = self._state.current
        timeline, line = self._state.timeline(room), self._state.others.reading.line(room)
        if line is None:
            return
        if timeline.misses(line + 1):
            self._do(partial(self._load, room, timeline, line + 1, LINE))
        else:
            self._state.sought = LINE
            self._state.changed()

    def learn_quotes(self) -> None:
        """Ask what the messages say that are replied to in the current room, where nobody has told."""
        timeline = self._state.timeline(self._state.current)
        if self._state.connection.live:
            while timeline.unquoted:
                self._do(partial(self._learn_quote, self._state.current, timeline, timeline.unquoted.pop()))

    async def _learn_quote(self, room: str, timeline: Timeline, seq: int) -> None:
        timeline.seeking += 1
        try:
            page = await self._api.around(room, seq, 1)
        except (Problem, Unreachable):
            timeline.unquoted.add(seq)
        else:
            for message in page.messages:
                timeline.tell_of(message)
            self._state.loaded(room)
        finally:
            timeline.seeking -= 1

    def look_for(self, query: str, pause: float = PAUSE) -> None:
        """Search, unless something else is typed within ``pause`` seconds."""
        number = self.search.begin(query)
        self._state.changed()
        if self.search.query:
            self._do(partial(self._search, number, pause, None))

    def look_on(self) -> None:
        """Search for what was written before all that was found."""
        cursor = self.search.cursor
        number = self.search.go_on()
        self._state.changed()
        if number is not None:
            self._do(partial(self._search, number, 0, cursor))

    async def _search(self, number: int, pause: float, cursor: int | None) -> None:
        await asyncio.sleep(pause)
        if number != self.search.number:
            return
        try:
            found = await self._api.search(self.search.query, cursor)
            self.search.take(number, found, more=cursor is not None)
        except Problem as problem:
            self.search.fail(number, problem.code)
        except Unreachable:
            self.search.fail(number, "unreachable")
        self._state.changed()

    async def _load(self, room: str, timeline: Timeline, seq: int, sought: int) -> None:
        timeline.seeking += 1
        try:
            page = await self._api.around(room, seq)
            if timeline is not self._state.timeline(room):
                return  # One has left meanwhile, or the server has other data now.
            timeline.add_around(page.messages, head=page.head, more=page.more, newer=page.newer)
        finally:
            timeline.seeking -= 1
        self._state.loaded(room)
        timeline.places = (*timeline.places, (seq, seq))
        timeline.trim()
        if room == self._state.current and not self._seek(timeline, sought):
            self._tell("no_such_message")

    def _seek(self, timeline: Timeline, seq: int) -> bool:
        if seq != LINE:
            found = timeline.at(seq)
            if found is None or found.seq != seq:
                return False
        self._state.sought = seq
        self._state.changed()
        return True
