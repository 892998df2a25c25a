"""What became of everything that one person did, in all tabs and pages: the sender's half of the checker.

What faults may cost (docs/delivery.md, "What faults may cost"):

- a page that dies loses what its storage had not said to have;
- a write that the storage refused, or that died with its page, may leave there what was settled meanwhile: it is sent
  once more, and what was refused may be stored then;
- the same goes for what a second tab has taken over: a refusal in one tab does not reach the other;
- what was parked keeps no order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from rebond.simulation.database import Life
from rebond.simulation.tab import Sent, Tab
from rebond.simulation.view import View
from rebond.simulation.world import World
from rebond.wire import Delete


def complaints(world: World, user: str) -> Iterator[str]:
    """Yield what does not hold of what ``user`` did."""
    yield from _Fates(world, user).complaints()


class _Fates:
    def __init__(self, world: World, user: str) -> None:
        database, disk = world.server.database, world.disks.get(user)
        self.user = user
        self.tabs = [tab for tab in world.tabs.values() if tab.user == user]
        self.views = [view for tab in self.tabs for view in tab.views]
        self.sent = {sent.id: sent for tab in self.tabs for sent in tab.sent}
        self.others = {sent.id for tab in world.tabs.values() if tab.user != user for sent in tab.sent}
        self.lives = [*database.lives.values(), database.now]
        self.rows = set() if disk is None else {row.id for row in disk.rows.values()}
        self.refused = {refusal.id for view in self.views for refusal in view.refusals}
        self.dropped = {identifier for view in self.views for identifier in view.dropped}
        # Taken back in a page that died before it was told so.
        self.unwanted = {sent.target for sent in self.sent.values() if sent.in_place and not sent.text}
        self.acked = {ack.id for view in self.views for ack in view.acks}
        self.parked = {identifier for view in self.views for identifier in view.parked}
        holders = Counter(identifier for view in self.views for identifier in view.held)
        self.shared = {identifier for identifier, count in holders.items() if count > 1}
        self.unsure = self.shared.copy()
        self.unwritten = set() if disk is None else disk.unsure
        self.unsure |= self.unwritten
        self.durable = disk is not None

    def complaints(self) -> Iterator[str]:
        for tab in self.tabs:
            yield from self._one_fate(tab)
        for view in self.views:
            yield from self._true(view)
        for sent in self.sent.values():
            yield from self._accounted(sent)
        for number, life in enumerate(self.lives):
            yield from self._stored(life, first=number == 0)

    def _one_fate(self, tab: Tab) -> Iterator[str]:
        """In a page everything is acked once, refused once, dropped once, or in the outbox."""
        for view in tab.views:
            fates = Counter([ack.id for ack in view.acks])
            fates.update([refusal.id for refusal in view.refusals])
            fates.update(view.dropped)
            fates.update(list(view.outbox))
            for identifier, count in fates.items():
                if count > 1 and identifier not in self.unwritten:
                    yield f"{identifier} has {count} fates in one page"
        queued = tab.link.status.queued
        if not tab.closed and queued != len(tab.view.outbox):
            yield f"{queued} in the outbox, {len(tab.view.outbox)} whose fate is open"

    def _true(self, view: View) -> Iterator[str]:
        """What was acked is stored as acked, and as the page had it."""
        for ack in view.acks:
            life = next((life for life in self.lives if life.acks.get((self.user, ack.id)) == ack), None)
            if life is None:
                yield f"{ack.id} was acked and is not stored"
            elif (entry := view.settled.get(ack.id)) is not None and not isinstance(entry.operation, Delete):
                told = life.logs[f"room:{ack.room}"][ack.seq - 1].told.body["text"]
                if told != entry.text:
                    yield f"{ack.id} is {entry.text!r} to the page, and stored as {told!r}"

    def _accounted(self, sent: Sent) -> Iterator[str]:
        """Everything is stored, refused, dropped or still to be sent somewhere, or was lost with its page."""
        if sent.in_place and not any(sent.id in view.held for view in self.views):
            return
        if sent.id in self.acked | self.refused | self.dropped | self.rows | self.unwanted:
            return
        if any(sent.id in tab.view.outbox for tab in self.tabs if not tab.closed):
            return
        if any((self.user, sent.id) in life.acks for life in self.lives):
            return
        open_still = any(tab.view is sent.view and not tab.closed for tab in self.tabs)
        if open_still or (self.durable and sent.id in sent.view.kept):
            yield f"{sent.id} is neither stored, refused nor in an outbox"

    def _stored(self, life: Life, *, first: bool) -> Iterator[str]:
        for stream, log in life.logs.items():
            ids = [logged.id for logged in log if logged.author == self.user]
            for identifier, count in Counter(ids).items():
                if count > 1:
                    yield f"{identifier} is stored {count} times"
                if identifier in self.others:
                    yield f"{identifier} is another's"
                if identifier in (self.refused | self.dropped) - self.unsure and life is self.lives[-1]:
                    yield f"{identifier} was refused or taken back and is stored"
            yield from self._ordered(stream, ids, first=first)

    def _ordered(self, stream: str, ids: list[str], *, first: bool) -> Iterator[str]:
        """What was done in one page, and what a page did while another's was known to wait, is in the order done."""
        before = {ack.id for view in self.views for ack in view.acks} if not first else set()
        loose = self.parked | (self.refused & self.unsure) | before
        if self.shared:  # Another page sends what was written, and knows nothing of what was not.
            loose |= self.unwritten
        # What was to be a change in place and came too late is done when that is known.
        loose |= {sent.id for sent in self.sent.values() if sent.in_place}
        place = {identifier: number for number, identifier in enumerate(ids) if identifier not in loose}
        done = [sent for sent in self.sent.values() if sent.id in place]
        for view in self.views:
            typed = [sent.id for sent in done if sent.view is view]
            mine = [identifier for identifier in ids if identifier in typed]
            if mine != typed:
                yield f"{stream}: done {typed}, stored {mine}"
        if not first or not self.durable:
            return
        stored = sorted((sent for sent in done if sent.id not in self.unwritten), key=lambda sent: place[sent.id])
        for one, other in combinations(stored, 2):
            kept = other.view.kept.get(other.id)
            if kept is not None and kept < one.at:
                yield f"{stream}: {other.id} was kept before {one.id} was done, and is stored after it"
