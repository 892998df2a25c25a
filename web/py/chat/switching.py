"""What the quick switcher finds: rooms and people whose names match what one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chat.people import Person
from chat.rooms import Room
from chat.roster import Member, folded

MOST = 12
"""The most that is shown at once."""

NO_MATCH = 100
"""The rank of what does not match."""


@dataclass(frozen=True, slots=True)
class Found:
    """A room or, where ``person`` is given and there is no ``room`` yet, somebody to talk to."""

    key: str
    name: str
    room: Room | None = None
    person: Person | None = None


def find(typed: str, rooms: Iterable[Room], people: Iterable[Member], me: str, current: str) -> list[Found]:
    """Return what matches, the best first; with nothing typed, where there is something unread, then the others.

    A conversation with one person stands for that person.
    """
    known, talked_to = [], set()
    for room in rooms:
        known.append(Found(f"room/{room.id}", room.name, room=room))
        if room.direct and len(room.people) == 1:
            talked_to.add(room.people[0].id)
    others = (each for each in people if each.id != me and each.id not in talked_to)
    known += (Found(f"person/{each.id}", each.shown, person=each.person) for each in others)
    words = folded(typed).split()
    ranked = sorted((_rank(each, words, current), index) for index, each in enumerate(known))
    return [known[index] for rank, index in ranked if rank < NO_MATCH][:MOST]


def _rank(each: Found, words: list[str], current: str) -> int:
    name = folded(each.name)
    if not all(word in name for word in words):
        return NO_MATCH
    unread = each.room is not None and each.room.news > 0
    here = each.room is not None and each.room.id == current
    if words and name.startswith(words[0]):
        place = 0
    elif all(any(part.startswith(word) for part in name.split()) for word in words):
        place = 1
    else:
        place = 2
    return 4 * place + (3 if here and not words else 0 if unread else 1 if each.room is not None else 2)
