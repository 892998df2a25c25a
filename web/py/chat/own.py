"""What one has written oneself and is on its way, or came back: what the link tells of it, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chat.messages import Change, Message, Outgoing
from chat.reactions import Reacting
from rebond import wire
from rebond.outbox import Entry, Refusal

if TYPE_CHECKING:
    from chat.state import State


class Own:
    """One's own messages, edits, deletions and reactions, in the timelines of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def outgoing(self) -> bool:
        """Whether a message of one's own is still on its way, in any room, or was given back."""
        return any(entry.acked is None for timeline in self._state.timelines.values() for entry in timeline.outgoing)

    def on_fated(self, entry: Entry) -> None:
        """Something of one's own stands differently on its way. Of what is being stored, nothing is said yet."""
        if not entry.saved:
            return
        timeline, operation = self._state.timeline(entry.room), entry.operation
        flying, parked, kept = entry.in_flight, entry.parked, entry.kept and self._state.archive.works
        if isinstance(operation, wire.Send):
            # Never before the message above it, however wrong the clock on the wall is.
            at = max(self._state.clocks.wall(), timeline.latest_at)
            timeline.sent(Outgoing(entry.id, entry.text, at, flying, parked, kept, re=operation.re))
        elif isinstance(operation, wire.React):
            timeline.reacting(Reacting(entry.id, operation.target, operation.emoji, operation.on))
        else:
            text = operation.text if isinstance(operation, wire.Edit) else None
            timeline.changing(Change(entry.id, operation.target, text, flying, parked, kept))
            if text is None and kept:
                self._state.archive.forget_withdrawn(operation.target)
        self._state.unkept |= not kept
        self._state.writing.stored(entry.id)
        self._state.changed()

    def on_dropped(self, entry: Entry) -> None:
        """One has taken a message back before it was sent, or has given up what was parked: its text is given back."""
        self._state.timeline(entry.room).drop(entry.id)
        if isinstance(entry.change, wire.Delete):
            self._state.archive.forget_withdrawn(entry.id)
        elif entry.text:
            self._state.drafts.give_back(entry.room, entry.text)
        if isinstance(entry.operation, wire.Send) and entry.text and self._state.drafts.target(entry.room) is None:
            self._state.drafts.aim(entry.room, entry.operation.re)
        self._state.go_on_from(entry.room)
        self._state.changed()

    def on_ack(self, ack: wire.Ack) -> None:
        """The server has stored something of one's own."""
        self._state.history.heard(self._state.clocks.link())
        self._state.timeline(ack.room).acked(ack.id, ack.seq)
        self._state.changed()

    def on_refused(self, refusal: Refusal) -> None:
        """The server will never take something of one's own: its text is given back, with the reason."""
        timeline = self._state.timeline(refusal.room)
        re = next((entry.re for entry in timeline.outgoing if entry.id == refusal.id), None)
        timeline.drop(refusal.id)
        if refusal.text:
            outgoing = Outgoing(
                refusal.id, refusal.text, self._state.clocks.wall(), refusal=refusal.code, target=refusal.target, re=re
            )
            timeline.refuse(outgoing)
            self._state.archive.note_refused(refusal.room, outgoing)
        self._state.changed()

    def unsent(self, kept: list[wire.Operation], refused: Iterable[tuple[str, Outgoing]] = ()) -> list[wire.Operation]:
        """Return what would be lost by logging out: ``kept`` in the storage, here alone, or ``refused`` in any tab."""
        # A tab that was closed may have sent its message, and had no time to take it out of the storage.
        there = {each.id for each in kept if isinstance(self._state.timeline(each.room).find(each.id), Message)}
        found = {operation.id: operation for operation in kept if operation.id not in there}
        for room, timeline in self._state.timelines.items():
            for entry in timeline.outgoing:
                if entry.acked is None:
                    found.setdefault(entry.id, wire.Send(entry.id, room, entry.text))
            for change in timeline.changes.values():
                if change.acked is None and change.text is not None:
                    found.setdefault(change.id, wire.Edit(change.id, room, change.target, change.text))
        for room, entry in refused:
            found.setdefault(entry.id, wire.Send(entry.id, room, entry.text))
        return list(found.values())

    def take_back(self, room: str, identifier: str) -> str | None:
        """Take a refused message away; return its text."""
        text = self._state.timeline(room).take_back(identifier)
        if text is not None:
            self._state.archive.forget_refused(identifier)
        self._state.go_on_from(room)
        self._state.changed()
        return text
