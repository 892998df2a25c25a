"""The states of a link and the one table of what leads from which to which.

A move that the table does not hold raises, quoting what was expected (the manner of h11's ``_state.py``). The diagram
in docs/architecture.md is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a link stands."""

    IDLE = "idle"
    """Not started yet."""
    PROBING = "probing"
    """Asking by HTTP whether the server is there, and for a token where one is needed."""
    OPENING = "opening"
    """The WebSocket handshake is under way."""
    GREETING = "greeting"
    """``hello`` is sent, ``welcome`` is awaited."""
    LIVE = "live"
    """Connected."""
    WAITING = "waiting"
    """Not connected; the next try is due at a known time."""
    SIGNED_OUT = "signed_out"
    """The server wants a token and there is none to be had until the user signs in."""
    STOPPED = "stopped"
    """Asked to stop, or told that trying again is of no use."""


class Move(StrEnum):
    """Why a link changes its state."""

    START = "start"
    TRY = "try is due"
    PROBED = "server answered"
    OPENED = "socket opened"
    WELCOMED = "welcome"
    FAILED = "attempt failed"
    LOST = "connection lost"
    REFUSED = "no token"
    SIGN_IN = "signed in"
    STOP = "stop"


_ATTEMPT = {Move.FAILED: State.WAITING, Move.REFUSED: State.SIGNED_OUT, Move.STOP: State.STOPPED}

TRANSITIONS: Mapping[State, Mapping[Move, State]] = {
    State.IDLE: {Move.START: State.WAITING, Move.STOP: State.STOPPED},
    State.WAITING: {Move.TRY: State.PROBING, Move.REFUSED: State.SIGNED_OUT, Move.STOP: State.STOPPED},
    State.PROBING: {Move.PROBED: State.OPENING, **_ATTEMPT},
    State.OPENING: {Move.OPENED: State.GREETING, **_ATTEMPT},
    State.GREETING: {Move.WELCOMED: State.LIVE, **_ATTEMPT},
    State.LIVE: {Move.LOST: State.WAITING, Move.REFUSED: State.SIGNED_OUT, Move.STOP: State.STOPPED},
    State.SIGNED_OUT: {Move.SIGN_IN: State.WAITING, Move.STOP: State.STOPPED},
    State.STOPPED: {Move.START: State.WAITING},
}
"""For each state, each move that is allowed in it and where it leads."""

TRYING = frozenset({State.PROBING, State.OPENING, State.GREETING})
"""The states in which an attempt is in flight."""

TICKING = TRYING | {State.WAITING}
"""The states in which the interval runs: exactly those from which the link still means to come back."""


def after(state: State, move: Move) -> State:
    """Return where ``move`` leads from ``state``.

    Raises LookupError if the table does not hold it.
    """
    moves = TRANSITIONS[state]
    if move not in moves:
        raise LookupError(f"{state}: expected one of {', '.join(moves)}, got {move}")
    return moves[move]
