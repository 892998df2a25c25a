"""The rooms one is in, those one could be in, and what is unread in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace

from chat.messages import Malformed, person
from chat.people import Person
from chat.unread import Unread

GENERAL = "general"
"""The id of the room that everyone is in. It stands first, and cannot be left."""

PUBLIC, PRIVATE, DIRECT = "public", "private", "direct"

FOLLOWED, NORMAL, MUTED = "followed", "normal", "muted"
"""How one heeds a room (docs/protocol.md)."""


@dataclass(frozen=True, slots=True)
class Room:
    """One room. ``members`` is None while nobody has said how many there are.

    ``people`` are the others in a direct room, which bears their names; ``read`` is how far one has read it, ``told``
    the seq as of which its name and all that others may change are known.
    """

    id: str
    name: str
    joined: bool
    members: int | None = None
    unread: int = 0
    kind: str = PUBLIC
    topic: str = ""
    archived: bool = False
    people: tuple[Person, ...] = ()
    mentions: int = 0
    heed: str = NORMAL
    read: int = 0
    told: int = 0

    @property
    def direct(self) -> bool:
        """Whether it is a conversation between certain people."""
        return self.kind == DIRECT

    @property
    def muted(self) -> bool:
        """Whether one wants to hear nothing of it but what mentions one."""
        return self.heed == MUTED

    @property
    def calling(self) -> int:
        """How much unread there is for which one wants to be called from elsewhere: a notification."""
        if self.archived or not self.joined:
            return 0
        return self.unread if self.calls else self.mentions

    @property
    def calls(self) -> bool:
        """Whether whatever is said there calls one, and not a mention alone."""
        return self.heed == FOLLOWED or (self.direct and not self.muted)

    @property
    def urgent(self) -> bool:
        """Whether something unread there is meant for oneself."""
        return bool(self.mentions or (self.direct and self.unread and not self.muted))

    @property
    def news(self) -> int:
        """How much unread it is worth to be told of: of a room that is muted, the mentions alone."""
        if self.archived:
            return 0
        return self.mentions if self.muted else self.unread


def read_room(value: object, me: str) -> Room:
    """Read a room as the server tells of it; ``me`` is the reader's id. Raises Malformed."""
    match value:
        case {"id": str(identifier), "name": str(name)} if isinstance(value, dict):
            members, head, people = value.get("members"), value.get("head"), value.get("people")
            others = [each for each in map(person, people if isinstance(people, list) else ()) if each.id != me]
            return Room(
                identifier,
                _named(others) or name,
                joined=value.get("joined") is True,
                members=members if isinstance(members, int) else None,
                kind=str(value.get("kind") or PUBLIC),
                topic=str(value.get("topic") or ""),
                archived=value.get("archived") is True,
                people=tuple(others),
                told=head if isinstance(head, int) else 0,
            )
        case _:
            raise Malformed("a room has an id and a name")


def recorded(room: Room) -> Mapping[str, object]:
    """Write a room so that :func:`from_record` can read it."""
    return asdict(room)


def from_record(record: Mapping[str, object]) -> Room:
    """Read a room as it was kept."""
    people = record.get("people")
    others = tuple(Person(**each) for each in people) if isinstance(people, list) else ()
    known = {each.name: record[each.name] for each in fields(Room) if each.name in record}  # an older page wrote it?
    return Room(**{**known, "people": others})  # type: ignore[arg-type] # as it was written


def _named(people: Iterable[Person]) -> str:
    return ", ".join(each.shown for each in people if each.shown)


class Rooms:
    """All rooms one knows of."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._changed_at: dict[str, int] = {}
        self._unread: dict[str, Unread] = {}
        self._heeds: dict[str, str] = {}
        """By room, as the server told last: on a first visit it tells before one has the list of rooms."""
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
        rooms = self._rooms.values()
        return self._sorted(room for room in rooms if room.kind == PUBLIC and not room.joined and not room.archived)

    @property
    def unread(self) -> int:
        """The number of unread messages in all of them that are worth to be told of."""
        return sum(room.news for room in self._rooms.values() if room.joined)

    @property
    def all(self) -> list[Room]:
        """All rooms, in the order in which they became known."""
        return list(self._rooms.values())

    # What the server tells of rooms.

    def replace(self, entries: Iterable[Room], asked_at: int) -> None:
        """Take the list that was asked for when ``changes`` stood at ``asked_at``.

        What has changed in the meantime is newer than the list.
        """
        for entry in entries:
            if self._changed_at.get(entry.id, -1) <= asked_at:
                self.put(entry)

    def put(self, entry: Room) -> None:
        """Take one room as the server gives it; what is unread stays, and whatever is known as of later."""
        known = self._rooms.get(entry.id)
        if known is None:
            self._learn(entry)
            return
        newer = known if known.told > entry.told else entry
        unread, mentions = (known.unread, known.mentions) if entry.joined else (0, 0)
        self._set(
            replace(
                newer,
                joined=entry.joined,
                kind=entry.kind,
                unread=unread,
                mentions=mentions,
                heed=known.heed,
                read=known.read,
            )
        )

    def restore(self, room: Room) -> None:
        """Take a room as it was known in an earlier visit."""
        self._rooms[room.id] = room
        self._unread[room.id] = Unread(room.read, room.unread, room.mentions)

    def made(self, room: Room) -> None:
        """A public room was made, by anyone."""
        if room.id not in self._rooms:
            self._set(room)

    def join(self, room: Room) -> None:
        """One is in a room now."""
        known = self._rooms.get(room.id)
        if known is None:
            self._learn(replace(room, joined=True, told=0))
        else:
            people = room.people or known.people
            self._set(replace(known, joined=True, kind=room.kind, name=room.name, topic=room.topic, people=people))

    def leave(self, identifier: str) -> None:
        """One is not in a room any more."""
        self._unread.pop(identifier, None)
        if identifier in self._rooms:
            self._set(replace(self._rooms[identifier], joined=False, unread=0, mentions=0))

    def named(self, identifier: str, name: str, seq: int = 0) -> None:
        """A room is called so since the event ``seq``, 0 if that is not known."""
        self._change(identifier, seq, name=name)

    def described(self, identifier: str, topic: str, seq: int) -> None:
        """A room is about this since the event ``seq``."""
        self._change(identifier, seq, topic=topic)

    def archive(self, identifier: str, *, on: bool, seq: int = 0) -> None:
        """A room can only be read since the event ``seq``, or be written in again."""
        self._change(identifier, seq, archived=on)

    def came(self, identifier: str, n: int, seq: int) -> None:
        """So many more people are in a room since the event ``seq``; fewer, if negative."""
        room = self._rooms.get(identifier)
        if room is not None and room.members is not None:
            self._change(identifier, seq, members=room.members + n)

    def called(self, person: Person) -> None:
        """Somebody is called so from now on: the direct rooms with them bear the name."""
        for room in self.all:
            if any(each.id == person.id and each != person for each in room.people):
                others = tuple(person if each.id == person.id else each for each in room.people)
                self._rooms[room.id] = replace(room, people=others, name=_named(others))

    def _change(self, identifier: str, seq: int, **changes: object) -> None:
        room = self._rooms.get(identifier)
        if room is not None and (seq > room.told or not seq):
            self._set(replace(room, told=seq or room.told, **changes))  # type: ignore[arg-type] # fields of a Room

    # What is unread.

    def welcome(self, heads: Mapping[str, int]) -> None:
        """What is unread up to these heads, by room, the marks tell that come now."""
        for room, head in heads.items():
            self._tally(room).expect(head)

    def mark(self, room: str, read: int, unread: int, mentions: int, *, heed: str) -> bool:
        """How one stands in a room, as the server has counted; return whether it is the first since the greeting."""
        first = self._tally(room).mark(read, unread, mentions)
        self._heeds[room] = heed
        if room in self._rooms:
            self._rooms[room] = replace(self._rooms[room], heed=heed)
            self._count(room)
        return first

    def heard(self, room: str, seq: int, *, mentioned: bool) -> None:
        """Somebody else has said something."""
        self._tally(room).add(seq, mentioned=mentioned)
        self._count(room)

    def replayed(self, room: str, seq: int) -> bool:
        """Tell whether something was said before the connection stood, and comes only now."""
        return self._tally(room).replayed(seq)

    def unsaid(self, room: str, seq: int) -> None:
        """It was deleted."""
        self._tally(room).drop(seq)
        self._count(room)

    def read(self, identifier: str, seq: int) -> bool:
        """One has read a room up to ``seq``; return whether that is further than before."""
        further = self._tally(identifier).read_to(seq)
        self._count(identifier)
        return further

    def _tally(self, room: str) -> Unread:
        return self._unread.setdefault(room, Unread())

    def _count(self, identifier: str) -> None:
        room, tally = self._rooms.get(identifier), self._tally(identifier)
        if room is not None:
            counted = replace(room, unread=tally.unread, mentions=tally.mentions, read=tally.read)
            if counted != room:
                self._rooms[identifier] = counted

    def _learn(self, room: Room) -> None:
        self._set(replace(room, heed=self._heeds.get(room.id, room.heed)))
        self._count(room.id)

    def _set(self, room: Room) -> None:
        self.changes += 1
        self._changed_at[room.id] = self.changes
        self._rooms[room.id] = room

    def _sorted(self, rooms: Iterable[Room]) -> list[Room]:
        return sorted(rooms, key=lambda room: (room.id != GENERAL, room.name.casefold(), room.id))
