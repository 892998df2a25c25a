"""Whom one can mention: an ``@`` and a name, found while it is typed, and known again when it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from chat.people import Person
from chat.rich import NAME
from chat.roster import Roster

OFFERED = 6
"""How many people are offered at once."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A mention that is being typed: where its ``@`` is, where the caret is, and what stands between."""

    start: int
    end: int
    typed: str


def begun(text: str, caret: int) -> Begun | None:
    """Return the mention before the caret, if what stands there may be one. A name may have spaces in it."""
    start = text.rfind("@", max(0, caret - NAME - 1), caret)
    if start < 0:
        return None
    before, typed = text[start - 1 : start], text[start + 1 : caret]
    # In an address of mail the sign stands inside a word (docs/protocol.md).
    if before.isalnum() or before in {"_", ".", "-", "@"} or typed[:1].isspace() or "\n" in typed:
        return None
    return Begun(start, caret, typed)


def completed(text: str, at: Begun, name: str) -> tuple[str, int]:
    """Return the text with the name in it, followed by a space, and where the caret is then."""
    rest = text[at.end :]
    before = f"{text[: at.start]}@{name} "
    return before + rest.removeprefix(" "), len(before)


class Names:
    """Who can be mentioned in which room, of the ``people`` of the place."""

    def __init__(self, people: Roster) -> None:
        self._people = people
        self._rooms: dict[str, list[str]] = {}

    @property
    def version(self) -> int:
        """Counts the changes of names."""
        return self._people.changes

    def of_room(self, room: str, members: Iterable[str]) -> None:
        """Take the ids of the members of a room."""
        self._rooms[room] = list(members)

    def named(self, name: str) -> str | None:
        """Return the id of whoever has a name, in whatever case; None if that is nobody."""
        return self._people.named(name)

    def matching(self, typed: str, room: str, me: Person) -> list[Person]:
        """Return whom one may mean in a room: people with a word in a name of theirs that begins so, without accents.

        While nobody has told who is in the room, everybody is. Nobody mentions themselves.
        """
        wanted = _bare(typed)
        inside = self._rooms.get(room)
        there = self._people.everybody if inside is None else filter(None, map(self._people.get, inside))
        people = [each.person for each in there if each.id != me.id and each.person.name]
        found = [each for each in people if any(_begins(name, wanted) for name in _names(each))]
        # Whose name itself begins so comes first.
        found.sort(key=lambda each: (not any(name.startswith(wanted) for name in _names(each)), _names(each)))
        return found[:OFFERED]


def _names(person: Person) -> list[str]:
    return [_bare(person.shown), _bare(person.name)]


def _begins(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or f" {wanted}" in name


def _bare(name: str) -> str:
    """Return a name without case and accents, with spaces alone between its words."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return "".join(mark if mark.isalnum() else " " for mark in letters)
