"""A model of the server's database: streams of events with gapless seqs, messages stored once, and its lives.

What it does to a message is what ``server.messages.store`` does, check for check. A transaction is one call: it is
committed when it returns.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from rebond import wire
from rebond.codes import ErrorCode
from rebond.exchange import Published
from rebond.streams import ACCOUNT, room_stream
from rebond.text import id_problem, text_problem

PLACE = "place"
"""The stream of what concerns everybody."""

Logs = dict[str, list[Published]]
"""The events of each stream, by the stream's name in the database; seq 1 is at index 0."""


def account_stream(user: str) -> str:
    """Return the name, in the database, of the stream that its owner knows as ``account``."""
    return f"user:{user}"


def stored_name(stream: str, user: str) -> str:
    """Return the name in the database of a stream as ``user`` names it."""
    return account_stream(user) if stream == ACCOUNT else stream


class Database:
    """What survives a crash. ``lives`` holds the logs of the lives before this one, by their epochs."""

    def __init__(self) -> None:
        self.epoch = "life-1"
        self.logs: Logs = {PLACE: []}
        self.acks: dict[tuple[str, str], wire.Ack] = {}
        self.members: dict[str, dict[str, None]] = {}
        self.lives: dict[str, Logs] = {}

    def store(self, author: str, send: wire.Send, now: float) -> tuple[wire.Ack | wire.Error, list[Published]]:
        """Store a message; return the answer to it and the events that are new."""
        known = self.acks.get((author, send.id))
        if known is not None:
            return known, []
        problem = id_problem(send.id) or text_problem(send.text) or self._no_entry(author, send)
        if problem is not None:
            return wire.Error(problem, "refused", send.id), []
        event = self._append(
            room_stream(send.room), "message", now, {"id": send.id, "author": {"id": author}, "text": send.text}
        )
        ack = wire.Ack(send.id, send.room, event.event.seq, event.event.at)
        self.acks[author, send.id] = ack
        return ack, [event]

    def _no_entry(self, author: str, send: wire.Send) -> ErrorCode | None:
        if send.room not in self.members:
            return ErrorCode.NO_SUCH_ROOM
        if author not in self.members[send.room]:
            return ErrorCode.NOT_A_MEMBER
        if send.after is not None and (author, send.after) not in self.acks:
            return ErrorCode.PREDECESSOR
        return None

    def make_room(self, room: str, now: float) -> list[Published]:
        """Make a public room with nobody in it, unless it is there."""
        if room in self.members:
            return []
        self.members[room] = {}
        self.logs[room_stream(room)] = []
        return [self._append(PLACE, "room", now, {"room": {"id": room, "name": room}})]

    def join(self, user: str, room: str, now: float) -> list[Published]:
        """Make a user a member of a room, unless they are one."""
        if user in self.members[room]:
            return []
        self.members[room][user] = None
        head = len(self.logs[room_stream(room)])
        return [self._append(account_stream(user), "joined", now, {"room": {"id": room, "name": room}, "head": head})]

    def leave(self, user: str, room: str, now: float) -> list[Published]:
        """End a membership, if there is one."""
        if user not in self.members[room]:
            return []
        del self.members[room][user]
        return [self._append(account_stream(user), "left", now, {"room": room})]

    def heads(self, user: str) -> dict[str, int]:
        """Return the heads of all streams that the user may see, by the names the user knows them by."""
        rooms = (room_stream(room) for room, members in self.members.items() if user in members)
        return {name: len(self.logs.get(stored_name(name, user), ())) for name in (PLACE, ACCOUNT, *rooms)}

    def page(self, stream: str, from_: int, to: int) -> tuple[Published, ...]:
        """Return the events ``from_`` to ``to`` of a stream, both included."""
        return tuple(self.logs.get(stream, ())[from_ - 1 : to])

    def copy(self) -> Database:
        """Make a backup."""
        backup = Database()
        backup.logs = {name: log.copy() for name, log in self.logs.items()}
        backup.acks = self.acks.copy()
        backup.members = copy.deepcopy(self.members)
        return backup

    def restore(self, backup: Database) -> None:
        """Go back to a backup: another life begins (rule 16 of docs/delivery.md)."""
        self.lives[self.epoch] = self.logs
        fresh = backup.copy()
        self.logs, self.acks, self.members = fresh.logs, fresh.acks, fresh.members
        self.epoch = f"life-{len(self.lives) + 1}"

    def log(self, epoch: str) -> Mapping[str, list[Published]]:
        """Return the logs of a life of the database: this one, or one before it."""
        return self.logs if epoch == self.epoch else self.lives[epoch]

    def _append(self, stream: str, kind: str, now: float, body: Mapping[str, object]) -> Published:
        log = self.logs.setdefault(stream, [])
        name = ACCOUNT if stream.startswith("user:") else stream
        event = wire.Event(name, len(log) + 1, kind, round(now * 1_000), body)
        published = Published(event, wire.encode(event))
        log.append(published)
        return published
