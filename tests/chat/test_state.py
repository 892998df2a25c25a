import pytest

from chat.archive import Archive
from chat.drafts import Drafts
from chat.history import Kind
from chat.messages import Malformed
from chat.rooms import Room
from chat.roster import Member
from chat.state import Clocks, State
from rebond import wire
from rebond.effects import Skipped
from rebond.outbox import Entry, Refusal
from rebond.states import State as LinkState
from rebond.status import Status
from tests.chat.made import ME, NOON, YOU, Counter, HandClock, Memory, Shelves, event, said, state, texts, waits


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


def test_other_data_make_one_forget_what_was_read_but_not_what_was_written() -> None:
    mine = state()
    mine.on_event(said("general", 1))
    waits(mine, "general", "id-000002", "hello")
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


def test_edits_and_deletions_of_others_are_shown() -> None:
    mine = state()
    mine.on_event(said("general", 1, "helo"))
    mine.on_event(said("general", 2, "oops"))
    mine.on_event(event("room:general", 3, "edited", id="id-000001", author={"id": YOU.id, "name": "x"}, text="hello"))
    mine.on_event(event("room:general", 4, "deleted", id="id-000002", author={"id": YOU.id, "name": "x"}))
    assert [(each.text, each.deleted) for each in mine.timeline("general").messages] == [("hello", False), ("", True)]


def test_what_was_skipped_is_in_the_count_of_the_server() -> None:
    mine = state()
    mine.on_welcome(wire.Welcome("epoch", {"room:zoo": 1_000}, 250, 10_000, {}, "build-1"))
    mine.on_skipped(Skipped("room:zoo", 1, 900))
    mine.on_event(said("zoo", 960))
    mine.on_state(wire.State("mark", {"room": "zoo", "seq": 4, "unread": 100, "mentions": 2, "heed": "normal"}))
    assert (mine.rooms["zoo"].unread, mine.rooms["zoo"].mentions) == (100, 2)
    mine.on_event(said("zoo", 1_001))
    assert mine.rooms["zoo"].unread == 101


def test_the_last_message_of_ones_own_that_can_be_changed() -> None:
    mine = state()
    found = [mine.last_own]
    mine.on_event(said("general", 1, author=ME.id))
    mine.on_event(said("general", 2, author=ME.id))
    mine.on_event(said("general", 3))
    assert [*found, mine.last_own] == [None, "id-000002"]
    mine.own.on_fated(Entry(wire.Delete("id-op-1", "general", "id-000002")))
    assert mine.last_own == "id-000001"
    waits(mine, "general", "id-000009", "on its way")
    assert mine.last_own == "id-000009"
    mine.own.on_refused(Refusal("id-000009", "general", "on its way", "bad_text", "…"))
    assert mine.last_own == "id-000001"
    mine.own.on_fated(Entry(wire.Edit("id-op-2", "general", "id-000001", "better")))
    mine.begin_edit("id-000001")
    assert mine.writing.editing is not None
    assert mine.writing.editing.before == "better"


def test_when_nothing_was_missing_is_known_while_live_and_written_down_when_the_link_is_lost() -> None:
    shelves = Shelves()
    mine = state(shelves=shelves)
    before = mine.as_of
    mine.on_status(Status(LinkState.LIVE, 0, None, None, None, 0, None))
    mine.on_status(Status(LinkState.WAITING, 0, None, None, None, 0, None))
    assert (before, mine.as_of, shelves.kept["as_of"]) == (None, NOON, str(NOON))


def test_who_was_taken_out_of_a_room_is_to_be_told_and_who_left_it_is_not() -> None:
    mine = state()
    mine.on_event(event("account", 1, "left", room="zoo"))
    assert mine.expelled == ""
    mine.on_event(event("account", 2, "joined", room={"id": "zoo", "name": "Zoo"}, head=0))
    mine.on_event(event("account", 3, "left", room="zoo", by={"id": "u-9", "name": "Moderator"}))
    assert mine.expelled == mine.rooms["zoo"].name == "Zoo"


def test_of_a_room_one_is_not_in_any_more_nothing_is_kept() -> None:
    shelves = Shelves()
    mine = state(shelves=shelves)
    mine.on_event(said("zoo", 1))
    mine.archive.flush()
    mine.on_event(said("zoo", 2))
    assert any("zoo/" in key for key in shelves.kept)
    mine.on_event(event("account", 1, "left", room="zoo"))
    mine.archive.flush()
    assert not any("zoo" in key for key in shelves.kept if key != "rooms")


def test_other_data_at_the_server_leave_nothing_of_what_was_read_and_all_that_was_refused() -> None:
    shelves = Shelves()
    mine = state(shelves=shelves)
    mine.on_event(said("general", 1))
    mine.archive.flush()
    waits(mine, "general", "id-000002", "hello")
    mine.own.on_refused(Refusal("id-000002", "general", "hello", "bad_text", "…"))
    mine.on_reset(None)
    assert shelves.cleared == 1
    assert not any(key.startswith(("message/", "known/")) for key in shelves.kept)
    assert "refused/id-000002" in shelves.kept


def test_what_arrives_is_a_sign_of_life() -> None:
    clock = HandClock(1.0)
    mine = State(ME, "build-1", Drafts(Memory(), ME.id), Clocks(lambda: NOON, clock), Counter(), Archive(Shelves()))
    mine.on_status(Status(LinkState.LIVE, 0, None, None, None, 0, None))
    clock.now = 5.0
    mine.on_event(said("general", 1))
    clock.now = 9.0
    mine.own.on_ack(wire.Ack("id-000001", "general", 2, 0))
    assert mine.history.within(0.0, Kind.RETURN) == [1.0]
    assert mine.history.within(0.0, Kind.SIGN) == [5.0, 9.0]


def person(identifier: str, name: str, display: str = "", role: str = "member") -> dict[str, object]:
    return {"id": identifier, "name": name, "display": display, "role": role, "banned": False, "left": False}


def test_people_are_shown_as_they_are_today_also_at_the_next_visit() -> None:
    shelves = Shelves()
    mine = state(shelves=shelves)
    mine.on_event(event("place", 1, "person", user=person(YOU.id, "grace", "Grace Hopper")))
    mine.on_event(event("place", 2, "person", user=person(ME.id, "ada", role="moderator")))
    assert mine.people.today(YOU).shown == "Grace Hopper"
    assert (mine.myself.shown, mine.people.role(ME.id)) == ("ada", "moderator")
    mine.archive.flush()
    later = State(ME, "build-1", Drafts(Memory(), ME.id), mine.clocks, Counter(), Archive(Shelves(shelves.kept)))
    later.archive.open(shelves.kept)
    later.restore()
    assert later.people.today(YOU).shown == "Grace Hopper"


def test_one_is_told_that_one_is_muted() -> None:
    mine = state()
    mine.on_event(event("account", 1, "standing", role="member", muted_until=NOON + 5, reason="too loud"))
    assert (mine.standing.muted(NOON), mine.standing.reason) == (True, "too loud")
    mine.on_event(event("account", 2, "standing", role="member", muted_until=0, reason=""))
    assert (mine.standing.muted(NOON), mine.standing.reason) == (False, "")


def marks(of: State) -> list[tuple[str, dict[str, object]]]:
    said: list[tuple[str, dict[str, object]]] = []
    of.say = lambda kind, **body: said.append((kind, body))
    return said


def mark(room: str, seq: int, unread: int) -> wire.State:
    return wire.State("mark", {"room": room, "seq": seq, "unread": unread, "mentions": 0, "heed": "normal"})


def test_it_is_said_how_far_one_has_read_when_one_sees_the_newest_message() -> None:
    mine = state()
    tellings = marks(mine)
    mine.on_event(said("general", 1))
    mine.on_event(said("zoo", 1))
    mine.attend(attentive=False)
    mine.on_event(said("general", 2))
    mine.attend(attentive=True)
    assert tellings == [("read", {"room": "general", "seq": 1}), ("read", {"room": "general", "seq": 2})]


def test_what_was_read_while_the_link_was_down_is_said_again() -> None:
    mine = state()
    mine.on_event(said("general", 5))
    tellings = marks(mine)
    mine.on_welcome(wire.Welcome("epoch", {"room:general": 5}, 250, 10_000, {}, "build-1"))
    mine.on_state(mark("general", 3, 2))
    assert tellings == [("read", {"room": "general", "seq": 5})]
    assert mine.rooms["general"].unread == 0


def test_what_another_tab_has_read_is_read_here() -> None:
    mine = state()
    mine.on_event(said("zoo", 1))
    mine.on_event(said("zoo", 2))
    mine.on_state(mark("zoo", 1, 1))
    assert mine.rooms["zoo"].unread == 1
    mine.on_state(mark("zoo", 2, 0))
    assert mine.rooms["zoo"].unread == 0


def test_the_line_of_what_is_new_stays_until_something_newer_comes_unseen() -> None:
    mine = state()
    reading = mine.others.reading
    mine.on_event(said("zoo", 1))
    mine.look_at("zoo")
    assert reading.line("zoo") == 0
    mine.on_event(said("zoo", 2))
    assert reading.line("zoo") == 0
    mine.attend(attentive=False)
    mine.on_event(said("zoo", 3))
    mine.on_event(said("zoo", 4))
    assert reading.line("zoo") == 2
    mine.look_at("general")
    assert reading.line("general") is None


def test_the_line_stands_where_one_was_before_an_absence() -> None:
    mine = state()
    mine.on_welcome(wire.Welcome("epoch", {"room:general": 5}, 250, 10_000, {}, "build-1"))
    mine.on_event(said("general", 4))
    mine.on_event(said("general", 5))
    mine.on_state(mark("general", 3, 2))
    assert mine.others.reading.line("general") == 3


def test_a_deleted_message_is_unread_no_more() -> None:
    mine = state()
    mine.on_event(said("zoo", 1, identifier="id-000001"))
    body = {"id": "id-000001", "author": {"id": YOU.id, "name": YOU.name}}
    mine.on_event(event("room:zoo", 2, "deleted", **body))
    assert mine.rooms["zoo"].unread == 0


def test_rooms_are_renamed_described_and_archived_by_events_and_people_come_and_go() -> None:
    mine = state()
    mine.on_event(event("room:zoo", 1, "renamed", name="Beasts", author={}))
    mine.on_event(event("room:zoo", 2, "topic", topic="Big ones", author={}))
    mine.on_event(event("room:zoo", 3, "joined", user={"id": "u-3", "name": "Cleo"}))
    mine.on_event(event("room:zoo", 4, "left", user={"id": "u-4", "name": "Dan"}))
    mine.on_event(event("room:zoo", 5, "joined", user={"id": "u-5", "name": "Eve"}))
    mine.on_event(event("place", 1, "renamed", room={"id": "open", "name": "Open"}))
    mine.on_event(event("place", 2, "archived", room="zoo", on=True))
    zoo = mine.rooms["zoo"]
    assert (zoo.name, zoo.topic, zoo.members, zoo.archived) == ("Beasts", "Big ones", 3, True)


def test_a_mention_is_counted() -> None:
    mine = state()
    mine.on_event(wire.Event("room:zoo", 1, "message", NOON, {**said("zoo", 1).body, "mentions": [ME.id]}))
    assert (mine.rooms["zoo"].mentions, mine.rooms["zoo"].urgent) == (1, True)


def test_the_room_of_everybody_has_as_many_members_as_the_place() -> None:
    mine = state()
    general, zoo = Room("general", "general", joined=True, members=1), Room("zoo", "zoo", joined=True, members=3)
    assert (mine.members(general), mine.members(zoo)) == (1, 3)
    mine.people.take([Member(ME)], 0, all_there_are=True)
    mine.on_event(event("place", 1, "person", user=person(YOU.id, "grace")))
    assert (mine.members(general), mine.members(zoo)) == (2, 3)
