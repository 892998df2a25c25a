"""What one has written oneself, on its way and when it comes back."""

from rebond import wire
from rebond.outbox import Entry, Refusal
from tests.chat.made import ME, NOON, Shelves, event, said, state, texts, waits


def test_a_message_of_ones_own_from_send_to_event() -> None:
    mine = state()
    waits(mine, "general", "id-000001", "hello")
    outgoing = [mine.own.outgoing]
    mine.own.on_ack(wire.Ack("id-000001", "general", 1, NOON))
    assert [*outgoing, mine.own.outgoing] == [True, False]
    mine.on_event(said("general", 1, author=ME.id))
    assert mine.timeline("general").outgoing == []
    assert texts(mine, "general") == ["hello"]


def test_a_message_of_ones_own_never_stands_before_the_one_above() -> None:
    mine = state()
    mine.on_event(wire.Event("room:general", 1, "message", NOON + 5_000, said("general", 1).body))
    waits(mine, "general", "id-000002", "hello")
    assert mine.timeline("general").outgoing[0].at == NOON + 5_000


def test_a_refused_message_is_there_until_it_is_taken_away() -> None:
    mine = state()
    waits(mine, "zoo", "id-000001", "hello")
    mine.own.on_refused(Refusal("id-000001", "zoo", "hello", "not_a_member", "…"))
    outgoing = [mine.own.outgoing]
    assert mine.own.take_back("zoo", "id-000001") == "hello"
    assert [*outgoing, mine.own.outgoing] == [True, False]


def test_a_room_one_is_out_of_stays_while_it_holds_a_message_that_was_not_sent() -> None:
    mine = state()
    mine.look_at("zoo")
    waits(mine, "zoo", "id-000001", "hello")
    mine.on_event(event("account", 1, "left", room="zoo"))
    mine.own.on_refused(Refusal("id-000001", "zoo", "hello", "not_a_member", "…"))
    assert mine.current == "zoo"
    assert [room.id for room in mine.listed] == ["general", "zoo"]
    assert mine.timeline("zoo").refused
    mine.own.take_back("zoo", "id-000001")
    assert mine.current == "general"
    assert [room.id for room in mine.listed] == ["general"]


def test_nothing_is_said_of_what_is_being_stored() -> None:
    mine = state()
    mine.own.on_fated(Entry(wire.Send("id-000001", "general", "hello"), saved=False))
    assert mine.timeline("general").outgoing == []


def test_how_far_ones_own_message_has_come() -> None:
    mine = state()
    send = wire.Send("id-000001", "general", "hello")
    mine.own.on_fated(Entry(send, kept=False))
    mine.own.on_fated(Entry(send, in_flight=True))
    assert mine.unkept
    [entry] = mine.timeline("general").outgoing
    assert (entry.flying, entry.parked) == (True, False)
    mine.own.on_fated(Entry(send, parked=True))
    assert mine.timeline("general").outgoing[0].parked


def test_what_is_given_up_gives_its_text_back_and_what_was_taken_back_does_not() -> None:
    mine = state()
    waits(mine, "general", "id-000001", "given up")
    mine.own.on_dropped(Entry(wire.Send("id-000001", "general", "given up"), parked=True))
    waits(mine, "general", "id-000002", "taken back")
    deleted = wire.Delete("id-000003", "general", "id-000002")
    mine.own.on_dropped(Entry(wire.Send("id-000002", "general", "taken back"), change=deleted))
    assert mine.drafts["general"] == "given up"
    assert mine.timeline("general").outgoing == []


def test_a_refused_edit_gives_its_text_back() -> None:
    mine = state()
    mine.on_event(said("general", 1, author=ME.id))
    mine.own.on_fated(Entry(wire.Edit("id-edit-1", "general", "id-000001", "better")))
    mine.own.on_refused(Refusal("id-edit-1", "general", "better", "no_such_message", "…", "id-000001"))
    assert mine.timeline("general").changes == {}
    [entry] = mine.timeline("general").outgoing
    assert (entry.text, entry.refusal, entry.target) == ("better", "no_such_message", "id-000001")
    assert mine.own.take_back("general", "id-edit-1") == "better"


def test_a_refused_text_outlives_the_page_until_it_is_taken_back() -> None:
    shelves = Shelves()
    waits(mine := state(shelves=shelves), "zoo", "id-000001", "hello")
    mine.own.on_refused(Refusal("id-000001", "zoo", "hello", "not_a_member", "…"))
    later = state(shelves=shelves)
    later.archive.open(shelves.kept)
    later.restore()
    assert later.timeline("zoo").refused
    later.own.take_back("zoo", "id-000001")
    assert not any("refused" in key for key in shelves.kept)
