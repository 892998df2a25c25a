import pytest

from chat.messages import Malformed
from chat.others import Others
from chat.people import Person
from chat.rooms import Room, Rooms
from chat.roster import Member, Roster, folded
from rebond import wire
from tests.chat.made import ME, YOU


def others() -> Others:
    rooms = Rooms()
    rooms.put(Room("zoo", "Zoo", joined=True, members=2))
    rooms.put(Room("d-1", YOU.name, joined=True, kind="direct", people=(YOU,)))
    people = Roster()
    made = Others(ME.id, rooms, people)
    people.take([Member(YOU), Member(Person("u-3", "Zoé", "Élodie"), seen_at=5)], people.changes)
    made.met()
    return made


def test_who_is_there_is_told_anew_with_every_connection() -> None:
    mine = others()
    mine.take(wire.State("presence", {"user": YOU.id, "here": "online"}), 0.0)
    mine.take(wire.State("presence", {"user": "u-3", "here": "offline", "at": 9}), 0.0)
    assert [(each.shown, each.here, each.seen_at) for each in mine._people.everybody] == [
        ("Élodie", "offline", 9),
        (YOU.name, "online", None),
    ]
    mine.welcomed()
    assert mine._people.here(YOU.id) == "offline"


def test_people_bear_the_names_of_today_and_who_has_left_none() -> None:
    mine = others()
    mine.told(Member(Person(YOU.id, YOU.name, "Rear Admiral")))
    assert mine.named(YOU).shown == "Rear Admiral"
    assert mine._rooms["d-1"].name == "Rear Admiral"
    mine.told(Member(Person(YOU.id, ""), left=True))
    assert mine.named(YOU).shown == ""
    assert YOU.id not in {each.id for each in mine._people.everybody}
    assert mine.named(Person("u-9", "Old")) == Person("u-9", "Old")


def test_typing_ends_by_itself_or_with_a_message_or_with_the_connection() -> None:
    mine = others()
    typing = wire.State("typing", {"room": "zoo", "user": {"id": YOU.id, "name": YOU.name}, "for_ms": 6_000})
    mine.take(typing, 10.0)
    assert mine.typists.of("zoo", 15.9) == [YOU]
    assert mine.typists.next_end("zoo", 15.9) == 16.0
    assert mine.typists.of("zoo", 16.0) == []
    mine.typists.spoke("zoo", YOU.id)
    assert mine.typists.of("zoo", 11.0) == []
    mine.take(typing, 20.0)
    mine.lost()
    assert mine.typists.of("zoo", 20.0) == []
    mine.take(typing, 30.0)
    mine.take(wire.State("typing", {**typing.body, "for_ms": 0}), 31.0)
    assert mine.typists.next_end("zoo", 31.0) is None


def test_one_says_again_that_one_types_and_once_that_one_has_stopped() -> None:
    typists = others().typists
    said = [typists.type("zoo", now, text=True) for now in (0.0, 1.0, 3.0)]
    assert said == [True, None, True]
    assert [typists.type("zoo", 3.1, text=False), typists.stop("zoo")] == [False, None]
    assert [typists.type("zoo", now, text=True) for now in (4.0, 4.3)] == [None, True]


def test_how_far_others_have_read_only_goes_up_and_ends_when_they_leave() -> None:
    mine = others()
    for seq in (5, 3):
        mine.take(wire.State("read", {"room": "zoo", "user": YOU.id, "seq": seq}), 0.0)
    assert mine.reading.readers("zoo") == {YOU.id: 5}
    mine.went("zoo", {"id": YOU.id, "name": YOU.name}, 9)
    assert mine.reading.readers("zoo") == {}


@pytest.mark.parametrize("kind", ["mark", "read", "typing", "presence"])
def test_state_that_says_not_enough_is_reported(kind: str) -> None:
    with pytest.raises(Malformed):
        others().take(wire.State(kind, {"room": "zoo"}), 0.0)


def test_state_of_a_newer_server_is_passed_over() -> None:
    assert others().take(wire.State("weather", {}), 0.0) is None


def test_names_are_looked_for_without_accents() -> None:
    assert folded("Élodie NOËL ß") == "elodie noel ss"
