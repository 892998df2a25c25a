"""What the browser keeps of what was read, so that a later visit can show it before the network has answered.

Everything is a record, a key and a text, in the storage of the account: the messages of each room, the newest of them
alone, with the spans of seqs that they cover; the rooms; the texts that were refused. What an event changes is handed
over as it comes; the storage writes it in one transaction with the cursor (rule 9 of docs/delivery.md).
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

from chat.messages import Message, Outgoing, message, record
from chat.rooms import Room, from_record, recorded
from chat.roster import Roster
from chat.timeline import Timeline

KEPT = 200
"""The most messages that are kept of a room."""

ROOMS, AS_OF, PEOPLE = "rooms", "as_of", "people"
_MESSAGES, _KNOWN, _REFUSED, _WITHDRAWN = "message/", "known/", "refused/", "withdrawn/"


class Store(Protocol):
    """Where the records are. All calls return at once."""

    def keep(self, key: str, record: str | None, version: int = 0) -> None:
        """Keep a record, or none any more, with what is written next, unless a newer version of it is there."""
        ...

    def flush(self) -> None:
        """Write what is to be kept now."""
        ...

    def drop(self, prefix: str) -> None:
        """Keep none of the records whose keys begin with ``prefix``."""
        ...

    def clear(self) -> None:
        """Forget how far the streams were read."""
        ...


class Archive:
    """Writes down for later, and reads what was written. Without a ``store`` nothing is kept."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._kept: dict[str, list[int]] = {}
        self._found: dict[str, str] = {}
        self._messages: dict[str, list[str]] = {}
        self._rooms = ""
        self._people = ""

    @property
    def works(self) -> bool:
        """Whether anything is kept at all."""
        return self._store is not None

    # What was kept.

    def open(self, records: Mapping[str, str]) -> None:
        """Take what the storage holds. What was kept of a room is read only when the room is asked for."""
        for key in sorted(records):
            if key.startswith(_MESSAGES):
                room = key.removeprefix(_MESSAGES).rpartition("/")[0]
                self._messages.setdefault(room, []).append(records[key])
            else:
                self._found[key] = records[key]

    def rooms(self) -> list[Room]:
        """Return the rooms that were known."""
        self._rooms = self._found.pop(ROOMS, "[]")
        return [from_record(room) for room in json.loads(self._rooms)]

    def people(self) -> str:
        """Return the record of how people are shown; empty if there is none."""
        self._people = self._found.pop(PEOPLE, "")
        return self._people

    @property
    def as_of(self) -> int | None:
        """When it was last known that nothing was missing, in milliseconds since the Unix epoch."""
        text = self._found.get(AS_OF)
        return None if text is None else int(text)

    def refused(self) -> list[tuple[str, Outgoing]]:
        """Return the messages that were refused and whose text nobody has taken back yet, with their rooms."""
        return refused_in(self._found)

    def restore(self, room: str, timeline: Timeline) -> None:
        """Give a new timeline what was kept of its room."""
        known = json.loads(self._found.pop(f"{_KNOWN}{room}", '{"oldest": 0, "spans": []}'))
        spans = known["spans"]
        messages = [message(json.loads(text)) for text in self._messages.pop(room, [])]
        self._kept[room] = [each.seq for each in messages]
        oldest = messages[0].seq if messages else 0
        if oldest > known["oldest"]:
            # Another tab has read further, and has dropped what was older.
            spans = [(max(start, oldest), end) for start, end in spans if end >= oldest]
        timeline.restore(messages, spans)

    # What is to be kept.

    def note(self, room: str, timeline: Timeline) -> None:
        """Keep what is new in a room."""
        news = timeline.take_news()
        if self._store is None:
            return
        kept = self._kept.setdefault(room, [])
        for each in news:
            self._note(self._store, room, kept, each)
        while len(kept) > KEPT:
            self._store.keep(_key(room, kept.pop(0)), None)
        oldest = kept[0] if kept else 0
        lowest = oldest if timeline.oldest < oldest else 0
        spans = [(max(start, lowest), end) for start, end in timeline.known if end >= lowest]
        self._store.keep(f"{_KNOWN}{room}", json.dumps({"oldest": oldest, "spans": spans}), timeline.top)

    def note_rooms(self, rooms: list[Room]) -> None:
        """Keep the rooms, if they have changed."""
        text = json.dumps([recorded(room) for room in rooms])
        if self._store is not None and text != self._rooms:
            self._rooms = text
            self._store.keep(ROOMS, text)

    def note_people(self, people: Roster) -> None:
        """Keep how people are shown, if that has changed: old messages are to show it before the network answers."""
        text = people.record()
        if self._store is not None and text != self._people:
            self._people = text
            self._store.keep(PEOPLE, text)

    def note_time(self, at: int) -> None:
        """Keep that nothing was missing at ``at``, in milliseconds since the Unix epoch."""
        if self._store is not None:
            # The last word counts, even if the clock on the wall was ahead when an earlier one was kept.
            self._store.keep(AS_OF, str(at))

    def note_refused(self, room: str, outgoing: Outgoing) -> None:
        """Keep a text that was refused, at once: the outbox has it no more."""
        if self._store is not None:
            self._store.keep(f"{_REFUSED}{outgoing.id}", json.dumps({"room": room, "outgoing": asdict(outgoing)}))
            self._store.flush()

    def forget_refused(self, identifier: str) -> None:
        """The text has been taken back."""
        if self._store is not None:
            self._store.keep(f"{_REFUSED}{identifier}", None)
            self._store.flush()

    def note_withdrawn(self, room: str, target: str, due: int) -> None:
        """Keep that a message is to be deleted at ``due``, in milliseconds since the Unix epoch, at once."""
        if self._store is not None:
            self._store.keep(withdrawn(target), json.dumps([room, target, due]))
            self._store.flush()

    def forget_withdrawn(self, target: str) -> None:
        """It has been deleted, or one has wanted it back."""
        if self._store is not None:
            self._store.keep(withdrawn(target), None)
            self._store.flush()

    @property
    def withdrawn(self) -> list[tuple[str, str, int]]:
        """The messages that an earlier page was about to delete: their rooms, their ids, and when."""
        return [tuple(json.loads(text)) for key, text in self._found.items() if key.startswith(_WITHDRAWN)]

    def flush(self) -> None:
        """Write what is to be kept, without waiting for the next event."""
        if self._store is not None:
            self._store.flush()

    def forget_room(self, room: str) -> None:
        """Keep nothing of a room: one is not in it any more."""
        self._kept.pop(room, None)
        self._messages.pop(room, None)
        self._found.pop(f"{_KNOWN}{room}", None)
        if self._store is not None:
            self._store.drop(f"{_MESSAGES}{room}/")
            self._store.keep(f"{_KNOWN}{room}", None)
            self._store.flush()

    def forget_read(self) -> None:
        """Keep nothing of what was read: the server's data are others now. What was written is no part of it."""
        self._kept.clear()
        self._messages.clear()
        self._found.clear()
        if self._store is not None:
            self._store.clear()
            self._store.drop(_KNOWN)
            self._store.drop(_MESSAGES)

    @staticmethod
    def _note(store: Store, room: str, kept: list[int], entry: Message) -> None:
        index = bisect_left(kept, entry.seq)
        there = index < len(kept) and kept[index] == entry.seq
        if not there and index == 0 and len(kept) >= KEPT:
            return  # older than all that is kept
        if not there:
            insort(kept, entry.seq)
        store.keep(_key(room, entry.seq), json.dumps(record(entry)), entry.changed)


def withdrawn(target: str) -> str:
    """Return the key of the record that a message is to be deleted."""
    return f"{_WITHDRAWN}{target}"


def refused_in(records: Mapping[str, str]) -> list[tuple[str, Outgoing]]:
    """Return the messages among the records that were refused, with their rooms."""
    found = [json.loads(text) for key, text in records.items() if key.startswith(_REFUSED)]
    return [(entry["room"], Outgoing(**entry["outgoing"])) for entry in found]


def _key(room: str, seq: int) -> str:
    # Keys are ordered as texts; a seq has at most 16 digits (docs/protocol.md).
    return f"{_MESSAGES}{room}/{seq:016}"
