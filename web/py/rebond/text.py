"""What a message's text and a message's id may be: one definition for both ends."""

from __future__ import annotations

import re

from rebond.codes import ErrorCode

MAX_TEXT = 4_000
"""The longest message, in Unicode code points."""

MAX_FRAME = 64 * 1024
"""The largest frame, in bytes of UTF-8."""

MAX_RESEND = 32 * 1024
"""The largest frame of messages that are sent again, in bytes of UTF-8 (rule 4 of docs/delivery.md)."""

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def well_formed(text: str) -> bool:
    """Tell whether ``text`` can be written as UTF-8 and stored by SQLite.

    ``json.loads`` lets a lone surrogate pass, and the database then breaks on it.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_problem(text: str) -> ErrorCode | None:
    """Return why ``text`` cannot be a message, or None if it can.

    A text of nothing but white space is empty; otherwise a text is kept to the letter. NUL is refused, since
    SQLite's own functions take it for the end of the text.
    """
    if not text or text.isspace():
        return ErrorCode.EMPTY_TEXT
    if len(text) > MAX_TEXT:
        return ErrorCode.TEXT_TOO_LONG
    if "\0" in text or not well_formed(text):
        return ErrorCode.BAD_TEXT
    return None


def id_problem(identifier: str) -> ErrorCode | None:
    """Return why ``identifier`` cannot be a message's id, or None if it can."""
    return None if _ID.fullmatch(identifier) else ErrorCode.BAD_ID
