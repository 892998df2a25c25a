import json

import pytest

from chat.messages import Malformed
from chat.people import Person
from chat.rooms import Room, Rooms, from_record, read_room, recorded


def entry(identifier: str, *, joined: bool = True, members: int = 1) -> Room:
    return Room(identifier, identifier.capitalize(), joined, members)


def rooms_of(*entries: Room) -> Rooms:
    rooms = Rooms()
    rooms.replace(entries, rooms.changes)
    return rooms


def test_general_stands_first_and_the_others_by_name() -> None:
    rooms = rooms_of(entry("zoo"), entry("Atelier"), entry("general"), entry("boule", joined=False))
    assert [room.id for room in rooms.joined] == ["general", "Atelier", "zoo"]
    assert [room.id for room in rooms.open] == ["boule"]


def test_unread_messages_are_counted_and_read() -> None:
    rooms = rooms_of(entry("general"), entry("zoo"))
    rooms.heard("zoo", 1, mentioned=False)
    rooms.heard("zoo", 2, mentioned=True)
    rooms.heard("nowhere", 3, mentioned=False)
    assert (rooms["zoo"].unread, rooms["zoo"].mentions, rooms.unread) == (2, 1, 2)
    rooms.replace([entry("zoo", members=5)], rooms.changes)
    assert (rooms["zoo"].unread, rooms["zoo"].members) == (2, 5)
    assert rooms.read("zoo", 2)
    assert not rooms.read("zoo", 1)
    assert (rooms.unread, rooms["zoo"].read) == (0, 2)


def test_who_leaves_has_nothing_unread_there() -> None:
    rooms = rooms_of(entry("zoo"))
    rooms.heard("zoo", 1, mentioned=True)
    rooms.leave("zoo")
    assert rooms.joined == []
    assert rooms.unread == 0


def test_of_a_muted_room_the_mentions_alone_are_news_and_of_an_archived_one_nothing() -> None:
    rooms = rooms_of(entry("zoo"))
    rooms.welcome({"zoo": 3})
    rooms.mark("zoo", 0, 3, 1, heed="muted")
    assert (rooms["zoo"].unread, rooms.unread) == (3, 1)
    rooms.archive("zoo", on=True, seq=4)
    assert rooms.unread == 0


def test_rooms_come_and_are_joined_by_events() -> None:
    rooms = rooms_of(entry("general"))
    rooms.made(entry("zoo", joined=False))
    assert [room.id for room in rooms.open] == ["zoo"]
    rooms.join(entry("zoo"))
    rooms.made(entry("zoo", joined=False))
    rooms.join(entry("new"))
    assert [room.id for room in rooms.joined] == ["general", "new", "zoo"]


def test_a_list_does_not_undo_what_happened_while_it_was_on_its_way() -> None:
    rooms = rooms_of(entry("general"), entry("zoo", joined=False))
    asked_at = rooms.changes
    rooms.join(entry("zoo"))
    rooms.made(entry("late", joined=False))
    rooms.replace([entry("general", members=7), entry("zoo", joined=False)], asked_at)
    assert rooms["zoo"].joined
    assert rooms["general"].members == 7
    assert "late" in rooms


def told(**body: object) -> Room:
    return read_room({"id": "zoo", "name": "Zoo", "joined": True, "members": 2, "head": 10} | body, "u-me")


def test_what_is_replayed_does_not_undo_what_the_list_knows_already() -> None:
    rooms = rooms_of(told(name="Newest", topic="Beasts"))
    rooms.named("zoo", "Older", 9)
    rooms.described("zoo", "Older", 10)
    rooms.came("zoo", 1, 8)
    assert (rooms["zoo"].name, rooms["zoo"].topic, rooms["zoo"].members) == ("Newest", "Beasts", 2)
    rooms.named("zoo", "Later", 11)
    rooms.came("zoo", -1, 12)
    rooms.archive("zoo", on=True, seq=13)
    zoo = rooms["zoo"]
    assert (zoo.name, zoo.members, zoo.archived, zoo.told) == ("Later", 1, True, 13)
    rooms.put(told(name="From before"))
    assert rooms["zoo"].name == "Later"


def test_a_conversation_bears_the_names_of_the_others_as_they_are_today() -> None:
    people = [{"id": "u-me", "name": "Ada"}, {"id": "u-1", "name": "Bob"}, {"id": "u-2", "name": "Cleo"}]
    rooms = rooms_of(told(kind="direct", name="", people=people))
    assert rooms["zoo"].name == "Bob, Cleo"
    rooms.called(Person("u-2", "Cléopâtre"))
    assert rooms["zoo"].name == "Bob, Cléopâtre"
    assert rooms.open == []


def test_only_open_rooms_that_are_public_and_not_archived_can_be_joined() -> None:
    rooms = rooms_of(told(joined=False, kind="private"))
    assert rooms.open == []
    rooms.put(told(joined=False, kind="public", archived=True))
    assert rooms.open == []


def test_a_room_that_is_kept_is_read_as_it_was_written() -> None:
    room = told(kind="direct", people=[{"id": "u-1", "name": "Bob"}])
    assert from_record(json.loads(json.dumps(recorded(room)))) == room
    assert from_record({"id": "a", "name": "A", "joined": True}) == Room("a", "A", joined=True)


@pytest.mark.parametrize("value", [None, {}, {"id": 1, "name": "x"}, "zoo"])
def test_what_is_no_room_is_reported(value: object) -> None:
    with pytest.raises(Malformed):
        read_room(value, "u-me")


def test_what_is_told_before_one_knows_the_room_holds_once_one_does() -> None:
    """On a first visit the marks come with the greeting, and the list of rooms is still asked for."""
    rooms = Rooms()
    rooms.welcome({"zoo": 3, "den": 2})
    rooms.mark("zoo", 1, 2, 1, heed="normal")
    rooms.mark("den", 0, 2, 0, heed="muted")
    rooms.replace([entry("zoo"), entry("den")], rooms.changes)
    assert (rooms["zoo"].unread, rooms["zoo"].mentions, rooms["zoo"].read) == (2, 1, 1)
    assert (rooms["den"].unread, rooms["den"].muted, rooms.unread) == (2, True, 2)
