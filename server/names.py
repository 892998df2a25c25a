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
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What is not seen by itself, though some of it is a letter or a mark: Default_Ignorable_Code_Point (Unicode 16)."""

_BLANK = re.compile(r"[\s\u2800]")
"""What takes room and shows nothing: spaces, and the Braille pattern without a dot."""


def account_name(text: str) -> str:
    """Return ``text`` as an account's name: letters, digits, ``_ . -`` and single spaces between them.

    Raises BadNameError.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if not MIN_NAME <= len(name) <= MAX_NAME or "  " in name or _IGNORED.search(name):
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
    return name if _shows(name) else ""


def room_name(text: str) -> str:
    """Return ``text`` as a room's name: anything that can be seen, on one line. Raises BadRoomNameError."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if len(name) > MAX_ROOM_NAME or not all(map(_seen, name)) or not _shows(name):
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


def _shows(text: str) -> bool:
    """Tell whether there is anything to be seen."""
    return bool(_BLANK.sub("", _IGNORED.sub("", text)))


def _seen(char: str) -> bool:
    """Category C: control characters, lone surrogates, and what turns the direction of the text around it."""
    return unicodedata.category(char)[0] != "C"


def fold(name: str) -> str:
    """Return the form in which names are compared (Unicode 16, section 3.13, D147): what is not seen does not count."""
    plain = unicodedata.normalize("NFKC", _IGNORED.sub("", name)).casefold()
    return unicodedata.normalize("NFKC", _IGNORED.sub("", plain))
