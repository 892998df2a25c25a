"""What kind of server a link talks to, and how long it waits for what."""

from __future__ import annotations

from dataclasses import dataclass

TICK = 0.05
"""Seconds between two ticks of the interval."""

PROBE_TIMEOUT = 5.0
"""Seconds that a probe, and the token it may need, have to be answered."""

OPEN_TIMEOUT = 10.0
"""Seconds that the WebSocket handshake has."""

GREETING_TIMEOUT = 10.0
"""Seconds that ``hello`` has to be answered."""

GRACE = 2.0
"""Seconds that a try gets when this end has slept past its time-out: its answer may be there already."""

QUARREL = 60.0
"""Seconds within which a link that is replaced twice has a rival of the same name, and stops."""

MAX_RAW = 1_000
"""The most frames kept for a plain server while the link is down."""

MAX_BUFFERED = 16 * 1024 * 1024
"""Bytes that wait for a slow network beyond which a frame for a plain server is refused."""


@dataclass(frozen=True, slots=True)
class Options:
    """What kind of server a link talks to.

    ``tab`` names this link to the server, which ends an older connection of the same tab. ``plain`` servers know
    nothing of docs/protocol.md: no hello, frames are handed on as they are, and the beats are ``ping``, a frame that
    the server answers with any other, if there is one. ``probe`` and ``token`` say whether there is a way to ask if the
    server is there, and whether it wants a token. ``durable`` says that there is a storage, and ``account``, where it
    is known, whose link this is: a welcome for another one signs it out.
    """

    tab: str
    plain: bool = False
    ping: str | bytes | None = None
    probe: bool = True
    token: bool = True
    durable: bool = False
    account: str | None = None
