"""Rooms of all kinds, what is unread in them, and the ways to them; after an absence, too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from account import Account, fresh
from axe import violations
from company import Company
from person import Person
from watch import OFFLINE


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture(scope="module")
def bob(everyone: Company) -> Person:
    """Somebody else."""
    return everyone.member("Bob")


def edit(person: Person, name: str, topic: str) -> None:
    """Give the current room another name and topic."""
    person.room_menu("room.edit").click()
    dialog = person.page.get_by_role("dialog", name=person.words("room.edit"))
    dialog.get_by_label(person.words("room.name"), exact=True).fill(name)
    dialog.get_by_label(person.words("room.topic"), exact=True).fill(topic)
    dialog.get_by_role("button", name=person.words("room.save"), exact=True).click()
    expect(dialog).to_be_hidden()


def switcher(person: Person) -> Locator:
    """Open the quick switcher by the keyboard; return its field."""
    person.page.keyboard.press("Control+k")
    field = person.page.get_by_role("combobox", name=person.words("switch.title"))
    expect(field).to_be_focused()
    return field


def test_a_private_room_is_made_named_muted_and_archived_and_who_was_away_finds_it_so(ada: Person, bob: Person) -> None:
    name, later = fresh("secret"), fresh("plan")
    dialog = ada.browse()
    dialog.get_by_label(ada.words("browse.new"), exact=True).fill(name)
    dialog.get_by_label(ada.words("browse.private")).check()
    dialog.get_by_role("button", name=ada.words("browse.make"), exact=True).click()
    ada.is_in_room(name)
    ada.room_menu("room.people").click()
    people = ada.page.get_by_role("dialog", name=ada.words("room.people"))
    people.get_by_role("button", name=ada.words("room.invite_person", name=bob.name), exact=True).click()
    expect(people.get_by_role("listitem").filter(has_text=bob.name)).to_contain_text(ada.words("people.online"))
    assert violations(ada.page) == []
    ada.page.keyboard.press("Escape")
    bob.go_to(name)
    bob.go_to("general")

    bob.watch.tolerates(OFFLINE)
    bob.context.set_offline(True)
    bob.is_lost()
    edit(ada, later, "What to do on Saturday")
    ada.say("one")
    ada.say("two")
    ada.message("two").hover()
    ada.message("two").get_by_role("button", name=ada.words("acts.react-message")).click()
    ada.page.get_by_role("group", name=ada.words("reactions.pick")).get_by_role("button", name="🎉").click()
    bob.context.set_offline(False)
    bob.is_live()
    expect(bob.room_link(name)).to_have_count(0)
    expect(bob.room_link(later)).to_have_accessible_name(
        bob.words("rooms.unread.other", n=2, room=bob.words("rooms.private", room=later))
    )
    bob.go_to(later)
    expect(bob.page.get_by_text("What to do on Saturday")).to_be_visible()

    bob.go_to("general")
    ada.room_menu("room.archive").click()
    expect(ada.page.get_by_text(ada.words("room.is_archived"))).to_be_visible()
    expect(ada.room_link(later)).to_be_visible()
    expect(bob.room_link(later)).to_be_hidden()
    bob.page.get_by_text(bob.words("rooms.archived"), exact=True).click()
    bob.go_to(later)
    bob.reads("one", "two")
    expect(bob.timeline.get_by_role("button", name="🎉")).to_be_disabled()
    for person in (ada, bob):
        acts = person.message("two").locator(".message-acts button:not([hidden], .more)")
        expect(acts).to_have_count(1)
        expect(acts).to_have_accessible_name(person.words("acts.link-message"))
    ada.room_menu("room.unarchive").click()
    expect(bob.timeline.get_by_role("button", name="🎉")).to_be_enabled()
    expect(ada.message("two").locator(".message-acts button:not([hidden], .more)")).to_have_count(5)
    bob.message("two").hover()
    bob.message("two").get_by_role("button", name=bob.words("acts.react-message")).click()
    expect(bob.page.get_by_role("group", name=bob.words("reactions.pick"))).to_be_visible()
    ada.room_menu("room.archive").click()
    expect(bob.page.get_by_role("group", name=bob.words("reactions.pick"))).to_be_hidden()
    ada.room_menu("room.unarchive").click()
    ada.go_to("general")
    bob.go_to("general")


def test_what_is_unread_is_told_in_the_list_and_the_title_and_not_of_what_is_muted(
    ada: Person, bob: Person, host: Account
) -> None:
    room, name = host.make_room("news")
    ada.join(name)
    ada.go_to("general")
    host.say("first", f"for you, @{ada.name}", room=room)
    expect(ada.room_link(name)).to_contain_text("@2")
    expect(ada.page).to_have_title(f"(2) {ada.words('page.title', room='general')}")
    ada.go_to(name)
    expect(ada.page).to_have_title(ada.words("page.title", room=name))
    ada.room_menu("heed.muted").click()
    expect(ada.room_link(name)).to_have_accessible_name(ada.words("rooms.muted", room=name))
    ada.go_to("general")
    host.say("third", room=room)
    host.say("look", room="general")
    ada.reads("look")
    expect(ada.page).to_have_title(ada.words("page.title", room="general"))
    bob.go_to("general")


def test_a_line_stands_above_what_is_new_and_one_can_jump_to_it(ada: Person, host: Account) -> None:
    room, name = host.make_room("tea")
    ada.join(name)
    host.say("before", room=room)
    ada.reads("before")
    ada.go_to("general")
    host.say(*(f"line {n}\n\nwith\n\nmore" for n in range(12)), room=room)
    expect(ada.room_link(name)).to_contain_text("12")
    ada.go_to(name)
    line = ada.timeline.locator(".new")
    expect(line).to_be_attached()
    expect(line).not_to_be_in_viewport()
    assert ada.timeline.locator("li").all_inner_texts().index(line.inner_text()) > 0
    jump = ada.page.locator("#jump-new")
    jump.click()
    expect(line).to_be_in_viewport()
    expect(jump).to_be_hidden()
    expect(ada.room_link(name).locator(".count")).to_be_hidden()


def test_what_one_has_read_is_read_in_ones_other_pages(everyone: Company, ada: Person, host: Account) -> None:
    room, name = host.make_room("tea")
    ada.join(name)
    ada.go_to("general")
    second = everyone.member(account=Account.log_in(everyone.server, ada.name))
    host.say("anyone?", room=room)
    for page in (ada, second):
        expect(page.room_link(name).locator(".count")).to_have_text("1")
    second.go_to(name)
    second.reads("anyone?")
    expect(ada.room_link(name).locator(".count")).to_be_hidden()
    second.page.close()


def test_the_switcher_leads_to_rooms_and_people_by_the_keyboard(
    ada: Person, host: Account, new_account: Callable[[str], Account]
) -> None:
    _, name = host.make_room("Élan")
    zoe = new_account("Zoe")
    field = switcher(ada)
    field.fill(name.lower().replace("é", "e"))
    options = ada.page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert violations(ada.page) == []
    ada.page.keyboard.press("Enter")
    ada.is_in_room(name)
    expect(ada.composer).to_be_focused()
    field = switcher(ada)
    field.fill("")
    ada.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field.fill(zoe.name)
    ada.page.keyboard.press("Enter")
    ada.is_in_room(zoe.name)
    switcher(ada).fill("nothing of that name")
    expect(ada.page.get_by_text(ada.words("switch.none"))).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("combobox", name=ada.words("switch.title"))).to_be_hidden()


def test_the_shortcuts_are_told_on_a_question_mark_but_not_where_one_writes(ada: Person) -> None:
    ada.composer.fill("")
    ada.composer.press("?")
    sheet = ada.page.get_by_role("dialog", name=ada.words("keys.title"))
    expect(ada.composer).to_have_value("?")
    expect(sheet).to_be_hidden()
    ada.composer.fill("")
    ada.timeline.focus()
    ada.page.keyboard.press("?")
    expect(sheet).to_be_visible()
    search = sheet.locator("div").filter(has_text=ada.words("keys.search")).last.locator("kbd")
    expect(search).to_have_text(["Ctrl", ada.words("keys.shift"), "F"])
    assert violations(ada.page) == []
    ada.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    ada.page.evaluate("() => Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    ada.page.keyboard.press("?")
    expect(search).to_have_text(["⌘", ada.words("keys.shift"), "F"])
    ada.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
