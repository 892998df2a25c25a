"""Making, finding, joining and leaving rooms."""

import re

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from person import Person


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture(scope="module")
def bob(everyone: Company) -> Person:
    """Somebody else."""
    return everyone.member("Bob")


def test_one_who_makes_a_room_is_in_it(ada: Person) -> None:
    name = fresh("tea & <cake> ")
    ada.make_room(name)
    expect(ada.room_link(name)).to_have_attribute("aria-current", "page")
    expect(ada.page.get_by_text(ada.words("room.members.one", n=1))).to_be_visible()
    expect(ada.page.get_by_text(ada.words("room.empty.text"))).to_be_visible()
    assert re.search("#room/.+", ada.page.url)


def test_a_new_room_appears_to_others_while_they_look_for_one(ada: Person, bob: Person) -> None:
    dialog = bob.browse()
    name = fresh("tea")
    ada.make_room(name)
    join = dialog.get_by_role("button", name=bob.words("browse.join_room", room=name), exact=True)
    expect(join).to_be_visible()
    join.click()
    bob.is_in_room(name)
    ada.say("welcome")
    bob.reads("welcome")
    dialog = bob.browse()
    expect(dialog.get_by_role("button", name=bob.words("browse.join_room", room=name), exact=True)).to_be_hidden()
    bob.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_one_who_joins_finds_what_was_said_before(ada: Person, bob: Person) -> None:
    name = fresh("tea")
    ada.make_room(name)
    ada.say("before you came")
    bob.join(name)
    bob.reads("before you came")
    expect(bob.page.get_by_text(bob.words("room.members.other", n=2))).to_be_visible()


def test_one_who_leaves_is_in_general_and_receives_nothing_more(ada: Person, bob: Person) -> None:
    name = fresh("tea")
    ada.make_room(name)
    bob.join(name)
    bob.room_menu("room.leave").click()
    bob.is_in_room("general")
    expect(bob.room_link(name)).to_have_count(0)
    ada.say("is anybody here?")
    ada.reads("is anybody here?")
    dialog = bob.browse()
    expect(dialog.get_by_role("button", name=bob.words("browse.join_room", room=name), exact=True)).to_be_visible()
    bob.page.keyboard.press("Escape")
    bob.join(name)
    bob.reads("is anybody here?")


def test_nobody_can_leave_general(ada: Person) -> None:
    ada.go_to("general")
    expect(ada.room_menu("heed.muted")).to_be_visible()
    expect(ada.room_menu("room.leave")).to_be_hidden()
    ada.page.keyboard.press("Escape")


def test_a_name_that_is_taken_is_said_and_kept(ada: Person, bob: Person) -> None:
    name = fresh("tea")
    ada.make_room(name)
    bob.watch.expects(r"status of 409 .*/api/rooms")
    dialog = bob.browse()
    field = dialog.get_by_label(bob.words("browse.new"), exact=True)
    field.fill(name.upper())
    field.press("Enter")
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(field).to_have_value(name.upper())
    bob.page.keyboard.press("Escape")


def test_a_room_that_one_joins_elsewhere_appears_here(everyone: Company, host: Account, ada: Person) -> None:
    _, name = host.make_room("tea")
    second = everyone.member(account=Account.log_in(everyone.server, ada.name))
    second.join(name)
    expect(ada.room_link(name)).to_be_visible()
    second.page.close()


def test_the_way_back_leads_through_the_rooms(ada: Person) -> None:
    one, two = fresh("tea"), fresh("tea")
    ada.make_room(one)
    ada.make_room(two)
    ada.go_to(one)
    ada.go_to("general")
    ada.page.go_back()
    ada.is_in_room(one)
    ada.page.go_forward()
    ada.is_in_room("general")


def test_a_room_of_ones_own_can_be_opened_by_its_address(ada: Person) -> None:
    name = fresh("tea")
    ada.make_room(name)
    address = ada.page.url
    ada.go_to("general")
    ada.open(address)
    ada.is_in()
    ada.is_in_room(name)


def test_a_link_to_a_room_that_is_not_there_leads_nowhere_and_says_so(ada: Person) -> None:
    ada.watch.tolerates(r"status of 40[34] .*/api/rooms/nowhere/messages")
    name = fresh("tea")
    ada.make_room(name)
    said = ada.page.get_by_text(ada.words("problem.not_in_room"))
    ada.open("/#room/nowhere")
    expect(said).to_be_visible()
    ada.is_in_room(name)
    ada.page.goto("about:blank")
    ada.open("/#room/nowhere")
    ada.is_in()
    ada.is_in_room("general")
    expect(said).to_be_visible()
