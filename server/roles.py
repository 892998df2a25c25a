"""Who may do what: the one table, and the two questions that are asked of it.

The first account owns the place. There may be any number of moderators; everybody else is a member. What is done about
a person can only be done by somebody above them, so that moderators do not fight each other.
"""

from __future__ import annotations

from enum import StrEnum

from server.errors import ForbiddenError


class Role(StrEnum):
    """What an account is in this place, the highest first."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


class Act(StrEnum):
    """What not everybody may do. The log of acts and the HTTP interface call them so too."""

    # About the place.
    SET_REGISTRATION = "set_registration"
    MAKE_CODE = "make_code"
    REVOKE_CODE = "revoke_code"
    READ_CODES = "read_codes"
    READ_ACTS = "read_acts"
    # About a person.
    SET_ROLE = "set_role"
    MUTE = "mute"
    UNMUTE = "unmute"
    BAN = "ban"
    UNBAN = "unban"
    EXPEL = "expel"
    # About what others have written.
    REMOVE_MESSAGE = "remove_message"


_MODERATORS = frozenset({Role.OWNER, Role.MODERATOR})
_OWNER = frozenset({Role.OWNER})

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.SET_REGISTRATION: _MODERATORS,
    Act.MAKE_CODE: _MODERATORS,
    Act.REVOKE_CODE: _MODERATORS,
    Act.READ_CODES: _MODERATORS,
    Act.READ_ACTS: _MODERATORS,
    Act.SET_ROLE: _OWNER,
    Act.MUTE: _MODERATORS,
    Act.UNMUTE: _MODERATORS,
    Act.BAN: _MODERATORS,
    Act.UNBAN: _MODERATORS,
    Act.EXPEL: _MODERATORS,
    Act.REMOVE_MESSAGE: _MODERATORS,
}
"""Which roles may do each act."""

_RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


def may(role: Role, act: Act) -> bool:
    """Tell whether ``role`` may do ``act``."""
    return role in ALLOWED[act]


def check(role: Role, act: Act) -> None:
    """Make sure that ``role`` may do ``act``. Raises ForbiddenError."""
    if not may(role, act):
        raise ForbiddenError


def check_above(role: Role, act: Act, whom: Role) -> None:
    """Make sure that ``role`` may do ``act`` to somebody who is ``whom``. Raises ForbiddenError."""
    check(role, act)
    if _RANKS[role] <= _RANKS[whom]:
        raise ForbiddenError
