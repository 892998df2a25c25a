"""The people of the place: what they are called today, and whether they are there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chat.messages import Malformed
from chat.people import Person

ONLINE, AWAY, OFFLINE = "online", "away", "offline"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody of the place, shown by ``shown``.

    ``here`` is ``online``, ``away`` or ``offline``; ``seen_at`` when they were last there, in milliseconds since the
    Unix epoch, None if that is not known.
    """

    id: str
    name: str
    display: str = ""
    role: str = "member"
    here: str = OFFLINE
    seen_at: int | None = None
    read: int | None = None
    banned: bool = False

    @property
    def shown(self) -> str:
        """The name by which they are shown."""
        return self.display or self.name

    @property
    def person(self) -> Person:
        """Them, as the page shows people."""
        return Person(self.id, self.shown)


def read_entry(value: object) -> Entry:
    """Read somebody as the server lists people. Raises Malformed."""
    match value:
        case {"id": str(identifier), "name": str(name)} if isinstance(value, dict):
            seen_at, read = value.get("seen_at"), value.get("read")
            return Entry(
                identifier,
                name,
                str(value.get("display") or ""),
                str(value.get("role") or "member"),
                str(value.get("here") or OFFLINE),
                seen_at if isinstance(seen_at, int) else None,
                read if isinstance(read, int) else None,
                value.get("banned") is True,
            )
        case _:
            raise Malformed("people have an id and a name")


class Roster:
    """Everybody one knows of."""

    def __init__(self) -> None:
        self._people: dict[str, Entry] = {}
        self._here: dict[str, tuple[str, int | None]] = {}
        self._gone: set[str] = set()
        self.names_version = 0
        """Counts the changes of names."""
        self.loaded = False
        """Whether the list of people has come."""

    def get(self, identifier: str) -> Entry | None:
        """Return somebody, with how they are here now; None if one does not know them."""
        entry = self._people.get(identifier)
        if entry is None:
            return None
        here, at = self._here.get(identifier, (OFFLINE, None))
        return replace(entry, here=here, seen_at=entry.seen_at if at is None else at)

    def here(self, identifier: str) -> str:
        """Tell whether somebody is ``online``, ``away`` or ``offline``."""
        return self._here.get(identifier, (OFFLINE, None))[0]

    def named(self, person: Person) -> Person:
        """Return somebody under the name of today; with no name if they have left for good."""
        if person.id in self._gone:
            return Person(person.id, "")
        entry = self._people.get(person.id)
        return person if entry is None or entry.shown == person.name else entry.person

    @property
    def everybody(self) -> list[Entry]:
        """All who are welcome here, by the names they are shown by."""
        people = [self.get(each.id) for each in self._people.values() if not each.banned]
        return sorted((each for each in people if each), key=lambda each: (folded(each.shown), each.id))

    # What the server tells.

    def replace(self, entries: Iterable[Entry]) -> None:
        """Take the list of people."""
        for entry in entries:
            self._people[entry.id] = entry
            if entry.here != OFFLINE:
                self._here.setdefault(entry.id, (entry.here, entry.seen_at))
        self.loaded = True
        self.names_version += 1

    def tell(self, user: Mapping[str, object]) -> Person:
        """Somebody is this from now on; return them under their new name, none if they have left for good."""
        entry = read_entry(user)
        if user.get("left") is True:
            self._people.pop(entry.id, None)
            self._gone.add(entry.id)
            entry = replace(entry, name="", display="")
        else:
            known = self._people.get(entry.id)
            self._people[entry.id] = replace(entry, seen_at=known.seen_at if known else None)
        self.names_version += 1
        return entry.person

    def restart(self) -> None:
        """A new connection: who is not told of from now on is offline."""
        self._here.clear()

    def present(self, identifier: str, here: str, at: int | None) -> None:
        """Somebody is ``online``, ``away`` or ``offline``, since ``at`` if that is told."""
        self._here[identifier] = (here, at)


def folded(name: str) -> str:
    """Return a name as it is looked for: in small letters, without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(mark))
