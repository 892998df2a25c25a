"""What one is about to do: a text that is just being stored, a message that gets another text, one to be taken back."""

from __future__ import annotations

from dataclasses import replace

from chat.drafts import Drafts, Editing, Leaving
from chat.withdrawal import Withdrawal


class Writing:
    """What stands in the composer, until the storage has it (rule 7 of docs/delivery.md)."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        self.withdrawal = Withdrawal()
        self.asked: tuple[str, str] | None = None
        """The room and the id of the message that one is asked about: is it to be taken back?"""
        self._saving: tuple[str, str] | None = None
        self._early: set[str] = set()
        self._earlier = list(drafts.leaving)

    @property
    def editing(self) -> Editing | None:
        """The message that is being given another text."""
        return self.drafts.editing

    @property
    def doomed(self) -> tuple[str, str] | None:
        """The room and the id of the message that is gone unless one wants it back, or that one is asked about."""
        return self.withdrawal.of or self.asked

    def text(self, room: str) -> str:
        """Return what stands in the composer of a room."""
        return self.editing.text if self.editing is not None and self.editing.room == room else self.drafts[room]

    def put(self, room: str, text: str) -> None:
        """Keep what stands in the composer of a room."""
        if self.editing is not None and self.editing.room == room:
            self.drafts.edit(replace(self.editing, text=text))
        else:
            self.drafts.put(room, text)

    def ask(self) -> None:
        """The storage is about to be asked; where it refuses at once, the answer comes before the id is known."""
        self._early.clear()

    # A message.

    def unsent(self, room: str) -> str:
        """Return what of the draft is not being stored already."""
        draft = self.drafts[room]
        for leaving in self.drafts.leaving.values():
            if leaving.room == room:
                draft = draft.removeprefix(leaving.text)
        return draft

    def replying(self, room: str) -> str | None:
        """Return the message that the draft of a room replies to, as ``author/id``, unless that is being stored."""
        target = self.drafts.target(room)
        being_stored = any((each.room, each.re) == (room, target) for each in self.drafts.leaving.values())
        return None if being_stored else target

    def leaving(self, room: str, identifier: str, text: str, re: str | None = None) -> None:
        """The storage was asked to keep a message: until it has, its text stays in the composer."""
        self.drafts.leave(identifier, Leaving(room, text, re))
        if identifier in self._early:
            self.stored(identifier)

    def restored(self) -> None:
        """All that was stored has been told: what an earlier page was about to have stored, and was not, is unsent."""
        for identifier in self._earlier:
            self.drafts.arrive(identifier)

    # A change.

    def begin(self, room: str, target: str, text: str) -> None:
        """Put the text of a message into the composer, to change it. The draft waits."""
        self.drafts.edit(Editing(room, target, text, text))
        self.asked = None

    def leave(self) -> None:
        """Leave the message as it is."""
        self.drafts.edit(None)

    def saving(self, identifier: str, target: str) -> None:
        """The storage was asked to keep the change ``identifier``."""
        self._saving = (identifier, target)
        if self._early & {identifier, target}:
            self.stored(identifier)

    # Either.

    def stored(self, identifier: str) -> None:
        """It is stored, or it lives in memory and that is said: the composer lets go of its text."""
        self._early.add(identifier)
        left = self.drafts.arrive(identifier)
        if left is not None:
            self.drafts.put(left.room, self.drafts[left.room].removeprefix(left.text))
            if left.re is not None and self.drafts.target(left.room) == left.re:
                self.drafts.aim(left.room, None)
        if self._saving is not None and identifier in self._saving:
            self._saving = None
            self.drafts.edit(None)
