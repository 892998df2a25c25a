"""Who is there, without I/O: an account is online while any of its connections is attended, away while there is one at
all, offline otherwise.

What is told of it is what has lasted: an account that comes is told of at once, one that goes when it has not come back
after a moment. After a restart of the server those who were there before are given time to come back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

GRACE = 4.0
"""Seconds after which somebody who is not connected any more is told to be offline: a link comes back sooner."""

SETTLING = 1.0
"""Seconds for which it holds what is told of somebody, other than that they have gone."""

RETURN = 15.0
"""Seconds after the start of the server within which those come back who were there when it stopped."""


class Here(StrEnum):
    """Whether somebody is there."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be told of an account; ``ago`` is for how many seconds it has been so."""

    account: str
    here: Here
    ago: float


@dataclass(slots=True)
class _Person:
    told: Here
    told_at: float = -math.inf
    left_at: float = 0.0
    connections: dict[object, bool] = field(default_factory=dict)  # whether it is away

    @property
    def here(self) -> Here:
        if not self.connections:
            return Here.OFFLINE
        return Here.AWAY if all(self.connections.values()) else Here.ONLINE


class Presence:
    """All accounts that are there, or were a moment ago. ``now`` is in seconds on a monotonic clock."""

    def __init__(self, expected: Iterable[str], now: float) -> None:
        self._people = {account: _Person(Here.ONLINE, left_at=now) for account in expected}
        self._pending = dict.fromkeys(self._people, now + RETURN)

    def here(self, account: str) -> Here:
        """Return what was told of an account last."""
        person = self._people.get(account)
        return Here.OFFLINE if person is None else person.told

    @property
    def deadline(self) -> float | None:
        """When :meth:`due` has something to tell, None if nothing is pending."""
        return min(self._pending.values(), default=None)

    def enter(self, account: str, connection: object, now: float) -> None:
        """Somebody has connected."""
        self._people.setdefault(account, _Person(Here.OFFLINE)).connections[connection] = False
        self._look(account, now)

    def attend(self, account: str, connection: object, *, away: bool, now: float) -> None:
        """Somebody has turned away from one of their pages, or back to it."""
        self._people[account].connections[connection] = away
        self._look(account, now)

    def leave(self, account: str, connection: object, now: float) -> None:
        """A connection is over."""
        person = self._people[account]
        del person.connections[connection]
        if not person.connections:
            person.left_at = now
        self._look(account, now)

    def due(self, now: float) -> list[Change]:
        """Return what is to be told now."""
        changes: list[Change] = []
        for account in [account for account, at in self._pending.items() if at <= now]:
            del self._pending[account]
            person = self._people[account]
            person.told, person.told_at = person.here, now
            if person.told is Here.OFFLINE:
                del self._people[account]
            changes.append(Change(account, person.told, now - person.left_at if person.told is Here.OFFLINE else 0.0))
        return changes

    def _look(self, account: str, now: float) -> None:
        person = self._people[account]
        here = person.here
        if here is person.told:
            self._pending.pop(account, None)
        elif here is Here.OFFLINE:
            self._pending[account] = now + GRACE
        else:
            self._pending[account] = max(now, person.told_at + SETTLING)
