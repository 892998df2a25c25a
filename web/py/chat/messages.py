"""Messages: those that are in a room, and what one does oneself that is on its way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chat import quotes, reactions
from chat.people import Person
from chat.quotes import Quote
from chat.reactions import Reacted, Reaction
from rebond import wire


class Malformed(ValueError):  # noqa: N818 - it says what holds
    """The server sent something that is not what it says it is."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a room. Times are in milliseconds since the Unix epoch, by the server's clock.

    ``changed`` is the seq that last changed it, its own if none has; ``edited`` is when its author last gave it another
    text. Of one that is ``deleted`` the text is gone; ``removed``: not its author took it away. ``re`` is what it
    replies to.
    """

    id: str
    seq: int
    author: Person
    text: str
    at: int
    changed: int
    edited: int | None = None
    deleted: bool = False
    re: Quote | None = None
    reactions: tuple[Reaction, ...] = ()
    removed: bool = False

    @property
    def key(self) -> str:
        """What tells this message from all others of its room: ids are unique per author only."""
        return f"{self.author.id}/{self.id}"

    @property
    def quote(self) -> Quote:
        """What a reply shows of it."""
        text = self.text[: quotes.EXCERPT]
        return Quote(self.seq, self.id, self.author.id, self.author.name, text, self.deleted)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of one's own that has not been seen in its room yet.

        ``flying``: it is on its way; ``parked``: it waits for the user. ``kept``: the browser has it, too, and not this
    page alone. ``acked`` is the seq under which the server has stored it; its event is on the way. ``refusal`` is an
    error code, final; ``target`` then is the message whose new text was refused, if it was one. ``re`` names what it
    replies to, as ``author/id``.
    """

    id: str
    text: str
    at: int
    flying: bool = False
    parked: bool = False
    kept: bool = True
    acked: int | None = None
    refusal: str | None = None
    target: str | None = None
    re: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Another text for a message of one's own, or None to take it back, on its way; else as :class:`Outgoing`."""

    id: str
    target: str
    text: str | None
    flying: bool = False
    parked: bool = False
    kept: bool = True
    acked: int | None = None


def person(value: object) -> Person:
    """Read a person. Raises Malformed."""
    match value:
        case {"id": str(identifier), "name": str(name), **more}:
            display = more.get("display")
            return Person(identifier, name, display if isinstance(display, str) else "")
        case _:
            raise Malformed("a person has an id and a name")


def message(value: Mapping[str, object]) -> Message:
    """Read a message as the history gives it, and as :func:`record` writes it. Raises Malformed."""
    match value:
        case {"id": str(identifier), "seq": int(seq), "author": author, "text": str(text), "at": int(at)}:
            changed, edited = value.get("changed"), value.get("edited")
            return Message(
                identifier,
                seq,
                person(author),
                text,
                at,
                changed if isinstance(changed, int) else seq,
                edited if isinstance(edited, int) else None,
                value.get("deleted") is True,
                quotes.read(value.get("re")),
                reactions.read(value.get("reactions")),
                value.get("removed") is True,
            )
        case _:
            raise Malformed("a message has an id, a seq, an author, a text and a time")


def record(message: Message) -> dict[str, object]:
    """Write a message so that :func:`message` can read it."""
    author = {"id": message.author.id, "name": message.author.name}
    told: dict[str, object] = {"id": message.id, "seq": message.seq, "author": author, "text": message.text}
    told |= {"at": message.at, "changed": message.changed}
    if message.edited is not None:
        told["edited"] = message.edited
    if message.deleted:
        told["deleted"] = True
    if message.re is not None:
        told["re"] = quotes.record(message.re)
    if message.reactions:
        told["reactions"] = reactions.record(message.reactions)
    if message.removed:
        told["removed"] = True
    return told


def from_event(event: wire.Event) -> Message:
    """Read a message as the link delivers it. Raises Malformed."""
    return message({**event.body, "seq": event.seq, "at": event.at})


@dataclass(frozen=True, slots=True)
class Told:
    """That the message ``key`` has another text since ``seq``, or, with None, was taken back, or ``removed``."""

    key: str
    seq: int
    at: int
    text: str | None
    removed: bool = False


def change_from_event(event: wire.Event) -> Told:
    """Read a change to a message as the link delivers it. Raises Malformed."""
    match event.kind, event.body:
        case "edited", {"id": str(identifier), "author": author, "text": str(text)}:
            return Told(f"{person(author).id}/{identifier}", event.seq, event.at, text)
        case "deleted", {"id": str(identifier), "author": author}:
            by = event.body.get("by") is not None
            return Told(f"{person(author).id}/{identifier}", event.seq, event.at, None, removed=by)
        case _:
            raise Malformed("a change names a message, its author and its new text")


def reaction_from_event(event: wire.Event) -> Reacted:
    """Read a reaction as the link delivers it. Raises Malformed."""
    match event.body:
        case {
            "id": str(identifier),
            "author": str(author),
            "user": user,
            "emoji": str(emoji),
            "on": bool(on),
            "count": int(count),
        }:
            return Reacted(f"{author}/{identifier}", event.seq, person(user), emoji, on, count)
        case _:
            raise Malformed("a reaction names a message, who reacts, an emoji and how many have set it")
