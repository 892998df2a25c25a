"""The pages of history of the rooms: asked for where something is missing, and put where they belong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from chat.api import Api, Problem, Unreachable
from chat.state import State
from chat.timeline import Edge, Hole, Timeline


class Pages:
    """Has pages come, one at a time in each room. ``do`` carries out what takes time."""

    def __init__(self, state: State, api: Api, do: Callable[[Callable[[], Awaitable[None]]], None]) -> None:
        self._state = state
        self._api = api
        self._do = do

    def older(self) -> None:
        """Have the page above what is shown of the current room."""
        room = self._state.current
        timeline = self._state.timeline(room)
        if not timeline.busy and timeline.edge is not Edge.START:
            self._have(room, timeline, timeline.older if timeline.loaded else None)

    def fill(self, hole: Hole, *, from_top: bool) -> None:
        """Have the page at one end of a hole in the current room."""
        room = self._state.current
        timeline = self._state.timeline(room)
        if not timeline.busy:
            if from_top:
                self._begin(timeline, partial(self._load_after, room, timeline, hole.start - 1))
            else:
                self._have(room, timeline, hole.end + 1)

    def catch_up(self) -> None:
        """Have the newest page of the current room, if there is none."""
        room = self._state.rooms.get(self._state.current)
        timeline = self._state.timeline(self._state.current)
        if room is not None and room.joined and not timeline.loaded and not timeline.failed:
            self.older()

    def have_newest(self, room: str, timeline: Timeline, begun: int) -> None:
        """Have the newest page of a room where what is known ends before ``begun``, where the link's part begins."""
        behind = not timeline.loaded or (timeline.top < begun and not timeline.skips(begun))
        if (behind or timeline.failed) and not timeline.busy:
            self._have(room, timeline, None if behind else timeline.older)

    def _have(self, room: str, timeline: Timeline, before: int | None) -> None:
        self._begin(timeline, partial(self._load_before, room, timeline, before))

    def _begin(self, timeline: Timeline, load: Callable[[], Awaitable[None]]) -> None:
        timeline.busy = True
        timeline.failed = False
        self._state.changed()
        self._do(partial(self._load, timeline, load))

    async def _load(self, timeline: Timeline, load: Callable[[], Awaitable[None]]) -> None:
        try:
            await load()
        except (Problem, Unreachable):
            timeline.failed = True
        finally:
            timeline.busy = False
            timeline.trim()
            self._state.changed()

    async def _load_before(self, room: str, timeline: Timeline, before: int | None) -> None:
        page = await self._api.messages(room, before)
        # It is another one if one has left meanwhile, or the server has other data now.
        if timeline is self._state.timeline(room):
            timeline.add_page(page.messages, before=before, head=page.head, more=page.more)
            self._state.loaded(room)

    async def _load_after(self, room: str, timeline: Timeline, after: int) -> None:
        page = await self._api.after(room, after)
        if timeline is self._state.timeline(room):
            timeline.add_around(page.messages, head=page.head, more=True, newer=page.newer, after=after)
            self._state.loaded(room)
