"""What a reply shows of the message that it answers."""

from __future__ import annotations

from dataclasses import dataclass

from chat.rich import plain

EXCERPT = 200
"""Characters that are shown of it (docs/protocol.md)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The message with the seq ``seq``, as far as it is known: ``author`` is the id of its author.

    Without a ``name`` nobody has told yet what it says; what is ``hidden`` the reader may not see.
    """

    seq: int
    id: str = ""
    author: str = ""
    name: str | None = None
    text: str = ""
    deleted: bool = False
    hidden: bool = False

    @property
    def key(self) -> str:
        """What tells the message from all others of its room; empty for one that is hidden."""
        return f"{self.author}/{self.id}" if self.id else ""

    @property
    def line(self) -> str:
        """Its text on one line, without its marks."""
        return plain(self.text[:EXCERPT])


def read(value: object) -> Quote | None:
    """Read what a message says of the one it replies to: an event names it, the history tells its text as well."""
    match value:
        case {"seq": int(seq), "hidden": True}:
            return Quote(seq, hidden=True)
        case {
            "seq": int(seq),
            "id": str(identifier),
            "author": {"id": str(author), "name": str(name)},
            "text": str(text),
            "deleted": bool(deleted),
        }:
            return Quote(seq, identifier, author, name, text, deleted)
        case {"seq": int(seq), "id": str(identifier), "author": str(author)}:
            return Quote(seq, identifier, author)
        case _:
            return None


def record(quote: Quote) -> dict[str, object]:
    """Write a quote so that :func:`read` can read it."""
    if quote.hidden:
        return {"seq": quote.seq, "hidden": True}
    if quote.name is None:
        return {"seq": quote.seq, "id": quote.id, "author": quote.author}
    author = {"id": quote.author, "name": quote.name}
    return {"seq": quote.seq, "id": quote.id, "author": author, "text": quote.text, "deleted": quote.deleted}
