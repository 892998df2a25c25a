"""Small things that the tests of the chat are made of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from chat.archive import Archive
from chat.drafts import Drafts
from chat.messages import Message
from chat.people import Person
from chat.rooms import Room
from chat.state import Clocks, State
from chat.texts import Texts, load
from rebond import wire
from rebond.outbox import Entry
from rebond.states import State as LinkState
from rebond.status import Cause, Status

ME = Person("u-me", "Ada")
YOU = Person("u-you", "Grace")
CATALOGUES = load(Path(__file__).parents[2] / "web" / "locales")
MINUTE = 60_000
NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1_000)


def english() -> Texts:
    return Texts(CATALOGUES, "en")


def french() -> Texts:
    return Texts(CATALOGUES, "fr")


def status(
    state: LinkState,
    cause: Cause | None = None,
    next_try: float | None = None,
    *,
    attempt: int = 0,
    queued: int = 0,
    round_trip_ms: int | None = None,
    heard: float | None = None,
    code: int | None = None,
) -> Status:
    """Return how a link may stand; ``heard`` is when it was answered last."""
    return Status(state, attempt, next_try, cause, round_trip_ms, queued, heard, code, heard)


def message(seq: int, author: Person = YOU, text: str = "", at: int | None = None) -> Message:
    return Message(f"id-{seq:08}", seq, author, text or f"message {seq}", NOON + seq if at is None else at, seq)


class Greenwich:
    """A reader at Greenwich."""

    def day(self, at: int) -> int:
        return at // 86_400_000

    def clock(self, at: int) -> str:
        return f"{self._moment(at):%H:%M}"

    def date(self, at: int) -> str:
        return f"{self._moment(at):%A %d %B}"

    def full(self, at: int) -> str:
        return f"{self._moment(at):%A %d %B %Y %H:%M}"

    def _moment(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1_000, UTC)


class Counter:
    """Counts how often it is called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


class Memory:
    """A shelf that a test can look into."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, value: str) -> None:
        if value:
            self.kept[key] = value
        else:
            self.kept.pop(key, None)


class Shelves:
    """A storage that a test can look into: what was kept, and what is still to be written."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        self.kept = dict(kept or {})
        self.pending: dict[str, str | None] = {}
        self.cleared = 0
        self._wanted: dict[str, int] = {}
        self._versions: dict[str, int] = {}

    def keep(self, key: str, record: str | None, version: int = 0) -> None:
        self.pending[key] = record
        self._wanted[key] = version

    def flush(self) -> None:
        for key, record in self.pending.items():
            if record is None:
                self.kept.pop(key, None)
                self._versions.pop(key, None)
            elif self._wanted[key] >= self._versions.get(key, 0):
                self.kept[key] = record
                self._versions[key] = self._wanted[key]
        self.pending.clear()

    def drop(self, prefix: str) -> None:
        self.pending = {key: record for key, record in self.pending.items() if not key.startswith(prefix)}
        self.kept = {key: record for key, record in self.kept.items() if not key.startswith(prefix)}
        self._versions = {key: version for key, version in self._versions.items() if key in self.kept}

    def clear(self) -> None:
        self.cleared += 1


class HandClock:
    """A clock that a test moves."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def state(changed: Counter | None = None, shelves: Shelves | None = None) -> State:
    clocks = Clocks(lambda: NOON, lambda: 100.0)
    made = State(ME, "build-1", Drafts(Memory(), ME.id), clocks, changed or Counter(), Archive(shelves or Shelves()))
    entries = [Room("general", "general", joined=True, members=2), Room("zoo", "Zoo", True, 2)]
    made.rooms.replace(entries, made.rooms.changes)
    return made


def event(stream: str, seq: int, kind: str, **body: object) -> wire.Event:
    return wire.Event(stream, seq, kind, NOON, body)


def said(room: str, seq: int, text: str = "hello", author: str = YOU.id, identifier: str = "") -> wire.Event:
    return event(
        f"room:{room}",
        seq,
        "message",
        id=identifier or f"id-{seq:06}",
        author={"id": author, "name": author},
        text=text,
    )


def waits(of: State, room: str, identifier: str, text: str) -> None:
    of.own.on_fated(Entry(wire.Send(identifier, room, text)))


def texts(of: State, room: str) -> list[str]:
    return [message.text for message in of.timeline(room).messages]
