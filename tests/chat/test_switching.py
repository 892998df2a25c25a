from dataclasses import replace

from chat.people import Person
from chat.rooms import Room
from chat.roster import Member
from chat.switching import MOST, find

ZOE = Person("u-1", "Zoé")
ROOMS = [
    Room("general", "general", joined=True),
    Room("tea", "Afternoon tea", joined=True),
    Room("steam", "steam", joined=True, unread=2),
    Room("d-1", "Zoé", joined=True, kind="direct", people=(ZOE,)),
]
PEOPLE = [Member(Person("u-me", "Ada")), Member(Person("u-1", "Zoé")), Member(Person("u-2", "Théo"))]


def names(typed: str) -> list[str]:
    return [each.name for each in find(typed, ROOMS, PEOPLE, "u-me", "general")]


def test_with_nothing_typed_what_is_unread_comes_first_and_where_one_is_last() -> None:
    assert names("") == ["steam", "Afternoon tea", "Zoé", "Théo", "general"]


def test_what_begins_so_comes_before_what_has_a_word_that_does_before_what_contains_it() -> None:
    assert names("te") == ["Afternoon tea", "steam"]
    assert names("st") == ["steam"]


def test_accents_and_capitals_do_not_matter_and_a_conversation_stands_for_the_person() -> None:
    assert names("ZOE") == ["Zoé"]
    assert find("zoe", ROOMS, PEOPLE, "u-me", "general")[0].room == ROOMS[3]
    [theo] = find("theo", ROOMS, PEOPLE, "u-me", "general")
    assert theo.person == Person("u-2", "Théo")


def test_no_more_are_shown_than_one_can_look_over() -> None:
    many = [replace(ROOMS[0], id=str(n), name=f"room {n}") for n in range(40)]
    assert len(find("room", many, [], "u-me", "")) == MOST
    assert names("nothing like it") == []
