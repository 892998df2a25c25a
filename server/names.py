"""What names may be, and when two of them are the same."""

from __future__ import annotations

import re
import unicodedata

from server.errors import BadNameError, BadRoomNameError

MIN_NAME, MAX_NAME = 2, 32
MAX_ROOM_NAME = 60

_INNER = frozenset("_.-")
_SPACES = re.compile(r"\s+")


def account_name(text: str) -> str:
    """Return ``text`` as an account's name: letters, digits, ``_ . -`` and single spaces between them.

    Raises BadNameError.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if not MIN_NAME <= len(name) <= MAX_NAME or "  " in name:
        raise BadNameError
    # Marks belong to letters: much of India cannot be written without them.
    if not all(char == " " or char in _INNER or unicodedata.category(char)[0] in "LMN" for char in name):
        raise BadNameError
    if not any(unicodedata.category(char)[0] in "LN" for char in name):
        raise BadNameError
    return name


def room_name(text: str) -> str:
    """Return ``text`` as a room's name: anything that can be seen, on one line. Raises BadRoomNameError."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    # Category C: control characters, lone surrogates, and what turns the direction of the text around it.
    if not 1 <= len(name) <= MAX_ROOM_NAME or any(unicodedata.category(char)[0] == "C" for char in name):
        raise BadRoomNameError
    return name


def fold(name: str) -> str:
    """Return the form in which names are compared (Unicode 16, section 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
