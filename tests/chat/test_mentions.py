import pytest

from chat.mentions import Begun, Names, begun, completed
from chat.people import Person
from chat.roster import Member, Roster
from tests.chat.made import ME, YOU

CLEO, ANNE = Person("u-cleo", "Cléo Dupont"), Person("u-anne", "anne.cle")


def names() -> Names:
    people = Roster()
    people.take([Member(each) for each in (ME, YOU, CLEO, ANNE)], people.changes)
    return Names(people)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@", Begun(0, 1, "")),
        ("hello @cl", Begun(6, 9, "cl")),
        ("(@Cléo Du", Begun(1, 9, "Cléo Du")),
        ("ada@example", None),
        ("@@ada", None),
        ("@ ada", None),
        ("@cléo\nand", None),
        ("no sign", None),
        ("@" + "x" * 40, None),
    ],
)
def test_a_mention_is_noticed_while_it_is_typed(text: str, found: Begun | None) -> None:
    assert begun(text, len(text)) == found


def test_what_stands_behind_the_caret_is_no_part_of_it() -> None:
    assert begun("@cl and more", 3) == Begun(0, 3, "cl")


@pytest.mark.parametrize(
    ("text", "caret", "result"),
    [
        ("hi @cl", 6, ("hi @Cléo Dupont ", 16)),
        ("@c, you", 2, ("@Cléo Dupont , you", 13)),
        ("@c you", 2, ("@Cléo Dupont you", 13)),
    ],
)
def test_a_mention_is_completed(text: str, caret: int, result: tuple[str, int]) -> None:
    at = begun(text, caret)
    assert at is not None
    assert completed(text, at, CLEO.name) == result


@pytest.mark.parametrize(
    ("typed", "found"),
    [("cle", [CLEO, ANNE]), ("CLÉ", [CLEO, ANNE]), ("dup", [CLEO]), ("cléo d", [CLEO]), ("léo", []), ("ada", [])],
)
def test_people_are_found_by_the_beginnings_of_their_names(typed: str, found: list[Person]) -> None:
    assert names().matching(typed, "general", ME) == found


def test_whoever_is_in_the_room_is_offered_once_that_is_known() -> None:
    known = names()
    assert known.matching("", "zoo", ME) == [ANNE, CLEO, YOU]
    known.of_room("zoo", [ME.id, CLEO.id, "nobody"])
    assert known.matching("", "zoo", ME) == [CLEO]


def test_a_name_is_known_again_in_whatever_case_until_it_changes() -> None:
    known = names()
    assert known.named("CLÉO dupont") == CLEO.id
    version = known.version
    known._people.take([Member(CLEO)], known._people.changes)
    assert known.version == version
    known._people.put(Member(Person(CLEO.id, "Cleopatra")))
    assert (known.named("Cléo Dupont"), known.named("cleopatra")) == (None, CLEO.id)
    assert known.version > version


def test_people_are_found_by_how_they_are_shown_too() -> None:
    known = names()
    known._people.put(Member(Person(ANNE.id, ANNE.name, "Zoé Martin")))
    assert [each.id for each in known.matching("mart", "general", ME)] == [ANNE.id]
    assert [each.id for each in known.matching("anne", "general", ME)] == [ANNE.id]
