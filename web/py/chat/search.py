"""A search over all messages that one may see, and what it has found so far."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from chat.messages import Malformed, person
from chat.people import Person
from chat.rich import plain

BEFORE = 60
"""Characters that are shown before the first word that was found, in a long message."""

LONGEST = 280
"""Characters of a message that are shown."""

_WORD = re.compile(r"[^\W_]+")
"""Letters and digits, for the search and for whoever reads."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. ``found`` are the ranges of its text that match, their ends not included."""

    room: str
    seq: int
    author: Person
    at: int
    text: str
    found: tuple[tuple[int, int], ...]

    @property
    def key(self) -> str:
        """What tells it from all other messages."""
        return f"{self.room}/{self.seq}"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, the newest first. ``cursor`` asks for those before them; None if there are none."""

    hits: Sequence[Hit]
    cursor: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that was found, or of what stands around it."""

    text: str
    marked: bool = False


def read(value: object) -> Hit:
    """Read a hit as the server tells of it. Raises Malformed."""
    match value:
        case {
            "room": str(room),
            "seq": int(seq),
            "author": author,
            "at": int(at),
            "text": str(text),
            "found": list(found),
        }:
            return Hit(room, seq, person(author), at, text, tuple((int(start), int(end)) for start, end in found))
        case _:
            raise Malformed("a hit has a room, a seq, an author, a time, a text and what was found in it")


def pieces(hit: Hit) -> list[Piece]:
    """Return what to show of a hit: its text on one line, in part if it is long, with what was found marked."""
    text, found = _bared(hit)
    first = found[0][0] if found else 0
    start = max(0, first - BEFORE) if len(text) > LONGEST else 0
    end = min(len(text), start + LONGEST)
    result = [Piece("…")] if start else []
    at = start
    for from_, to in found:
        if from_ >= end:
            break
        result += [Piece(text[at:from_]), Piece(text[from_ : min(to, end)], marked=True)]
        at = to
    result.append(Piece(text[at:end] + ("…" if end < len(text) else "")))
    return [piece for piece in result if piece.text]


def _bared(hit: Hit) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return the text of a hit without its marks of Markdown, and what was found in that.

    The words of a bare text are those of the message, in the same order, but for those that stood in marks. Where that
    leaves nothing of what was found, in a link's address perhaps, the text is returned as it was typed.
    """
    bare = plain(hit.text)
    typed: dict[str, list[int]] = {}
    for word in _WORD.finditer(hit.text):
        typed.setdefault(word.group(), []).append(word.start())
    result: list[tuple[int, int]] = []
    at, before = -1, -1  # where the last word was typed, and as part of which range
    for word in _WORD.finditer(bare):
        places = typed.get(word.group(), [])
        place = bisect_right(places, at)
        if place == len(places):
            before = -1  # marks stand within this word
            continue
        at = places[place]
        index = bisect_right(hit.found, (at, sys.maxsize)) - 1
        if index < 0 or at >= hit.found[index][1]:
            index = -1
        elif index == before:
            result[-1] = (result[-1][0], word.end())
        else:
            result.append(word.span())
        before = index
    if hit.found and not result:
        return "".join(" " if mark.isspace() else mark for mark in hit.text), hit.found
    return bare, result


class Search:
    """What is looked for, and what was found."""

    def __init__(self) -> None:
        self.query = ""
        self.hits: list[Hit] = []
        self.cursor: int | None = None
        self.busy = False
        self.done = False
        """Whether the hits are those of the query."""
        self.problem = ""
        """The error code of what did not work."""
        self.number = 0
        """Counts the questions: the answer to one that is not the last says nothing any more."""

    def begin(self, query: str) -> int:
        """Look for something else, or for nothing; return the number of the question."""
        self.number += 1
        self.query = query.strip()
        self.busy = bool(self.query)
        self.problem = ""
        if not self.query:
            self.hits, self.cursor, self.done = [], None, False
        return self.number

    def go_on(self) -> int | None:
        """Look for what was found before; return the number of the question, None if there is nothing more."""
        if self.cursor is None or self.busy:
            return None
        self.number += 1
        self.busy = True
        return self.number

    def take(self, number: int, found: Found, *, more: bool) -> None:
        """Take an answer; with ``more`` it is behind what there is."""
        if number == self.number:
            self.hits = [*self.hits, *found.hits] if more else list(found.hits)
            self.cursor = found.cursor
            self.busy, self.done = False, True

    def fail(self, number: int, code: str) -> None:
        """There was no answer."""
        if number == self.number:
            self.busy = False
            self.problem = code
