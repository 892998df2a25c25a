"""What names may be, and when two of them are the same."""

from __future__ import annotations

import re
import unicodedata

from server.errors import BadNameError, BadRoomNameError, BadTopicError

MIN_NAME, MAX_NAME = 2, 32
MAX_ROOM_NAME = 60
MAX_TOPIC = 250

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
    if not 1 <= len(name) <= MAX_ROOM_NAME or not all(map(_seen, name)):
        raise BadRoomNameError
    return name


def room_topic(text: str) -> str:
    """Return ``text`` as what a room is about: anything that can be seen, on one line, or nothing.

    Raises BadTopicError.
    """
    topic = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    # What joins the parts of an emoji or of a letter cannot be seen by itself, and yet belongs here.
    if len(topic) > MAX_TOPIC or not all(_seen(char) or char in "\u200c\u200d" for char in topic):
        raise BadTopicError
    return topic


def _seen(char: str) -> bool:
    """Category C: control characters, lone surrogates, and what turns the direction of the text around it."""
    return unicodedata.category(char)[0] != "C"


def fold(name: str) -> str:
    """Return the form in which names are compared (Unicode 16, section 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
