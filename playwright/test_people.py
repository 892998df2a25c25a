"""People: who is there, who types, who has read, and talking to one or several of them."""

import re

import pytest
from playwright.sync_api import expect

from axe import violations
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


def talk(person: Person, *others: Person) -> None:
    """Begin a conversation by the dialog."""
    person.page.get_by_role("button", name=person.words("directs.new"), exact=True).click()
    dialog = person.page.get_by_role("dialog", name=person.words("directs.new"))
    for other in others:
        dialog.get_by_label(person.words("directs.find"), exact=True).fill(other.name)
        dialog.get_by_role("checkbox").and_(dialog.get_by_label(other.name)).check()
    dialog.get_by_role("button", name=person.words("directs.start"), exact=True).click()
    person.is_in_room(", ".join(sorted(each.name for each in others)))


def test_two_talk_and_see_each_other_type_and_read(ada: Person, bob: Person) -> None:
    talk(ada, bob)
    expect(ada.page.locator("#room-members")).to_have_text(ada.words("people.online"))
    ada.say("hello")
    expect(bob.room_link(ada.name)).to_have_accessible_name(re.compile(re.escape(bob.words("people.online"))))
    expect(bob.page).to_have_title(re.compile(r"^\(1\) "))
    bob.go_to(ada.name)
    expect(ada.timeline.get_by_role("img", name=ada.words("readers.read", names=bob.name))).to_be_visible()

    height = ada.timeline.bounding_box()
    bob.composer.press_sequentially("Hm")
    typing = ada.page.get_by_text(ada.words("typing.alone", one=bob.name), exact=True)
    expect(typing).to_be_visible()
    assert ada.timeline.bounding_box() == height
    assert violations(ada.page) == []
    bob.composer.fill("")
    expect(typing).to_be_hidden()
    bob.composer.press_sequentially("Well", delay=500)
    expect(typing).to_be_visible()
    bob.composer.press("Enter")
    ada.reads("hello", "Well")
    expect(typing).to_be_hidden()


def test_one_talks_to_several(everyone: Company, ada: Person, bob: Person) -> None:
    cleo = everyone.member("Cleo")
    talk(ada, bob, cleo)
    ada.say("all of you")
    both = f"{ada.name}, {bob.name}"
    cleo.go_to(both)
    cleo.reads("all of you")
    cleo.page.close()


def test_typing_does_not_stick_and_presence_goes_when_a_page_is_killed(everyone: Company, ada: Person) -> None:
    dan = everyone.member("Dan")
    talk(ada, dan)
    expect(ada.page.locator("#room-members")).to_have_text(ada.words("people.online"))
    ada.say("are you there?")
    dan.go_to(ada.name)
    dan.composer.press_sequentially("I")
    typing = ada.page.get_by_text(ada.words("typing.alone", one=dan.name), exact=True)
    expect(typing).to_be_visible()
    dan.context.set_offline(True)
    dan.page.close()
    expect(typing).to_be_hidden(timeout=10_000)
    since = ada.words("people.since", time="").strip()
    expect(ada.page.locator("#room-members")).to_contain_text(since, timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_shuts_anybody_out(ada: Person, scheme: str) -> None:
    ada.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert violations(ada.page) == []
    ada.room_menu("heed.muted")
    assert violations(ada.page) == []
    ada.page.keyboard.press("Escape")
    ada.page.get_by_role("button", name=ada.words("directs.new"), exact=True).click()
    assert violations(ada.page) == []
    ada.page.keyboard.press("Escape")
    ada.page.emulate_media(color_scheme="light")
