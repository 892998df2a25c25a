import pytest

from chat.messages import Malformed
from chat.people import Person
from chat.roster import MANY, Member, Role, Roster, member


def told(**more: object) -> dict[str, object]:
    return {"id": "u", "name": "grace", "display": "Grace", "role": "moderator", "banned": True, "left": False} | more


def test_somebody_as_the_server_tells_of_them() -> None:
    assert member(told(muted_until=7)) == Member(
        Person("u", "grace", "Grace"), Role.MODERATOR, banned=True, muted_until=7
    )
    assert member(told()).muted_until is None


def test_a_role_that_only_newer_servers_know_allows_nothing() -> None:
    assert member(told(role="emperor")).role is Role.MEMBER


@pytest.mark.parametrize("broken", [None, {}, told(name=3), {"id": "u"}])
def test_what_is_no_member_is_reported(broken: object) -> None:
    with pytest.raises(Malformed):
        member(broken)


def test_a_list_does_not_undo_what_an_event_told_after_it_was_asked_for() -> None:
    people = Roster()
    asked_at = people.changes
    people.put(Member(Person("u", "grace", "new")))
    people.take([Member(Person("u", "grace", "old")), Member(Person("v", "ada"))], asked_at)
    assert (people.today(Person("u", "grace")).shown, people.today(Person("v", "")).shown) == ("new", "ada")
    people.take([Member(Person("u", "grace", "newest"))], people.changes)
    assert people.today(Person("u", "grace")).shown == "newest"


def test_all_accounts_are_counted_as_soon_as_all_are_known() -> None:
    people = Roster()
    people.take([Member(Person("u", "grace"))], 0)
    counts = [people.count]
    people.take([Member(Person("v", "ada"), banned=True)], people.changes, all_there_are=True)
    counts.append(people.count)
    people.put(Member(Person("w", "eve")))
    counts.append(people.count)
    people.put(Member(Person("u", ""), left=True))
    counts.append(people.count)
    people.take([Member(Person(str(n), f"n{n}")) for n in range(MANY)], people.changes, all_there_are=True)
    counts.append(people.count)
    assert counts == [None, 2, 3, 2, None]


def test_an_event_does_not_tell_who_is_muted_and_takes_nothing_away() -> None:
    people = Roster()
    people.put(Member(Person("u", "grace"), muted_until=7))
    people.put(Member(Person("u", "grace", "Grace")))
    known = people.get("u")
    assert known is not None
    assert known.muted_until == 7


def test_people_are_found_by_either_name_and_those_who_left_are_not() -> None:
    people = Roster()
    people.put(Member(Person("1", "zoe", "Ada Zoe")))
    people.put(Member(Person("2", "ada"), banned=True))
    people.put(Member(Person("3", ""), left=True))
    people.put(Member(Person("4", "grace")))
    assert [each.person.id for each in people.found("")] == ["2", "1", "4"]
    assert [each.person.id for each in people.found(" ADA ")] == ["2", "1"]


def test_who_is_not_known_is_shown_as_the_message_says() -> None:
    assert Roster().today(Person("u", "grace")).shown == "grace"
    assert Roster().role("u") is Role.MEMBER


def test_no_more_is_kept_of_people_than_messages_do_not_tell() -> None:
    people = Roster()
    people.put(Member(Person("1", "ada")))
    assert people.record() == ""
    people.put(Member(Person("2", "grace", "Grace")))
    people.put(Member(Person("3", ""), left=True))
    later = Roster()
    later.restore(people.record())
    shown = [later.today(Person(each, "then")).shown for each in ("1", "2", "3")]
    assert shown == ["then", "Grace", ""]
    later.restore("")


def test_a_list_that_holds_all_it_can_is_not_all_there_are() -> None:
    people = Roster()
    people.take([Member(Person("u", "grace"))], 0, all_there_are=True)
    assert (people.loaded, people.partial) == (True, False)
    people.take([Member(Person(str(n), f"p{n}")) for n in range(MANY)], people.changes, all_there_are=True)
    assert people.partial


def test_a_name_that_was_given_up_may_be_another_ones() -> None:
    people = Roster()
    people.put(Member(Person("u", "Grace")))
    people.put(Member(Person("v", "grace")))
    people.put(Member(Person("u", "Hopper")))
    assert (people.named("GRACE"), people.named("hopper")) == ("v", "u")
