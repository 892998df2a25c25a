"""What the timeline shows, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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


def rows(timeline: Timeline, me: Person, *, live: bool, now: int, zone: Zone, texts: Texts) -> list[Row]:
    """Return what to show of a timeline at ``now``, in milliseconds since the Unix epoch."""
    result: list[Row] = []
    day: int | None = None
    above: tuple[str, int] | None = None
    for entry in _entries(timeline.messages, timeline.outgoing):
        author = entry.author if isinstance(entry, Message) else me
        if zone.day(entry.at) != day:
            day = zone.day(entry.at)
            result.append(DayRow(f"day/{author.id}/{entry.id}", day_label(entry.at, now, zone, texts)))
            above = None
        continued = above is not None and above[0] == author.id and 0 <= entry.at - above[1] < TOGETHER
        above = (author.id, entry.at)
        result.append(
            MessageRow(
                key=f"{author.id}/{entry.id}",
                id=entry.id,
                author=author,
                own=author.id == me.id,
                continued=continued,
                clock=zone.clock(entry.at),
                full=zone.full(entry.at),
                at=entry.at,
                text=entry.text,
                fate=_fate(entry, live=live),
                reason=_reason(entry, texts),
            )
        )
    return result


def _entries(messages: Iterable[Message], outgoing: Iterable[Outgoing]) -> Iterable[Message | Outgoing]:
    yield from messages
    yield from outgoing


def _fate(entry: Message | Outgoing, *, live: bool) -> Fate:
    if isinstance(entry, Message) or entry.acked:
        return Fate.THERE
    if entry.refusal is not None:
        return Fate.REFUSED
    return Fate.SENDING if live else Fate.QUEUED


def _reason(entry: Message | Outgoing, texts: Texts) -> str:
    if isinstance(entry, Message) or entry.refusal is None:
        return ""
    return texts.problem(entry.refusal)
