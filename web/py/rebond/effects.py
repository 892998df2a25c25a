"""What a link wants done. A shell carries these out, in order, and does nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebond import wire
from rebond.codes import Close
from rebond.outbox import Entry, Refusal
from rebond.status import Status


@dataclass(frozen=True, slots=True)
class StartTicking:
    """Start the one interval: a :class:`rebond.events.Tick` every ``TICK`` seconds."""


@dataclass(frozen=True, slots=True)
class StopTicking:
    """Clear the interval."""


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Replace the alarm: an :class:`rebond.events.Alarm` at ``at`` seconds on the link's clock, or none at all."""

    at: float | None


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask the server by HTTP whether it is there; give up an older probe."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Open:
    """Open a WebSocket."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Abandon:
    """Close what the attempt has opened, or give its probe up; nothing it says later is of interest."""

    attempt: int
    code: Close


@dataclass(frozen=True, slots=True)
class Transmit:
    """Put a frame on the WebSocket."""

    attempt: int
    data: str | bytes


@dataclass(frozen=True, slots=True)
class Renew:
    """Get a token; answer with TokenRenewed, TokenRefused or TokenFailed."""


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The link is live with a server that speaks the protocol."""

    welcome: wire.Welcome


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand on an event: in order, once."""

    event: wire.Event


@dataclass(frozen=True, slots=True)
class Told:
    """Something is so now that is only state."""

    state: wire.State


@dataclass(frozen=True, slots=True)
class DeliverRaw:
    """Hand on what a plain server sent."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Acked:
    """A message is stored."""

    ack: wire.Ack


@dataclass(frozen=True, slots=True)
class Refuse:
    """A message will never be stored: give its text back."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Persist:
    """Store the entry, new or rewritten, within this very call; answer with Saved once it is there for good."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Forget:
    """The entry is settled, or given up: take it out of the storage."""

    id: str


@dataclass(frozen=True, slots=True)
class Relink:
    """See anew which entry of another tab comes just before this one in its room; answer with Relinked."""

    id: str
    room: str


@dataclass(frozen=True, slots=True)
class Adopt:
    """Look for entries that other tabs of the account have left; answer with Adopted if there are any."""


@dataclass(frozen=True, slots=True)
class Fated:
    """How an entry stands has changed."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Dropped:
    """The user has taken back an entry before it was ever sent, or given it up."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Advance:
    """The cursors have moved: keep them, in one transaction with the events delivered just before."""

    epoch: str
    cursors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Skipped:
    """The messages ``from_`` to ``to`` of a stream were missed and do not come by themselves (rule 13)."""

    stream: str
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class Reset:
    """The server's database is another one: forget what was kept of the old."""


@dataclass(frozen=True, slots=True)
class Report:
    """The server found fault with something that was no message; for the log."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Publish:
    """The status has changed."""

    status: Status


Announcement = Welcomed | Deliver | Told | DeliverRaw | Acked | Refuse | Fated | Dropped | Skipped | Reset | Publish
"""What the program is told."""

Keeping = Persist | Forget | Relink | Adopt | Advance
"""What the storage is asked."""

Effect = (
    StartTicking | StopTicking | SetAlarm | Probe | Open | Abandon | Transmit | Renew | Report | Keeping | Announcement
)
