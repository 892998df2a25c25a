"""What an operation on the database makes known, once and only if its transaction is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rebond.codes import Close

if TYPE_CHECKING:  # which announce them
    from server.accounts import User
    from server.marks import Mark


@dataclass(frozen=True, slots=True)
class Event:
    """A stream has a new event. ``at`` is in milliseconds since the Unix epoch.

    ``target`` is the seq of the message that it changes, if it changes one.
    """

    stream: str
    seq: int
    kind: str
    at: int
    body: Mapping[str, object]
    target: int | None = None


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session is over; its sockets close with ``code``."""

    session: str
    code: Close


@dataclass(frozen=True, slots=True)
class AccountEnded:
    """All sessions of an account are over, but for the one called ``besides``; their sockets close with ``code``."""

    account: str
    code: Close
    besides: str | None = None


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """An account has another name, or may write again only after ``muted_until``, in ms since the Unix epoch."""

    user: User
    muted_until: int


@dataclass(frozen=True, slots=True)
class Marked:
    """An account stands differently in a room; ``others``: those in the room are told how far it has read."""

    account: str
    mark: Mark
    others: bool


Notice = Event | SessionEnded | AccountEnded | StandingChanged | Marked
