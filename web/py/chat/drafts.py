"""What one has begun to write: a draft in each room, what of it is just being stored, and the new text of a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from rebond.text import MAX_TEXT

NEAR = 400
"""Characters before the limit at which the reader is told how many there are."""


class Shelf(Protocol):
    """Where a page keeps a text over a reload."""

    def get(self, key: str) -> str | None:
        """Return what was put there, or None."""
        ...

    def put(self, key: str, value: str) -> None:
        """Keep ``value``; nothing is kept of the empty one."""
        ...


@dataclass(frozen=True, slots=True)
class Length:
    """How long a draft is, in Unicode code points. ``near``: worth telling."""

    n: int
    limit: int = MAX_TEXT

    @property
    def near(self) -> bool:
        return self.n > self.limit - NEAR

    @property
    def over(self) -> bool:
        return self.n > self.limit


@dataclass(frozen=True, slots=True)
class Editing:
    """The message ``target`` is being given another text; ``before`` is the one it has, ``text`` how far one is."""

    room: str
    target: str
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """The part of a room's draft that the storage has been asked to keep as a message; ``re`` is what it replies to."""

    room: str
    text: str
    re: str | None = None


class Drafts:
    """The drafts of one account, and the change to a message that is being written."""

    def __init__(self, shelf: Shelf, account: str) -> None:
        self._shelf = shelf
        self._key = f"drafts/{account}"
        self._texts = _read(shelf.get(self._key))
        self._targets_key = f"replies/{account}"
        self._targets = _read(shelf.get(self._targets_key))
        self._editing_key = f"editing/{account}"
        self._editing = _editing(shelf.get(self._editing_key))
        self._leaving_key = f"leaving/{account}"
        self._leaving = _leaving(shelf.get(self._leaving_key))

    def __getitem__(self, room: str) -> str:
        return self._texts.get(room, "")

    def __contains__(self, room: str) -> bool:
        return not _blank(self[room])

    def __bool__(self) -> bool:
        return any(not _blank(text) for text in self._texts.values())

    def put(self, room: str, text: str) -> None:
        """Keep what stands in the composer of a room."""
        if text:
            self._texts[room] = text
        else:
            self._texts.pop(room, None)
        self._shelf.put(self._key, json.dumps(self._texts) if self._texts else "")

    def give_back(self, room: str, text: str) -> None:
        """Put a text back that could not be sent, before what has been written since."""
        self.put(room, f"{text}\n{self[room]}" if room in self else text)

    def target(self, room: str) -> str | None:
        """Return which message the draft of a room replies to, as ``author/id``."""
        return self._targets.get(room)

    def aim(self, room: str, target: str | None) -> None:
        """Make the draft of a room a reply to ``target``, or to nothing."""
        if target is None:
            self._targets.pop(room, None)
        else:
            self._targets[room] = target
        self._shelf.put(self._targets_key, json.dumps(self._targets) if self._targets else "")

    @property
    def editing(self) -> Editing | None:
        """The message that is being given another text."""
        return self._editing

    def edit(self, editing: Editing | None) -> None:
        """Keep how far one is with a message, or that none is being changed any more."""
        self._editing = editing
        self._shelf.put(self._editing_key, "" if editing is None else json.dumps(asdict(editing)))

    @property
    def leaving(self) -> Mapping[str, Leaving]:
        """What the storage has not answered about yet, by the ids of the messages.

        A page that is left meanwhile never hears the answer; the next one knows it by these ids.
        """
        return self._leaving

    def leave(self, identifier: str, leaving: Leaving) -> None:
        """Keep that the storage has been asked to keep a message."""
        self._leaving[identifier] = leaving
        self._put_leaving()

    def arrive(self, identifier: str) -> Leaving | None:
        """The storage has answered, or never will; return what it was asked about."""
        leaving = self._leaving.pop(identifier, None)
        if leaving is not None:
            self._put_leaving()
        return leaving

    def forget(self) -> None:
        """Keep nothing."""
        self.edit(None)
        self._leaving.clear()
        self._put_leaving()
        self._texts.clear()
        self._targets.clear()
        self._shelf.put(self._key, "")
        self._shelf.put(self._targets_key, "")

    def _put_leaving(self) -> None:
        kept = {identifier: asdict(leaving) for identifier, leaving in self._leaving.items()}
        self._shelf.put(self._leaving_key, json.dumps(kept) if kept else "")


def _blank(text: str) -> bool:
    return not text or text.isspace()


def _object(kept: str | None) -> dict[str, object]:
    """Read what was kept. It is the reader's own browser that kept it, and it may hold anything."""
    try:
        value = json.loads(kept or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read(kept: str | None) -> dict[str, str]:
    return {room: text for room, text in _object(kept).items() if isinstance(text, str)}


def _leaving(kept: str | None) -> dict[str, Leaving]:
    found = {}
    for identifier, value in _object(kept).items():
        match value:
            case {"room": str(room), "text": str(text), "re": str() | None as re}:
                found[identifier] = Leaving(room, text, re)
            case _:
                pass
    return found


def _editing(kept: str | None) -> Editing | None:
    fields = _read(kept)
    names = "room", "target", "before", "text"
    return Editing(*(fields[name] for name in names)) if all(name in fields for name in names) else None
