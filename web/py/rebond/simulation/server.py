"""The server: it starts, serves, is told to restart, and crashes. What must survive is in the database."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rebond import exchange, wire
from rebond.admission import Admission, Rates
from rebond.codes import Close, ErrorCode
from rebond.session import MAX_MISSED, NEWEST
from rebond.simulation.clock import Action, Clock
from rebond.simulation.connection import Answer, Socket
from rebond.simulation.database import Database, stored_name
from rebond.simulation.gateway import Gateway
from rebond.streams import ACCOUNT

READ = 0.002
"""Seconds that the database takes at most to answer a question."""

COMMIT = 0.005
"""Seconds that a transaction takes to be flushed. What arrives meanwhile goes into the next one."""

TOKEN_LIFE = 900.0
"""Seconds for which a token is good."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: whose it is, of which session, and until when it is good, in seconds."""

    user: str
    session: str
    until: float


class Server:
    """The server's process, and what it keeps on disk: the database, the sessions of its users, the known crowd.

    ``beat_ms`` is the silence after which clients ping, in milliseconds; ``token_life`` the life of a token in seconds.
    """

    def __init__(self, clock: Clock, randomness: random.Random, rates: Rates | None = None) -> None:
        self.clock = clock
        self.database = Database()
        self.beat_ms = 10_000
        self.token_life = TOKEN_LIFE
        self.up = False
        self.refusing = False
        self.keeps_peak = True
        self.max_missed, self.newest = MAX_MISSED, NEWEST
        self.arrivals: list[float] = []
        self.moods: deque[wire.Error] = deque()
        self.tokens: dict[str, Token] = {}
        self.ended: set[str] = set()
        self._randomness = randomness
        self._rates = rates
        self._peak = 0.0
        self.start()

    # Its life.

    def start(self) -> None:
        """Start, with an empty memory."""
        self.up = True
        self.admission = Admission(self.clock.now, peak=self._peak, rates=self._rates)
        self.hub: dict[str, dict[Gateway, None]] = {}
        self.published: dict[str, int] = {}
        self._gateways: dict[Gateway, Socket] = {}
        self._queue: list[tuple[Gateway, wire.Operation]] = []
        self._flushing: list[tuple[Gateway, wire.Operation]] | None = None
        self._life = object()

    def crash(self, *, committed: bool = False, silent: bool = False) -> None:
        """Die at once. ``committed``: the transaction under way is on disk, but nobody was told. ``silent``: the whole
        machine is gone, and its connections with it; otherwise its system closes them.
        """
        if not self.up:
            return
        self.up = False
        self._life = object()
        if committed:
            for gateway, asked in self._flushing or ():
                self._apply(gateway, asked)
        if self.keeps_peak:
            self._peak = self.admission.peak(self.clock.now)
        for gateway, socket in self._gateways.items():
            gateway.vanish()
            if silent:
                socket.lose()
            else:
                socket.shut(Close.ABNORMAL, "")

    def restart(self, seconds: float) -> None:
        """Restart as planned: send every client its slot, close, and be back in so many seconds."""
        if not self.up:
            return
        for number, gateway in enumerate([gateway for gateway in self._gateways if gateway.held]):
            slot = seconds + self.admission.slot(number, self.clock.now)
            gateway.say(wire.Bye(round(slot * 1_000)))
        for gateway in list(self._gateways):
            gateway.end(Close.RESTART, "the server restarts")
        self.crash()
        self.clock.after(seconds, self._start_again)

    def _start_again(self) -> None:
        if not self.up:
            self.start()

    # What it answers over HTTP.

    def alive(self) -> Answer | None:
        """Answer a probe, or nothing if there is nobody to answer."""
        self.arrivals.append(self.clock.now)
        if not self._reachable:
            return None
        retry = self.admission.invite(self.clock.now)
        return Answer(200, {"window_ms": self.window_ms()}) if retry is None else _busy(retry)

    def refresh(self, user: str, session_id: str) -> Answer | None:
        """Give a session another token, or 401 if it was ended."""
        if not self._reachable:
            return None
        if session_id in self.ended:
            return Answer(401)
        retry = self.admission.on_its_way(self.clock.now)
        if retry is not None:
            return _busy(retry)
        token = f"{session_id}.{len(self.tokens)}"
        self.tokens[token] = Token(user, session_id, self.clock.now + self.token_life)
        return Answer(200, {"token": token, "expires_in": self.token_life})

    @property
    def _reachable(self) -> bool:
        return self.up and not self.refusing

    # Connections.

    def accept(self, socket: Socket) -> Gateway | None:
        """Take in a WebSocket."""
        if not self._reachable:
            return None
        gateway = Gateway(self, socket)
        self._gateways[gateway] = socket
        return gateway

    def leave(self, gateway: Gateway) -> None:
        """A connection is over."""
        self._gateways.pop(gateway, None)
        for followers in self.hub.values():
            followers.pop(gateway, None)
        if gateway.held:
            gateway.held = False
            self.admission.left(self.clock.now)
            self._tell_window()

    def heads(self, text: str) -> dict[str, int]:
        """Return the heads of all streams that the owner of a token may see."""
        token = self.tokens.get(text)
        return {} if token is None else self.database.heads(token.user)

    def authenticate(
        self, gateway: Gateway, question: exchange.Authenticate, heads: Mapping[str, int]
    ) -> exchange.SessionEvent | None:
        """Find out whose token it is, and end an older connection of the same tab.

        ``heads`` are what was found a moment ago. None: they are of no use any more, look again.
        """
        now, tab = self.clock.now, question.tab
        token = self.tokens.get(question.token)
        if token is None or token.until <= now or token.session in self.ended:
            return exchange.Rejected(Close.TOKEN, "the token is not good")
        last = {name: max(head, self.published.get(stored_name(name, token.user), 0)) for name, head in heads.items()}
        if last[ACCOUNT] > heads[ACCOUNT]:
            return None
        if tab is not None:
            retry = self.admission.admit(now)
            if retry is not None:
                gateway.say(wire.Bye(round(retry * 1_000)))
                return exchange.Ended(Close.TRY_LATER, "too many at once")
            for other in [other for other in self._gateways if other is not gateway and other.tab == tab]:
                other.end(Close.REPLACED, "the tab has connected anew")
            gateway.tab, gateway.held = tab, True
            self.admission.joined(now)
            self._tell_window()
        return exchange.Authenticated(token.user, token.user, token.until - now, last, self.database.epoch)

    def end_session(self, session_id: str, code: Close = Close.TOKEN) -> None:
        """End the session of a tab, here and everywhere."""
        self.ended.add(session_id)
        for gateway in [gateway for gateway in self._gateways if gateway.tab == session_id]:
            gateway.end(code, "the session was ended")

    def forget_one(self, tab: str) -> None:
        """Keep the next event of a room from a tab, as a server with a fault might."""
        for gateway in self._gateways:
            if gateway.tab == tab:
                gateway.forgetful = True

    def window_ms(self) -> int:
        """Return W, in milliseconds."""
        return round(self.admission.window(self.clock.now) * 1_000)

    def _tell_window(self) -> None:
        if self.admission.changed(self.clock.now) is not None:
            for gateway in self._gateways:
                if gateway.held:
                    gateway.say(wire.Pong({}, self.window_ms()))

    # The database.

    def read(self, action: Action) -> None:
        """Let the database look something up, which takes a moment."""
        life = self._life
        self.clock.after(READ * self._randomness.random(), lambda: action() if life is self._life else None)

    def store(self, gateway: Gateway, asked: wire.Operation) -> None:
        """Carry an operation out, with all others that arrive before the writer comes to it."""
        if self.moods:
            error = self.moods.popleft()
            gateway.stored(wire.Error(error.code, error.message, asked.id, error.retry_ms))
            return
        self._queue.append((gateway, asked))
        self._write()

    @property
    def committing(self) -> bool:
        """Whether a transaction is under way: a crash now comes before its commit, or after it and before the acks."""
        return self._flushing is not None

    def _write(self) -> None:
        if self._flushing is None and self._queue:
            self._flushing, self._queue = self._queue, []
            life = self._life
            self.clock.after(COMMIT, lambda: self._committed() if life is self._life else None)

    def _committed(self) -> None:
        batch, self._flushing = self._flushing or [], None
        outcomes = [(gateway, *self._apply(gateway, asked)) for gateway, asked in batch]
        for gateway, _, events in outcomes:
            self.publish(gateway.user or "", events)
        for gateway, outcome, _ in outcomes:
            gateway.stored(outcome)
        self._write()

    def _apply(self, gateway: Gateway, asked: wire.Operation) -> tuple[wire.Ack | wire.Error, list[exchange.Published]]:
        return self.database.store(gateway.user or "", asked, self.clock.now)

    def publish(self, user: str, events: list[exchange.Published]) -> None:
        """Tell of new events; those of an account are ``user``'s."""
        for event in events:
            stored = stored_name(event.event.stream, user)
            self.published[stored] = event.event.seq
            for gateway in list(self.hub.get(stored, ())):
                gateway.publish(event)

    def change(self, user: str, change: Callable[[Database], list[exchange.Published]]) -> None:
        """Change something that concerns an account, as its HTTP requests do; while the server is down, nothing."""
        if self.up:
            self.publish(user, change(self.database))


def _busy(retry: float) -> Answer:
    return Answer(503, {"error": {"code": ErrorCode.BUSY, "retry_ms": round(retry * 1_000)}})
