"""What can happen to a link. ``attempt`` names the try that an event belongs to; what a stale one says is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebond.outbox import Entry, Kept
from rebond.wire import Operation, State


@dataclass(frozen=True, slots=True)
class Start:
    """Connect, and stay connected."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Close, and stay closed."""


@dataclass(frozen=True, slots=True)
class RetryNow:
    """The user does not want to wait for the next try."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token is to be had again."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The interval has fired."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alarm has gone off."""


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """The server is there. ``window_ms`` is the width of its window in milliseconds, if it said."""

    attempt: int
    window_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ProbeFailed:
    """The server is not there, or does not want us now: ``busy`` and ``retry_ms`` are its own words."""

    attempt: int
    busy: bool = False
    retry_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The WebSocket is open."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Received:
    """A frame has arrived: text, or bytes from a plain server."""

    attempt: int
    data: str | bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The WebSocket is closed, or could not be opened; ``code`` as in RFC 6455, section 7.4."""

    attempt: int
    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """Here is the token asked for; ``expires_in`` is in seconds from now, None if it is not known."""

    token: str
    expires_in: float | None = None


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """There is no token to be had: the session is over."""


@dataclass(frozen=True, slots=True)
class TokenFailed:
    """The token could not be asked for: the network or the server failed. ``retry_ms`` is the server's own word."""

    retry_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What the storage kept from earlier: before Start. ``epoch`` is None if there are no cursors."""

    epoch: str | None
    cursors: Mapping[str, int]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """Entries that another tab of the account has left. ``order`` has the ids of all that is kept."""

    entries: tuple[Entry, ...]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """The user has done something in a room; a text has passed :func:`rebond.text.text_problem`."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Saved:
    """The storage has answered what became of an entry.

    ``behind`` is the id of the entry that was in the same room just before it, if that is another tab's.
    """

    id: str
    kept: Kept = Kept.KEPT
    behind: str | None = None


@dataclass(frozen=True, slots=True)
class Relinked:
    """The storage has looked again for what an entry is behind."""

    id: str
    behind: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """The user wants a parked entry tried again."""

    id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The user gives a parked entry up."""

    id: str


@dataclass(frozen=True, slots=True)
class SendRaw:
    """The program has something for a plain server."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Say:
    """The program tells of something that is only state: now, or not at all."""

    state: State


@dataclass(frozen=True, slots=True)
class Online:
    """The machine says that it has a network again."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The machine says that it has no network."""


@dataclass(frozen=True, slots=True)
class Woke:
    """The page is looked at again, was restored, or the clock jumped: nothing that was known is sure."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Nobody looks at the page any more."""


Outgoing = Restored | Adopted | Send | Saved | Relinked | Release | Cancel
"""What concerns the outbox."""

Event = (
    Start
    | Stop
    | RetryNow
    | SignedIn
    | Tick
    | Alarm
    | ProbeAnswered
    | ProbeFailed
    | Opened
    | Received
    | Closed
    | TokenRenewed
    | TokenRefused
    | TokenFailed
    | Outgoing
    | SendRaw
    | Say
    | Online
    | Offline
    | Woke
    | Hidden
)
