"""The server's end of one WebSocket: carries what happens to the session that ships, and what it wants done back out.

It does what ``server.connection`` does: questions are answered one after the other and take time, messages are stored
in batches, and all that happens to the session happens at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rebond import exchange, wire
from rebond.codes import Close
from rebond.session import Session
from rebond.simulation.clock import Timer
from rebond.simulation.connection import Socket
from rebond.simulation.database import stored_name

if TYPE_CHECKING:
    from rebond.simulation.server import Server

PAGE = 3
"""Events in one page of a replay: few, so that a short stream has several."""

Question = exchange.Authenticate | exchange.Replay | exchange.Fetch | exchange.Skim


class Gateway:
    """One connection, from the handshake to its end."""

    def __init__(self, server: Server, socket: Socket) -> None:
        self.tab: str | None = None
        self.held = False
        self.forgetful = False
        self._server = server
        self._socket = socket
        self._session = Session(
            build="simulated", window_ms=server.window_ms(), beat_ms=server.beat_ms, now=server.clock.now
        )
        self._session.max_missed, self._session.newest = server.max_missed, server.newest
        self._questions: deque[Question] = deque()
        self._asking = False
        self._timer: Timer | None = None
        self._pending: list[str] = []
        self._arm()

    @property
    def user(self) -> str | None:
        """Whose connection it is, once that is known."""
        return self._session.user

    # What the network and the server tell.

    def received(self, text: str) -> None:
        """The client sent a frame."""
        self._session.window_ms = self._server.window_ms()
        self._handle(exchange.Received(text))

    def gone(self) -> None:
        """The connection is no more."""
        self.end(Close.ABNORMAL, "gone")

    def publish(self, event: exchange.Published) -> None:
        """A stream that the session follows has a new event."""
        self._handle(event)

    def stored(self, outcome: wire.Ack | wire.Error) -> None:
        """A message was stored, or not."""
        self._handle(exchange.Stored(outcome) if isinstance(outcome, wire.Ack) else exchange.Failed(outcome))

    def say(self, frame: wire.ServerFrame) -> None:
        """Send something that is the server's own affair."""
        self._transmit(wire.encode(frame))

    def end(self, code: Close, reason: str) -> None:
        """Close the connection."""
        self._handle(exchange.Ended(code, reason))

    def vanish(self) -> None:
        """The process is no more: nothing that belonged to it happens."""
        self._session.closed = True
        self._pending.clear()
        self._arm()

    # What the session wants.

    def _handle(self, event: exchange.SessionEvent) -> None:
        # Of a range, and of a hole, a span says that all was told: to forget some of that would be to lie.
        may_forget = isinstance(event, exchange.Published | exchange.Page)
        for effect in self._session.handle(event, self._server.clock.now):
            if may_forget and self._forgets(effect):
                self.forgetful = False
            else:
                self._carry_out(effect)
        self._arm()

    def _forgets(self, effect: exchange.SessionEffect) -> bool:
        return (
            self.forgetful
            and isinstance(effect, exchange.Transmit)
            and effect.text.startswith('{"t":"event","stream":"room:')
        )

    def _carry_out(self, effect: exchange.SessionEffect) -> None:
        server = self._server
        match effect:
            case exchange.Transmit(text):
                self._transmit(text)
            case exchange.Store(operation):
                server.store(self, operation)
            case exchange.Subscribe(stream):
                server.hub.setdefault(self._stored(stream), {})[self] = None
            case exchange.Unsubscribe(stream):
                server.hub[self._stored(stream)].pop(self)
            case exchange.Shut(code, reason):
                self._flush()
                self._socket.shut(code, reason)
                server.leave(self)
            case exchange.Show() | exchange.Read() | exchange.Type() | exchange.Attend():
                pass  # this model knows events only
            case _:
                self._questions.append(effect)
                self._ask()

    def _stored(self, stream: str) -> str:
        assert self.user is not None, "a session follows nothing before it is authenticated"
        return stored_name(stream, self.user)

    def _arm(self) -> None:
        deadline = None if self._session.closed else self._session.deadline
        if self._timer is not None and self._timer.at != deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and deadline is not None:
            self._timer = self._server.clock.at(deadline, self._due)

    def _due(self) -> None:
        self._timer = None
        self._handle(exchange.Due())

    # Frames leave together, once everything that happens at this moment has happened.

    def _transmit(self, text: str) -> None:
        if not self._pending:
            self._server.clock.after(0.0, self._flush)
        self._pending.append(text)

    def _flush(self) -> None:
        if self._pending:
            self._socket.transmit(wire.join(self._pending))
            self._pending = []

    # Questions, answered one after the other.

    def _ask(self) -> None:
        if self._questions and not self._asking:
            self._asking = True
            self._server.read(self._look)

    def _look(self) -> None:
        """Look into the database; what was seen is told a moment later, when it may have changed."""
        if self._session.closed:
            return
        database = self._server.database
        match self._questions.popleft():
            case exchange.Authenticate() as question:
                heads = self._server.heads(question.token)
                self._server.read(lambda: self._authenticate(question, heads))
            case exchange.Replay(stream, after):
                stored = self._stored(stream)
                events = database.page(stored, after + 1, after + PAGE)
                more = len(database.page(stored, after + PAGE + 1, after + PAGE + 1)) > 0
                self._server.read(
                    lambda: self._answer(exchange.Page(stream, events, more, self._server.published.get(stored, 0)))
                )
            case exchange.Fetch(stream, from_, to):
                events = database.page(self._stored(stream), from_, to)
                covered = from_ + len(events) - 1
                self._server.read(lambda: self._answer(exchange.Range(stream, from_, covered, events)))
            case skim:
                changes = tuple(database.skim(self._stored(skim.stream), skim.after + 1, skim.to, skim.known))
                answer = exchange.Changes(skim.stream, changes[:PAGE], more=len(changes) > PAGE)
                self._server.read(lambda: self._answer(answer))

    def _authenticate(self, question: exchange.Authenticate, heads: Mapping[str, int]) -> None:
        answer = self._server.authenticate(self, question, heads)
        if answer is None:
            self._questions.appendleft(question)
            self._server.read(self._look)
        else:
            self._answer(answer)

    def _answer(self, event: exchange.SessionEvent) -> None:
        self._asking = False
        self._handle(event)
        self._ask()
