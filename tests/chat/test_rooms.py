from chat.api import RoomEntry
from chat.rooms import Rooms


def entry(identifier: str, *, joined: bool = True, members: int = 1) -> RoomEntry:
    return RoomEntry(identifier, identifier.capitalize(), joined, members)


def rooms_of(*entries: RoomEntry) -> Rooms:
    rooms = Rooms()
    rooms.replace(entries, rooms.changes)
    return rooms


def test_general_stands_first_and_the_others_by_name() -> None:
    rooms = rooms_of(entry("zoo"), entry("Atelier"), entry("general"), entry("boule", joined=False))
    assert [room.id for room in rooms.joined] == ["general", "Atelier", "zoo"]
    assert [room.id for room in rooms.open] == ["boule"]


def test_unread_messages_are_counted_and_read() -> None:
    rooms = rooms_of(entry("general"), entry("zoo"))
    rooms.count("zoo")
    rooms.count("zoo")
    rooms.count("nowhere")
    assert (rooms["zoo"].unread, rooms.unread) == (2, 2)
    rooms.replace([entry("zoo", members=5)], rooms.changes)
    assert (rooms["zoo"].unread, rooms["zoo"].members) == (2, 5)
    rooms.read("zoo")
    assert rooms.unread == 0


def test_who_leaves_has_nothing_unread_there() -> None:
    rooms = rooms_of(entry("zoo"))
    rooms.count("zoo")
    rooms.leave("zoo")
    assert rooms.joined == []
    assert rooms.unread == 0


def test_rooms_come_and_are_joined_by_events() -> None:
    rooms = rooms_of(entry("general"))
    rooms.made("zoo", "Zoo")
    assert [room.id for room in rooms.open] == ["zoo"]
    rooms.join("zoo", "Zoo")
    rooms.made("zoo", "Zoo")
    rooms.join("new", "New")
    assert [room.id for room in rooms.joined] == ["general", "new", "zoo"]


def test_a_list_does_not_undo_what_happened_while_it_was_on_its_way() -> None:
    rooms = rooms_of(entry("general"), entry("zoo", joined=False))
    asked_at = rooms.changes
    rooms.join("zoo", "Zoo")
    rooms.made("late", "Late")
    rooms.replace([entry("general", members=7), entry("zoo", joined=False)], asked_at)
    assert rooms["zoo"].joined
    assert rooms["general"].members == 7
    assert "late" in rooms
