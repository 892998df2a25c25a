"""How far one has read, and how far the others have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chat.people import Person
from chat.roster import Member


class Reading:
    """The line above what is new in the room one looks at, and who of the others has read how far."""

    def __init__(self) -> None:
        self._line: tuple[str, int] | None = None
        self._read: dict[str, dict[str, int]] = {}
        self._known: set[str] = set()
        self.version = 0
        """Counts the changes."""

    # The line.

    def line(self, room: str) -> int | None:
        """Return the seq behind which everything is new to the reader; None if nothing is."""
        return self._line[1] if self._line is not None and self._line[0] == room else None

    def draw(self, room: str, read: int, *, unread: bool) -> None:
        """One turns to a room, or away from it: draw the line if anything is unread, else have none yet."""
        self._line = (room, read) if unread else None
        self.version += 1

    # The others.

    def knows(self, room: str) -> bool:
        """Tell whether it is known how far the members of a room have read."""
        return room in self._known

    def listed(self, room: str, members: Iterable[Member]) -> None:
        """The members of a room have come, in a small one with how far they have read."""
        self._known.add(room)
        for each in members:
            if each.read is not None:
                self.told(room, each.id, each.read)

    def told(self, room: str, person: str, seq: int) -> None:
        """Somebody has read a room up to ``seq``."""
        marks = self._read.setdefault(room, {})
        if seq > marks.get(person, 0):
            marks[person] = seq
            self.version += 1

    def forget(self) -> None:
        """The connection was lost: what the others read meanwhile is to be asked for again."""
        self._known.clear()

    def gone(self, room: str, person: str) -> None:
        """Somebody is not in the room any more."""
        if self._read.get(room, {}).pop(person, None) is not None:
            self.version += 1

    def readers(self, room: str) -> dict[str, int]:
        """Return how far each of the others has read a room."""
        return self._read.get(room, {})


def places(
    readers: Mapping[str, int], messages: Iterable[tuple[int, str]], people: Mapping[str, Person]
) -> dict[int, list[Person]]:
    """Tell at which messages the readers stand: each at the last one that they have read.

    ``messages`` are the seqs and the authors of those that are shown, oldest first. Nobody stands at a message of
    their own: that they have read it goes without saying.
    """
    found: dict[int, list[Person]] = {}
    shown = list(messages)
    for reader, upto in readers.items():
        if reader not in people:
            continue
        last = next(((seq, author) for seq, author in reversed(shown) if seq <= upto), None)
        if last is not None and last[1] != reader:
            found.setdefault(last[0], []).append(people[reader])
    return found
