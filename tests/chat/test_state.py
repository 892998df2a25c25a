import pytest

from chat.api import RoomEntry
from chat.drafts import Drafts
from chat.messages import Malformed
from chat.state import Clocks, State
from rebond import wire
from rebond.outbox import Refusal
from rebond.states import State as LinkState
from rebond.status import Status
from tests.chat.made import ME, NOON, YOU, Counter, Memory


def state(changed: Counter | None = None) -> State:
    made = State(ME, "build-1", Drafts(Memory(), ME.id), Clocks(lambda: NOON, lambda: 100.0), changed or Counter())
    entries = [RoomEntry("general", "general", joined=True, members=2), RoomEntry("zoo", "Zoo", True, 2)]
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


def texts(of: State, room: str) -> list[str]:
    return [message.text for message in of.timeline(room).messages]


def test_messages_go_to_their_rooms() -> None:
    mine = state()
    mine.on_event(said("general", 1, "one"))
    mine.on_event(said("zoo", 1, "two"))
    assert (texts(mine, "general"), texts(mine, "zoo")) == (["one"], ["two"])


def test_unread_is_what_others_say_where_one_does_not_look() -> None:
    mine = state()
    mine.on_event(said("general", 1))
    mine.on_event(said("zoo", 1))
    mine.on_event(said("zoo", 2, author=ME.id))
    mine.on_event(said("zoo", 1))
    assert (mine.rooms["general"].unread, mine.rooms["zoo"].unread) == (0, 1)
    mine.look_at("zoo")
    assert mine.rooms.unread == 0


def test_who_reads_old_messages_or_looks_elsewhere_has_unread_ones_in_the_current_room() -> None:
    mine = state()
    mine.attend(attentive=False)
    mine.on_event(said("general", 1))
    assert mine.rooms["general"].unread == 1
    mine.attend(attentive=True)
    assert mine.rooms["general"].unread == 0


def test_news_is_what_others_say_in_the_current_room() -> None:
    mine = state()
    mine.on_event(said("general", 1, "for me"))
    mine.on_event(said("general", 2, "mine", author=ME.id))
    mine.on_event(said("zoo", 1, "elsewhere"))
    assert [message.text for message in mine.news] == ["for me"]


def test_rooms_are_joined_left_and_made_by_events() -> None:
    mine = state()
    mine.on_event(event("account", 1, "joined", room={"id": "new", "name": "New"}, head=3))
    assert "new" in [room.id for room in mine.rooms.joined]
    mine.on_event(event("place", 1, "room", room={"id": "open", "name": "Open"}))
    assert not mine.rooms["open"].joined
    mine.look_at("new")
    mine.on_event(event("account", 2, "left", room="new"))
    assert "new" in [room.id for room in mine.rooms.open]
    assert mine.current == "general"


def test_kinds_of_a_newer_server_are_passed_over() -> None:
    mine = state()
    mine.on_event(said("general", 1))
    mine.on_event(event("room:general", 2, "edit", id="id-000001"))
    mine.on_event(event("weather", 1, "rain"))
    mine.on_event(said("general", 3))
    assert [message.seq for message in mine.timeline("general").messages] == [1, 3]


@pytest.mark.parametrize(
    "broken",
    [
        event("room:general", 1, "message", id="x"),
        event("room:general", 1, "message", id="x", text="t", author="u"),
        event("account", 1, "joined", room="zoo"),
        event("account", 1, "left", room={}),
        event("place", 1, "room"),
    ],
)
def test_an_event_that_makes_no_sense_is_reported(broken: wire.Event) -> None:
    with pytest.raises(Malformed):
        state().on_event(broken)


def test_a_message_of_ones_own_from_send_to_event() -> None:
    mine = state()
    mine.drafts.put("general", "hello")
    mine.sent("general", "id-000001", "hello")
    assert mine.drafts["general"] == ""
    outgoing = [mine.outgoing]
    mine.on_ack(wire.Ack("id-000001", "general", 1, NOON))
    assert [*outgoing, mine.outgoing] == [True, False]
    mine.on_event(said("general", 1, author=ME.id))
    assert mine.timeline("general").outgoing == []
    assert texts(mine, "general") == ["hello"]


def test_a_message_of_ones_own_never_stands_before_the_one_above() -> None:
    mine = state()
    mine.on_event(wire.Event("room:general", 1, "message", NOON + 5_000, said("general", 1).body))
    mine.sent("general", "id-000002", "hello")
    assert mine.timeline("general").outgoing[0].at == NOON + 5_000


def test_a_refused_message_is_there_until_it_is_taken_away() -> None:
    mine = state()
    mine.sent("zoo", "id-000001", "hello")
    mine.on_refused(Refusal("id-000001", "zoo", "hello", "not_a_member", "…"))
    outgoing = [mine.outgoing]
    assert mine.discard("zoo", "id-000001") == "hello"
    assert [*outgoing, mine.outgoing] == [True, False]


def test_other_data_make_one_forget_what_was_read_but_not_what_was_written() -> None:
    mine = state()
    mine.on_event(said("general", 1))
    mine.sent("general", "id-000002", "hello")
    mine.on_reset(None)
    assert texts(mine, "general") == []
    assert [entry.text for entry in mine.timeline("general").outgoing] == ["hello"]


def test_a_newer_build_is_noticed() -> None:
    mine = state()
    for build, outdated in (("build-1", False), ("build-2", True)):
        mine.on_welcome(wire.Welcome("epoch", {}, 250, 10_000, {}, build))
        assert mine.outdated is outdated


def test_every_change_is_told() -> None:
    changed = Counter()
    mine = state(changed)
    mine.on_event(said("general", 1))
    mine.on_status(Status(LinkState.LIVE, 0, None, None, None, 0, None))
    mine.look_at("zoo")
    mine.attend(attentive=True)
    assert changed.calls == 3


def test_a_room_one_is_out_of_stays_while_it_holds_a_message_that_was_not_sent() -> None:
    mine = state()
    mine.look_at("zoo")
    mine.sent("zoo", "id-000001", "hello")
    mine.on_event(event("account", 1, "left", room="zoo"))
    mine.on_refused(Refusal("id-000001", "zoo", "hello", "not_a_member", "…"))
    assert mine.current == "zoo"
    assert [room.id for room in mine.listed] == ["general", "zoo"]
    assert mine.timeline("zoo").refused
    mine.discard("zoo", "id-000001")
    assert mine.current == "general"
    assert [room.id for room in mine.listed] == ["general"]
