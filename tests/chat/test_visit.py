import asyncio
from collections.abc import Mapping, Sequence

from chat.api import Answer, Api, Unreachable
from chat.drafts import Drafts
from chat.messages import Outgoing
from chat.state import Clocks, State
from chat.timeline import Edge
from chat.visit import Visit
from rebond import wire
from rebond.codes import ErrorCode
from rebond.text import text_problem
from tests.chat.made import ME, NOON, YOU, Counter, Memory


class FakeLink:
    def __init__(self) -> None:
        self.did: list[str] = []

    def start(self) -> None:
        self.did.append("start")

    def destroy(self) -> None:
        self.did.append("destroy")

    def send(self, room: str, text: str) -> str:
        problem = text_problem(text)
        if problem is not None:
            raise ValueError(problem)
        self.did.append(f"send {room} {text}")
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
        self.asked: list[str] = []

    async def __call__(
        self, method: str, path: str, body: Mapping[str, str] | None = None, token: str | None = None
    ) -> Answer:
        self.asked.append(f"{method} {path}")
        await asyncio.sleep(0)
        if self.down:
            raise Unreachable
        match path.removeprefix("/api/rooms").strip("/").split("/"):
            case [""] if method == "GET":
                return Answer(200, {"rooms": [self.room(name) for name in self.heads]})
            case [""]:
                return self._make((body or {})["name"])
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

    def _page(self, head: int, query: str) -> Answer:
        wanted = dict(pair.split("=") for pair in query.partition("?")[2].split("&"))
        before = int(wanted.get("before", head + 1))
        first = max(1, before - int(wanted["limit"]))
        messages = [entry(seq) for seq in range(first, before)]
        return Answer(200, {"messages": messages, "head": head, "more": first > 1})


def entry(seq: int) -> dict[str, object]:
    author = {"id": YOU.id, "name": YOU.name}
    return {"id": f"id-{seq:06}", "seq": seq, "author": author, "text": f"m{seq}", "at": NOON + seq}


def event(room: str, seq: int) -> wire.Event:
    body = {key: value for key, value in entry(seq).items() if key not in {"seq", "at"}}
    return wire.Event(f"room:{room}", seq, "message", NOON + seq, body)


def welcome(**heads: int) -> wire.Welcome:
    return wire.Welcome("e", {f"room:{room}": head for room, head in heads.items()}, 250, 10_000, {}, "b")


class Stay:
    """A visit in a house, and what is told of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.told: list[str] = []
        self.link = FakeLink()
        clocks = Clocks(lambda: NOON, lambda: 100.0)
        self.state = State(ME, "b", Drafts(Memory(), ME.id), clocks, Counter())
        self.visit = Visit(self.state, Api(house, house), self.told.append)

    async def start(self, room: str = "general") -> "Stay":
        self.visit.start(self.link, room)
        await settle()
        return self

    def seqs(self, room: str = "general") -> Sequence[int]:
        return [message.seq for message in self.state.timeline(room).messages]


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_it_begins_with_the_rooms_and_the_newest_messages() -> None:
    stay = await Stay(House(general=120, zoo=3)).start()
    assert stay.link.did == ["start"]
    assert [room.id for room in stay.state.rooms.joined] == ["general", "zoo"]
    assert stay.seqs() == list(range(71, 121))


async def test_it_begins_in_the_room_that_was_asked_for_if_one_is_in_it() -> None:
    house = House(general=1, zoo=1, secret=1)
    house.joined.discard("secret")
    assert (await Stay(house).start("zoo")).state.current == "zoo"
    assert (await Stay(house).start("secret")).state.current == "general"
    assert (await Stay(house).start("nowhere")).state.current == "general"


async def test_older_messages_come_page_by_page_until_the_beginning_and_each_once() -> None:
    stay = await Stay(House(general=120)).start()
    for _ in range(5):
        stay.visit.older()
        stay.visit.older()
        await settle()
    assert stay.seqs() == list(range(1, 121))
    assert stay.state.timeline("general").edge is Edge.START
    assert sum("messages" in path for path in stay.house.asked) == 3


async def test_a_message_between_the_page_and_the_first_welcome_is_fetched() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads["general"] = 12
    stay.visit.welcomed(welcome(general=12))
    await settle()
    assert stay.seqs()[-1] == 12
    stay.house.heads["general"] = 14
    stay.visit.welcomed(welcome(general=14))
    await settle()
    assert stay.seqs()[-1] == 12  # the link replays what is after its cursor


async def test_a_gap_is_closed() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads["general"] = 200
    stay.state.on_event(event("general", 200))
    for _ in range(10):
        stay.visit.catch_up()
        await settle()
    assert stay.seqs() == list(range(1, 201))


async def test_what_could_not_be_had_is_asked_for_again_once_live() -> None:
    house = House(general=10)
    house.down = True
    stay = await Stay(house).start()
    assert stay.state.timeline("general").edge is Edge.FAILED
    assert stay.told == []
    house.down = False
    stay.visit.welcomed(welcome(general=10))
    await settle()
    assert stay.seqs() == list(range(1, 11))
    assert "general" in stay.state.rooms


async def test_other_data_at_the_server_are_read_anew() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads = {"general": 4}
    stay.visit.reset(None)
    stay.visit.welcomed(welcome(general=4))
    await settle()
    assert stay.seqs() == [1, 2, 3, 4]


async def test_sending_the_draft() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == "send general hello"
    assert [entry.text for entry in stay.state.timeline("general").outgoing] == ["hello"]
    assert stay.state.drafts["general"] == ""


async def test_a_draft_that_cannot_be_sent_is_kept() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "x" * 5_000)
    assert stay.visit.send() == ErrorCode.TEXT_TOO_LONG
    assert len(stay.state.drafts["general"]) == 5_000


async def test_a_refused_message_goes_back_into_the_composer() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "hello")
    stay.visit.send()
    identifier = stay.state.timeline("general").outgoing[0].id
    stay.state.timeline("general").refuse(Outgoing(identifier, "hello", NOON, refusal="bad_text"))
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"


async def test_joining_making_and_leaving_rooms() -> None:
    house = House(general=0, zoo=2)
    house.joined.discard("zoo")
    stay = await Stay(house).start()
    stay.visit.join("zoo")
    await settle()
    assert (stay.state.current, stay.seqs("zoo")) == ("zoo", [1, 2])
    stay.visit.leave()
    await settle()
    assert stay.state.current == "general"
    assert not stay.state.rooms["zoo"].joined
    assert await stay.visit.make_room("new") is None
    assert stay.state.current == "new"
    assert await stay.visit.make_room("zoo") == "name_taken"
    house.down = True
    assert await stay.visit.make_room("other") == "unreachable"


async def test_what_was_said_while_one_was_out_of_a_room_is_there_when_one_is_back() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.visit.leave()
    await settle()
    stay.house.heads["zoo"] = 5
    stay.visit.join("zoo")
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3, 4, 5]


async def test_a_room_that_one_joins_again_in_another_tab_is_read_anew() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.state.sent("zoo", "id-000099", "on its way")
    stay.state.on_event(wire.Event("account", 1, "left", NOON, {"room": "zoo"}))
    stay.visit.catch_up()
    await settle()
    assert stay.seqs("zoo") == []
    stay.house.heads["zoo"] = 3
    stay.state.on_event(wire.Event("account", 2, "joined", NOON, {"room": {"id": "zoo", "name": "zoo"}, "head": 3}))
    stay.visit.catch_up()
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3]


async def test_what_the_server_refuses_is_told() -> None:
    stay = await Stay(House(general=0)).start()
    stay.visit.leave()
    await settle()
    assert stay.told == ["cannot_leave"]


async def test_at_the_end_nothing_runs_on() -> None:
    stay = Stay(House(general=10))
    stay.visit.start(stay.link, "general")
    stay.visit.stop()
    await settle()
    assert stay.link.did == ["start", "destroy"]
    assert stay.seqs() == []


async def test_a_text_is_kept_when_the_outbox_is_full() -> None:
    class FullLink(FakeLink):
        def send(self, room: str, text: str) -> str:
            raise OverflowError("the outbox is full")

    stay = await Stay(House(general=0)).start()
    stay.visit.link = FullLink()
    stay.state.drafts.put("general", "one too many")
    assert stay.visit.send() == "outbox_full"
    assert stay.state.drafts["general"] == "one too many"
    assert stay.state.timeline("general").outgoing == []
