"""What somebody types to search: words, ``"phrases"``, ``prefixes*``, ``from:``, ``in:``, ``before:`` and ``after:``.

Whatever is typed is a query; what makes no sense as a filter is a word. Nothing of it is SQL, or SQLite's own query
language, by the time it is looked for: every word is a quoted string there (sqlite.org/fts5.html, section 3.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

MAX_QUERY = 500
"""The longest query, in code points; what goes beyond it is not looked at."""

MAX_TERMS = 20
MIN_PREFIX = 2
"""Characters that a prefix has at least: a shorter one would be half of all words."""

_PART = re.compile(r'(?:(from|in|before|after):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other, the last of which may be the beginning of a word."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. ``before`` and ``after`` are the beginnings of days, in milliseconds since the Unix epoch."""

    terms: tuple[Term, ...] = ()
    author: str | None = None
    room: str | None = None
    before: int | None = None
    after: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for."""
        return self == Query()


def parse(text: str) -> Query:
    """Read what was typed. Days are those of UTC; ``before`` and ``after`` a day leave that day out."""
    clean = text[:MAX_QUERY].encode(errors="replace").decode().replace("\0", " ")
    terms: list[Term] = []
    filters: dict[str, str] = {}
    days: dict[str, int] = {}
    for part in _PART.finditer(clean):
        name, value = (part[1] or "").lower(), part[2] if part[2] is not None else part[3] or ""
        if name in {"from", "in"} and value.strip("@# "):
            filters[name] = value.strip("@# ")
        elif name in {"before", "after"} and (day := _day(value)) is not None:
            days[name] = day
        else:
            terms += _terms(value if part[2] is not None and not name else part[0], phrase=part[2] is not None)
    return Query(
        tuple(terms[:MAX_TERMS]), filters.get("from"), filters.get("in"), days.get("before"), days.get("after")
    )


def expression(query: Query, rooms: Iterable[str], author: str | None) -> str:
    """Return the query in SQLite's language, for these rooms and this author, of which the index knows the ids."""
    parts = [f"text : {_quoted(term.text)}{' *' if term.prefix else ''}" for term in query.terms]
    if author is not None:
        parts.append(f"author : {_quoted(author)}")
    among = " OR ".join(_quoted(room) for room in rooms)
    if among:
        parts.append(f"room : ({among})")
    return " AND ".join(parts)


def _terms(value: str, *, phrase: bool) -> list[Term]:
    prefix = not phrase and value.endswith("*")
    word = value.rstrip("*") if prefix else value
    letters = sum(map(_letter, word))
    return [Term(word, prefix and letters >= MIN_PREFIX)] if letters else []


def _letter(char: str) -> bool:
    """Tell whether the index takes ``char`` for part of a word (sqlite.org/fts5.html, section 4.3.1)."""
    category = unicodedata.category(char)
    return category[0] in "LN" or category == "Co"


def _quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def _day(value: str) -> int | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1_000)
