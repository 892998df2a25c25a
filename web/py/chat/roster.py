"""The people of the place as they are today: how each is shown, what they are here, and whether they are there."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chat.messages import Malformed
from chat.messages import person as read_person
from chat.people import Person

ONLINE, AWAY, OFFLINE = "online", "away", "offline"

MANY = 1_000
"""So many people the server lists at once (docs/protocol.md): beyond, they are asked for by their names."""


class Role(StrEnum):
    """What somebody is in this place, the highest first."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the place. Times are in milliseconds since the Unix epoch.

    ``muted_until`` is 0 for one who is not muted, None if that is not known. ``here`` is ``online``, ``away`` or
    ``offline``; ``seen_at`` is when they were last there, ``read`` how far they have read a small room, None if that is
    not known.
    """

    person: Person
    role: Role = Role.MEMBER
    banned: bool = False
    left: bool = False
    muted_until: int | None = None
    here: str = OFFLINE
    seen_at: int | None = None
    read: int | None = None

    @property
    def id(self) -> str:
        """The id of the account."""
        return self.person.id

    @property
    def shown(self) -> str:
        """How they are shown."""
        return self.person.shown


def member(value: object) -> Member:
    """Read one as the server tells of them. Raises Malformed."""
    match value:
        case {"id": str(), "name": str(), **told}:
            role, muted, seen_at, read = (told.get(name) for name in ("role", "muted_until", "seen_at", "read"))
            return Member(
                read_person(value),
                Role(role) if isinstance(role, str) and role in set(Role) else Role.MEMBER,
                told.get("banned") is True,
                told.get("left") is True,
                muted if isinstance(muted, int) else None,
                str(told.get("here") or OFFLINE),
                seen_at if isinstance(seen_at, int) else None,
                read if isinstance(read, int) else None,
            )
        case _:
            raise Malformed("people have an id and a name")


class Roster:
    """Everybody one knows of. What was told by an event is newer than a list that was asked for before."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        self._changed_at: dict[str, int] = {}
        self._shown: dict[str, Person] = {}
        self._ids: dict[str, str] = {}
        self._here: dict[str, tuple[str, int | None]] = {}
        self.changes = 0
        """How often something has changed: what :meth:`take` wants to know, and who shows people."""
        self.loaded = False
        """Whether the list of people has come."""
        self.partial = False
        """Whether there are more people than it holds."""

    def get(self, identifier: str) -> Member | None:
        """Return somebody, with how they are here now; None if they are not known."""
        member = self._members.get(identifier)
        if member is None:
            return None
        here, at = self._here.get(identifier, (OFFLINE, None))
        return replace(member, here=here, seen_at=member.seen_at if at is None else at)

    def role(self, identifier: str) -> Role:
        """Return what somebody is; who is not known is a member."""
        known = self._members.get(identifier)
        return Role.MEMBER if known is None else known.role

    def here(self, identifier: str) -> str:
        """Tell whether somebody is ``online``, ``away`` or ``offline``."""
        return self._here.get(identifier, (OFFLINE, None))[0]

    def today(self, person: Person) -> Person:
        """Return somebody under the name and the display of today; with neither if they have left for good."""
        return self._shown.get(person.id, person)

    def named(self, name: str) -> str | None:
        """Return the id of whoever logs in with a name, in whatever case; None if that is nobody."""
        return self._ids.get(_same(name))

    @property
    def everybody(self) -> list[Member]:
        """All who are welcome here, by how they are shown."""
        here = (each for each in self._members.values() if not (each.banned or each.left))
        people = (self.get(each.id) for each in here)
        return sorted((each for each in people if each), key=lambda each: (folded(each.shown), each.id))

    @property
    def count(self) -> int | None:
        """How many accounts there are, of the banned too; None while not all of them are known."""
        if not self.loaded or self.partial:
            return None
        return sum(not each.left for each in self._members.values())

    def found(self, wanted: str) -> list[Member]:
        """Return who is here and has ``wanted`` in a name, by how they are shown; the banned too."""
        part = folded(wanted.strip())
        here = (each for each in self._members.values() if not each.left)
        matching = (each for each in here if part in folded(f"{each.person.name}\n{each.person.display}"))
        return sorted(matching, key=lambda each: (folded(each.shown), each.id))

    # What the server tells.

    def put(self, member: Member) -> None:
        """Take somebody as an event tells of them. If they are muted and when they were there, it does not tell."""
        known = self._members.get(member.id)
        if known is not None:
            muted = known.muted_until if member.muted_until is None else member.muted_until
            seen_at = known.seen_at if member.seen_at is None else member.seen_at
            member = replace(member, muted_until=muted, seen_at=seen_at)
        self.changes += 1
        self._changed_at[member.id] = self.changes
        self._members[member.id] = member
        before = self._shown.get(member.id)
        if before is not None and self._ids.get(_same(before.name)) == member.id:
            del self._ids[_same(before.name)]
        self._shown[member.id] = member.person
        if member.person.name:
            self._ids[_same(member.person.name)] = member.id

    def take(self, members: Sequence[Member], asked_at: int, *, all_there_are: bool = False) -> None:
        """Take those that were asked for when ``changes`` stood at ``asked_at``; ``all_there_are``, if they fit."""
        if all_there_are:
            self.loaded = True
            self.partial = len(members) >= MANY
        for each in members:
            if each.here != OFFLINE:
                self._here.setdefault(each.id, (each.here, each.seen_at))
            plain = replace(each, here=OFFLINE, read=None)
            if self._changed_at.get(each.id, -1) <= asked_at and self._members.get(each.id) != plain:
                self.put(plain)

    def restart(self) -> None:
        """A new connection: who is not told of from now on is offline."""
        self._here.clear()

    def present(self, identifier: str, here: str, at: int | None) -> None:
        """Somebody is ``online``, ``away`` or ``offline``, since ``at`` if that is told."""
        self._here[identifier] = (here, at)

    # What is kept for the next visit.

    def record(self) -> str:
        """Write down how people are shown, where their messages do not tell it."""
        told = [[each.id, each.name, each.display] for each in self._shown.values() if each.display or not each.name]
        return json.dumps(told) if told else ""

    def restore(self, record: str) -> None:
        """Take what was written down."""
        for identifier, name, display in json.loads(record or "[]"):
            self._shown[identifier] = Person(identifier, name, display)
            self.changes += 1


def folded(name: str) -> str:
    """Return a name as it is looked for: in small letters, without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(mark))


def _same(name: str) -> str:
    """Return the form in which the server compares names (Unicode 16, section 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
