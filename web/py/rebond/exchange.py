"""What can happen to a session of the server's half, and what it can want done. See :mod:`rebond.session`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rebond import wire
from rebond.codes import Close

Intervals = tuple[tuple[int, int], ...]
"""Ranges of seq, both ends included, in order: what may be seen of a stream."""

# What happens to a session.


@dataclass(frozen=True, slots=True)
class Received:
    """The client sent a text frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Authenticated:
    """The token is good. ``heads`` are those of all streams the account may see, at this very moment.

    ``sights`` tells what may be seen of those of which that is not everything.
    """

    user: str
    name: str
    expires_in: float
    heads: Mapping[str, int]
    epoch: str
    sights: Mapping[str, Intervals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The token is not good, or its account may have no further connection."""

    code: Close
    message: str


@dataclass(frozen=True, slots=True)
class Published:
    """A stream has a new event, encoded once for all who receive it.

    ``target`` is the seq of the message that it changes, if it changes one: who may not see that may not see this.
    """

    event: wire.Event
    text: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to :class:`Replay`: events in order, and whether the store holds more of what was asked for.

    ``published`` is the last seq that was handed to :class:`Published` anywhere, taken together with this event.
    """

    stream: str
    events: tuple[Published, ...]
    more: bool
    published: int


@dataclass(frozen=True, slots=True)
class Range:
    """The answer to :class:`Fetch`."""

    stream: str
    from_: int
    to: int
    events: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The answer to :class:`Skim`: events in order, and whether the store holds more of what was asked for."""

    stream: str
    events: tuple[Published, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """The operation is in the database, or was already."""

    ack: wire.Ack


@dataclass(frozen=True, slots=True)
class Failed:
    """The operation was not stored."""

    error: wire.Error


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection has to end: its session is over, the server stops, its queue is full."""

    code: Close
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """The time named by :attr:`Session.deadline` has come."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something is so now that is only state, encoded once for all who are told; ``by`` is the account it is about, if
    that is not to be told of itself. Of what has the same ``key`` only the latest counts.
    """

    key: tuple[str, ...]
    text: str
    by: str | None = None


SessionEvent = (
    Received | Authenticated | Rejected | Published | Page | Range | Changes | Stored | Failed | Ended | Told | Due
)


# What a session wants done.


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this frame, which is JSON text already."""

    text: str


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Find out whose token this is; answer with :class:`Authenticated` or :class:`Rejected`.

    ``tab`` is None when the token renews that of an open connection; otherwise an older connection of the same tab
    is to be ended.
    """

    token: str
    tab: str | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell of what is published in the stream from now on."""

    stream: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Tell no more of the stream."""

    stream: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Read a page of the stream's events after ``after``, once the client has taken what was sent to it."""

    stream: str
    after: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """Read the stream's events ``from_`` to ``to``, both included."""

    stream: str
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class Skim:
    """Read of the events after ``after`` and up to ``to`` those that change messages of ``known`` or before.

    ``known``, like the others, is a seq of the stream. The client has to have taken what was sent to it before.
    """

    stream: str
    after: int
    to: int
    known: int


@dataclass(frozen=True, slots=True)
class Store:
    """Store the operation; answer with :class:`Stored` or :class:`Failed`, in the order asked."""

    operation: wire.Operation


@dataclass(frozen=True, slots=True)
class Show:
    """Send this frame once there is room for it, unless another of the same key has taken its place by then."""

    key: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """Note that the client has read a room up to ``seq``."""

    room: str
    seq: int


@dataclass(frozen=True, slots=True)
class Type:
    """Tell the room that the client's user types there, or has stopped."""

    room: str
    on: bool


@dataclass(frozen=True, slots=True)
class Attend:
    """Note that nobody looks at the client any more, or somebody again."""

    away: bool


@dataclass(frozen=True, slots=True)
class Shut:
    """Close the connection. It is the last effect of a session."""

    code: Close
    reason: str


SessionEffect = (
    Transmit
    | Authenticate
    | Subscribe
    | Unsubscribe
    | Replay
    | Fetch
    | Skim
    | Store
    | Show
    | Read
    | Type
    | Attend
    | Shut
)
