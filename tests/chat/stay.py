"""A visit to the chat whose link, storage and server do what a test says."""

import asyncio
from collections.abc import Mapping, Sequence

from chat.account import Account
from chat.api import Answer, Api, Unreachable
from chat.archive import Archive
from chat.drafts import Drafts
from chat.order import Order
from chat.people import Person
from chat.state import Clocks, State
from chat.visit import Visit
from rebond import wire
from rebond.outbox import Entry
from rebond.states import State as RebondState
from rebond.status import Status
from rebond.text import text_problem
from tests.chat.made import ME, NOON, YOU, Counter, Memory, Shelves

NOT_IN = ["not_in_room"]


class FakeLink:
    """A link that does nothing by itself: the test says what the storage and the server answer."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.said: list[tuple[str, dict[str, object]]] = []
        self.seen: dict[str, int] = {}
        self.full = False
        self.status = Status(RebondState.IDLE, 0, None, None, None, 0, None)

    async def restore(self) -> None:
        self.did.append("restore")

    def positions(self) -> Mapping[str, int]:
        return self.seen

    def say(self, kind: str, **body: object) -> None:
        self.said.append((kind, body))

    def adopt(self) -> None:
        self.did.append("adopt")

    def edit(self, room: str, target: str, text: str) -> str:
        self.did.append(f"edit {room} {target} {text}")
        return f"id-{len(self.did):06}"

    def delete(self, room: str, target: str) -> str:
        if self.full:
            raise OverflowError
        self.did.append(f"delete {room} {target}")
        return f"id-{len(self.did):06}"

    def react(self, room: str, target: str, emoji: str, *, on: bool) -> str:
        self.did.append(f"react {room} {target} {emoji} {on}")
        return f"id-{len(self.did):06}"

    def release(self, identifier: str) -> None:
        self.did.append(f"release {identifier}")

    def cancel(self, identifier: str) -> None:
        self.did.append(f"cancel {identifier}")

    def start(self) -> None:
        self.did.append("start")

    def destroy(self) -> None:
        self.did.append("destroy")

    def send(self, room: str, text: str, *, re: str | None = None) -> str:
        problem = text_problem(text)
        if problem is not None:
            raise ValueError(problem)
        self.did.append(f"send {room} {text}" + (f" re {re}" if re else ""))
        return f"id-{len(self.did):06}"

    def retry_now(self) -> None:
        self.did.append("retry")

    def signed_in(self) -> None:
        self.did.append("signed in")


class House:
    """A server with rooms and messages, as far as the visit asks for them."""

    def __init__(self, **rooms: int) -> None:
        self.heads = rooms
        self.joined = set(rooms)
        self.down = False
        self.role = "member"
        self.muted_until = 0
        self.display = ""
        self.removed: list[tuple[str, object]] = []
        self.asked: list[str] = []

    async def __call__(
        self, method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None
    ) -> Answer:
        self.asked.append(f"{method} {path}")
        await asyncio.sleep(0)
        if self.down:
            raise Unreachable
        if path == "/api/me":
            return Answer(200, {"user": member(ME, role=self.role, muted_until=self.muted_until)})
        if path.startswith("/api/people"):
            return Answer(200, {"people": [member(ME, role=self.role), member(YOU, display=self.display)]})
        if path.endswith("/remove"):
            self.removed.append((path, body))
            return Answer(204)
        match path.removeprefix("/api/rooms").strip("/").split("/"):
            case [""] if method == "GET":
                return Answer(200, {"rooms": [self.room(name) for name in self.heads]})
            case [""]:
                return self._make(str((body or {})["name"]))
            case ["api", search]:
                return self._found(search)
            case [_, "people"]:
                return Answer(200, {"people": [{"id": ME.id, "name": ME.name}]})
            case [name, "join"]:
                self.joined.add(name)
                return Answer(200, {"room": self.room(name)})
            case [name, "leave"] if name == "general":
                return Answer(409, {"error": {"code": "cannot_leave"}})
            case [name, "leave"]:
                self.joined.discard(name)
                return Answer(200, {"room": self.room(name)})
            case [name, query] if name in self.heads:
                return self._page(self.heads[name], query)
            case _:
                return Answer(404, {"error": {"code": "no_such_room"}})

    async def access(self, *, renew: bool = False) -> str:
        return "token"

    def room(self, name: str) -> dict[str, object]:
        return {"id": name, "name": name, "joined": name in self.joined, "head": self.heads[name], "members": 1}

    def _make(self, name: str) -> Answer:
        if name in self.heads:
            return Answer(409, {"error": {"code": "name_taken"}})
        self.heads[name] = 0
        self.joined.add(name)
        return Answer(201, {"room": self.room(name)})

    def _found(self, search: str) -> Answer:
        cursor = 0 if "cursor=" in search else 7
        hit = {**entry(cursor + 1), "room": "general", "found": [[0, 1]]}
        return Answer(200, {"hits": [hit], "cursor": cursor or None})

    def _page(self, head: int, query: str) -> Answer:
        wanted = dict(pair.split("=") for pair in query.partition("?")[2].split("&"))
        limit = int(wanted["limit"])
        before = int(wanted.get("before", head + 1))
        if "around" in wanted:
            before = min(head + 1, int(wanted["around"]) + (limit + 1) // 2)
        if "after" in wanted:
            before = min(head + 1, int(wanted["after"]) + limit + 1)
            limit = before - int(wanted["after"]) - 1
        first = max(1, before - limit)
        messages = [entry(seq) for seq in range(first, before)]
        return Answer(200, {"messages": messages, "head": head, "more": first > 1, "newer": before <= head})


def member(person: Person, **more: object) -> dict[str, object]:
    told = {"id": person.id, "name": person.name, "display": "", "role": "member", "banned": False, "left": False}
    return told | more


def entry(seq: int) -> dict[str, object]:
    author = {"id": YOU.id, "name": YOU.name}
    return {"id": f"id-{seq:06}", "seq": seq, "author": author, "text": f"m{seq}", "at": NOON + seq}


def event(room: str, seq: int) -> wire.Event:
    body = {key: value for key, value in entry(seq).items() if key not in {"seq", "at"}}
    return wire.Event(f"room:{room}", seq, "message", NOON + seq, body)


def welcome(**heads: int) -> wire.Welcome:
    return wire.Welcome("e", {f"room:{room}": head for room, head in heads.items()}, 250, 10_000, {}, "b")


class FakeKeeper(Shelves):
    """A storage of an account."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        super().__init__(kept)
        self.did: list[str] = []
        self.outbox: list[wire.Operation] = []

    async def records(self) -> Mapping[str, str]:
        return self.kept

    async def waiting(self) -> list[wire.Operation]:
        return self.outbox

    def close(self) -> None:
        self.did.append("close")

    async def destroy(self) -> None:
        self.did.append("destroy")


class Stay:
    """A visit in a house, and what is told of it."""

    def __init__(self, house: House, keeper: FakeKeeper | None = None, shelf: Memory | None = None) -> None:
        self.house = house
        self.told: list[str] = []
        self.link = FakeLink()
        clocks = Clocks(lambda: NOON, lambda: 100.0)
        self.state = State(ME, "b", Drafts(shelf or Memory(), ME.id), clocks, Counter(), Archive(keeper))
        self.keeper = keeper
        self.shut_out = Counter()
        ways = (house, house)
        account, order = Account(*ways), Order(*ways)
        self.visit = Visit(self.state, Api(*ways), keeper, self.told.append, account, lambda: order, self.shut_out)

    async def start(self, room: str = "general") -> "Stay":
        await self.visit.start(self.link, room)
        await settle()
        return self

    def saved_deletion(self, target: str, room: str) -> None:
        """The storage has the deletion of a message."""
        self.state.own.on_fated(Entry(wire.Delete("id-deletion", room, target)))

    def saved(self, identifier: str, room: str, text: str, *, kept: bool = True) -> None:
        """The storage has answered."""
        self.state.own.on_fated(Entry(wire.Send(identifier, room, text), kept=kept))

    def seqs(self, room: str = "general") -> Sequence[int]:
        return [message.seq for message in self.state.timeline(room).messages]


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)
