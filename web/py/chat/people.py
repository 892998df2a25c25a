"""People as the page shows them."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass

HUES = 12
"""How many colours there are for the pictures of people (styles/side.css)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: logs in and is mentioned by ``name``, and is shown by ``display`` if there is one."""

    id: str
    name: str
    display: str = ""

    @property
    def shown(self) -> str:
        """How this person is shown; empty for somebody who has left for good."""
        return self.display or self.name

    @property
    def hue(self) -> int:
        """The number of this person's colour, the same in every browser and on every day."""
        return zlib.crc32(self.id.encode()) % HUES

    @property
    def initials(self) -> str:
        """One or two letters that stand for how one is shown."""
        words = [word for word in _words(self.shown) if word]
        if not words:
            return self.shown[:1]
        first = _first_letter(words[0])
        return first if len(words) == 1 else first + _first_letter(words[-1])


def _words(name: str) -> list[str]:
    return "".join(mark if mark.isalnum() or unicodedata.combining(mark) else " " for mark in name).split()


def _first_letter(word: str) -> str:
    """Return the first letter in upper case, with the accents that belong to it."""
    end = 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    letter = word[:end].upper()
    return letter if len(letter) == end else word[:end]  # ß would become SS
