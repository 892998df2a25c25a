"""What every shell does: feed the machine, carry its effects out one after the other, tell the program.

A shell for a platform adds the seven things that touch the outside world. The core knows them by name only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rebond import effects, events, wire
from rebond.codes import Close
from rebond.link import Link
from rebond.outbox import Entry, Refusal
from rebond.status import Status
from rebond.storage import Storage
from rebond.text import text_problem

T = TypeVar("T")


def _ignore(_: object) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Listeners:
    """The functions a program is called with. One that raises is reported, and the link lives on."""

    event: Callable[[wire.Event], object] = _ignore
    state: Callable[[wire.State], object] = _ignore
    ack: Callable[[wire.Ack], object] = _ignore
    refused: Callable[[Refusal], object] = _ignore
    welcome: Callable[[wire.Welcome], object] = _ignore
    status: Callable[[Status], object] = _ignore
    data: Callable[[str | bytes], object] = _ignore
    reset: Callable[[None], object] = _ignore
    fated: Callable[[Entry], object] = _ignore
    dropped: Callable[[Entry], object] = _ignore
    skipped: Callable[[effects.Skipped], object] = _ignore


class Shell(ABC):
    """A link at work. Everything happens on one thread."""

    def __init__(self, machine: Link, listeners: Listeners, storage: Storage | None = None) -> None:
        self._machine = machine
        self._listeners = listeners
        self._storage = storage
        self._todo: deque[effects.Effect] = deque()
        self._busy = False

    # What a program does with a link.

    @property
    def status(self) -> Status:
        """How the link stands now."""
        return self._machine.status()

    def positions(self) -> dict[str, int]:
        """Return the cursors: of each stream the last seq seen with none missing before it."""
        return self._machine.positions()

    def start(self) -> None:
        """Connect, and stay connected."""
        self.feed(events.Start())

    def stop(self) -> None:
        """Close, and stay closed until :meth:`start`. Nothing is left running."""
        self.feed(events.Stop())

    def retry_now(self) -> None:
        """Try at once instead of waiting for the next turn."""
        self.feed(events.RetryNow())

    def signed_in(self) -> None:
        """A token is to be had again."""
        self.feed(events.SignedIn())

    def send(self, room: str, text: str, *, re: str | None = None) -> str:
        """Queue a message for a room; return its id. It is sent as soon as the link is live, exactly once.

        ``re`` names the message that it replies to, as ``author/id``. Raises ValueError, its argument an error code, if
        the text cannot be a message, and OverflowError when too many are waiting already.
        """
        problem = text_problem(text)
        if problem is not None:
            raise ValueError(problem)
        return self._do(wire.Send(self.new_id(), room, text, re=re))

    def edit(self, room: str, target: str, text: str) -> str:
        """Give the own message ``target`` another text; return the id of this operation.

        Raises ValueError and OverflowError as :meth:`send` does.
        """
        problem = text_problem(text)
        if problem is not None:
            raise ValueError(problem)
        return self._do(wire.Edit(self.new_id(), room, target, text))

    def delete(self, room: str, target: str) -> str:
        """Take back the own message ``target``; return the id of this operation.

        Raises OverflowError as :meth:`send` does.
        """
        return self._do(wire.Delete(self.new_id(), room, target))

    def react(self, room: str, target: str, emoji: str, *, on: bool) -> str:
        """Set a reaction to the message ``target``, named as ``author/id``, or take it back; return the operation's id.

        Raises OverflowError as :meth:`send` does.
        """
        return self._do(wire.React(self.new_id(), room, target, emoji, on))

    def say(self, kind: str, **body: object) -> None:
        """Tell of something that is only state, such as ``typing``: now, or not at all if the link is not live."""
        self.feed(events.Say(wire.State(kind, body)))

    def release(self, identifier: str) -> None:
        """Try a parked operation again."""
        self.feed(events.Release(identifier))

    def cancel(self, identifier: str) -> None:
        """Give a parked operation up."""
        self.feed(events.Cancel(identifier))

    def _do(self, operation: wire.Operation) -> str:
        self.feed(events.Send(operation))
        return operation.id

    def send_raw(self, data: str | bytes) -> None:
        """Send a frame to a plain server, now or once the link is live.

        Raises OverflowError when too many are waiting already.
        """
        self.feed(events.SendRaw(data))

    # How it works.

    def feed(self, event: events.Event) -> None:
        """Give an event to the machine and carry out what it wants.

        A listener may call back into the link: what that leads to waits its turn, so that the order stays.
        """
        self._todo.extend(self._machine.handle(event, self.clock()))
        if self._busy:
            return
        self._busy = True
        try:
            while self._todo:
                self._carry_out(self._todo.popleft())
        finally:
            self._busy = False

    def _carry_out(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Transmit(_, data):
                self.transmit(data)
            case effects.SetAlarm(at):
                self.set_alarm(at)
            case effects.StartTicking():
                self.start_ticking()
            case effects.StopTicking():
                self.stop_ticking()
            case effects.Probe(attempt):
                self.probe(attempt)
            case effects.Open(attempt):
                self.open(attempt)
            case effects.Abandon(_, code):
                self.abandon(code)
            case effects.Renew():
                self.renew()
            case effects.Persist() | effects.Forget() | effects.Relink() | effects.Adopt() | effects.Advance():
                assert self._storage is not None, "a durable link has a storage"
                self._keep(effect, self._storage)
            case effects.Report(code, message):
                self.report(f"the server found fault: {code}: {message}")
            case _:
                self._announce(effect)

    def _announce(self, effect: effects.Announcement) -> None:
        listeners = self._listeners
        match effect:
            case effects.Deliver(event):
                self._tell(listeners.event, event)
            case effects.Told(state):
                self._tell(listeners.state, state)
            case effects.DeliverRaw(data):
                self._tell(listeners.data, data)
            case effects.Acked(ack):
                self._tell(listeners.ack, ack)
            case effects.Refuse(refusal):
                self._tell(listeners.refused, refusal)
            case effects.Fated(entry):
                self._tell(listeners.fated, entry)
            case effects.Dropped(entry):
                self._tell(listeners.dropped, entry)
            case effects.Publish(status):
                self._tell(listeners.status, status)
            case effects.Welcomed(welcome):
                self._tell(listeners.welcome, welcome)
            case effects.Skipped():
                self._tell(listeners.skipped, effect)
            case _:
                self._tell(listeners.reset, None)

    def _keep(self, effect: effects.Keeping, storage: Storage) -> None:
        match effect:
            case effects.Persist(entry):
                storage.persist(entry, lambda kept, behind: self.feed(events.Saved(entry.id, kept, behind)))
            case effects.Forget(identifier):
                storage.forget(identifier)
            case effects.Relink(identifier, room):
                storage.relink(identifier, room, lambda found: self.feed(events.Relinked(identifier, found)))
            case effects.Adopt():
                storage.adopt(self.feed)
            case _:
                storage.advance(effect.epoch, effect.cursors)

    def _tell(self, listener: Callable[[T], object], value: T) -> None:
        try:
            listener(value)
        except Exception as error:  # noqa: BLE001 - whatever a program's listener raises, the link must live on
            self.report("a listener raised", error)

    # What touches the outside world.

    @abstractmethod
    def clock(self) -> float:
        """Return the time in seconds on a monotonic clock."""

    @abstractmethod
    def new_id(self) -> str:
        """Return a fresh id for a message: random, and never seen before."""

    @abstractmethod
    def start_ticking(self) -> None:
        """Feed a Tick every ``TICK`` seconds."""

    @abstractmethod
    def stop_ticking(self) -> None:
        """Feed no more ticks."""

    @abstractmethod
    def set_alarm(self, at: float | None) -> None:
        """Feed one Alarm at ``at`` on the clock, in place of any other; None for none at all."""

    @abstractmethod
    def probe(self, attempt: int) -> None:
        """Ask the server whether it is there; feed ProbeAnswered or ProbeFailed."""

    @abstractmethod
    def open(self, attempt: int) -> None:
        """Open a WebSocket; feed Opened, Received and Closed."""

    @abstractmethod
    def transmit(self, data: str | bytes) -> None:
        """Put a frame on the WebSocket."""

    @abstractmethod
    def abandon(self, code: Close) -> None:
        """Close the WebSocket and give up the probe, whatever their state; feed nothing more of them."""

    @abstractmethod
    def renew(self) -> None:
        """Get a token; feed TokenRenewed, TokenRefused or TokenFailed, in any case and in bounded time."""

    @abstractmethod
    def report(self, message: str, error: Exception | None = None) -> None:
        """Write to the log."""
