"""Two people in two browsers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from person import Person


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """One of the two."""
    return everyone.member("Ada")


@pytest.fixture(scope="module")
def bob(everyone: Company) -> Person:
    """The other one."""
    return everyone.member("Bob")


@pytest.fixture
def room(ada: Person, bob: Person) -> str:
    """An empty room that both are in."""
    name = fresh("tea")
    ada.make_room(name)
    bob.join(name)
    ada.reads()
    bob.reads()
    return name


def test_each_reads_what_the_other_writes(ada: Person, bob: Person, room: str) -> None:
    ada.say("hello")
    bob.reads("hello")
    bob.say("hi!")
    ada.reads("hello", "hi!")
    bob.reads("hello", "hi!")


def test_it_is_said_who_wrote(ada: Person, bob: Person, room: str) -> None:
    ada.say("hello")
    bob.say("hi!")
    for person in (ada, bob):
        expect(person.message("hello").get_by_text(ada.name, exact=True)).to_be_visible()
        expect(person.message("hi!").get_by_text(bob.name, exact=True)).to_be_visible()


def test_both_see_the_same_order_however_fast_they_write(ada: Person, bob: Person, room: str) -> None:
    count = 10
    for number in range(count):
        ada.say(f"ada {number}")
        bob.say(f"bob {number}")
    expect(ada.texts).to_have_count(2 * count)
    expect(bob.texts).to_have_count(2 * count)
    assert ada.read() == bob.read()
    for name in ("ada", "bob"):
        assert [text for text in ada.read() if name in text] == [f"{name} {number}" for number in range(count)]


def test_what_arrives_in_another_room_is_counted_there(ada: Person, bob: Person, room: str) -> None:
    ada.go_to("general")
    bob.say("one")
    bob.say("two")
    expect(ada.room_link(room)).to_have_accessible_name(ada.words("rooms.unread.other", room=room, n=2))
    expect(ada.page).to_have_title(lambda_title(ada, 2))
    ada.go_to(room)
    expect(ada.room_link(room)).to_have_accessible_name(room)
    ada.reads("one", "two")


def lambda_title(person: Person, unread: int) -> str:
    """The title of the tab, with what is unread."""
    return f"({unread}) " + person.words("page.title", room="general")


def test_a_screen_reader_is_told_what_others_write(ada: Person, bob: Person, room: str) -> None:
    bob.say("do you hear me?")
    said = ada.words("voice.message", author=bob.name, text="do you hear me?")
    expect(ada.page.locator("[aria-live=polite]").filter(has_text=said)).to_have_count(1)
    ada.reads("do you hear me?")


def test_a_new_message_does_not_carry_off_one_who_reads_above(
    ada: Person, bob: Person, room: str, new_account: Callable[[str], Account]
) -> None:
    for number in range(30):
        bob.say(f"line {number}")
    expect(ada.texts).to_have_count(30)
    ada.timeline.evaluate("element => element.scrollTo(0, 0)")
    first = ada.message("line 0")
    expect(first).to_be_in_viewport()
    was_at = first.bounding_box()
    bob.say("news")
    expect(ada.texts).to_have_count(31)
    assert first.bounding_box() == was_at
    jump = ada.page.get_by_role("button", name=ada.words("timeline.new.one", n=1))
    expect(jump).to_be_visible()
    jump.click()
    expect(ada.message("news")).to_be_in_viewport()
    expect(jump).to_be_hidden()
