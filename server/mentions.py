"""Whom a text mentions: an ``@`` and the name of a member, in whatever case, with its spaces, dots and hyphens."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Connection, select

from server.names import MAX_NAME, fold
from server.schema import account, membership

MAX_MENTIONS = 50
"""The most that one text mentions."""

_AT = re.compile(r"(?<![\w.@-])@(?=\w)")
"""Where a name may begin: not within an address of mail."""


def candidates(text: str) -> list[list[str]]:
    """Return for each ``@`` what may be the name after it, folded, the longest first: up to each end of a word."""
    return [_names(text, at.end()) for _, at in zip(range(MAX_MENTIONS), _AT.finditer(text), strict=False)]


def mentioned(connection: Connection, room: str, text: str) -> list[str]:
    """Return the ids of the members of a room that ``text`` mentions, each once, in order."""
    if "@" not in text:
        return []
    wanted = candidates(text)
    names = {name for each in wanted for name in each}
    if not names:
        return []
    members = (
        select(account.c.folded, account.c.id)
        .join(membership, membership.c.account == account.c.id)
        .where(membership.c.room == room, account.c.folded.in_(names))
    )
    known = {row.folded: row.id for row in connection.execute(members)}
    found = (next((known[name] for name in each if name in known), None) for each in wanted)
    return list(dict.fromkeys(account_id for account_id in found if account_id is not None))


def _names(text: str, start: int) -> list[str]:
    end = start
    while end < len(text) and end - start < MAX_NAME and (_letter(text[end]) or text[end] in " _.-"):
        end += 1
    ends = [
        at
        for at in range(end, start, -1)
        if text[at - 1] != " " and not (_letter(text[at - 1]) and at < len(text) and _letter(text[at]))
    ]
    return [fold(text[start:at]) for at in ends]


def _letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"
