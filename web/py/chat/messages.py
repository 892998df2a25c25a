"""Messages: those that are in a room, and those of one's own on their way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chat.people import Person
from rebond import wire


class Malformed(ValueError):  # noqa: N818 - it says what holds
    """The server sent something that is not what it says it is."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a room. ``at`` is in milliseconds since the Unix epoch, by the server's clock."""

    id: str
    seq: int
    author: Person
    text: str
    at: int

    @property
    def key(self) -> str:
        """What tells this message from all others of its room: ids are unique per author only."""
        return f"{self.author.id}/{self.id}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of one's own that has not been seen in its room yet.

    ``acked``: the server has stored it, and its event is on the way. ``refusal``: an error code, final.
    """

    id: str
    text: str
    at: int
    acked: bool = False
    refusal: str | None = None


def person(value: object) -> Person:
    """Read a person. Raises Malformed."""
    match value:
        case {"id": str(identifier), "name": str(name)}:
            return Person(identifier, name)
        case _:
            raise Malformed("a person has an id and a name")


def message(value: Mapping[str, object]) -> Message:
    """Read a message as the history gives it. Raises Malformed."""
    match value:
        case {"id": str(identifier), "seq": int(seq), "author": author, "text": str(text), "at": int(at)}:
            return Message(identifier, seq, person(author), text, at)
        case _:
            raise Malformed("a message has an id, a seq, an author, a text and a time")


def from_event(event: wire.Event) -> Message:
    """Read a message as the link delivers it. Raises Malformed."""
    return message({**event.body, "seq": event.seq, "at": event.at})
