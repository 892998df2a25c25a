"""Rebond: a WebSocket link that always comes back, and never loses, doubles or reorders a message.

The link itself is in :mod:`rebond.browser` for a page and in :mod:`rebond.asyncio` for CPython. Here is what it tells.
"""

from rebond.codes import Close
from rebond.outbox import Refusal
from rebond.states import State
from rebond.status import Cause, Status
from rebond.wire import Ack, Event, Welcome

__all__ = ["Ack", "Cause", "Close", "Event", "Refusal", "State", "Status", "Welcome"]

__version__ = "0.1.0"
