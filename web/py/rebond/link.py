"""The link: a WebSocket that comes back by itself. A state machine without I/O, clock or randomness of its own.

:meth:`Link.handle` takes what happened and the time, and returns what is to be done, in order. While the link is down
an interval ticks; the machine decides on which tick to try, so that a late tick only makes it try at once. While it is
live there is at most one alarm instead. Every try has a number, and what an older one says late is dropped: so there
are never two sockets, two intervals or two tries in flight.

The idea of polling with ``setInterval`` and stopping with ``clearInterval`` is that of Otso's article "Comment se
reconnecter automatiquement à un serveur WebSockets" (blog.otso.fr, 2023).
"""

from __future__ import annotations

import random

from rebond import effects, events, wire
from rebond.attempt import Attempt
from rebond.codes import Close, ErrorCode, Verdict, verdict
from rebond.credentials import Credentials
from rebond.delivery import Delivery
from rebond.liveness import PATIENCE, URGENT, Finding, Liveness
from rebond.options import GREETING_TIMEOUT, OPEN_TIMEOUT, PROBE_TIMEOUT, Options
from rebond.states import TICKING, TRYING, Move, State, after
from rebond.status import LOST_BY, STOPPED_BY, Cause, Status
from rebond.window import Window


class Link:
    """One link, from start to stop."""

    def __init__(self, options: Options, randomness: random.Random) -> None:
        self.options = options
        self.state = State.IDLE
        self._credentials = Credentials(needed=options.token)
        self._window = Window(randomness)
        self._liveness = Liveness()
        self._beat = options.ping if options.plain else wire.encode(wire.Ping())
        self._attempt = Attempt()
        self._cause: Cause | None = None
        self._code: int | None = None
        self._offline = False
        self._hidden = False
        self._alarm: float | None = None
        self._effects: list[effects.Effect] = []
        self._emit = self._effects.append
        self._delivery = Delivery(self._emit, self._transmit, durable=options.durable)
        self._published = self.status()

    def handle(self, event: events.Event, now: float) -> list[effects.Effect]:
        """Take in ``event`` at ``now``, in seconds on a monotonic clock; return the effects, in order.

        Raises ValueError for a message whose id is in the outbox already, and OverflowError when a plain server's
        queue is full; nothing has changed then.
        """
        if isinstance(event, events.Outgoing):
            self._delivery.handle(event)
            self._flush(now)
        else:
            self._happen(event, now)
        self._delivery.advance()
        self._arm()
        self._publish()
        done = self._effects.copy()
        self._effects.clear()
        return done

    def _happen(self, event: events.Event, now: float) -> None:
        match event:
            case events.Start() if self.state in (State.IDLE, State.STOPPED):
                self._come_back(Move.START, now)
            case events.Stop():
                self._stop(Cause.STOPPED)
            case events.RetryNow() if self.state is State.WAITING:
                self._try(now)
            case events.SignedIn() if self.state is State.SIGNED_OUT:
                self._come_back(Move.SIGN_IN, now)
            case events.Tick() if self.state in TICKING:
                self._tick(now)
            case events.Alarm():
                self._alarm = None
                self._look(now)
            case events.TokenRenewed(token, expires_in):
                self._renewed(token, expires_in, now)
            case events.TokenRefused():
                self._sign_out()
            case events.TokenFailed(retry_ms):
                self._not_renewed(retry_ms, now)
            case events.SendRaw(data):
                self._delivery.send_raw(data)
                self._flush(now)
            case events.Say(state) if self.state is State.LIVE:
                self._transmit(wire.encode(state))
            case events.Online():
                self._offline = False
                self._doubt(now)
            case events.Offline():
                self._go_offline(now)
            case events.Woke():
                self._hidden = False
                self._doubt(now)
            case events.Hidden():
                self._hidden = True
            case (
                events.ProbeAnswered(attempt)
                | events.ProbeFailed(attempt)
                | events.Opened(attempt)
                | events.Received(attempt)
                | events.Closed(attempt)
            ) if attempt == self._attempt.number:
                self._of_attempt(event, now)

    def _of_attempt(self, event: events.Event, now: float) -> None:
        match event:
            case events.ProbeAnswered(window_ms=window_ms) if self.state is State.PROBING:
                self._attempt.probing = False
                self._window.told(window_ms)
                self._answered(now)
            case events.ProbeFailed(busy=busy, retry_ms=retry_ms) if self.state is State.PROBING:
                self._failed(now, Cause.BUSY if busy else Cause.SERVER_DOWN, retry_ms)
            case events.Opened() if self.state is State.OPENING:
                self._opened(now)
            case events.Received(data=data) if self.state in (State.GREETING, State.LIVE):
                self._received(data, now)
            case events.Closed(code=code) if self.state in TRYING or self.state is State.LIVE:
                self._closed(code, now)

    # Coming back.

    def _come_back(self, move: Move, now: float) -> None:
        self._move(move)
        self._cause = self._code = None
        self._window.lost(now)
        self._emit(effects.StartTicking())
        # What has just started the link, the page itself or signing in, was an answer of the server: no need to probe.
        self._try(now, probe=False)

    def _tick(self, now: float) -> None:
        if self.state is State.WAITING:
            if self._window.due is not None and now >= self._window.due:
                self._try(now)
        elif self._attempt.overdue(now):
            self._emit(effects.Abandon(self._attempt.number, Close.GOING_AWAY))
            self._failed(now, Cause.TIMEOUT)

    def _try(self, now: float, *, probe: bool = True) -> None:
        self._move(Move.TRY)
        # After a failed handshake Chromium slows the next ones down by up to seconds, but not fetch: hence the probe
        # (docs/architecture.md, "Probe first").
        self._attempt.begin(now, PROBE_TIMEOUT, probing=self.options.probe and probe)
        if self._attempt.probing:
            self._emit(effects.Probe(self._attempt.number))
        else:
            self._answered(now)

    def _answered(self, now: float) -> None:
        if self._credentials.stale(now):
            self._renew()
            return
        self._move(Move.PROBED)
        self._attempt.allow(now, OPEN_TIMEOUT)
        self._emit(effects.Open(self._attempt.number))

    def _opened(self, now: float) -> None:
        self._move(Move.OPENED)
        self._attempt.allow(now, GREETING_TIMEOUT)
        self._liveness.opened(now)
        if self.options.plain:
            self._connected(now)
            self._flush(now)
            return
        token = self._credentials.token or ""
        cursors = self._delivery.cursors
        hello = wire.Hello(token, wire.VERSION, self.options.tab, cursors.positions(), cursors.epoch)
        self._transmit(wire.encode(hello))
        self._liveness.pinged(now)

    def _connected(self, now: float) -> None:
        self._move(Move.WELCOMED)
        self._attempt.succeeded()
        self._cause = self._code = None
        self._window.recovered(now)
        self._credentials.accepted(now)
        self._emit(effects.StopTicking())

    def _failed(self, now: float, cause: Cause, retry_ms: int | None = None) -> None:
        self._move(Move.FAILED)
        self._disconnected(cause, None)
        self._window.failed(now, hidden=self._hidden)
        if retry_ms is not None:
            self._window.at(now + retry_ms / 1_000)

    def _lost(self, now: float, cause: Cause, code: int | None = None) -> None:
        self._move(Move.LOST)
        self._disconnected(cause, code)
        self._window.lost(now)
        self._emit(effects.StartTicking())

    def _disconnected(self, cause: Cause, code: int | None) -> None:
        self._cause = Cause.OFFLINE if self._offline else cause
        self._attempt.probing = False
        self._delivery.disconnected(code)

    def _closed(self, code: int, now: float) -> None:
        self._code = code
        # The codes from 4000 are ours only where the server speaks our protocol; elsewhere they may mean anything.
        decision = Verdict.RETRY if self.options.plain else verdict(code)
        if decision is Verdict.STOP and code == Close.REPLACED and not self._attempt.quarrels(now):
            decision = Verdict.RETRY
        if decision is Verdict.STOP:
            self._stop(STOPPED_BY.get(code, Cause.REJECTED))
            return
        if decision is Verdict.SIGN_OUT:
            self._sign_out()
            return
        cause = Cause.TOKEN if decision is Verdict.RENEW else LOST_BY.get(code, Cause.LOST)
        if self.state is State.LIVE:
            self._lost(now, cause, code)
        else:
            self._failed(now, cause)
        if decision is Verdict.RENEW:
            self._window.at(now + self._credentials.struck(now, self._window.width))
        elif self._attempt.slot is not None:
            self._window.at(self._attempt.slot)

    def _sign_out(self) -> None:
        self._credentials.forget()
        self._credentials.asked = False
        if self.state in TICKING or self.state is State.LIVE:
            self._end(Move.REFUSED, Cause.TOKEN)

    def _stop(self, cause: Cause) -> None:
        if self.state is not State.STOPPED:
            self._end(Move.STOP, cause)

    def _end(self, move: Move, cause: Cause) -> None:
        if self.state in TICKING:
            self._emit(effects.StopTicking())
        if self.state in TRYING or self.state is State.LIVE:
            self._emit(effects.Abandon(self._attempt.number, Close.NORMAL))
        self._move(move)
        self._disconnected(cause, None)
        self._cause = cause
        self._attempt.give_up()
        self._window.forget()

    def _move(self, move: Move) -> None:
        self.state = after(self.state, move)

    # What the server says.

    def _received(self, data: str | bytes, now: float) -> None:
        self._liveness.heard(now)
        if self.options.plain:
            self._liveness.answered(now)
            self._emit(effects.DeliverRaw(data))
        elif isinstance(data, bytes):
            self._emit(effects.Report(ErrorCode.BAD_FRAME, "the server sent a binary frame"))
        else:
            for frame in wire.decode_server(data):
                if self.state in (State.GREETING, State.LIVE):
                    self._take(frame, now)
            self._flush(now)

    def _take(self, frame: wire.ServerFrame | wire.Fault, now: float) -> None:
        match frame:
            case wire.Welcome():
                if self.state is State.GREETING:
                    self._welcomed(frame, now)
            case wire.Pong(window_ms=window_ms):
                self._window.told(window_ms)
                self._liveness.answered(now)
                self._delivery.take(frame)
            case wire.Event() | wire.Hole() | wire.Span() | wire.Ack():
                self._delivery.take(frame)
            case wire.State():
                self._emit(effects.Told(frame))
            case wire.Bye(slot_ms):
                self._attempt.slot = now + slot_ms / 1_000
            case wire.Error(id=str(identifier)):
                self._delivery.refused(identifier, frame, now)
            case _:
                self._emit(effects.Report(frame.code, frame.message))

    def _welcomed(self, welcome: wire.Welcome, now: float) -> None:
        if self.options.account not in (None, welcome.user.get("id")):
            self._sign_out()  # Another account has signed in elsewhere: what is queued here is not its own (rule 8).
            return
        self._liveness.answered(now)
        self._connected(now)
        self._window.told(welcome.window_ms)
        self._liveness.beat = welcome.beat_ms / 1_000
        self._liveness.heard(now)
        self._delivery.welcomed(welcome, now)

    # While live: messages, beats, tokens.

    def _flush(self, now: float) -> None:
        if self.state is State.LIVE:
            self._delivery.flush(now)

    def _doubt(self, now: float) -> None:
        """What was known of the network is not sure any more: try, or ask, at once."""
        if self.state is State.WAITING:
            self._try(now)
        elif self.state in TRYING:
            # What was begun on the old network may never be answered. If it is only slow, the next try has its time.
            self._attempt.hurry(now, URGENT)
        self._ping(now, URGENT)

    def _go_offline(self, now: float) -> None:
        self._offline = True
        if self.state in TICKING:
            self._cause = Cause.OFFLINE
        # An open connection may still be good, over another network; often it is open in name only.
        self._ping(now, URGENT)

    def _ping(self, now: float, patience: float = PATIENCE) -> None:
        if self.state is State.LIVE and self._beat is not None:
            self._transmit(self._beat)
            self._liveness.pinged(now, patience)

    def _look(self, now: float) -> None:
        """Look at everything that has a time of its own while the link is live."""
        if self.state is not State.LIVE:
            return
        self._flush(now)
        renewal = self._credentials.due()
        if renewal is not None and now >= renewal:
            self._renew()
        if self._beat is None:
            return
        finding = self._liveness.look(now)
        if finding is Finding.DEAD:
            self._emit(effects.Abandon(self._attempt.number, Close.GOING_AWAY))
            self._lost(now, Cause.SILENT)
        elif finding is Finding.PING:
            self._ping(now)

    def _renew(self) -> None:
        if not self._credentials.asked:
            self._credentials.asked = True
            self._emit(effects.Renew())

    def _renewed(self, token: str, expires_in: float | None, now: float) -> None:
        self._credentials.renewed(token, expires_in, now)
        if self.state is State.PROBING and not self._attempt.probing:
            self._answered(now)
        elif self.state is State.LIVE and not self.options.plain:
            self._transmit(wire.encode(wire.Auth(token)))

    def _not_renewed(self, retry_ms: int | None, now: float) -> None:
        self._credentials.failed(now, None if retry_ms is None else retry_ms / 1_000)
        if self.state is State.PROBING and not self._attempt.probing:
            self._failed(now, Cause.SERVER_DOWN if retry_ms is None else Cause.BUSY, retry_ms)

    # What is told.

    def _transmit(self, data: str | bytes) -> None:
        self._emit(effects.Transmit(self._attempt.number, data))

    def _arm(self) -> None:
        """Keep one alarm while live: never later than needed. An early one looks, and is set anew."""
        due = self._due()
        if due is None:
            if self._alarm is not None:
                self._alarm = None
                self._emit(effects.SetAlarm(None))
        elif self._alarm is None or due < self._alarm:
            self._alarm = due
            self._emit(effects.SetAlarm(due))

    def _due(self) -> float | None:
        if self.state is not State.LIVE:
            return None
        beat = None if self._beat is None else self._liveness.due()
        times = (beat, self._credentials.due(), self._delivery.next_due())
        return min((time for time in times if time is not None), default=None)

    def _publish(self) -> None:
        if (status := self.status()) != self._published:
            self._published = status
            self._emit(effects.Publish(status))

    def positions(self) -> dict[str, int]:
        """Return the cursors: of each stream the last seq seen with none missing before it."""
        return self._delivery.cursors.positions()

    def status(self) -> Status:
        """Return how the link stands."""
        return Status(
            state=self.state,
            attempt=self._attempt.count,
            next_try=self._window.due if self.state is State.WAITING else None,
            cause=self._cause,
            code=self._code,
            last_beat=self._liveness.answered_at,
            round_trip_ms=self._liveness.round_trip_ms,
            last_contact=self._liveness.heard_at,
            queued=self._delivery.waiting,
        )
