"""What the timeline shows, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from chat.messages import Message, Outgoing
from chat.people import Person
from chat.texts import Texts
from chat.timeline import Timeline
from chat.times import Zone, day_label

TOGETHER = 5 * 60 * 1_000
"""Milliseconds within which messages of one author stand under one name."""


class Fate(StrEnum):
    """How far a message has come."""

    THERE = "there"
    SENDING = "sending"
    QUEUED = "queued"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DayRow:
    """The line between two days."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message. ``continued``: it goes on from the row above, under the same name."""

    key: str
    id: str
    author: Person
    own: bool
    continued: bool
    clock: str
    full: str
    at: int
    text: str
    fate: Fate = Fate.THERE
    reason: str = ""


Row = DayRow | MessageRow


class Rows:
    """Makes the rows of a reader. Rows once made are used again: most of a timeline is as it was a moment ago."""

    def __init__(self, me: Person, zone: Zone, texts: Texts) -> None:
        self._me = me
        self._zone = zone
        self._texts = texts
        self._made: dict[str, tuple[Message | Outgoing, MessageRow]] = {}

    def of(self, timeline: Timeline, *, live: bool, now: int) -> list[Row]:
        """Return what to show of a timeline at ``now``, in milliseconds since the Unix epoch."""
        result: list[Row] = []
        day: int | None = None
        above: tuple[str, int] | None = None
        entries: Iterable[Message | Outgoing] = chain(timeline.messages, timeline.outgoing)
        for entry in entries:
            author = entry.author if isinstance(entry, Message) else self._me
            if self._zone.day(entry.at) != day:
                day = self._zone.day(entry.at)
                label = day_label(entry.at, now, self._zone, self._texts)
                result.append(DayRow(f"day/{author.id}/{entry.id}", label))
                above = None
            goes_on = above is not None and above[0] == author.id and 0 <= entry.at - above[1] < TOGETHER
            continued = goes_on and not self._stood_alone(f"{author.id}/{entry.id}")
            above = (author.id, entry.at)
            result.append(self._row(entry, author, continued=continued, fate=_fate(entry, live=live)))
        return result

    def _stood_alone(self, key: str) -> bool:
        """Tell whether a message was shown under a name of its own: it keeps it, or the view would move."""
        return key in self._made and not self._made[key][1].continued

    def _row(self, entry: Message | Outgoing, author: Person, *, continued: bool, fate: Fate) -> MessageRow:
        key = f"{author.id}/{entry.id}"
        if key in self._made:
            made_of, row = self._made[key]
            if made_of is entry and row.continued == continued and row.fate is fate:
                return row
        row = MessageRow(
            key=key,
            id=entry.id,
            author=author,
            own=author.id == self._me.id,
            continued=continued,
            clock=self._zone.clock(entry.at),
            full=self._zone.full(entry.at),
            at=entry.at,
            text=entry.text,
            fate=fate,
            reason=self._reason(entry),
        )
        self._made[key] = (entry, row)
        return row

    def _reason(self, entry: Message | Outgoing) -> str:
        if isinstance(entry, Message) or entry.refusal is None:
            return ""
        return self._texts.problem(entry.refusal)


def _fate(entry: Message | Outgoing, *, live: bool) -> Fate:
    if isinstance(entry, Message) or entry.acked:
        return Fate.THERE
    if entry.refusal is not None:
        return Fate.REFUSED
    return Fate.SENDING if live else Fate.QUEUED
