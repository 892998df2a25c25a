"""The server's half of the protocol, without I/O: one session is one WebSocket connection.

Events go into :meth:`Session.handle` with the time, effects come out; whoever drives the session carries them out
(the shape of python-websockets' ``protocol.py`` and of h11). The session decides who may speak, what is sent next and
when a connection has to end; what is stored, and who a token belongs to, it asks by its effects.

From replay to live (rule 12 of docs/delivery.md): while a stream is read from the store, what is published in it is
not queued but dropped; the stream turns live in the very call that handles the last page, provided that page reached
all that had been published by then. So nothing can fall between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.exchange import (
    Authenticate,
    Authenticated,
    Changes,
    Ended,
    Failed,
    Fetch,
    Intervals,
    Page,
    Published,
    Range,
    Received,
    Rejected,
    Replay,
    SessionEffect,
    SessionEvent,
    Show,
    Shut,
    Skim,
    Store,
    Stored,
    Subscribe,
    Told,
    Transmit,
    Unsubscribe,
)
from rebond.state import Said
from rebond.streams import ACCOUNT, MAX_SYNC, ROOMS, room_stream

HELLO_TIMEOUT = 5.0
"""Seconds a fresh connection has to say who it is."""

MAX_MISSED = 500
"""The most events of a room that are replayed one by one; a client that missed more gets a hole (rule 13)."""

NEWEST = 50
"""The events at the end of a room that are replayed even so."""


@dataclass(slots=True)
class _Stream:
    sent: int
    live: bool
    sight: Intervals | None = None
    """What may be seen of it; None where that is everything (rule 11)."""
    hole: int | None = None
    """The last seq of the hole that is being skimmed."""

    def shows(self, event: Published) -> bool:
        """Tell whether the client may see an event: both that it happened, and the message that it changes."""
        return self.sight is None or all(
            any(from_ <= seq <= to for from_, to in self.sight)
            for seq in (event.event.seq, event.event.seq if event.target is None else event.target)
        )


class Session:
    """One connection, from its first frame to its close.

    ``build`` names the pages the server serves, ``window_ms`` the width of the retry window and ``beat_ms`` the
    silence after which a client pings, both in milliseconds; the driver may change ``window_ms`` at any time. ``now``
    is in seconds on a monotonic clock, here and in :meth:`handle`. ``max_missed`` and ``newest`` are rule 13's numbers,
    which a simulation may make smaller.
    """

    def __init__(self, *, build: str, window_ms: int, beat_ms: int, now: float) -> None:
        self.build = build
        self.window_ms = window_ms
        self.beat_ms = beat_ms
        self.max_missed = MAX_MISSED
        self.newest = NEWEST
        self._until = now + HELLO_TIMEOUT
        self._said = Said()
        self.user: str | None = None
        self.closed = False
        self._hello: wire.Hello | None = None
        self._streams: dict[str, _Stream] = {}
        self._account_head = 0
        self._effects: list[SessionEffect] = []

    @property
    def deadline(self) -> float:
        """When the session wants to be told that it is :class:`Due`, in seconds."""
        held = self._said.deadline
        return self._until if held is None else min(self._until, held)

    def handle(self, event: SessionEvent, now: float) -> list[SessionEffect]:
        """Take in what happened and return what is to be done, in order. A closed session wants nothing more."""
        if self.closed:
            return []
        match event:
            case Received(text):
                self._received(text, now)
            case Authenticated():
                self._authenticated(event, now)
            case Rejected(code, message):
                self._refuse(code, ErrorCode.BAD_TOKEN, message)
            case Published():
                self._published(event)
            case Page():
                self._page(event)
            case Range(stream, from_, to, events):
                self._range(stream, from_, to, events)
            case Changes():
                self._changes(event)
            case Stored(ack):
                self._transmit(ack)
            case Failed(error):
                self._transmit(error)
            case Told(key, shown, by):
                if self.user is not None and by != self.user:
                    self._effects.append(Show(key, shown))
            case Ended(code, reason):
                self._shut(code, reason)
            case _:
                self._due(now)
        effects, self._effects = self._effects, []
        return effects

    # What the client says.

    def _received(self, text: str, now: float) -> None:
        for frame in wire.decode_client(text):
            if self.closed:
                return
            if isinstance(frame, wire.Fault):
                self._transmit(wire.Error(frame.code, frame.message, frame.id))
                if self.user is None:
                    self._shut(Close.BAD_FRAME, frame.message)
            elif isinstance(frame, wire.Hello):
                self._greet(frame)
            elif self.user is None:
                self._refuse(
                    Close.BAD_FRAME,
                    ErrorCode.NO_HELLO,
                    "the first frame must be hello, then wait for welcome",
                )
            else:
                self._command(frame, now)

    def _greet(self, hello: wire.Hello) -> None:
        if self._hello is not None or self.user is not None:
            self._refuse(Close.BAD_FRAME, ErrorCode.BAD_FRAME, "hello may be said only once")
        elif hello.v != wire.VERSION:
            message = f"this server speaks version {wire.VERSION}; reload the page"
            self._refuse(Close.OUTDATED, ErrorCode.OUTDATED, message)
        else:
            self._hello = hello
            self._effects.append(Authenticate(hello.token, hello.tab))

    def _command(self, frame: wire.Auth | wire.Operation | wire.Sync | wire.State | wire.Ping, now: float) -> None:
        match frame:
            case wire.Auth(token):
                self._effects.append(Authenticate(token, None))
            case wire.Send() | wire.Edit() | wire.Delete() | wire.React():
                self._effects.append(Store(frame))
            case wire.Sync(stream, from_, to):
                self._sync(stream, from_, to)
            case wire.State():
                passed = self._said.take(frame, self._streams, now)
                if passed is None:
                    self._transmit(wire.Error(ErrorCode.BAD_FRAME, f"state: {frame.kind} is not as it must be"))
                else:
                    self._effects.extend(passed)
            case _:
                heads = {name: stream.sent for name, stream in self._streams.items()}
                self._transmit(wire.Pong(heads, self.window_ms))

    def _sync(self, stream: str, from_: int, to: int) -> None:
        if stream not in self._streams:
            self._transmit(wire.Error(ErrorCode.NO_SUCH_STREAM, f"there is no stream {stream} for you"))
        elif not 0 < from_ <= to < from_ + MAX_SYNC:
            self._transmit(wire.Error(ErrorCode.BAD_FRAME, f"sync: ask for 1 to {MAX_SYNC} events"))
        else:
            self._effects.append(Fetch(stream, from_, to))

    # Who the client is.

    def _authenticated(self, event: Authenticated, now: float) -> None:
        if self.user is not None and event.user != self.user:
            self._refuse(Close.FORBIDDEN, ErrorCode.BAD_TOKEN, "the token is another account's")
            return
        self._until = now + event.expires_in
        if self.user is None:
            self.user = event.user
            self._welcome(event)

    def _welcome(self, event: Authenticated) -> None:
        hello = self._hello
        cursors = hello.cursors if hello is not None and hello.epoch == event.epoch else {}
        user = {"id": event.user, "name": event.name}
        heads = dict(event.heads)
        self._account_head = heads.get(ACCOUNT, 0)
        self._transmit(wire.Welcome(event.epoch, heads, self.window_ms, self.beat_ms, user, self.build))
        for stream, head in heads.items():
            # A cursor beyond the head was given by a database that is no more; the client sees it by the heads.
            self._follow(stream, min(cursors.get(stream, head), head), head, event.sights.get(stream))

    def _refuse(self, close: Close, code: ErrorCode, message: str) -> None:
        self._transmit(wire.Error(code, message))
        self._shut(close, message)

    def _due(self, now: float) -> None:
        self._effects.extend(self._said.due(now))
        if now < self._until:
            return
        if self.user is None:
            self._shut(Close.HELLO_TIMEOUT, "no hello in time")
        else:
            self._shut(Close.TOKEN, "the token has expired")

    # The streams.

    def _follow(self, stream: str, after: int, head: int, sight: Intervals | None) -> None:
        self._effects.append(Subscribe(stream))
        followed = self._streams[stream] = _Stream(after, live=after >= head, sight=sight)
        if head - after > self.max_missed and stream.startswith(ROOMS):
            followed.hole = head - self.newest
            self._transmit(wire.Hole(stream, after + 1, followed.hole))
            self._effects.append(Skim(stream, after, followed.hole, after))
        elif after < head:
            self._effects.append(Replay(stream, after))

    def _published(self, event: Published) -> None:
        stream = self._streams.get(event.event.stream)
        if stream is None or not stream.live or event.event.seq <= stream.sent:
            return
        if event.event.seq > stream.sent + 1:
            stream.live = False
            self._effects.append(Replay(event.event.stream, stream.sent))
        else:
            self._forward(stream, event)

    def _changes(self, changes: Changes) -> None:
        """Send on what changed in a hole; at its end say that it has been told, and go on with what follows it."""
        stream = self._streams.get(changes.stream)
        if stream is None or stream.hole is None:
            return
        self._effects.extend(Transmit(event.text) for event in changes.events if stream.shows(event))
        if changes.more:
            last = changes.events[-1].event.seq
            self._effects.append(Skim(changes.stream, last, stream.hole, stream.sent))
        else:
            self._transmit(wire.Span(changes.stream, stream.sent + 1, stream.hole))
            self._effects.append(Replay(changes.stream, stream.hole))
            stream.sent, stream.hole = stream.hole, None

    def _page(self, page: Page) -> None:
        stream = self._streams.get(page.stream)
        if stream is None or stream.live or stream.hole is not None:
            return
        withheld: int | None = None
        for event in page.events:
            if event.event.seq <= stream.sent:
                continue
            if stream.sight is not None and not stream.shows(event):
                stream.sent = event.event.seq
                withheld = withheld or stream.sent
                continue
            if withheld is not None:
                self._transmit(wire.Span(page.stream, withheld, stream.sent))
                withheld = None
            self._forward(stream, event)
        if withheld is not None:
            self._transmit(wire.Span(page.stream, withheld, stream.sent))
        if page.more or stream.sent < page.published:
            self._effects.append(Replay(page.stream, stream.sent))
        else:
            stream.live = True

    def _range(self, stream: str, from_: int, to: int, events: tuple[Published, ...]) -> None:
        followed = self._streams.get(stream)
        if followed is not None:
            self._effects.extend(Transmit(event.text) for event in events if followed.shows(event))
            self._transmit(wire.Span(stream, from_, to))

    def _forward(self, stream: _Stream, event: Published) -> None:
        name, stream.sent = event.event.stream, event.event.seq
        if stream.sight is not None and not stream.shows(event):
            self._transmit(wire.Span(name, stream.sent, stream.sent))
            return
        self._effects.append(Transmit(event.text))
        # What the account stream held at the welcome was counted in the heads; only what comes later changes them.
        if name == ACCOUNT and stream.sent > self._account_head:
            self._membership(event.event)

    def _membership(self, event: wire.Event) -> None:
        room = event.body.get("room")
        if event.kind == "joined" and isinstance(room, Mapping):
            stream, head = room_stream(str(room["id"])), event.body.get("head")
            if stream not in self._streams and isinstance(head, int):
                self._effects.append(Subscribe(stream))
                self._streams[stream] = _Stream(head, live=False, sight=_sight(event.body.get("sight")))
                self._effects.append(Replay(stream, head))
        elif event.kind == "left":
            stream = room_stream(str(room))
            if self._streams.pop(stream, None) is not None:
                self._effects.append(Unsubscribe(stream))

    # The end.

    def _transmit(self, frame: wire.ServerFrame) -> None:
        self._effects.append(Transmit(wire.encode(frame)))

    def _shut(self, code: Close, reason: str) -> None:
        self.closed = True
        self._effects.append(Shut(code, reason))


def _sight(told: object) -> Intervals | None:
    """Read what an account's own event says that may be seen of a room: the server has written it."""
    return tuple((int(from_), int(to)) for from_, to in told) if isinstance(told, list | tuple) else None
