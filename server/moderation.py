"""Keeping the place in order: mute, ban and lift them, remove what others have written, give roles.

Each act is checked against the table in :mod:`server.roles` inside the transaction that carries it out, is told to whom
it concerns as an event, and is written down in the log of acts.
"""

from __future__ import annotations

from rebond.codes import Close
from server import acts, messages, rooms, rules, sessions, standing, streams
from server.accounts import User
from server.database import Transaction
from server.errors import NoSuchMessageError
from server.roles import Act, Role
from server.rules import Kind
from server.standing import Standing

MINUTE = 60_000
"""Milliseconds."""

MAX_MINUTES = 365 * 24 * 60


def mute(transaction: Transaction, by: User, whom: str, minutes: int, reason: str) -> Standing:
    """Let somebody write nothing for a time. Raises ForbiddenError and NoSuchPersonError."""
    standing.check_above(transaction.connection, by.id, Act.MUTE, whom)
    until = transaction.now + minutes * MINUTE
    return _mute(transaction, Act.MUTE, by, whom, until, reason)


def unmute(transaction: Transaction, by: User, whom: str, reason: str) -> Standing:
    """Let them write again. Raises ForbiddenError and NoSuchPersonError."""
    found = standing.check_above(transaction.connection, by.id, Act.UNMUTE, whom)
    return _mute(transaction, Act.UNMUTE, by, whom, None, reason) if found.muted_until else found


def _mute(transaction: Transaction, act: Act, by: User, whom: str, until: int | None, reason: str) -> Standing:
    now = standing.change_quietly(transaction, whom, muted_until=until)
    tell_standing(transaction, now, reason)
    acts.note(transaction, act, by.id, whom=whom, reason=reason, until=until)
    return now


def ban(transaction: Transaction, by: User, whom: str, reason: str) -> Standing:
    """Keep somebody out: sessions end, sockets close at once, what they wrote stays.

    Raises ForbiddenError and NoSuchPersonError.
    """
    found = standing.check_above(transaction.connection, by.id, Act.BAN, whom)
    if found.banned:
        return found
    sessions.end_all(transaction, whom, Close.FORBIDDEN)
    acts.note(transaction, Act.BAN, by.id, whom=whom, reason=reason)
    return standing.change(transaction, whom, banned_at=transaction.now)


def unban(transaction: Transaction, by: User, whom: str, reason: str) -> Standing:
    """Let them log in again. Raises ForbiddenError and NoSuchPersonError."""
    found = standing.check_above(transaction.connection, by.id, Act.UNBAN, whom)
    if not found.banned:
        return found
    acts.note(transaction, Act.UNBAN, by.id, whom=whom, reason=reason)
    return standing.change(transaction, whom, banned_at=None)


def set_role(transaction: Transaction, by: User, whom: str, role: Role) -> Standing:
    """Give somebody a role. Who makes another the owner is a moderator from then on.

    Raises ForbiddenError and NoSuchPersonError.
    """
    found = standing.check_above(transaction.connection, by.id, Act.SET_ROLE, whom)
    if found.role is role:
        return found
    if role is Role.OWNER:
        return make_owner(transaction, whom, by.id)
    acts.note(transaction, Act.SET_ROLE, by.id, whom=whom, role=role.value)
    return _give(transaction, whom, role)


def make_owner(transaction: Transaction, whom: str, by: str | None) -> Standing:
    """Make somebody the owner; who was it becomes a moderator. A ban and a mute of theirs are lifted.

    ``by`` is who says so, None for the server's own command line. Raises NoSuchPersonError.
    """
    standing.here(transaction.connection, whom)
    before = standing.owner(transaction.connection)
    if before is not None and before.user.id != whom:
        _give(transaction, before.user.id, Role.MODERATOR)
    acts.note(transaction, Act.SET_ROLE, by, whom=whom, role=Role.OWNER.value)
    return _give(transaction, whom, Role.OWNER, banned_at=None, muted_until=None)


def _give(transaction: Transaction, whom: str, role: Role, **more: None) -> Standing:
    now = standing.change(transaction, whom, role=role.value, **more)
    tell_standing(transaction, now)
    return now


def remove_message(transaction: Transaction, by: User, room: str, author: str, message: str, reason: str) -> None:
    """Take away what somebody has written in a room that one is in; once more does nothing.

    Raises ForbiddenError, NoSuchRoomError, NotAMemberError, NoSuchPersonError and NoSuchMessageError.
    """
    connection = transaction.connection
    standing.check(connection, by.id, Act.REMOVE_MESSAGE)
    kind = rules.check(connection, rules.Act.READ, room, by.id)
    whose = standing.of(connection, author)
    if whose.user.id != by.id and not whose.left:
        standing.check_above(connection, by.id, Act.REMOVE_MESSAGE, author)
    if kind is Kind.PRIVATE and not messages.shown(connection, room, whose.user, message, by):
        raise NoSuchMessageError
    if messages.remove(transaction, room, whose.user, message, by):
        acts.note(transaction, Act.REMOVE_MESSAGE, by.id, whom=author, room=room, reason=reason, message=message)


def expel(transaction: Transaction, by: User, room: str, whom: str, reason: str) -> None:
    """Take somebody out of a private room that one is in.

    Raises ForbiddenError, NoSuchPersonError, NoSuchRoomError and NotAllowedError.
    """
    standing.check(transaction.connection, by.id, Act.EXPEL)
    rules.check(transaction.connection, rules.Act.EXPEL, room, by.id)
    found = standing.check_above(transaction.connection, by.id, Act.EXPEL, whom)
    if rooms.expel(transaction, room, by, found.user):
        acts.note(transaction, Act.EXPEL, by.id, whom=whom, room=room, reason=reason)


def tell_standing(transaction: Transaction, now: Standing, reason: str = "") -> None:
    """Tell somebody, and nobody else, what they may do from now on."""
    body = {"role": now.role.value, "muted_until": now.muted_until, "reason": reason.strip()}
    streams.publish(transaction, streams.account_stream(now.user.id), "standing", body)
