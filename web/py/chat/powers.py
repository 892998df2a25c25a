"""What may be done to whom, as far as buttons are concerned. The server has the last word (server/roles.py)."""

from __future__ import annotations

from chat.roster import Member, Role

_RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


def keeps_order(mine: Role) -> bool:
    """Tell whether somebody sees to the place: who comes in, and what is said there."""
    return mine is not Role.MEMBER


def is_above(mine: Role, theirs: Role) -> bool:
    """Tell whether one may mute, ban and expel somebody: nobody acts on their equals."""
    return keeps_order(mine) and _RANKS[mine] > _RANKS[theirs]


def may_remove(mine: Role, author: Member | None) -> bool:
    """Tell whether one may remove what somebody has written; of those who have left, all that is there."""
    if author is None or author.left:
        return keeps_order(mine)
    return is_above(mine, author.role)


def may_give_roles(mine: Role, theirs: Role) -> bool:
    """Tell whether one may make somebody something else."""
    return mine is Role.OWNER and theirs is not Role.OWNER
