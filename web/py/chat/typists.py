"""Who is typing: shown for as long as the server says, and never longer."""

from __future__ import annotations

from chat.people import Person

AGAIN = 3.0
"""Seconds after which one says again that one types (docs/protocol.md, ``typing``)."""

PAUSE = 1.2
"""Seconds between two beginnings: the server passes on one a second, and would not pass on a second one at all."""


class Typists:
    """Who types in which room. Times are in seconds on the link's clock."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, tuple[Person, float]]] = {}
        self._said: tuple[str, float] | None = None
        self._began = -PAUSE

    # Others.

    def told(self, room: str, person: Person, for_ms: int, now: float) -> None:
        """Somebody types, for so many milliseconds if nothing more is heard; has stopped, if 0."""
        if for_ms:
            self._rooms.setdefault(room, {})[person.id] = (person, now + for_ms / 1_000)
        else:
            self.spoke(room, person.id)

    def spoke(self, room: str, person: str) -> None:
        """Somebody has said what they typed."""
        self._rooms.get(room, {}).pop(person, None)

    def forget(self) -> None:
        """The connection is lost: nobody will be heard to stop."""
        self._rooms.clear()
        self._said = None

    def of(self, room: str, now: float) -> list[Person]:
        """Return who types in a room, those who began first in front."""
        return [person for person, until in self._rooms.get(room, {}).values() if until > now]

    def next_end(self, room: str, now: float) -> float | None:
        """Return when the next of them is to be shown no more."""
        ends = [until for _, until in self._rooms.get(room, {}).values() if until > now]
        return min(ends, default=None)

    # Oneself.

    def type(self, room: str, now: float, *, text: bool) -> bool | None:
        """One has typed, and there is ``text`` now or not; return what is to be said, None for nothing."""
        if not text:
            return self.stop(room)
        if self._said is not None and self._said[0] == room and now - self._said[1] < AGAIN:
            return None
        if now - self._began < PAUSE:
            return None  # The next key says it.
        self._said = (room, now)
        self._began = now
        return True

    def stop(self, room: str) -> bool | None:
        """One types no more; return what is to be said to the others, None for nothing."""
        if self._said is None or self._said[0] != room:
            return None
        self._said = None
        return False
