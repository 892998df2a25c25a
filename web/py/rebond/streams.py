"""The streams of events and their names: one for each room, one for each account, one for the place."""

from __future__ import annotations

ACCOUNT = "account"
"""The stream of what only the account itself may know."""

MAX_SYNC = 1_000
"""The most events that one ``sync`` may ask for."""

ROOMS = "room:"
"""What the names of the rooms' streams begin with."""


def room_stream(room: str) -> str:
    """Return the name of the stream of a room's events."""
    return f"{ROOMS}{room}"
