"""A model of the server's database: streams of events with gapless seqs, operations stored once, and its lives.

What it does to an operation is what ``server.messages.store`` does, check for check. A transaction is one call: it is
committed when it returns.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rebond import wire
from rebond.codes import ErrorCode
from rebond.exchange import Published
from rebond.streams import ACCOUNT, room_stream
from rebond.text import id_problem, text_problem

PLACE = "place"
"""The stream of what concerns everybody."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it is read now; ``told`` is what it said at first: the deletion of its message blanks it.

    ``author`` asked for it with the operation ``id``. ``target`` is the seq of the message that it changes.
    """

    published: Published
    told: wire.Event
    author: str = ""
    id: str = ""
    target: int | None = None


Log = list[Logged]
"""The events of a stream; seq 1 is at index 0."""


@dataclass(slots=True)
class Life:
    """What one life of the database holds. ``logs`` are by the streams' names in the database."""

    logs: dict[str, Log] = field(default_factory=lambda: {PLACE: []})
    acks: dict[tuple[str, str], wire.Ack] = field(default_factory=dict)
    deleted: set[tuple[str, int]] = field(default_factory=set)
    members: dict[str, dict[str, None]] = field(default_factory=dict)

    def copy(self) -> Life:
        """Return a copy that shares nothing that changes."""
        logs = {name: log.copy() for name, log in self.logs.items()}
        return Life(logs, self.acks.copy(), self.deleted.copy(), copy.deepcopy(self.members))


def account_stream(user: str) -> str:
    """Return the name, in the database, of the stream that its owner knows as ``account``."""
    return f"user:{user}"


def stored_name(stream: str, user: str) -> str:
    """Return the name in the database of a stream as ``user`` names it."""
    return account_stream(user) if stream == ACCOUNT else stream


class Database:
    """What survives a crash. ``lives`` holds those before this one, by their epochs."""

    def __init__(self) -> None:
        self.epoch = "life-1"
        self.now = Life()
        self.lives: dict[str, Life] = {}

    @property
    def logs(self) -> Mapping[str, list[Published]]:
        """The events of each stream as they are read now, by the stream's name in the database; seq 1 is at index 0."""
        return {name: [logged.published for logged in log] for name, log in self.now.logs.items()}

    def store(self, author: str, asked: wire.Operation, now: float) -> tuple[wire.Ack | wire.Error, list[Published]]:
        """Carry an operation out; return the answer to it and the events that are new."""
        known = self.now.acks.get((author, asked.id))
        if known is not None:
            return known, []
        if isinstance(asked, wire.React):
            raise TypeError("nobody reacts in this model")
        problem = id_problem(asked.id) or (None if isinstance(asked, wire.Delete) else text_problem(asked.text))
        problem = problem or self._no_entry(author, asked) or self._no_target(author, asked)
        if problem is not None:
            return wire.Error(problem, "refused", asked.id), []
        event = self._send(author, asked, now) if isinstance(asked, wire.Send) else self._change(author, asked, now)
        ack = wire.Ack(asked.id, asked.room, event.event.seq, event.event.at)
        self.now.acks[author, asked.id] = ack
        return ack, [event]

    def _no_entry(self, author: str, asked: wire.Operation) -> ErrorCode | None:
        if asked.room not in self.now.members:
            return ErrorCode.NO_SUCH_ROOM
        if author not in self.now.members[asked.room]:
            return ErrorCode.NOT_A_MEMBER
        if asked.after is not None and (author, asked.after) not in self.now.acks:
            return ErrorCode.PREDECESSOR
        return None

    def _no_target(self, author: str, asked: wire.Send | wire.Edit | wire.Delete) -> ErrorCode | None:
        if isinstance(asked, wire.Send):
            return None
        noted = self.now.acks.get((author, asked.target))
        if noted is None or noted.room != asked.room:
            return ErrorCode.NO_SUCH_MESSAGE
        stream = room_stream(asked.room)
        is_message = self.now.logs[stream][noted.seq - 1].told.kind == "message"
        there = is_message and (stream, noted.seq) not in self.now.deleted
        return None if there else ErrorCode.NO_SUCH_MESSAGE

    def _send(self, author: str, send: wire.Send, now: float) -> Published:
        body = {"id": send.id, "author": {"id": author}, "text": send.text}
        return self._append(room_stream(send.room), "message", now, body, author, send.id)

    def _change(self, author: str, change: wire.Edit | wire.Delete, now: float) -> Published:
        stream, target = room_stream(change.room), self.now.acks[author, change.target].seq
        body: dict[str, object] = {"id": change.target, "author": {"id": author}}
        if isinstance(change, wire.Edit):
            return self._append(stream, "edited", now, body | {"text": change.text}, author, change.id, target)
        self._blank(stream, target)
        self.now.deleted.add((stream, target))
        return self._append(stream, "deleted", now, body, author, change.id, target)

    def _blank(self, stream: str, target: int) -> None:
        log = self.now.logs[stream]
        for index, logged in enumerate(log):
            if logged.told.seq == target or logged.target == target:
                event = replace(logged.told, body={**logged.told.body, "text": ""})
                log[index] = replace(logged, published=Published(event, wire.encode(event), logged.target))

    def make_room(self, room: str, now: float) -> list[Published]:
        """Make a public room with nobody in it, unless it is there."""
        if room in self.now.members:
            return []
        self.now.members[room] = {}
        self.now.logs[room_stream(room)] = []
        return [self._append(PLACE, "room", now, {"room": {"id": room, "name": room}})]

    def join(self, user: str, room: str, now: float) -> list[Published]:
        """Make a user a member of a room, unless they are one."""
        if user in self.now.members[room]:
            return []
        self.now.members[room][user] = None
        head = len(self.now.logs[room_stream(room)])
        return [self._append(account_stream(user), "joined", now, {"room": {"id": room, "name": room}, "head": head})]

    def leave(self, user: str, room: str, now: float) -> list[Published]:
        """End a membership, if there is one."""
        if user not in self.now.members[room]:
            return []
        del self.now.members[room][user]
        return [self._append(account_stream(user), "left", now, {"room": room})]

    def heads(self, user: str) -> dict[str, int]:
        """Return the heads of all streams that the user may see, by the names the user knows them by."""
        rooms = (room_stream(room) for room, members in self.now.members.items() if user in members)
        return {name: len(self.now.logs.get(stored_name(name, user), ())) for name in (PLACE, ACCOUNT, *rooms)}

    def page(self, stream: str, from_: int, to: int) -> tuple[Published, ...]:
        """Return the events ``from_`` to ``to`` of a stream, both included."""
        return tuple(logged.published for logged in self.now.logs.get(stream, ())[from_ - 1 : to])

    def skim(self, stream: str, from_: int, to: int, known: int) -> Iterator[Published]:
        """Yield of the events ``from_`` to ``to`` those that change messages up to the seq ``known``."""
        return (logged.published for logged in changes(self.now.logs[stream], from_, to, known))

    def copy(self) -> Database:
        """Make a backup."""
        backup = Database()
        backup.now = self.now.copy()
        return backup

    def restore(self, backup: Database) -> None:
        """Go back to a backup: another life begins (rule 16 of docs/delivery.md)."""
        self.lives[self.epoch] = self.now
        self.now = backup.now.copy()
        self.epoch = f"life-{len(self.lives) + 1}"

    def life(self, epoch: str) -> Life:
        """Return a life of the database: this one, or one before it."""
        return self.now if epoch == self.epoch else self.lives[epoch]

    def _append(
        self,
        stream: str,
        kind: str,
        now: float,
        body: Mapping[str, object],
        author: str = "",
        identifier: str = "",
        target: int | None = None,
    ) -> Published:
        log = self.now.logs.setdefault(stream, [])
        name = ACCOUNT if stream.startswith("user:") else stream
        event = wire.Event(name, len(log) + 1, kind, round(now * 1_000), body)
        published = Published(event, wire.encode(event), target)
        log.append(Logged(published, event, author, identifier, target))
        return published


def changes(log: Log, from_: int, to: int, known: int) -> Iterator[Logged]:
    """Yield of the events ``from_`` to ``to`` those that change messages up to the seq ``known``."""
    return (logged for logged in log[from_ - 1 : to] if logged.target is not None and logged.target <= known)
