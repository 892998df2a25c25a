"""What an operation on the database makes known, once and only if its transaction is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebond.codes import Close


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


Notice = Event | SessionEnded
