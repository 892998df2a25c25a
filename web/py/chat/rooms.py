"""The rooms one is in, those one could be in, and what is unread in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from chat.api import RoomEntry

GENERAL = "general"
"""The id of the room that everyone is in. It stands first, and cannot be left."""


@dataclass(frozen=True, slots=True)
class Room:
    """One room. ``members`` is None while nobody has said how many there are."""

    id: str
    name: str
    joined: bool
    members: int | None = None
    unread: int = 0


class Rooms:
    """All rooms one knows of."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._changed_at: dict[str, int] = {}
        self.changes = 0
        """How often something has changed: what :meth:`replace` wants to know."""

    def __getitem__(self, identifier: str) -> Room:
        return self._rooms[identifier]

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._rooms

    def get(self, identifier: str) -> Room | None:
        """Return a room, or None if one does not know it."""
        return self._rooms.get(identifier)

    @property
    def joined(self) -> list[Room]:
        """The rooms one is in, in the order in which they are shown."""
        return self.listed(frozenset())

    def listed(self, kept: Collection[str]) -> list[Room]:
        """Return the rooms one is in and those of ``kept``, in the order in which they are shown."""
        return self._sorted(room for room in self._rooms.values() if room.joined or room.id in kept)

    @property
    def open(self) -> list[Room]:
        """The rooms one could join."""
        return self._sorted(room for room in self._rooms.values() if not room.joined)

    @property
    def unread(self) -> int:
        """The number of unread messages in all of them."""
        return sum(room.unread for room in self._rooms.values())

    def replace(self, entries: Iterable[RoomEntry], asked_at: int) -> None:
        """Take the list that was asked for when ``changes`` stood at ``asked_at``.

        What has changed in the meantime is newer than the list.
        """
        for entry in entries:
            if self._changed_at.get(entry.id, -1) <= asked_at:
                self.put(entry)

    def put(self, entry: RoomEntry) -> None:
        """Take one room as the server gives it; what is unread stays."""
        known = self._rooms.get(entry.id)
        unread = known.unread if known is not None and entry.joined else 0
        self._set(Room(entry.id, entry.name, entry.joined, entry.members, unread))

    @property
    def all(self) -> list[Room]:
        """All rooms, in the order in which they became known."""
        return list(self._rooms.values())

    def restore(self, room: Room) -> None:
        """Take a room as it was known in an earlier visit."""
        self._rooms[room.id] = room

    def made(self, identifier: str, name: str) -> None:
        """A room was made, by anyone."""
        if identifier not in self._rooms:
            self._set(Room(identifier, name, joined=False))

    def join(self, identifier: str, name: str) -> None:
        """One is in a room now."""
        known = self._rooms.get(identifier)
        self._set(Room(identifier, name, joined=True) if known is None else replace(known, joined=True))

    def leave(self, identifier: str) -> None:
        """One is not in a room any more."""
        if identifier in self._rooms:
            self._set(replace(self._rooms[identifier], joined=False, unread=0))

    def count(self, identifier: str, n: int = 1) -> None:
        """So many more messages are unread."""
        if identifier in self._rooms:
            room = self._rooms[identifier]
            self._rooms[identifier] = replace(room, unread=room.unread + n)

    def read(self, identifier: str) -> None:
        """Everything in a room has been read."""
        if identifier in self._rooms and self._rooms[identifier].unread:
            self._rooms[identifier] = replace(self._rooms[identifier], unread=0)

    def _set(self, room: Room) -> None:
        self.changes += 1
        self._changed_at[room.id] = self.changes
        self._rooms[room.id] = room

    def _sorted(self, rooms: Iterable[Room]) -> list[Room]:
        return sorted(rooms, key=lambda room: (room.id != GENERAL, room.name.casefold(), room.id))
