"""What the reader asks for about rooms and the people in them, carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from chat.api import Api, Problem, Unreachable
from chat.rooms import GENERAL, Room
from chat.roster import Member
from chat.state import State

SMALL = 50
"""The most members of a room in which it is told how far each has read (docs/protocol.md)."""

Work = Callable[[], Awaitable[None]]


class Places:
    """Asks the server. ``look_at`` turns to a room; ``do`` carries something out, and says what did not work."""

    def __init__(self, state: State, api: Api, look_at: Callable[[str], None], do: Callable[[Work], None]) -> None:
        self._state = state
        self._api = api
        self._look_at = look_at
        self._do = do
        self._looked_up: set[str] = set()

    # The lists.

    def welcomed(self) -> None:
        """The link is live: have what is missing. What happens later, events tell."""
        if GENERAL not in self._state.rooms:
            self.refresh()

    def refresh(self) -> None:
        """Have the list of rooms anew."""
        self._do(self.list_rooms)

    async def list_rooms(self) -> None:
        """Have the list of rooms. Raises Problem and Unreachable."""
        asked_at = self._state.rooms.changes
        self._state.rooms.replace(await self._api.rooms(), asked_at)
        self._state.listed_anew()

    def look_for_readers(self) -> None:
        """Have how far the members of the current room have read, if that is not known."""
        room = self._state.rooms.get(self._state.current)
        reading = self._state.others.reading
        if room is None or not room.joined or room.muted or not 1 < (self._state.members(room) or 0) <= SMALL:
            return
        if self._state.connection.live and not reading.knows(room.id):
            reading.listed(room.id, ())
            self._do(partial(self._list_readers, room.id))

    def look_up(self, typed: str) -> None:
        """Ask for people by the beginning of their names, where there are more than are known."""
        named = typed.strip()
        if self._state.people.partial and len(named) > 1 and named not in self._looked_up:
            self._looked_up.add(named)
            self._do(partial(self._look_up, named))

    async def members(self, room: str) -> list[Member]:
        """Return the members of a room, none if they cannot be had."""
        try:
            return await self._api.members(room)
        except (Problem, Unreachable):
            return []

    # Coming and going.

    def join(self, room: str) -> None:
        """Become a member of a room, and turn to it."""
        self._do(partial(self._open, partial(self._api.join, room)))

    def leave(self, room: str) -> None:
        """Leave a room."""
        self._do(partial(self._leave, room))

    async def make_room(self, name: str, *, private: bool = False) -> str | None:
        """Make a room and turn to it; return an error code if that did not work."""
        return await _asked(partial(self._open, partial(self._api.make_room, name, private=private)))

    async def talk_to(self, people: Sequence[str]) -> str | None:
        """Turn to the conversation with these people; return an error code if that did not work."""
        return await _asked(partial(self._open, partial(self._api.direct, people)))

    # Changing rooms.

    def change(self, room: str, what: str) -> None:
        """``archive`` a room or ``unarchive`` it."""
        self._do(partial(self._change, room, what))

    def heed(self, room: str, how: str) -> None:
        """Follow a room, mute it, or neither (docs/protocol.md)."""
        self._do(partial(self._change, room, "heed", {"heed": how}))

    async def rename(self, room: str, name: str, topic: str) -> str | None:
        """Give a room another name and topic; return an error code if that did not work."""
        return await _asked(partial(self._rename, room, name, topic))

    async def invite(self, room: str, person: str) -> str | None:
        """Make somebody a member of a private room; return an error code if that did not work."""
        return await _asked(partial(self._change, room, "invite", {"account": person}))

    async def _open(self, ask: Callable[[], Awaitable[Room]]) -> None:
        entry = await ask()
        self._state.rooms.put(entry)
        self._look_at(entry.id)

    async def _leave(self, room: str) -> None:
        entry = await self._api.leave(room)
        if entry is not None:
            self._state.rooms.put(entry)
        self._state.left(room)

    async def _rename(self, room: str, name: str, topic: str) -> None:
        known = self._state.rooms[room]
        if name.strip() != known.name:
            await self._change(room, "name", {"name": name})
        if topic.strip() != known.topic:
            await self._change(room, "topic", {"topic": topic})

    async def _change(self, room: str, what: str, body: dict[str, str] | None = None) -> None:
        self._state.rooms.put(await self._api.change_room(room, what, body))
        self._state.listed_anew()

    async def _look_up(self, named: str) -> None:
        asked_at = self._state.people.changes
        self._state.people.take(await self._api.roster(named), asked_at)
        self._state.met()

    async def _list_readers(self, room: str) -> None:
        self._state.others.reading.listed(room, await self._api.members(room))
        self._state.changed()


async def _asked(work: Work) -> str | None:
    try:
        await work()
    except Problem as problem:
        return problem.code
    except Unreachable:
        return "unreachable"
    return None
