"""Times as a reader sees them. The browser knows the reader's time zone and customs; it is asked through ``Zone``."""

from __future__ import annotations

from typing import Protocol

from chat.texts import Texts


class Zone(Protocol):
    """What the browser says about a time, given in milliseconds since the Unix epoch."""

    def day(self, at: int) -> int:
        """Return the number of the reader's calendar day, counted from 1 January 1970."""
        ...

    def clock(self, at: int) -> str:
        """Write the time of day, such as 14:32."""
        ...

    def date(self, at: int) -> str:
        """Write the day, such as Monday, 23 November."""
        ...

    def full(self, at: int) -> str:
        """Write both."""
        ...


def day_label(at: int, now: int, zone: Zone, texts: Texts, *, within: bool = False) -> str:
    """Name the day of ``at`` for somebody who reads it at ``now``; ``within`` a sentence, or by itself."""
    match zone.day(now) - zone.day(at):
        case 0:
            return texts.text("time.today" if within else "timeline.today")
        case 1:
            return texts.text("time.yesterday" if within else "timeline.yesterday")
        case _:
            return zone.date(at)
