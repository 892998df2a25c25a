"""What one does oneself in a room and what the room does not show yet: messages, changes to them, reactions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from chat.messages import Change, Outgoing
from chat.reactions import Reacting


class Underway(ABC):
    """Keeps what is on its way until it is in the room, or is refused for good. ``me`` is the reader's id."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._outgoing: dict[str, Outgoing] = {}
        self._changes: dict[str, Change] = {}
        self._reactings: dict[str, Reacting] = {}

    @abstractmethod
    def _changed(self) -> None:
        """There is something else to show."""

    @abstractmethod
    def _stored(self, identifier: str) -> bool:
        """Tell whether a message of one's own is in the room."""

    @abstractmethod
    def _settled(self, seq: int) -> bool:
        """Tell whether an event is in view, or will not come by itself."""

    def sent(self, outgoing: Outgoing) -> None:
        """Show a message of one's own, or how it stands now."""
        if self._stored(outgoing.id):
            return  # The ack was lost.
        known = self._outgoing.get(outgoing.id)
        self._outgoing[outgoing.id] = outgoing if known is None else replace(outgoing, at=known.at)
        self._changed()

    def changing(self, change: Change) -> None:
        """Show a change to a message of one's own, or how it stands now."""
        self._changes[change.id] = change
        self._changed()

    def reacting(self, reacting: Reacting) -> None:
        """Show a reaction of one's own as if it were there."""
        self._reactings[reacting.id] = reacting
        self._changed()

    def acked(self, identifier: str, seq: int) -> None:
        """The server has stored it: nothing more to wait for, though its event may still be on the way."""
        if identifier in self._outgoing:
            self._outgoing[identifier] = replace(self._outgoing[identifier], acked=seq)
        if identifier in self._changes:
            self._changes[identifier] = replace(self._changes[identifier], acked=seq)
        if identifier in self._reactings:
            self._reactings[identifier] = replace(self._reactings[identifier], acked=seq)
        self._settle()

    def refuse(self, outgoing: Outgoing) -> None:
        """The server will never take it: its text stays, with the ``refusal``, until it is taken back."""
        self._changes.pop(outgoing.id, None)
        self._outgoing[outgoing.id] = outgoing
        self._changed()

    def take_back(self, identifier: str) -> str | None:
        """Take a refused message away and return its text; None if there is none of that id."""
        outgoing = self._outgoing.get(identifier)
        if outgoing is None or outgoing.refusal is None:
            return None
        self.drop(identifier)
        return outgoing.text

    def drop(self, identifier: str) -> None:
        """It was given up, or taken back before it was ever sent."""
        self._outgoing.pop(identifier, None)
        self._changes.pop(identifier, None)
        self._reactings.pop(identifier, None)
        self._changed()

    def _settle(self) -> None:
        """Let go of what the server has stored and what is in view now, or in a hole."""
        doing: list[Outgoing | Change | Reacting] = [*self._outgoing.values(), *self._changes.values()]
        doing += self._reactings.values()
        for each in doing:
            if each.acked is not None and self._settled(each.acked):
                self._outgoing.pop(each.id, None)
                self._changes.pop(each.id, None)
                self._reactings.pop(each.id, None)
        self._changed()

    @property
    def outgoing(self) -> list[Outgoing]:
        """One's own messages that are not in the room yet, in the order in which they were written."""
        return list(self._outgoing.values())

    @property
    def changes(self) -> dict[str, Change]:
        """The last change on its way to each of one's own messages, by the id of the message."""
        return {change.target: change for change in self._changes.values()}

    @property
    def reactings(self) -> dict[str, tuple[Reacting, ...]]:
        """One's own reactions on their way, in the order in which they were set, by the message that they are about."""
        found: dict[str, tuple[Reacting, ...]] = {}
        for each in self._reactings.values():
            found[each.key] = (*found.get(each.key, ()), each)
        return found

    @property
    def refused(self) -> bool:
        """Whether one of them was refused."""
        return any(entry.refusal is not None for entry in self._outgoing.values())
