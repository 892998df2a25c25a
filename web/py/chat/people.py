"""People as the page shows them."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass

HUES = 8
"""How many colours there are for the pictures of people (styles/side.css)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: str
    name: str

    @property
    def hue(self) -> int:
        """The number of this person's colour, the same in every browser and on every day."""
        return zlib.crc32(self.id.encode()) % HUES

    @property
    def initials(self) -> str:
        """One or two letters that stand for the name."""
        words = [word for word in _words(self.name) if word]
        if not words:
            return self.name[:1]
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
