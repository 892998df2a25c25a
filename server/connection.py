"""One WebSocket connection: carries what happens to its session, and what the session wants done back out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from sqlalchemy import Connection as Reading
from starlette.websockets import WebSocket, WebSocketDisconnect

from rebond import exchange as protocol
from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.session import Session
from rebond.streams import ACCOUNT
from rebond.text import MAX_FRAME
from server import marks, messages, states, streams
from server.access import Access
from server.accounts import User
from server.database import Database, forget
from server.door import Door
from server.errors import BusyError, MutedError, PredecessorError, ServiceError, TooManyError
from server.hub import Hub
from server.limits import Limits
from server.outbound import Outbound
from server.roster import Roster, Seat
from server.sight import Sight, look
from server.states import States
from server.tokens import Claims

logger = logging.getLogger(__name__)

MAX_STORING = 64
MAX_QUESTIONS = 16
"""Messages being stored and questions being answered beyond which no more is read from the client."""

Question = protocol.Authenticate | protocol.Replay | protocol.Fetch | protocol.Skim


@dataclass(frozen=True, slots=True)
class Services:
    """What every connection shares. ``epoch`` names the life of the database."""

    access: Access
    database: Database
    door: Door
    hub: Hub
    roster: Roster
    limits: Limits
    states: States
    epoch: str


class Connection:
    """Drives a session over an accepted WebSocket. ``token`` is that of the article's handshake, if it was used."""

    def __init__(self, websocket: WebSocket, session: Session, services: Services, token: str | None = None) -> None:
        self._websocket = websocket
        self._session = session
        self._services = services
        self._loop = asyncio.get_running_loop()
        self._outbound = Outbound(websocket, joined=token is None)
        self._questions: asyncio.Queue[Question] = asyncio.Queue()
        self._storing = 0
        self._calm = asyncio.Event()
        self._followed: set[str] = set()
        self._user: User | None = None
        self._muted_until: int | None = None
        self._deaf = False
        self._tab: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        if token is not None:
            self._questions.put_nowait(protocol.Authenticate(token, None))

    async def run(self) -> None:
        """Keep the connection until it closes, from whichever side."""
        self._arm()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._write()), group.create_task(self._answer())]
            try:
                await self._read()
            finally:
                self.end(Close.ABNORMAL, "the connection is lost")
                self._withdraw()  # again: what was being carried out when the connection was closed may have gone on
                for task in tasks:
                    task.cancel()

    def deliver(self, event: protocol.Published) -> None:
        """Take in an event of a stream the session follows."""
        self._handle(event)

    def tell(self, told: protocol.Told) -> None:
        """Take in something that is only state; a client as simple as the article's is told events alone."""
        if self._tab is not None:
            self._handle(told)

    @property
    def followed(self) -> Collection[str]:
        """The streams that the session follows, by their names in the database."""
        return self._followed

    def end(self, code: Close, reason: str) -> None:
        """Close the connection, once what is queued has been sent; nothing more that comes from it is heard."""
        self._handle(protocol.Ended(code, reason))

    def hear_no_more(self) -> None:
        """Take in nothing more that the client says; what was heard before is still answered."""
        self._deaf = True

    def stand(self, user: User, muted_until: int) -> None:
        """Take in what the account is called from now on, and until when it may write nothing."""
        self._user, self._muted_until = user, muted_until

    def tell_window(self, window_ms: int) -> None:
        """Tell the client how wide the window is now, in milliseconds."""
        self._session.window_ms = window_ms
        self._outbound.put(wire.encode(wire.Pong({}, window_ms)))

    def dismiss(self, slot_ms: int) -> None:
        """Close the connection, since the server restarts; the client is expected back in so many milliseconds."""
        self._outbound.put(wire.encode(wire.Bye(slot_ms)))
        self.end(Close.RESTART, "the server restarts")

    # From and to the client.

    async def _write(self) -> None:
        try:
            await self._outbound.run()
        except WebSocketDisconnect:
            self.end(Close.ABNORMAL, "the client is gone")

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if self._deaf:
                continue
            text = message.get("text")
            if text is None:
                self.end(Close.UNSUPPORTED_DATA, "frames must be text")
            elif len(text) > MAX_FRAME or len(text.encode()) > MAX_FRAME:
                error = wire.Error(ErrorCode.FRAME_TOO_BIG, f"a frame has at most {MAX_FRAME} bytes")
                self._outbound.put(wire.encode(error))
                self.end(Close.TOO_BIG, error.message)
            else:
                self._session.window_ms = self._services.door.window_ms
                self._handle(protocol.Received(text))
            await self._calm_down()

    async def _calm_down(self) -> None:
        """Read no more from a client that asks faster than it is answered: TCP then slows it down."""
        while self._storing > MAX_STORING or self._questions.qsize() > MAX_QUESTIONS:
            self._calm.clear()
            await self._calm.wait()

    # To the session, and what it wants done.

    def _handle(self, event: protocol.SessionEvent) -> None:
        try:
            for effect in self._session.handle(event, self._loop.time()):
                self._carry_out(effect)
        except Exception:
            # It may have been called on behalf of another connection, which is not to suffer from it.
            logger.exception("a connection failed")
            self._leave(Close.INTERNAL, "something went wrong on the server")
        self._arm()

    def _carry_out(self, effect: protocol.SessionEffect) -> None:
        match effect:
            case protocol.Transmit(text):
                if not self._outbound.put(text):
                    self.end(Close.SLOW_READER, "more was sent than could be read in time")
            case protocol.Store(operation):
                self._store(operation)
            case protocol.Subscribe(stream):
                self._followed.add(self._stored_name(stream))
                self._services.hub.subscribe(self._stored_name(stream), self)
                self._services.states.follow(self, self._stored_name(stream))
            case protocol.Unsubscribe(stream):
                self._followed.discard(self._stored_name(stream))
                self._services.hub.unsubscribe(self._stored_name(stream), self)
                self._services.states.unfollow(self, self._stored_name(stream))
            case protocol.Show(key, text):
                self._outbound.show(key, text)
            case protocol.Read(room, seq):
                self._read_up_to(room, seq)
            case protocol.Type(room, on):
                assert self._user is not None, "a session types nothing before it is authenticated"
                if not self._muted:
                    self._services.states.type(self._user, room, on=on)
            case protocol.Attend(away):
                self._services.states.attend(self, away=away)
            case protocol.Shut(code, reason):
                self._leave(code, reason)
            case protocol.Authenticate() | protocol.Replay() | protocol.Fetch() | protocol.Skim():
                self._questions.put_nowait(effect)
            case _:
                assert_never(effect)

    def _leave(self, code: Close, reason: str) -> None:
        self._outbound.close(code, reason)
        self._withdraw()

    def _withdraw(self) -> None:
        self._services.roster.leave(self)
        self._services.states.leave(self)
        self._services.door.leave(self)
        for stream in self._followed:
            self._services.hub.unsubscribe(stream, self)
        self._followed.clear()

    def _arm(self) -> None:
        """Have one timer for the session's deadline, and none for a closed session."""
        deadline = None if self._session.closed else self._session.deadline
        if self._timer is not None and self._timer.when() != deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and deadline is not None:
            self._timer = self._loop.call_at(deadline, self._due)

    def _due(self) -> None:
        self._timer = None
        self._handle(protocol.Due())

    # Operations.

    def _store(self, operation: wire.Operation) -> None:
        assert self._user is not None, "a session stores nothing before it is authenticated"
        # What was stored before is acknowledged all the same (rule 2), so it is the store that says no.
        refusal = self._refusal(self._user, operation)
        store = partial(messages.store, author=self._user, asked=operation, refusal=refusal)
        try:
            outcome = self._services.database.submit(store)
        except BusyError as error:
            self._services.limits.messages.give_back(self._user.id)
            self._handle(_failed(operation, error))
        else:
            self._storing += 1
            outcome.add_done_callback(partial(self._stored, operation))

    def _refusal(self, user: User, operation: wire.Operation) -> ServiceError | None:
        # What one has said one may take back at any time.
        if self._muted and not isinstance(operation, wire.Delete):
            return MutedError()
        return self._services.limits.messages.refusal(user.id)

    @property
    def _muted(self) -> bool:
        """Whether the account may write nothing now."""
        return bool(self._muted_until) and time.time_ns() // 1_000_000 < (self._muted_until or 0)

    def _read_up_to(self, room: str, seq: int) -> None:
        assert self._user is not None, "a session reads nothing before it is authenticated"
        # A mark that is lost is lost until the client says it again: nobody waits for it.
        with suppress(BusyError):
            read = partial(marks.read, user=self._user, room=room, seq=seq)
            self._services.database.submit(read).add_done_callback(forget)

    def _stored(self, operation: wire.Operation, outcome: asyncio.Future[wire.Ack]) -> None:
        self._storing -= 1
        self._calm.set()
        error = outcome.exception()
        if isinstance(error, (PredecessorError, BusyError)) and self._user is not None:
            self._services.limits.messages.give_back(self._user.id)  # it comes again, and is to count once
        if error is None:
            self._handle(protocol.Stored(outcome.result()))
        elif isinstance(error, ServiceError):
            self._handle(_failed(operation, error))
        else:
            logger.error("an operation could not be stored", exc_info=error)
            self._handle(_failed(operation, ServiceError()))

    # Questions, answered one after the other.

    async def _answer(self) -> None:
        while not self._session.closed:
            question = await self._questions.get()
            try:
                match question:
                    case protocol.Authenticate(token, tab):
                        await self._authenticate(token, tab)
                    case protocol.Replay(stream, after):
                        await self._replay(stream, after)
                    case protocol.Fetch(stream, from_, to):
                        await self._fetch(stream, from_, to)
                    case protocol.Skim():
                        await self._skim(question)
            except BusyError as error:
                self.end(Close.TRY_LATER, error.message)
            self._calm.set()

    async def _authenticate(self, token: str, tab: str | None) -> None:
        services, self._tab = self._services, tab or self._tab
        began = time.thread_time()
        try:
            claims = services.access.claims(token)
            if tab is not None:
                services.door.admit()
            # Before looking: should the session end meanwhile, then this connection ends with it.
            services.roster.enter(self, Seat(claims.account, claims.session, self._tab))
            cost = time.thread_time() - began
            seen = await self._look(claims)
        except BusyError as error:
            self._outbound.put(wire.encode(wire.Bye(error.retry_ms or 0)))
            raise
        except ServiceError as error:
            code = Close.TOO_MANY if isinstance(error, TooManyError) else Close.TOKEN
            self._handle(protocol.Rejected(code, error.message))
            return
        if self._session.closed:
            return
        began = time.thread_time()
        if tab is not None:
            services.roster.replace(self)
        first, self._user = self._session.user is None, self._user or seen.standing.user
        if self._muted_until is None:  # else it was told meanwhile, which is newer than what was seen
            self._muted_until = seen.standing.muted_until
        heads = {name: max(head, services.hub.last(self._stored_name(name))) for name, head in seen.heads.items()}
        user, expires_in = seen.standing.user, claims.expires_in
        self._handle(protocol.Authenticated(user.id, user.name, expires_in, heads, services.epoch, seen.intervals))
        if first and not self._session.closed:
            for mark in seen.marks:
                self.tell(states.mark(mark))
            services.states.enter(self, user.id)
            services.door.enter(self, cost + seen.cost + time.thread_time() - began)

    async def _look(self, claims: Claims) -> Sight:
        while True:
            seen = await self._services.database.read(partial(look, claims=claims))
            # What was published since the look may have brought another room: then look again.
            if seen.heads[ACCOUNT] >= self._services.hub.last(streams.account_stream(seen.standing.user.id)):
                return seen

    async def _replay(self, stream: str, after: int) -> None:
        await self._outbound.idle()
        name = self._stored_name(stream)
        found = await self._services.database.read(
            lambda reading: streams.fetch(reading, name, after + 1, wire.MAX_INTEGER)
        )
        published = self._services.hub.last(name)
        self._handle(protocol.Page(stream, found.events, found.more, published))

    async def _skim(self, question: protocol.Skim) -> None:
        await self._outbound.idle()
        skim = partial(
            streams.skim, name=question.stream, from_=question.after + 1, to=question.to, known=question.known
        )
        found = await self._services.database.read(skim)
        self._handle(protocol.Changes(question.stream, found.events, found.more))

    async def _fetch(self, stream: str, from_: int, to: int) -> None:
        """Answer with as many spans as there are slices, and promise nothing of what is yet to happen."""
        name = self._stored_name(stream)

        def read(reading: Reading) -> tuple[streams.Slice, int]:
            return streams.fetch(reading, name, from_, to), streams.head(reading, name)

        more = True
        while more and not self._session.closed:
            await self._outbound.idle()
            found, head = await self._services.database.read(read)
            more = found.more
            covered = found.events[-1].event.seq if more else max(min(to, head), from_ - 1)
            self._handle(protocol.Range(stream, from_, covered, found.events))
            from_ = covered + 1

    def _stored_name(self, stream: str) -> str:
        assert self._user is not None, "a session follows nothing before it is authenticated"
        return streams.account_stream(self._user.id) if stream == ACCOUNT else stream


def _failed(operation: wire.Operation, error: ServiceError) -> protocol.Failed:
    return protocol.Failed(wire.Error(error.code, error.message, operation.id, error.retry_ms))
