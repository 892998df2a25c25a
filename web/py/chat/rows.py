"""What the timeline shows, row by row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from types import MappingProxyType

from chat.messages import Change, Message, Outgoing
from chat.people import Person
from chat.powers import may_remove
from chat.quotes import Quote
from chat.reactions import Chip, Reacting, chips
from chat.roster import Roster
from chat.texts import Texts
from chat.timeline import Hole, Timeline
from chat.times import Zone, day_label
from chat.view import Hold

_SPARE = 200
"""So many rows more than are shown are remembered, lest each that comes and goes be made anew."""

TOGETHER = 5 * 60 * 1_000
"""Milliseconds within which messages of one author stand under one name."""


class Fate(StrEnum):
    """How far a message, or a change to one, has come."""

    THERE = "there"
    SENDING = "sending"
    QUEUED = "queued"
    PARKED = "parked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DayRow:
    """The line between two days."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """The line above what is new to the reader."""

    key: str
    since: str


@dataclass(frozen=True, slots=True)
class HoleRow:
    """The place of messages that were not loaded."""

    key: str
    start: int
    end: int
    busy: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message. ``continued``: it goes on from the row above, under the same name.

    ``doing`` is the id of what is on its way, the message itself or the change to it; ``fate`` is how far that has
    come, ``kept`` whether the browser has it too, and ``reason`` why it was refused. ``edited`` is when it was.
    """

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
    doing: str = ""
    kept: bool = True
    reason: str = ""
    edited: str = ""
    edited_full: str = ""
    deleted: bool = False
    change: bool = False
    """Whether it is a change that is on its way, or was refused."""
    doomed: bool = False
    """Whether one is being asked: is it to be taken back?"""
    seq: int = 0
    """Its place in the room, 0 while it has none."""
    quote: Quote | None = None
    """What it replies to."""
    chips: tuple[Chip, ...] = ()
    removed: bool = False
    """Whether it was somebody else who took it away."""
    removable: bool = False
    """Whether the reader, who has not written it, may take it away."""
    readers: tuple[Person, ...] = ()
    """The others who have read up to here and no further, in a small room."""
    archived: bool = False
    """Whether it stands in a room that can only be read."""

    @property
    def changeable(self) -> bool:
        """Whether its author may give it another text, or take it back."""
        return self.own and not self.deleted and not self.archived and self.fate not in {Fate.PARKED, Fate.REFUSED}

    @property
    def linkable(self) -> bool:
        """Whether one may link to it."""
        return self.seq > 0 and not self.deleted

    @property
    def answerable(self) -> bool:
        """Whether one may reply to it and react to it."""
        return self.linkable and not self.archived

    @property
    def handle(self) -> str:
        """What the buttons of the message name it by: the id of one's own, ``author/id`` of somebody else's."""
        return self.id if self.own else self.key


Row = DayRow | HoleRow | NewRow | MessageRow

_LINE = 64
"""Characters of a text that are about a line of it."""

_LONG = 12
"""Lines from which on texts are no longer told from one another by how long they are."""


def kind(row: Row) -> Hashable:
    """Return what rows have in common that are about as high as one another."""
    if not isinstance(row, MessageRow):
        return type(row).__name__
    lines = min(_LONG, sum(1 + len(line) // _LINE for line in row.text.split("\n", _LONG)))
    return row.continued, lines, row.quote is not None, bool(row.chips)


def hold(row: Row) -> Hold:
    """Tell whether the view can hold on to a row."""
    if isinstance(row, HoleRow):
        return Hold.HOLE
    return Hold.FIRM if isinstance(row, MessageRow) else Hold.LOOSE


@dataclass(frozen=True, slots=True)
class _Made:
    """What a row was made of."""

    entry: Message | Outgoing
    change: Change | None
    reactings: tuple[Reacting, ...]
    quote: Quote | None
    known: int
    """How much was known of people."""

    def same(self, other: _Made) -> bool:
        """Tell whether a row made of the other would be the same: what has changed is another object."""
        same = self.entry is other.entry and self.change is other.change
        same = same and self.reactings == other.reactings and self.known == other.known
        return same and self.quote == other.quote


class Rows:
    """Makes the rows of a reader. Rows once made are used again: most of a timeline is as it was a moment ago."""

    def __init__(self, me: Person, zone: Zone, texts: Texts, people: Roster | None = None) -> None:
        self._me = me
        self._people = Roster() if people is None else people
        self._zone = zone
        self._texts = texts
        self._made: dict[str, tuple[_Made, MessageRow]] = {}

    def of(
        self,
        timeline: Timeline,
        *,
        live: bool,
        now: int,
        doomed: str | None = None,
        new_after: int | None = None,
        readers: Mapping[int, Sequence[Person]] = MappingProxyType({}),
        archived: bool = False,
    ) -> list[Row]:
        """Return what to show of a timeline at ``now``, in milliseconds since the Unix epoch.

        ``doomed`` is the id of the message that one may be about to take back, somebody else's with its author's; what
        others have said after the seq ``new_after`` is new; ``readers`` are those who have read up to a seq. In a room
        that is ``archived`` one can only read.
        """
        result: list[Row] = []
        day: int | None = None
        above: tuple[str, int] | None = None
        changes, reactings = timeline.changes, timeline.reactings
        if new_after is not None and not timeline.knows(new_after + 1):
            new_after = None  # It belongs above what is not here yet.
        entries: Iterable[Message | Hole | Outgoing] = chain(timeline.entries, timeline.outgoing)
        for entry in entries:
            if isinstance(entry, Hole):
                key = f"hole/{entry.start}"
                result.append(HoleRow(key, entry.start, entry.end, timeline.busy, timeline.failed))
                day = above = None
                if new_after is not None and entry.start > new_after:
                    new_after = None
                continue
            author = self._people.today(entry.author if isinstance(entry, Message) else self._me)
            if self._zone.day(entry.at) != day:
                day = self._zone.day(entry.at)
                label = day_label(entry.at, now, self._zone, self._texts)
                result.append(DayRow(f"day/{author.id}/{entry.id}", label))
                above = None
            is_new = new_after is not None and isinstance(entry, Message) and entry.seq > new_after
            if is_new and author.id != self._me.id:
                result.append(NewRow("new", self._zone.clock(entry.at)))
                above = new_after = None
            goes_on = above is not None and above[0] == author.id and 0 <= entry.at - above[1] < TOGETHER
            continued = goes_on and not self._stood_alone(f"{author.id}/{entry.id}")
            above = (author.id, entry.at)
            change = changes.get(entry.id) if author.id == self._me.id else None
            key = f"{author.id}/{entry.id}"
            re = entry.re if isinstance(entry, Message) else _quoted(entry, timeline)
            made_of = _Made(entry, change, reactings.get(key, ()), self._quote(re), self._people.changes)
            row = self._row(made_of, author, continued=continued, live=live, archived=archived)
            if doomed is not None and row.handle == doomed:
                row = replace(row, doomed=True)
            if isinstance(entry, Message) and entry.seq in readers:
                row = replace(row, readers=tuple(readers[entry.seq]))
            result.append(row)
        if len(self._made) > 2 * len(result) + _SPARE:
            self._made = {row.key: self._made[row.key] for row in result if row.key in self._made}
        return result

    def _stood_alone(self, key: str) -> bool:
        """Tell whether a message was shown under a name of its own: it keeps it, or the view would move."""
        return key in self._made and not self._made[key][1].continued

    def _row(self, made_of: _Made, author: Person, *, continued: bool, live: bool, archived: bool) -> MessageRow:
        entry, change = made_of.entry, made_of.change
        key = f"{author.id}/{entry.id}"
        own, mine = author.id == self._me.id, self._people.role(self._me.id)
        removable = not own and isinstance(entry, Message) and not entry.deleted
        removable = removable and may_remove(mine, self._people.get(author.id))
        doing = change or (entry if isinstance(entry, Outgoing) else None)
        fate = _fate(doing, live=live)
        if key in self._made:
            before, row = self._made[key]
            same = before.same(made_of) and row.author == author and row.removable == removable
            if same and row.continued == continued and row.fate is fate and row.archived == archived:
                return row
        edited = entry.edited if isinstance(entry, Message) else None
        text = entry.text if change is None or change.text is None else change.text
        row = MessageRow(
            key=key,
            id=entry.id,
            author=author,
            own=own,
            continued=continued,
            clock=self._zone.clock(entry.at),
            full=self._zone.full(entry.at),
            at=entry.at,
            text=text,
            fate=fate,
            doing="" if doing is None else doing.id,
            kept=doing is None or doing.kept,
            reason=self._reason(entry),
            edited="" if edited is None else self._zone.clock(edited),
            edited_full="" if edited is None else self._zone.full(edited),
            deleted=(isinstance(entry, Message) and entry.deleted) or (change is not None and change.text is None),
            change=change is not None or (isinstance(entry, Outgoing) and entry.target is not None),
            seq=entry.seq if isinstance(entry, Message) else 0,
            quote=made_of.quote,
            chips=self._chips(made_of),
            removed=isinstance(entry, Message) and entry.removed,
            removable=removable,
            archived=archived,
        )
        self._made[key] = (made_of, row)
        return row

    def _chips(self, made_of: _Made) -> tuple[Chip, ...]:
        entry = made_of.entry
        if not isinstance(entry, Message) or entry.deleted or not (entry.reactions or made_of.reactings):
            return ()
        reactions = [replace(each, who=tuple(map(self._people.today, each.who))) for each in entry.reactions]
        return chips(tuple(reactions), made_of.reactings, self._me, self._texts)

    def _quote(self, quote: Quote | None) -> Quote | None:
        """Return a quote with its author as they are shown today."""
        if quote is None or quote.name is None:
            return quote
        return replace(quote, name=self._people.today(Person(quote.author, quote.name)).shown)

    def _reason(self, entry: Message | Outgoing) -> str:
        if isinstance(entry, Message) or entry.refusal is None:
            return ""
        return self._texts.problem(entry.refusal)


def _quoted(outgoing: Outgoing, timeline: Timeline) -> Quote | None:
    return None if outgoing.re is None else timeline.quote(outgoing.re)


def _fate(doing: Outgoing | Change | None, *, live: bool) -> Fate:
    if doing is None or doing.acked is not None:
        return Fate.THERE
    if isinstance(doing, Outgoing) and doing.refusal is not None:
        return Fate.REFUSED
    if doing.parked:
        return Fate.PARKED
    return Fate.SENDING if live or doing.flying else Fate.QUEUED
