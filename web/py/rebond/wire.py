"""The wire format: JSON text frames, each one object or an array of them, ``t`` naming the kind.

The same codec serves both ends. It is strict about what it knows (a field of the wrong type is a fault) and silent
about what it does not know (a field it has never heard of is left out), so that either end can be the newer one.
docs/protocol.md says the same in prose, and a test holds the two against each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import ClassVar, Never, TypeVar, get_args

from rebond.codes import ErrorCode
from rebond.text import well_formed

VERSION = 1
"""The version of the protocol that ``hello`` names."""

MAX_INTEGER = 2**53 - 1
"""The largest integer that JavaScript reads exactly (RFC 8259, section 6)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One object on the wire."""

    KIND: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Hello(Frame):
    """Who the client is and what it has seen: the first frame of every connection."""

    KIND: ClassVar[str] = "hello"
    token: str
    v: int
    tab: str
    cursors: Mapping[str, int]
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Auth(Frame):
    """A renewed access token for the open connection."""

    KIND: ClassVar[str] = "auth"
    token: str


@dataclass(frozen=True, slots=True)
class Send(Frame):
    """A message for a room. ``after`` is the id of the sender's preceding unsettled message there.

    ``re`` names the message that it replies to, as ``author/id``.
    """

    KIND: ClassVar[str] = "send"
    id: str
    room: str
    text: str
    after: str | None = None
    re: str | None = None


@dataclass(frozen=True, slots=True)
class Edit(Frame):
    """Another text for the sender's message ``target``. It is an operation of its own, with an id of its own."""

    KIND: ClassVar[str] = "edit"
    id: str
    room: str
    target: str
    text: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Delete(Frame):
    """Takes back the sender's message ``target``. It is an operation of its own, with an id of its own."""

    KIND: ClassVar[str] = "delete"
    id: str
    room: str
    target: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class React(Frame):
    """Sets a reaction to the message ``target``, named as ``author/id``, or takes it back. An operation of its own."""

    KIND: ClassVar[str] = "react"
    id: str
    room: str
    target: str
    emoji: str
    on: bool
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Sync(Frame):
    """Asks for the events ``from_`` to ``to`` of a stream, both included."""

    KIND: ClassVar[str] = "sync"
    stream: str
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class State(Frame):
    """Something of which only the latest value counts. What belongs to its kind is in ``body``, flat on the wire."""

    KIND: ClassVar[str] = "state"
    kind: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ping(Frame):
    """Asks for a sign of life."""

    KIND: ClassVar[str] = "ping"


@dataclass(frozen=True, slots=True)
class Welcome(Frame):
    """The answer to ``hello``: the connection is live. Times are in milliseconds."""

    KIND: ClassVar[str] = "welcome"
    epoch: str
    heads: Mapping[str, int]
    window_ms: int
    beat_ms: int
    user: Mapping[str, object]
    build: str


@dataclass(frozen=True, slots=True)
class Ack(Frame):
    """The operation ``id`` is stored, for good. ``at`` is in milliseconds since the Unix epoch."""

    KIND: ClassVar[str] = "ack"
    id: str
    room: str
    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class Event(Frame):
    """Something that happened in a stream. What belongs to its kind is in ``body``, flat on the wire."""

    KIND: ClassVar[str] = "event"
    stream: str
    seq: int
    kind: str
    at: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Hole(Frame):
    """Too much was missed: of ``from_`` to ``to`` only changes to older messages follow, and at the end a ``span``."""

    KIND: ClassVar[str] = "hole"
    stream: str
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class Span(Frame):
    """All that may be seen of ``from_`` to ``to`` has been sent: the answer to ``sync``, and the end of a ``hole``."""

    KIND: ClassVar[str] = "span"
    stream: str
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class Error(Frame):
    """A frame was refused. ``id`` names the message, ``retry_ms`` says that and when another try is worth it."""

    KIND: ClassVar[str] = "error"
    code: str
    message: str
    id: str | None = None
    retry_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pong(Frame):
    """The answer to ``ping``, with the streams' heads, so that a lost last event is noticed."""

    KIND: ClassVar[str] = "pong"
    heads: Mapping[str, int]
    window_ms: int


@dataclass(frozen=True, slots=True)
class Bye(Frame):
    """The server is about to close and keeps a slot for this client, ``slot_ms`` from now."""

    KIND: ClassVar[str] = "bye"
    slot_ms: int


Operation = Send | Edit | Delete | React
"""What a user does in a room: stored once, acknowledged once, refused by its id."""

ClientFrame = Hello | Auth | Send | Edit | Delete | React | Sync | State | Ping
ServerFrame = Welcome | Ack | Event | Hole | Span | State | Error | Pong | Bye
F = TypeVar("F", bound=Frame)

_ENVELOPES: dict[type[Frame], frozenset[str]] = {
    Event: frozenset({"t", "stream", "seq", "kind", "at"}),
    State: frozenset({"t", "kind"}),
}
"""What these carry on the wire besides their bodies."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with an object on the wire; ``id`` is its message's id where one could be read."""

    code: ErrorCode
    message: str
    id: str | None = None


class _IllFormedError(ValueError):
    """A string cannot be written as UTF-8."""


def _string(value: object) -> bool:
    if isinstance(value, str) and not well_formed(value):
        raise _IllFormedError
    return isinstance(value, str)


def _boolean(value: object) -> bool:
    return isinstance(value, bool)


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def _heads(value: object) -> bool:
    return isinstance(value, dict) and all(_string(key) and _integer(item) for key, item in value.items())


def _anything(value: object) -> bool:
    return isinstance(value, dict)


_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (_string, "a string"),
    "bool": (_boolean, "true or false"),
    "int": (_integer, "a whole number from 0 to 2^53 - 1"),
    "str | None": (_string, "a string"),
    "int | None": (_integer, "a whole number from 0 to 2^53 - 1"),
    "Mapping[str, int]": (_heads, "an object of whole numbers"),
    "Mapping[str, object]": (_anything, "an object"),
}
"""What a field must be, by its annotation as it is written."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a frame: its name here and on the wire, whether it must be there, and what it must be."""

    name: str
    wire_name: str
    required: bool
    accepts: Callable[[object], bool]
    expected: str


_schemas: dict[type[Frame], tuple[Field, ...]] = {}


def schema(kind: type[Frame]) -> tuple[Field, ...]:
    """Return the fields of a kind of frame, read off when it is first met: at its start a page meets few kinds."""
    found = _schemas.get(kind)
    if found is None:
        found = _schemas[kind] = tuple(
            Field(field.name, field.name.rstrip("_"), field.default is MISSING, *_CHECKS[str(field.type)])
            for field in fields(kind)
        )
    return found


CLIENT_KINDS: dict[str, type[ClientFrame]] = {kind.KIND: kind for kind in get_args(ClientFrame)}
SERVER_KINDS: dict[str, type[ServerFrame]] = {kind.KIND: kind for kind in get_args(ServerFrame)}


def decode_client(text: str) -> list[ClientFrame | Fault]:
    """Read what a client sent: its frames in order, a fault in the place of each that cannot be read."""
    return [_read(item, CLIENT_KINDS) for item in _items(text)]


def decode_server(text: str) -> list[ServerFrame | Fault]:
    """Read what a server sent: its frames in order, a fault in the place of each that cannot be read."""
    return [_read(item, SERVER_KINDS) for item in _items(text)]


def encode(frame: Frame) -> str:
    """Write one frame as JSON text. Fields that are None are left out."""
    values: dict[str, object] = {"t": frame.KIND}
    for field in schema(type(frame)):
        value = getattr(frame, field.name)
        if value is not None:
            values[field.wire_name] = value
    if isinstance(frame, Event | State):
        del values["body"]
        envelope = _ENVELOPES[type(frame)]
        values.update((key, value) for key, value in frame.body.items() if key not in envelope)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def join(encoded: Sequence[str]) -> str:
    """Make one WebSocket frame of frames that are JSON text already: an array, unless there is just one."""
    return encoded[0] if len(encoded) == 1 else f"[{','.join(encoded)}]"


def _items(text: str) -> list[object]:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return [Fault(ErrorCode.BAD_JSON, "the frame is not JSON")]
    return value if isinstance(value, list) else [value]


def _no_constant(name: str) -> Never:
    """NaN and the infinities are Python's, not JSON's."""
    raise ValueError(name)


def _read(item: object, kinds: Mapping[str, type[F]]) -> F | Fault:
    if isinstance(item, Fault):
        return item
    if not isinstance(item, dict):
        return Fault(ErrorCode.BAD_FRAME, "a frame must be an object or an array of objects")
    name, identifier = item.get("t"), item.get("id")
    if not isinstance(identifier, str) or not well_formed(identifier):
        identifier = None
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        return Fault(ErrorCode.UNKNOWN_KIND, f"t must be one of {', '.join(kinds)}", identifier)
    envelope = _ENVELOPES.get(kind)
    if envelope:
        item = {**item, "body": {key: value for key, value in item.items() if key not in envelope}}
    values: dict[str, object] = {}
    for field in schema(kind):
        value = item.get(field.wire_name)
        if value is None and not field.required:
            continue
        try:
            accepted = field.accepts(value)
        except _IllFormedError:
            return Fault(ErrorCode.BAD_TEXT, f"{name}: {field.wire_name} is not well-formed Unicode", identifier)
        if not accepted:
            return Fault(ErrorCode.BAD_FRAME, f"{name}: {field.wire_name} must be {field.expected}", identifier)
        values[field.name] = value
    return kind(**values)
