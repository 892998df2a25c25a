"""What the reader may not do at the moment, and why."""

from __future__ import annotations

from collections.abc import Mapping

from chat.roster import Member


class Standing:
    """Whether the reader is muted. Events tell of it, and so does an answer to a question asked after them."""

    def __init__(self) -> None:
        self.muted_until = 0
        """In milliseconds since the Unix epoch; 0: not at all."""
        self.reason = ""
        self.told_at = 0
        """How often an event has told of it."""

    def muted(self, now: int) -> bool:
        """Tell whether nothing may be written at ``now``, in milliseconds since the Unix epoch."""
        return now < self.muted_until

    def told(self, body: Mapping[str, object]) -> None:
        """Take what an event tells."""
        self.told_at += 1
        until, reason = body.get("muted_until"), body.get("reason")
        self.muted_until = until if isinstance(until, int) else 0
        self.reason = reason if isinstance(reason, str) and self.muted_until else ""

    def asked(self, me: Member, told_at: int) -> None:
        """Take what was asked for when ``told_at`` stood as given: what an event has told since is newer."""
        if self.told_at == told_at and me.muted_until is not None and me.muted_until != self.muted_until:
            self.muted_until, self.reason = me.muted_until, ""
