"""The people of the place as they are today: how each is shown, and what they are here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from chat.messages import Malformed
from chat.messages import person as read_person
from chat.people import Person


class Role(StrEnum):
    """What somebody is in this place, the highest first."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the place. ``muted_until`` is in milliseconds since the Unix epoch; 0: not muted; None: unknown."""

    person: Person
    role: Role = Role.MEMBER
    banned: bool = False
    left: bool = False
    muted_until: int | None = None


def member(value: object) -> Member:
    """Read one as the server tells of them. Raises Malformed."""
    match value:
        case {"role": str(role), **told}:
            muted = told.get("muted_until")
            return Member(
                read_person(value),
                Role(role) if role in set(Role) else Role.MEMBER,
                told.get("banned") is True,
                told.get("left") is True,
                muted if isinstance(muted, int) else None,
            )
        case _:
            raise Malformed("a member has an id, a name and a role")


class Directory:
    """Everybody one knows of. What was told by an event is newer than a list that was asked for before."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        self._changed_at: dict[str, int] = {}
        self._shown: dict[str, Person] = {}
        self.changes = 0
        """How often something has changed: what :meth:`take` wants to know, and who shows people."""

    def __bool__(self) -> bool:
        return bool(self._members)

    def get(self, identifier: str) -> Member | None:
        """Return somebody, None if they are not known."""
        return self._members.get(identifier)

    def role(self, identifier: str) -> Role:
        """Return what somebody is; who is not known is a member."""
        known = self._members.get(identifier)
        return Role.MEMBER if known is None else known.role

    def today(self, person: Person) -> Person:
        """Return somebody under the name and the display of today."""
        return self._shown.get(person.id, person)

    def put(self, member: Member) -> None:
        """Take somebody as an event tells of them. Whether they are muted, it does not tell."""
        known = self._members.get(member.person.id)
        if member.muted_until is None and known is not None:
            member = replace(member, muted_until=known.muted_until)
        self.changes += 1
        self._changed_at[member.person.id] = self.changes
        self._members[member.person.id] = member
        self._shown[member.person.id] = member.person

    def take(self, members: Iterable[Member], asked_at: int) -> None:
        """Take those that were asked for when ``changes`` stood at ``asked_at``."""
        for each in members:
            if self._changed_at.get(each.person.id, -1) <= asked_at and self._members.get(each.person.id) != each:
                self.put(each)

    def found(self, wanted: str) -> list[Member]:
        """Return who is here and has ``wanted`` in a name, by how they are shown; the banned too."""
        part = wanted.strip().casefold()
        here = (each for each in self._members.values() if not each.left)
        matching = (each for each in here if part in f"{each.person.name}\n{each.person.display}".casefold())
        return sorted(matching, key=lambda each: (each.person.shown.casefold(), each.person.id))

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
