"""What has become of each message, so that a figure can show it and count it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What has become of a message."""

    COMING = "coming"
    """It is not there yet, and nothing is wrong."""
    THERE = "there"
    LOST = "lost"
    """It will never come: a later one is there already, or nobody has it any more."""
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Piece:
    """One message, by the number that it is known by."""

    number: str
    fate: Fate


def followed(stored: Sequence[str], shown: Sequence[str]) -> list[Piece]:
    """Return each message that is stored, in that order, from the first that a page has shown."""
    counts = Counter(shown)
    seen = [place for place, text in enumerate(stored) if text in counts]
    if not seen:
        return []
    first, last = seen[0], seen[-1]
    return [Piece(text, _fate(counts[text], late=place < last)) for place, text in enumerate(stored[first:], first)]


def _fate(times: int, *, late: bool) -> Fate:
    if times > 1:
        return Fate.DOUBLED
    return Fate.THERE if times else Fate.LOST if late else Fate.COMING


def count(pieces: Sequence[Piece], fate: Fate) -> int:
    """Return how many have come to this."""
    return sum(piece.fate is fate for piece in pieces)
