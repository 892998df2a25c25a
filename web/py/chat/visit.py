"""One stay in the chat, from signing in to logging out: what the reader asks for, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from chat.api import Api, Problem, Unreachable
from chat.rooms import GENERAL
from chat.state import State
from chat.timeline import Edge, Timeline
from rebond import wire


class Link(Protocol):
    """What the chat needs of a link."""

    def start(self) -> None: ...
    def destroy(self) -> None: ...
    def send(self, room: str, text: str) -> str: ...
    def retry_now(self) -> None: ...
    def signed_in(self) -> None: ...


class Visit:
    """Joins the state, the requests and the link. ``tell`` is called with the code of what did not work."""

    def __init__(self, state: State, api: Api, tell: Callable[[str], None]) -> None:
        self.state = state
        self.link: Link | None = None
        self._api = api
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()
        self._greeted = False

    # From start to end.

    def start(self, link: Link, room: str) -> None:
        """Begin, in ``room`` if the reader is in it."""
        self.link = link
        link.start()
        self._do(partial(self._begin, room))

    def stop(self) -> None:
        """End: nothing runs on."""
        for task in self._tasks:
            task.cancel()
        if self.link is not None:
            self.link.destroy()

    def welcomed(self, welcome: wire.Welcome) -> None:
        """The link is live: what could not be had before is asked for again.

        The first time, the link begins at the head that it is told. A page of history that came earlier may end
        below it.
        """
        self.state.on_welcome(welcome)
        room = self.state.current
        timeline = self.state.timeline(room)
        behind = not self._greeted and timeline.loaded and timeline.top < welcome.heads.get(f"room:{room}", 0)
        self._greeted = True
        if behind:
            self._have(room, timeline, None)
        elif timeline.failed or not timeline.loaded:
            self.older()
        if GENERAL not in self.state.rooms:
            self._do(self._list_rooms)

    def reset(self, _: None) -> None:
        """The server has other data now."""
        self.state.on_reset(None)
        self._greeted = False
        self._do(self._list_rooms)

    # Reading.

    def look_at(self, room: str) -> None:
        """Turn to a room, and have its newest messages."""
        self.state.look_at(room)
        if not self.state.timeline(room).loaded:
            self.older()

    def older(self) -> None:
        """Have the page above what is shown of the current room."""
        room = self.state.current
        timeline = self.state.timeline(room)
        if not timeline.busy and timeline.edge is not Edge.START:
            self._have(room, timeline, timeline.older if timeline.loaded else None)

    def catch_up(self) -> None:
        """Have what the current room lacks: its newest page, or the page that closes a gap."""
        room = self.state.rooms.get(self.state.current)
        timeline = self.state.timeline(self.state.current)
        if room is None or not room.joined or timeline.busy or timeline.failed:
            return
        if not timeline.loaded:
            self._have(room.id, timeline, None)
        elif timeline.wanted is not None:
            self._have(room.id, timeline, timeline.wanted)

    # Writing.

    def send(self) -> str | None:
        """Send the draft of the current room; return an error code if it cannot be sent, and keep it."""
        room = self.state.current
        text = self.state.drafts[room]
        if self.link is None:
            return None
        try:
            identifier = self.link.send(room, text)
        except ValueError as error:
            return str(error)
        except OverflowError:
            return "outbox_full"
        self.state.sent(room, identifier, text)
        return None

    def edit_again(self, identifier: str) -> None:
        """Put the text of a refused message back into the composer."""
        room = self.state.current
        text = self.state.timeline(room).take_back(identifier)
        if text is not None:
            self.state.drafts.give_back(room, text)
            self.state.changed()

    # Rooms.

    def refresh_rooms(self) -> None:
        """Have the list of rooms anew."""
        self._do(self._list_rooms)

    def join(self, room: str) -> None:
        """Become a member of a room, and turn to it."""
        self._do(partial(self._join, room))

    def leave(self) -> None:
        """Leave the current room."""
        self._do(partial(self._leave, self.state.current))

    async def make_room(self, name: str) -> str | None:
        """Make a room and turn to it; return an error code if that did not work."""
        try:
            entry = await self._api.make_room(name)
        except Problem as problem:
            return problem.code
        except Unreachable:
            return "unreachable"
        self.state.rooms.put(entry)
        self.look_at(entry.id)
        return None

    async def _begin(self, room: str) -> None:
        self.look_at(room)
        await self._list_rooms()
        rooms = self.state.rooms
        asked = rooms.get(room)
        if GENERAL in rooms and not (asked is not None and asked.joined):
            self.look_at(GENERAL)

    async def _list_rooms(self) -> None:
        asked_at = self.state.rooms.changes
        self.state.rooms.replace(await self._api.rooms(), asked_at)
        self.state.changed()

    async def _join(self, room: str) -> None:
        self.state.rooms.put(await self._api.join(room))
        self.look_at(room)

    async def _leave(self, room: str) -> None:
        self.state.rooms.put(await self._api.leave(room))
        self.state.left(room)

    def _have(self, room: str, timeline: Timeline, before: int | None) -> None:
        timeline.busy = True
        timeline.failed = False
        self.state.changed()
        self._do(partial(self._load, room, timeline, before))

    async def _load(self, room: str, timeline: Timeline, before: int | None) -> None:
        try:
            page = await self._api.messages(room, before)
            timeline.add_page(page.messages, before=before, head=page.head, more=page.more, me=self.state.me.id)
        except (Problem, Unreachable):
            timeline.failed = True
        finally:
            timeline.busy = False
            self.state.changed()

    def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.ensure_future(self._said(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _said(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Problem as problem:
            self._tell(problem.code)
        except Unreachable:
            # While the link is down the line under the composer says so already.
            if self.state.connection.live:
                self._tell("unreachable")
