"""What is going on around the reader: who is there, who types, who has read what, and what is unread."""

from __future__ import annotations

from dataclasses import dataclass

from chat.messages import Malformed, person
from chat.people import Person
from chat.reading import Reading
from chat.rooms import NORMAL, Rooms
from chat.roster import Member, Roster
from chat.typists import Typists
from rebond import wire


@dataclass(frozen=True, slots=True)
class Marked:
    """How one stands in a room by the server's word; ``first``: it is the first since the connection stands."""

    room: str
    read: int
    unread: int
    first: bool


class Others:
    """Takes in what is only state, and what the place tells of people, whom ``people`` holds.

    ``me`` is the reader's id.
    """

    def __init__(self, me: str, rooms: Rooms, people: Roster) -> None:
        self._me = me
        self._rooms = rooms
        self._people = people
        self.typists = Typists()
        self.reading = Reading()

    def named(self, someone: Person) -> Person:
        """Return somebody under the name of today."""
        return self._people.today(someone)

    def welcomed(self) -> None:
        """A connection stands: all that is only state is told anew."""
        self._people.restart()
        self.reading.forget()

    def lost(self) -> None:
        """The connection is lost: who types is not known any more."""
        self.typists.forget()

    def take(self, state: wire.State, now: float) -> Marked | None:
        """Take the latest value of something, and return it if it is a mark. Raises Malformed.

        ``now`` is in seconds on the link's clock.
        """
        match state.kind, state.body:
            case "mark", {"room": str(room), "seq": int(seq), "unread": int(unread), "mentions": int(mentions)}:
                heed = str(state.body.get("heed") or NORMAL)
                return Marked(room, seq, unread, self._rooms.mark(room, seq, unread, mentions, heed=heed))
            case "read", {"room": str(room), "user": str(user), "seq": int(seq)}:
                self.reading.told(room, user, seq)
            case "typing", {"room": str(room), "user": user, "for_ms": int(for_ms)}:
                self.typists.told(room, person(user), for_ms, now)
            case "presence", {"user": str(user), "here": str(here)}:
                at = state.body.get("at")
                self._people.present(user, here, at if isinstance(at, int) else None)
            case (("mark" | "read" | "typing" | "presence"), _):
                raise Malformed(f"a {state.kind} that says not enough")
            case _:
                pass  # of a kind that only newer pages know
        return None

    def told(self, member: Member) -> None:
        """The place tells of somebody: an account was made, or is this from now on."""
        self._people.put(member)
        self._rooms.called(member.person)

    def met(self) -> None:
        """People have become known: conversations with them bear their names."""
        for room in self._rooms.all:
            for each in room.people:
                self._rooms.called(self._people.today(each))

    def came(self, room: str, user: object, seq: int) -> None:
        """Somebody has come into a room. Raises Malformed."""
        person(user)
        self._rooms.came(room, 1, seq)

    def went(self, room: str, user: object, seq: int) -> None:
        """Somebody has left a room. Raises Malformed."""
        gone = person(user).id
        self._rooms.came(room, -1, seq)
        self.reading.gone(room, gone)
        self.typists.spoke(room, gone)
