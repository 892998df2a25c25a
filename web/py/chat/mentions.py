"""Whom one can mention: an ``@`` and a name, found while it is typed, and known again when it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from chat.people import Person
from chat.rich import NAME

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
    """The people one knows of, and who is in which room."""

    def __init__(self) -> None:
        self._by_name: dict[str, Person] = {}
        self._by_id: dict[str, Person] = {}
        self._rooms: dict[str, list[Person]] = {}
        self.version = 0
        """Counts the changes."""

    def learn(self, people: Iterable[Person]) -> None:
        """Take people as they are called now."""
        for person in people:
            known = self._by_id.get(person.id)
            if known == person:
                continue
            if known is not None:
                self._by_name.pop(_same(known.name), None)
            self._by_id[person.id] = person
            self._by_name[_same(person.name)] = person
            self.version += 1

    def of_room(self, room: str, people: Iterable[Person]) -> None:
        """Take the members of a room."""
        self._rooms[room] = list(people)
        self.learn(self._rooms[room])

    def named(self, name: str) -> str | None:
        """Return the id of whoever has a name, in whatever case; None if that is nobody."""
        person = self._by_name.get(_same(name))
        return None if person is None else person.id

    def matching(self, typed: str, room: str, me: Person) -> list[Person]:
        """Return whom one may mean in a room: people with a word in their name that begins so, whatever its accents.

        While nobody has told who is in the room, everybody is. Nobody mentions themselves.
        """
        wanted = _bare(typed)
        people = self._rooms.get(room) or list(self._by_id.values())
        found = [person for person in people if person.id != me.id and _begins(_bare(person.name), wanted)]
        # Whose name itself begins so comes first.
        found.sort(key=lambda person: (not _bare(person.name).startswith(wanted), _bare(person.name)))
        return found[:OFFERED]


def _begins(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or f" {wanted}" in name


def _same(name: str) -> str:
    """Return the form in which the server compares names (Unicode 16, section 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _bare(name: str) -> str:
    """Return a name without case and accents, with spaces alone between its words."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return "".join(mark if mark.isalnum() else " " for mark in letters)
