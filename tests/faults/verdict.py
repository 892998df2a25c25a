"""Compares what every link was told with what the database holds: the checker, for real processes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rebond.simulation.view import Stretch
from rebond.streams import ACCOUNT
from rebond.wire import Delete, Event
from tests.faults.talker import Life


@dataclass(frozen=True, slots=True)
class Row:
    """An event as the database holds it."""

    kind: str
    target: int | None
    body: dict[str, object]


def heads_of(path: Path) -> dict[str, int]:
    """Return the heads of all streams."""
    with closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT name, head FROM stream"))


class Book:
    """All that the database holds of streams and operations."""

    def __init__(self, path: Path) -> None:
        self.heads = heads_of(path)
        with closing(sqlite3.connect(path)) as database:
            self.events: dict[str, list[Row]] = {name: [] for name in self.heads}
            self.gaps: list[str] = []
            query = "SELECT stream, seq, kind, target, body FROM event ORDER BY stream, seq"
            for stream, seq, kind, target, body in database.execute(query):
                self.events[stream].append(Row(kind, target, json.loads(body)))
                if seq != len(self.events[stream]):
                    self.gaps.append(f"{stream} has {seq} at {len(self.events[stream])}")
            self.operations: dict[tuple[str, str], tuple[str, int]] = {
                (author, identifier): (room, seq)
                for author, identifier, room, seq in database.execute("SELECT author, id, room, seq FROM operation")
            }

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the database alone."""
        yield from self.gaps
        for stream, rows in self.events.items():
            if len(rows) != self.heads[stream]:
                yield f"{stream} has {len(rows)} events and the head {self.heads[stream]}"
            said = Counter(_name(row.body) for row in rows if row.kind == "message")
            yield from (f"{name} is stored {count} times" for name, count in said.items() if count > 1)

    def of(self, account: str, life: Life) -> Iterator[str]:
        """Yield what a link was told otherwise than it is."""
        sight = life.sight
        for stretch in (*sight.past, *sight.stretches.values()):
            name = f"user:{account}" if stretch.stream == ACCOUNT else stretch.stream
            yield from _broken(stretch, self.events[name])
        yield from self._fates(account, life)
        for room in {room for room, _ in life.done}:
            mine = [identifier for where, identifier in life.done if where == room and identifier not in sight.parked]
            places = [self.operations[account, each][1] for each in mine if (account, each) in self.operations]
            if places != sorted(places):
                yield f"{room}: done {mine}, stored at {places}"

    def _fates(self, account: str, life: Life) -> Iterator[str]:
        sight = life.sight
        fates = Counter([ack.id for ack in sight.acks] + [refusal.id for refusal in sight.refusals] + sight.dropped)
        yield from (f"{identifier} has {count} fates" for identifier, count in fates.items() if count > 1)
        for ack in sight.acks:
            if self.operations.get((account, ack.id)) != (ack.room, ack.seq):
                yield f"{ack.id} was acked at {ack.seq}: {self.operations.get((account, ack.id))}"
                continue
            entry, row = sight.settled[ack.id], self.events[f"room:{ack.room}"][ack.seq - 1]
            if not isinstance(entry.operation, Delete) and row.body["text"] not in (entry.text, ""):
                yield f"{ack.id} is {entry.text!r} to its sender, and stored as {row.body['text']!r}"
        for identifier in [refusal.id for refusal in sight.refusals] + sight.dropped:
            if (account, identifier) in self.operations:
                yield f"{identifier} was refused or taken back, and is stored"
        for _, identifier in life.done:
            if not life.over and identifier not in fates and identifier not in sight.outbox:
                yield f"{identifier} is nowhere"


def _broken(stretch: Stretch, rows: list[Row]) -> Iterator[str]:
    skipped = {seq for gap in stretch.gaps for seq in range(gap.from_, gap.to + 1)}
    wanted = [seq for seq in range(stretch.base + 1, stretch.seen + 1) if seq not in skipped]
    shown = [event.seq for event in stretch.events]
    if shown != wanted:
        yield f"{stretch.stream}: after {stretch.base} shown {shown}"
        return
    for gap in stretch.gaps:
        missed = [seq for seq in range(gap.from_, gap.to + 1) if (rows[seq - 1].target or gap.from_) < gap.from_]
        told = [event.seq for event in gap.changes]
        if told != missed:
            yield f"{stretch.stream}: of {gap.from_} to {gap.to} told {told}, not {missed}"
    for event in (*stretch.events, *(event for gap in stretch.gaps for event in gap.changes)):
        if not _same(event, rows[event.seq - 1]):
            yield f"{stretch.stream}: shown {event}, stored {rows[event.seq - 1]}"


def _same(event: Event, row: Row) -> bool:
    """Tell whether an event was shown as it is stored, or as it was before its message was deleted."""
    same = event.kind == row.kind and event.body.get("id") == row.body.get("id")
    return same and row.body.get("text") in (event.body.get("text"), "")


def _name(body: dict[str, object]) -> str:
    author = body["author"]
    assert isinstance(author, dict), "every message has an author"
    return f"{author['id']}/{body['id']}"
