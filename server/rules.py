"""Who may do what in which room: the one place where that is decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, bindparam, select

from server import sqlite
from server.errors import (
    ArchivedError,
    BannedError,
    CannotLeaveError,
    NoSuchRoomError,
    NotAllowedError,
    NotAMemberError,
)
from server.schema import account, membership, room

GENERAL = "general"
"""The room that everyone joins and nobody leaves."""


class Kind(StrEnum):
    """What sort of room it is."""

    PUBLIC = "public"
    """Everybody finds it, joins it and sees all of it."""
    PRIVATE = "private"
    """Only its members know of it; one is invited, and sees what happens from then on."""
    DIRECT = "direct"
    """Between certain people, who stay the same."""


class Act(StrEnum):
    """What can be done in a room."""

    READ = "read"
    """See what happens and has happened there and who is in it; say how far one has read; follow or mute it."""
    WRITE = "write"
    """Send messages, change and delete one's own, react, be seen typing."""
    JOIN = "join"
    LEAVE = "leave"
    INVITE = "invite"
    EXPEL = "expel"
    """End somebody else's membership; only moderators may, see :mod:`server.roles`."""
    RENAME = "rename"
    DESCRIBE = "describe"
    """Say what the room is about."""
    ARCHIVE = "archive"
    """Close the room for good or open it again."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When an act may be done: in rooms of which kinds, by members only, in an archived room, in that of everybody."""

    kinds: frozenset[Kind]
    members: bool = True
    archived: bool = False
    general: bool = True


_ALL = frozenset(Kind)
_NAMED = frozenset({Kind.PUBLIC, Kind.PRIVATE})

RULES: dict[Act, Rule] = {
    Act.READ: Rule(_ALL, archived=True),
    Act.WRITE: Rule(_ALL),
    Act.JOIN: Rule(frozenset({Kind.PUBLIC}), members=False),
    Act.LEAVE: Rule(_NAMED, members=False, archived=True, general=False),
    Act.INVITE: Rule(frozenset({Kind.PRIVATE})),
    Act.EXPEL: Rule(frozenset({Kind.PRIVATE}), archived=True),
    Act.RENAME: Rule(_NAMED, general=False),
    Act.DESCRIBE: Rule(_NAMED),
    Act.ARCHIVE: Rule(_NAMED, archived=True, general=False),
}

_STANDING = sqlite.prepare(
    select(
        room.c.kind,
        room.c.archived_at,
        membership.c.account,
        # Operations may wait for the writer behind the very ban, or farewell, of their author.
        account.c.banned_at,
        account.c.left_at,
    )
    .outerjoin(membership, and_(membership.c.room == room.c.id, membership.c.account == bindparam("account")))
    .outerjoin(account, account.c.id == bindparam("account"))
    .where(room.c.id == bindparam("room"))
)


def check(connection: Connection, act: Act, room_id: str, account_id: str) -> Kind:
    """Make sure that an account may do ``act`` in a room, and return the room's kind.

    Raises BannedError, NoSuchRoomError, also for a room that the account may not know of, NotAMemberError,
    NotAllowedError, CannotLeaveError and ArchivedError.
    """
    found = sqlite.run(connection, _STANDING, room=room_id, account=account_id).fetchone()
    if found is None:
        raise NoSuchRoomError
    kind, archived_at, member, banned_at, left_at = found
    if banned_at is not None and act is Act.WRITE:
        raise BannedError
    if left_at is not None:
        member = None  # they stay among those of a conversation, but for the others alone
    if member is None and kind != Kind.PUBLIC:
        raise NoSuchRoomError
    rule = RULES[act]
    if member is None and rule.members:
        raise NotAMemberError
    if kind not in rule.kinds or (room_id == GENERAL and not rule.general):
        raise CannotLeaveError if act is Act.LEAVE else NotAllowedError
    if archived_at is not None and not rule.archived:
        raise ArchivedError
    return Kind(kind)
