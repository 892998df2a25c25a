"""What names may be, and when two of them are the same."""

from __future__ import annotations

import re
import unicodedata

from server.errors import BadDisplayNameError, BadNameError, BadRoomNameError, BadTopicError

MIN_NAME, MAX_NAME = 2, 32
MAX_ROOM_NAME = 60
MAX_TOPIC = 250
MAX_DISPLAY_NAME = 40

_INNER = frozenset("_.-")
_JOINERS = "\u200c\u200d"
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


def display_name(text: str) -> str:
    """Return ``text`` as how somebody is shown: anything that can be seen, on one line, or nothing.

    Raises BadDisplayNameError.
    """
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if len(name) > MAX_DISPLAY_NAME or not _on_one_line(name):
        raise BadDisplayNameError
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
    if len(topic) > MAX_TOPIC or not _on_one_line(topic):
        raise BadTopicError
    return topic


def _on_one_line(text: str) -> bool:
    """Tell whether all can be seen, or joins the parts of an emoji or of a letter."""
    return all(_seen(char) or char in _JOINERS for char in text)


def _seen(char: str) -> bool:
    """Category C: control characters, lone surrogates, and what turns the direction of the text around it."""
    return unicodedata.category(char)[0] != "C"


def fold(name: str) -> str:
    """Return the form in which names are compared (Unicode 16, section 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
