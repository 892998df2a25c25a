"""What one tab was shown: the events of each stream, in the order in which they were handed on, and every fate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rebond import wire
from rebond.effects import Skipped
from rebond.events import Restored
from rebond.outbox import Entry, Refusal
from rebond.simulation.clock import Clock
from rebond.streams import ACCOUNT, room_stream


@dataclass(slots=True)
class Gap:
    """What was missed and does not come: of the events ``from_`` to ``to`` only ``changes`` were shown."""

    from_: int
    to: int
    changes: list[wire.Event] = field(default_factory=list)


@dataclass(slots=True)
class Stretch:
    """A sight of one stream: from after ``base``, in one life of the database, to whatever was shown last.

    It is unbroken but for the ``gaps``. ``gap`` is one that is being told of.
    """

    stream: str
    epoch: str
    base: int
    events: list[wire.Event] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    gap: Gap | None = None

    @property
    def seen(self) -> int:
        """The seq up to which the stream has been shown."""
        return self.base + len(self.events) + sum(gap.to - gap.from_ + 1 for gap in self.gaps)

    def show(self, event: wire.Event) -> None:
        """An event was handed on."""
        if self.gap is not None and event.seq <= self.gap.to:
            self.gap.changes.append(event)
            return
        if self.gap is not None:
            self.gaps.append(self.gap)
            self.gap = None
        self.events.append(event)


class View:
    """Everything that one tab's listeners were told. It draws its own conclusions, and asks the link for none.

    ``outbox`` holds the entries whose fate is open; ``settled`` what was acked, as it was then. ``held`` has the ids of
    all entries that were ever in the outbox, ``parked`` those that were parked, ``kept`` those that the storage had for
    good, with the time since when.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.stretches: dict[str, Stretch] = {}
        self.past: list[Stretch] = []
        self.acks: list[wire.Ack] = []
        self.refusals: list[Refusal] = []
        self.dropped: list[str] = []
        self.outbox: dict[str, Entry] = {}
        self.settled: dict[str, Entry] = {}
        self.kept: dict[str, float] = {}
        self.parked: set[str] = set()
        self.held: set[str] = set()
        self._epoch = ""
        self._account_head = 0

    # What is sent.

    def fated(self, entry: Entry) -> None:
        """How an entry stands has changed."""
        self.outbox[entry.id] = entry
        self.held.add(entry.id)
        if entry.saved and entry.kept:
            self.kept.setdefault(entry.id, self._clock.now)
        if entry.parked:
            self.parked.add(entry.id)

    def acked(self, ack: wire.Ack) -> None:
        """An operation was stored."""
        self.acks.append(ack)
        entry = self.outbox.pop(ack.id, None)
        if entry is not None:
            self.settled[ack.id] = entry

    def refused(self, refusal: Refusal) -> None:
        """An operation will never be stored."""
        self.refusals.append(refusal)
        self.outbox.pop(refusal.id, None)

    def gave_up(self, entry: Entry) -> None:
        """An entry was taken back before it was sent."""
        self.dropped.append(entry.id)
        self.outbox.pop(entry.id, None)

    # What is received.

    def restored(self, restored: Restored) -> None:
        """The storage says how far things had come: from there on they are shown."""
        if restored.epoch is not None:
            self._epoch = restored.epoch
            self._begin(restored.cursors)

    def reset(self, _: None) -> None:
        """Everything begins anew."""
        for stream in list(self.stretches):
            self._end(stream)

    def welcomed(self, welcome: wire.Welcome) -> None:
        """A connection: what was followed goes on, what is new begins at its head."""
        self._epoch = welcome.epoch
        self._account_head = welcome.heads.get(ACCOUNT, 0)
        for stream in self.stretches.keys() - welcome.heads.keys():
            self._end(stream)
        self._begin(welcome.heads)

    def skipped(self, skipped: Skipped) -> None:
        """Too much was missed: of a range only the changes to older messages come."""
        self.stretches[skipped.stream].gap = Gap(skipped.from_, skipped.to)

    def shown(self, event: wire.Event) -> None:
        """An event was handed on."""
        self.stretches[event.stream].show(event)
        # What was in the account stream at the welcome is counted in its heads; only what comes later changes them.
        if event.stream == ACCOUNT and event.seq > self._account_head:
            room, head = event.body["room"], event.body.get("head")
            if isinstance(room, Mapping) and isinstance(head, int):
                self._begin({room_stream(str(room["id"])): head})
            else:
                self._end(room_stream(str(room)))

    def reach(self, epoch: str, stream: str) -> int:
        """Return how far a stream of an epoch has been shown, or told to be missed."""
        stretch = self.stretches.get(stream)
        if stretch is None or stretch.epoch != epoch:
            return 0
        return stretch.seen if stretch.gap is None else stretch.gap.to

    def _begin(self, heads: Mapping[str, int]) -> None:
        for stream, head in heads.items():
            self.stretches.setdefault(stream, Stretch(stream, self._epoch, head))

    def _end(self, stream: str) -> None:
        self.past.append(self.stretches.pop(stream))
