import asyncio
import json
from collections.abc import Callable, Mapping, Sequence

import pytest

from chat.account import Account
from chat.api import Answer, Api, Unreachable
from chat.archive import Archive
from chat.drafts import Drafts, Leaving
from chat.messages import Outgoing, record
from chat.order import Order
from chat.people import Person
from chat.state import LINE, Clocks, State
from chat.timeline import MOST, Edge, Hole
from chat.visit import Visit
from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.outbox import Entry, Refusal
from rebond.states import State as RebondState
from rebond.status import Status
from rebond.text import text_problem
from tests.chat.made import ME, NOON, YOU, Counter, Memory, Shelves, message, status

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


async def test_it_begins_with_the_rooms_and_the_newest_messages() -> None:
    stay = await Stay(House(general=120, zoo=3)).start()
    assert stay.link.did == ["restore", "start"]
    assert [room.id for room in stay.state.rooms.joined] == ["general", "zoo"]
    assert stay.seqs() == list(range(71, 121))


async def test_it_begins_in_the_room_that_was_asked_for_if_one_is_in_it() -> None:
    house = House(general=1, zoo=1, secret=1)
    house.joined.discard("secret")
    for asked, room, told in (("zoo", "zoo", []), ("secret", "general", NOT_IN), ("nowhere", "general", NOT_IN)):
        stay = await Stay(house).start(asked)
        assert (stay.state.current, stay.told) == (room, told)


async def test_that_one_is_not_in_the_room_asked_for_is_said_where_that_was_known_before() -> None:
    house = House(general=1, secret=1)
    house.joined.discard("secret")
    keeper = FakeKeeper()
    await Stay(house, keeper).start()
    stay = await Stay(house, keeper).start("secret")
    assert (stay.state.current, stay.told) == ("general", NOT_IN)


async def test_older_messages_come_page_by_page_until_the_beginning_and_each_once() -> None:
    stay = await Stay(House(general=120)).start()
    for _ in range(5):
        stay.visit.pages.older()
        stay.visit.pages.older()
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


async def test_a_hole_is_filled_from_either_end() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads["general"] = 200
    stay.state.on_event(event("general", 200))
    for _ in range(10):
        for hole in stay.state.timeline("general").entries:
            if isinstance(hole, Hole):
                stay.visit.pages.fill(hole, from_top=hole.end > 150)
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


async def test_the_composer_keeps_the_text_until_the_storage_has_it() -> None:
    keeper = FakeKeeper()
    stay = await Stay(House(general=0), keeper).start()
    stay.state.drafts.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == "send general hello"
    assert stay.state.drafts["general"] == "hello"
    assert stay.state.timeline("general").outgoing == []
    stay.saved("id-000003", "general", "hello")
    assert stay.state.drafts["general"] == ""
    assert [entry.text for entry in stay.state.timeline("general").outgoing] == ["hello"]
    assert not stay.state.unkept


async def test_a_second_enter_does_not_send_the_text_again_and_what_was_typed_since_stays() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.state.drafts.put("general", "hello")
    stay.visit.send()
    stay.visit.send()
    stay.state.writing.put("general", "hello and more")
    stay.visit.send()
    assert stay.link.did[2:] == ["send general hello", "send general  and more"]
    stay.saved("id-000003", "general", "hello")
    assert stay.state.drafts["general"] == " and more"
    stay.saved("id-000004", "general", " and more")
    assert stay.state.drafts["general"] == ""


@pytest.mark.parametrize("stored", [True, False])
async def test_what_was_being_stored_as_the_page_was_left_is_either_sent_or_in_the_composer(stored: bool) -> None:
    shelf = Memory()
    stay = await Stay(House(general=0), FakeKeeper(), shelf).start()
    stay.state.drafts.put("general", "hello and more")
    stay.state.drafts.leave("id-000003", Leaving("general", "hello"))
    again = Stay(House(general=0), FakeKeeper(), shelf)

    class Restoring(FakeLink):
        async def restore(self) -> None:
            assert again.state.writing.unsent("general") == " and more"
            if stored:
                again.saved("id-000003", "general", "hello")

    again.link = Restoring()
    await again.start()
    assert again.state.drafts["general"] == (" and more" if stored else "hello and more")
    assert again.state.writing.unsent("general") == again.state.drafts["general"]
    assert not again.state.drafts.leaving


async def test_without_a_storage_the_message_is_there_at_once_and_it_is_said_that_nothing_keeps_it() -> None:
    stay = Stay(House(general=0))

    class Hasty(FakeLink):
        def send(self, room: str, text: str, *, re: str | None = None) -> str:
            identifier = super().send(room, text, re=re)
            stay.saved(identifier, room, text)
            return identifier

    stay.link = Hasty()
    await stay.start()
    stay.state.drafts.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.state.drafts["general"] == ""
    assert [entry.kept for entry in stay.state.timeline("general").outgoing] == [False]
    assert stay.state.unkept


async def test_a_draft_that_cannot_be_sent_is_kept() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "x" * 5_000)
    assert stay.visit.send() == ErrorCode.TEXT_TOO_LONG
    assert len(stay.state.drafts["general"]) == 5_000


async def test_a_refused_message_goes_back_into_the_composer() -> None:
    stay = await Stay(House(general=0)).start()
    stay.state.drafts.put("general", "hello")
    stay.visit.send()
    identifier = "id-000003"
    stay.saved(identifier, "general", "hello")
    stay.visit.refused(Refusal(identifier, "general", "hello", "bad_text", "…"))
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"
    stay.visit.edit_again(identifier)
    assert stay.state.drafts["general"] == "hello"


async def test_joining_making_and_leaving_rooms() -> None:
    house = House(general=0, zoo=2)
    house.joined.discard("zoo")
    stay = await Stay(house).start()
    stay.visit.places.join("zoo")
    await settle()
    assert (stay.state.current, stay.seqs("zoo")) == ("zoo", [1, 2])
    stay.visit.places.leave(stay.state.current)
    await settle()
    assert stay.state.current == "general"
    assert not stay.state.rooms["zoo"].joined
    assert await stay.visit.places.make_room("new") is None
    assert stay.state.current == "new"
    assert await stay.visit.places.make_room("zoo") == "name_taken"
    house.down = True
    assert await stay.visit.places.make_room("other") == "unreachable"


async def test_what_was_said_while_one_was_out_of_a_room_is_there_when_one_is_back() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.visit.places.leave(stay.state.current)
    await settle()
    stay.house.heads["zoo"] = 5
    stay.visit.places.join("zoo")
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3, 4, 5]


async def test_a_room_that_one_joins_again_in_another_tab_is_read_anew() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.saved("id-000099", "zoo", "on its way")
    stay.state.on_event(wire.Event("account", 1, "left", NOON, {"room": "zoo"}))
    stay.visit.pages.catch_up()
    await settle()
    assert stay.seqs("zoo") == []
    stay.house.heads["zoo"] = 3
    stay.state.on_event(wire.Event("account", 2, "joined", NOON, {"room": {"id": "zoo", "name": "zoo"}, "head": 3}))
    stay.visit.pages.catch_up()
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3]


async def test_what_the_server_refuses_is_told() -> None:
    stay = await Stay(House(general=0)).start()
    stay.visit.places.leave(stay.state.current)
    await settle()
    assert stay.told == ["cannot_leave"]


async def test_at_the_end_nothing_runs_on() -> None:
    stay = Stay(House(general=10))
    await stay.visit.start(stay.link, "general")
    stay.visit.stop()
    await settle()
    assert stay.link.did == ["restore", "start", "destroy"]
    assert stay.seqs() == []


async def test_a_text_is_kept_when_the_outbox_is_full() -> None:
    class FullLink(FakeLink):
        def send(self, room: str, text: str, *, re: str | None = None) -> str:
            raise OverflowError("the outbox is full")

    stay = await Stay(House(general=0)).start()
    stay.visit.link = FullLink()
    stay.state.drafts.put("general", "one too many")
    assert stay.visit.send() == "outbox_full"
    assert stay.state.drafts["general"] == "one too many"
    assert stay.state.timeline("general").outgoing == []


# What was kept.


def kept(*seqs: int, known: Sequence[tuple[int, int]] = (), as_of: int = NOON) -> dict[str, str]:
    room = {"id": "general", "name": "general", "joined": True, "members": 3, "unread": 2}
    records = {f"message/general/{seq:016}": json.dumps(record(message(seq))) for seq in seqs}
    return records | {
        "rooms": json.dumps([room]),
        "known/general": json.dumps({"oldest": min(seqs), "spans": known}),
        "as_of": str(as_of),
    }


async def test_what_was_kept_is_there_before_the_network_has_answered() -> None:
    house = House(general=3)
    house.down = True
    stay = Stay(house, FakeKeeper(kept(1, 2, 3, known=[(0, 3)], as_of=NOON - 5)))
    await stay.visit.start(stay.link, "general")
    assert stay.seqs() == [1, 2, 3]
    assert house.asked == []
    assert (stay.state.rooms["general"].members, stay.state.as_of) == (3, NOON - 5)


async def test_what_is_after_the_kept_cursor_comes_by_the_link_and_is_not_asked_for() -> None:
    stay = Stay(House(general=5), FakeKeeper(kept(1, 2, 3, known=[(0, 3)])))
    stay.link.seen = {"room:general": 3}
    await stay.start()
    stay.visit.welcomed(welcome(general=5))
    await settle()
    assert [asked for asked in stay.house.asked if "messages" in asked] == []


async def test_where_the_kept_messages_end_before_the_cursor_the_newest_page_is_asked_for() -> None:
    stay = Stay(House(general=5), FakeKeeper(kept(1, 2, 3, known=[(0, 3)])))
    stay.link.seen = {"room:general": 5}
    await stay.start()
    stay.visit.welcomed(welcome(general=5))
    await settle()
    assert stay.seqs() == [1, 2, 3, 4, 5]


async def test_a_room_one_is_not_in_any_more_is_not_begun_in() -> None:
    house = House(general=3)
    house.down = True
    stay = await Stay(house, FakeKeeper(kept(1, known=[(0, 1)]))).start("elsewhere")
    assert stay.state.current == "general"


async def test_leaving_for_good_keeps_nothing() -> None:
    keeper = FakeKeeper(kept(1, known=[(0, 1)]))
    stay = await Stay(House(general=1), keeper).start()
    stay.state.drafts.put("general", "begun")
    await stay.visit.forget()
    assert keeper.did == ["destroy"]
    assert not stay.state.drafts
    assert stay.link.did[-1] == "destroy"


async def test_what_has_not_been_sent_is_what_any_tab_keeps_and_what_was_refused_in_any() -> None:
    keeper = FakeKeeper()
    keeper.outbox = [wire.Send("id-000001", "general", "one"), wire.Send("id-000002", "zoo", "of another tab")]
    stay = await Stay(House(general=0, zoo=0), keeper).start()
    keeper.outbox.append(wire.Send("id-000007", "general", "in the room already"))
    own = {"id": "id-000007", "author": {"id": ME.id, "name": ME.name}, "text": "in the room already"}
    stay.state.on_event(wire.Event("room:general", 1, "message", NOON, own))
    stay.saved("id-000001", "general", "one")
    stay.saved("id-000003", "general", "acknowledged")
    stay.state.own.on_ack(wire.Ack("id-000003", "general", 2, NOON))
    stay.visit.refused(Refusal("id-000004", "zoo", "refused", "not_a_member", "…"))
    stay.state.own.on_fated(Entry(wire.Edit("id-000005", "general", "target-1", "better"), kept=False))
    stay.state.own.on_fated(Entry(wire.Delete("id-000006", "general", "target-2")))
    other = Archive(keeper)
    other.note_refused("zoo", Outgoing("id-000008", "refused in another tab", NOON, refusal="not_a_member"))
    unsent = await stay.visit.unsent()
    assert [operation.id for operation in unsent] == ["id-000001", "id-000002", "id-000005", "id-000004", "id-000008"]
    assert unsent[-1] == wire.Send("id-000008", "zoo", "refused in another tab")


# Changing what one has said.


def edits(stay: Stay) -> bool:
    return stay.state.writing.editing is not None


async def test_another_text_is_an_operation_and_the_draft_waits_meanwhile() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    own = message(1, ME, "helo")
    stay.state.on_event(wire.Event("room:general", 1, "message", NOON, {**record(own)}))
    stay.state.drafts.put("general", "begun")
    stay.state.begin_edit(own.id)
    assert stay.state.writing.text("general") == "helo"
    stay.state.writing.put("general", "hello")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == f"edit general {own.id} hello"
    assert edits(stay)
    stay.state.own.on_fated(Entry(wire.Edit("id-000003", "general", own.id, "hello")))
    assert not edits(stay)
    assert stay.state.writing.text("general") == "begun"
    assert stay.state.timeline("general").changes[own.id].text == "hello"


async def test_a_text_left_as_it_was_is_no_operation() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.saved("id-000009", "general", "hello")
    stay.state.begin_edit("id-000009")
    assert stay.visit.send() is None
    assert stay.link.did == ["restore", "start"]
    assert not edits(stay)


async def test_a_message_that_has_not_left_is_changed_in_place() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.saved("id-000009", "general", "helo")
    stay.state.begin_edit("id-000009")
    stay.state.writing.put("general", "hello")
    stay.visit.send()
    changed = wire.Edit("id-000003", "general", "id-000009", "hello")
    stay.state.own.on_fated(Entry(wire.Send("id-000009", "general", "helo"), change=changed, saved=False))
    assert edits(stay)
    stay.saved("id-000009", "general", "hello")
    assert not edits(stay)
    assert [entry.text for entry in stay.state.timeline("general").outgoing] == ["hello"]


async def test_trying_again_and_giving_up() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.visit.release("id-000002")
    stay.visit.give_up("id-000003")
    assert stay.link.did[2:] == ["release id-000002", "cancel id-000003"]


async def withdrawing() -> Stay:
    """Return a stay in which one has taken back a message of one's own a moment ago."""
    stay = await Stay(House(general=0, zoo=0), FakeKeeper()).start()
    stay.saved("id-000001", "general", "hello")
    stay.saved("id-000002", "general", "hello again")
    stay.visit.withdraw("id-000001")
    assert stay.state.writing.doomed == ("general", "id-000001")
    assert stay.link.did[2:] == [], "one may want it back"
    return stay


async def test_a_deletion_is_sent_once_nobody_has_wanted_the_message_back() -> None:
    stay = await withdrawing()
    stay.visit.settle()
    stay.visit.settle()
    assert stay.state.writing.doomed is None
    assert stay.link.did[2:] == ["delete general id-000001"]


async def test_a_message_that_is_wanted_back_was_never_deleted() -> None:
    stay = await withdrawing()
    stay.visit.want_back()
    stay.visit.settle()
    assert stay.state.writing.doomed is None
    assert stay.link.did[2:] == []


def says(stay: Stay) -> None:
    stay.state.drafts.put("general", "next")
    assert stay.visit.send() is None


def edits_another(stay: Stay) -> None:
    stay.state.begin_edit("id-000002")
    stay.state.writing.put("general", "next")
    assert stay.visit.send() is None


def reacts(stay: Stay) -> None:
    stay.visit.react(f"{YOU.id}/id-000003", "+", on=True)


def deletes_another(stay: Stay) -> None:
    stay.visit.withdraw("id-000002")
    stay.visit.settle()


@pytest.mark.parametrize(
    ("acts", "then"),
    [
        (says, "send general next"),
        (edits_another, "edit general id-000002 next"),
        (reacts, f"react general {YOU.id}/id-000003 + True"),
        (deletes_another, "delete general id-000002"),
    ],
)
async def test_whatever_one_does_next_sends_the_deletion_first(acts: Callable[[Stay], None], then: str) -> None:
    stay = await withdrawing()
    acts(stay)
    assert stay.link.did[2:] == ["delete general id-000001", then]


async def test_going_elsewhere_or_away_sends_the_deletion() -> None:
    stay = await withdrawing()
    stay.visit.look_at("zoo")
    assert stay.link.did[2:] == ["delete general id-000001"]
    stay = await withdrawing()
    await stay.visit.unsent()
    assert stay.link.did[2:] == ["delete general id-000001"]
    stay = await withdrawing()
    stay.visit.stop()
    assert stay.link.did[2:] == ["delete general id-000001", "destroy"]


async def test_a_page_that_ends_too_early_leaves_the_deletion_to_the_next() -> None:
    stay = await withdrawing()
    assert stay.keeper is not None
    kept = dict(stay.keeper.kept)
    assert json.loads(kept["withdrawn/id-000001"]) == ["general", "id-000001", NOON + 6_000]
    kept["withdrawn/id-000001"] = json.dumps(["general", "id-000001", NOON])
    later = await Stay(House(general=0), FakeKeeper(kept)).start()
    await settle()
    assert later.link.did[-1] == "delete general id-000001"
    later.saved_deletion("id-000001", "general")
    assert later.keeper is not None
    assert "withdrawn/id-000001" not in later.keeper.kept
    again = await Stay(House(general=0), FakeKeeper(later.keeper.kept)).start()
    await settle()
    assert not any(each.startswith("delete") for each in again.link.did)


async def test_a_clock_that_was_set_back_does_not_put_the_deletion_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.visit.PATIENCE", 0.0)
    keeper = FakeKeeper({"withdrawn/id-000001": json.dumps(["general", "id-000001", NOON + 86_400_000])})
    stay = await Stay(House(general=0), keeper).start()
    await settle()
    assert stay.link.did[-1] == "delete general id-000001"


class Changing(FakeKeeper):
    """A storage in which another tab takes back what it had kept."""

    async def records(self) -> Mapping[str, str]:
        found = dict(self.kept)
        self.kept.clear()
        return found


async def test_what_one_has_wanted_back_in_another_tab_is_not_deleted() -> None:
    keeper = Changing({"withdrawn/id-000001": json.dumps(["general", "id-000001", NOON])})
    stay = await Stay(House(general=0), keeper).start()
    assert stay.state.archive.withdrawn
    await settle()
    assert not any(each.startswith("delete") for each in stay.link.did)


async def test_who_wants_a_message_back_leaves_nothing_to_be_deleted() -> None:
    stay = await withdrawing()
    stay.visit.want_back()
    assert stay.keeper is not None
    assert "withdrawn/id-000001" not in stay.keeper.kept


async def test_what_is_gone_already_is_not_deleted_once_more() -> None:
    stay = await withdrawing()
    stay.state.timeline("general").drop("id-000001")
    stay.visit.settle()
    assert stay.link.did[2:] == []


async def test_a_deletion_for_which_there_is_no_room_is_told() -> None:
    stay = await withdrawing()
    stay.link.full = True
    stay.visit.settle()
    assert stay.told == ["outbox_full"]


async def test_a_refused_deletion_is_told_since_it_has_no_text_to_show() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.state.own.on_fated(Entry(wire.Delete("id-000001", "general", "target-1")))
    stay.visit.refused(Refusal("id-000001", "general", "", "no_such_message", "…", "target-1"))
    assert stay.told == ["no_such_message"]
    assert stay.state.timeline("general").changes == {}


async def test_a_reply_names_its_message_until_the_storage_has_it() -> None:
    stay = await Stay(House(general=3)).start()
    stay.state.begin_reply(f"{YOU.id}/id-000003")
    stay.state.drafts.put("general", "yes")
    assert stay.visit.send() is None
    assert stay.link.did[-1] == f"send general yes re {YOU.id}/id-000003"
    assert stay.state.writing.replying("general") is None
    assert stay.state.drafts.target("general") == f"{YOU.id}/id-000003"
    stay.saved("id-000003", "general", "yes")
    assert stay.state.drafts.target("general") is None


async def test_a_refused_reply_is_one_again_unless_its_message_is_gone() -> None:
    for code, target in (("bad_text", "u-you/id-000003"), (ErrorCode.NO_SUCH_MESSAGE, None)):
        stay = await Stay(House(general=3)).start()
        stay.state.own.on_fated(Entry(wire.Send("own-1", "general", "yes", re="u-you/id-000003")))
        [waiting] = stay.state.timeline("general").outgoing
        assert waiting.re == "u-you/id-000003"
        stay.visit.refused(Refusal("own-1", "general", "yes", code, "…"))
        stay.visit.edit_again("own-1")
        assert (stay.state.drafts["general"], stay.state.drafts.target("general")) == ("yes", target)


async def test_a_reply_that_is_taken_back_before_it_was_sent_is_one_again() -> None:
    stay = await Stay(House(general=3)).start()
    stay.state.own.on_dropped(Entry(wire.Send("own-1", "general", "yes", re="u-you/id-000003")))
    assert stay.state.drafts.target("general") == "u-you/id-000003"


async def test_a_reaction_goes_through_the_outbox_and_is_shown_meanwhile() -> None:
    stay = await Stay(House(general=3)).start()
    key = f"{YOU.id}/id-000003"
    stay.visit.react(key, "👍", on=True)
    assert stay.link.did[-1] == f"react general {key} 👍 True"
    stay.state.own.on_fated(Entry(wire.React("op-1", "general", key, "👍", True)))
    assert [each.emoji for each in stay.state.timeline("general").reactings[key]] == ["👍"]
    stay.visit.refused(Refusal("op-1", "general", "", "no_such_message", "…", key))
    assert stay.state.timeline("general").reactings == {}
    assert stay.told == ["no_such_message"]


async def test_a_message_far_up_is_opened_with_what_is_around_it_and_a_hole_below() -> None:
    stay = await Stay(House(general=300)).start()
    stay.visit.finding.open_at("general", 100)
    await settle()
    assert stay.state.sought == 100
    assert stay.seqs() == [*range(75, 125), *range(251, 301)]
    timeline = stay.state.timeline("general")
    assert [entry for entry in timeline.entries if isinstance(entry, Hole)] == [Hole(125, 250)]
    asked = len(stay.house.asked)
    stay.visit.finding.open_at("general", 90)
    assert (stay.state.sought, len(stay.house.asked)) == (90, asked)


async def test_a_message_in_another_room_is_opened_there() -> None:
    stay = await Stay(House(general=3, zoo=300)).start()
    stay.visit.finding.open_at("zoo", 100)
    await settle()
    assert (stay.state.current, stay.state.sought) == ("zoo", 100)
    assert stay.seqs("zoo") == [*range(75, 125), *range(251, 301)]
    stay.visit.look_at("general")
    assert stay.state.sought is None


async def test_what_cannot_be_opened_is_said() -> None:
    stay = await Stay(House(general=3)).start()
    stay.visit.finding.open_at("general", 9)
    await settle()
    assert (stay.state.sought, stay.told) == (None, ["no_such_message"])


async def test_the_line_above_what_is_new_is_opened_straight_however_far_up_it_is() -> None:
    stay = await Stay(House(general=5_000)).start()
    stay.visit.finding.open_at_line()
    sought = [stay.state.sought]
    stay.state.others.reading.draw("general", 4_990, unread=True)
    stay.visit.finding.open_at_line()
    sought.append(stay.state.sought)
    assert sought == [None, LINE]  # nothing is new; it is in what is loaded
    stay.state.others.reading.draw("general", 1_000, unread=True)
    asked = len(stay.house.asked)
    stay.visit.finding.open_at_line()
    await settle()
    assert len(stay.house.asked) == asked + 1
    assert stay.seqs() == [*range(976, 1_026), *range(4_951, 5_001)]


async def test_of_a_long_room_no_more_is_kept_than_is_near() -> None:
    stay = await Stay(House(general=5_000)).start()
    timeline = stay.state.timeline("general")
    for _ in range(40):
        timeline.places = ((timeline.oldest, timeline.oldest),)
        stay.visit.pages.older()
        await settle()
    assert stay.seqs()[0] == 5_001 - 41 * 50
    assert len(stay.seqs()) <= MOST
    stay.visit.finding.open_at("general", 100)
    await settle()
    assert stay.state.sought == 100
    assert {75, 100, 124, 5_000} <= set(stay.seqs())
    stay.visit.look_at("general")
    assert len(stay.seqs()) <= MOST


async def test_a_change_that_comes_before_what_is_around_is_not_lost() -> None:
    stay = await Stay(House(general=300)).start()
    stay.visit.finding.open_at("general", 100)
    await asyncio.sleep(0)
    body = {"id": "id-000100", "author": {"id": YOU.id, "name": YOU.name}}
    stay.state.on_event(wire.Event("room:general", 301, "deleted", NOON, body))
    await settle()
    [found] = [each for each in stay.state.timeline("general").messages if each.seq == 100]
    assert found.deleted


async def test_people_are_known_once_the_link_is_live_and_those_of_a_room_when_wanted() -> None:
    stay = Stay(House(general=0))
    assert stay.state.names.named(YOU.name) is None
    await stay.start()
    stay.state.on_status(status(RebondState.LIVE))
    stay.visit.welcomed(welcome(general=0))
    await settle()
    assert stay.state.names.named(YOU.name) == YOU.id
    assert stay.state.names.matching("", "general", ME) == [YOU]
    stay.visit.know_people("general")
    await settle()
    stay.state.on_event(
        wire.Event("place", 1, "person", NOON, {"user": {"id": "u-new", "name": "Newton", "role": "member"}})
    )
    stay.state.on_event(wire.Event("place", 2, "person", NOON, {"user": member(Person(YOU.id, ""), left=True)}))
    assert stay.state.names.named("newton") == "u-new"
    assert stay.state.names.matching("", "general", ME) == []


async def test_a_search_goes_on_and_says_what_went_wrong() -> None:
    stay = await Stay(House(general=9)).start()
    search = stay.visit.finding.search
    stay.visit.finding.look_for("un", 0)
    stay.visit.finding.look_for("une idée & in:zoo", 0)
    await settle()
    assert [path for path in stay.house.asked if "search" in path] == [
        "GET /api/search?q=une%20id%C3%A9e%20%26%20in%3Azoo&limit=20"
    ]
    assert [hit.seq for hit in search.hits] == [8]
    stay.visit.finding.look_on()
    await settle()
    assert ([hit.seq for hit in search.hits], search.cursor) == ([8, 1], None)
    stay.house.down = True
    stay.visit.finding.look_for("tea", 0)
    await settle()
    assert (search.problem, stay.told) == ("unreachable", [])


async def test_what_a_message_far_up_says_is_asked_for_when_somebody_replies_to_it() -> None:
    stay = await Stay(House(general=300)).start()
    told = event("general", 301)
    re = {"id": "id-000100", "author": YOU.id, "seq": 100}
    stay.state.on_event(wire.Event(told.stream, 301, "message", NOON, {**told.body, "re": re}))
    stay.visit.finding.learn_quotes()
    assert stay.state.timeline("general").unquoted == {100}, "there is no connection yet"
    stay.state.on_status(status(RebondState.LIVE))
    stay.house.down = True
    stay.visit.finding.learn_quotes()
    await settle()
    assert stay.state.timeline("general").unquoted == {100}
    stay.house.down = False
    stay.visit.finding.learn_quotes()
    await settle()
    quote = stay.state.timeline("general").messages[-1].re
    assert quote is not None
    assert (quote.name, quote.text) == (YOU.name, "m100")
    assert stay.seqs() == [*range(251, 302)]
    assert (stay.state.timeline("general").unquoted, stay.told) == (set(), [])


async def test_nothing_stays_of_a_message_that_is_deleted_while_it_is_asked_for() -> None:
    stay = await Stay(House(general=300)).start()
    stay.state.on_status(status(RebondState.LIVE))
    told = event("general", 301)
    re = {"id": "id-000100", "author": YOU.id, "seq": 100}
    stay.state.on_event(wire.Event(told.stream, 301, "message", NOON, {**told.body, "re": re}))
    stay.visit.finding.learn_quotes()
    await asyncio.sleep(0)
    body = {"id": "id-000100", "author": {"id": YOU.id, "name": YOU.name}}
    stay.state.on_event(wire.Event("room:general", 302, "deleted", NOON, body))
    await settle()
    quote = stay.state.timeline("general").messages[-1].re
    assert quote is not None
    assert (quote.deleted, quote.text) == (True, "")


async def test_one_meets_the_people_and_learns_what_one_is() -> None:
    house = House(general=1)
    house.role, house.muted_until, house.display = "moderator", NOON + 9, "Grace Hopper"
    stay = await Stay(house).start()
    assert stay.state.people.role(ME.id) == "moderator"
    assert stay.state.people.today(YOU).shown == "Grace Hopper"
    assert stay.state.standing.muted_until == NOON + 9


async def test_one_who_is_muted_is_told_and_keeps_the_text() -> None:
    house = House(general=1)
    house.muted_until = NOON + 9
    stay = await Stay(house).start()
    stay.state.writing.put("general", "but")
    assert stay.visit.send() == "muted"
    assert stay.state.writing.text("general") == "but"
    assert stay.link.did == ["restore", "start"]


async def test_a_moderator_removes_what_somebody_else_said() -> None:
    stay = await Stay(House(general=1)).start()
    stay.state.writing.asked = ("general", f"{YOU.id}/id-000001")
    stay.visit.remove(f"{YOU.id}/id-000001")
    await settle()
    assert stay.house.removed == [(f"/api/rooms/general/messages/{YOU.id}/id-000001/remove", {"reason": ""})]
    assert stay.state.writing.doomed is None


async def test_a_connection_that_may_not_be_is_told_of() -> None:
    stay = await Stay(House(general=1)).start()
    for code, calls in ((Close.TOKEN, 0), (Close.FORBIDDEN, 1)):
        stay.visit.stands(Status(RebondState.SIGNED_OUT, 0, None, None, None, 0, None, code))
        assert stay.shut_out.calls == calls


async def test_people_are_asked_for_once_and_where_there_are_more_by_their_names() -> None:
    house = House(general=0)
    stay = await Stay(house).start()
    stay.state.on_status(status(RebondState.LIVE))
    stay.visit.welcomed(welcome(general=0))
    await settle()
    assert [each for each in house.asked if "/api/people" in each] == ["GET /api/people"]
    stay.visit.places.look_up("gra")
    await settle()
    assert "GET /api/people?name=gra" not in house.asked, "all there are is known"
    stay.state.people.partial = True
    for typed in ("g", " gra ", "gra"):
        stay.visit.places.look_up(typed)
    await settle()
    assert [each for each in house.asked if "?name" in each] == ["GET /api/people?name=gra"]
