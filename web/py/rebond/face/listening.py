"""The functions a program may be called with, by the names under which it passes them to a link."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypedDict

from rebond import wire
from rebond.effects import Skipped
from rebond.outbox import Entry, Refusal
from rebond.status import Status

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Incoming = TypeVar("Incoming", default=wire.Event)
else:  # The default is for type checkers; Python's own TypeVar has known of defaults only since 3.13.
    from typing import TypeVar

    Incoming = TypeVar("Incoming")


class PlainListeners(TypedDict, total=False):
    """With a server that knows nothing of docs/protocol.md: frames as they come."""

    on_data: Callable[[str | bytes], object]
    on_status: Callable[[Status], object]


class ProtocolListeners(TypedDict, total=False):
    """With a server that speaks docs/protocol.md: events in order and once, and what became of messages."""

    on_event: Callable[[wire.Event], object]
    on_state: Callable[[wire.State], object]
    on_ack: Callable[[wire.Ack], object]
    on_refused: Callable[[Refusal], object]
    on_welcome: Callable[[wire.Welcome], object]
    on_reset: Callable[[None], object]
    on_fated: Callable[[Entry], object]
    on_dropped: Callable[[Entry], object]
    on_skipped: Callable[[Skipped], object]
    on_status: Callable[[Status], object]


class AllListeners(PlainListeners, ProtocolListeners, total=False):
    """Either."""


def check(given: Collection[str], *, plain: bool) -> None:
    """Raise TypeError for a function that would never be called: misspelt, or meant for the other kind of server."""
    wanted = (PlainListeners if plain else ProtocolListeners).__annotations__
    for name in given:
        if name not in wanted:
            kind = "without a token" if plain else "with a token"
            raise TypeError(f"there is no {name} {kind}; there is {', '.join(wanted)}")
