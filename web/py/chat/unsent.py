"""What had not been sent when its author left, as a file to read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from chat.people import Person
from chat.rooms import Rooms
from chat.texts import Texts
from chat.times import Zone
from rebond.wire import Edit, Operation, Send


def as_text(operations: Iterable[Operation], rooms: Rooms, me: Person, now: int, zone: Zone, texts: Texts) -> str:
    """Write the messages and the new texts, room by room in the order typed; nothing else holds what was typed."""
    parts = [texts.text("unsent.file.title", name=me.name, time=zone.full(now))]
    written = [operation for operation in operations if isinstance(operation, Send | Edit)]
    for identifier, group in groupby(sorted(written, key=lambda each: each.room), key=lambda each: each.room):
        room = rooms.get(identifier)
        parts.append(f"# {identifier if room is None else room.name}")
        for operation in group:
            is_new = isinstance(operation, Send)
            parts.append(operation.text if is_new else f"{texts.text('unsent.file.edit')}\n{operation.text}")
    return "\n\n".join(parts) + "\n"


def file_name(me: Person, now: int, zone: Zone) -> str:
    """Return the name of the file: no character in it that a system could stumble over."""
    name = "".join(mark if mark.isalnum() else "-" for mark in me.name)
    return f"rebond-{name}-{zone.day(now)}.txt"
