"""What axe-core has to say of every screen, in both themes and both languages."""

from typing import Literal

import pytest
from playwright.sync_api import expect

import axe
from account import Account, fresh
from company import Company
from person import Person
from watch import OFFLINE
from words import LANGUAGES, Words

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def passer(everyone: Company) -> Person:
    """Somebody at the door."""
    return everyone.visitor("Passer")


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


def is_for_everyone(person: Person) -> None:
    """The screen shuts nobody out, in either theme and either language."""
    found = []
    for _ in LANGUAGES:
        for theme in THEMES:
            person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{person.words.language}, {theme}: {wrong}" for wrong in axe.violations(person.page)]
        change_language(person)
    assert not found, "\n".join(found)


def change_language(person: Person) -> None:
    """Change to the other language, wherever the switch stands."""
    # In a dialog the switch lies behind it; a click that only scripts can make still reaches it.
    switch = person.page.locator("[data-act=tongue]").first
    switch.dispatch_event("click")
    other = next(language for language in LANGUAGES if language != person.words.language)
    person.words = Words(other)
    expect(person.html).to_have_attribute("lang", other)


@pytest.mark.parametrize("kind", ["login", "register"])
def test_the_door(passer: Person, kind: str) -> None:
    passer.door_of(kind)
    is_for_everyone(passer)


def test_the_door_with_a_problem(passer: Person, host: Account) -> None:
    passer.watch.expects("status of 401")
    passer.name = host.name
    passer.log_in("not the right one")
    expect(passer.form("login").get_by_role("alert")).not_to_be_empty()
    is_for_everyone(passer)


def test_the_chat_with_messages(ada: Person, host: Account) -> None:
    ada.go_to("general")
    host.say("one", "two\nlines", "https://example.org")
    ada.say("three")
    expect(ada.texts).to_have_count(4)
    is_for_everyone(ada)


def test_an_empty_room(ada: Person) -> None:
    ada.make_room(fresh("empty"))
    expect(ada.page.get_by_text(ada.words("room.empty.text"))).to_be_visible()
    is_for_everyone(ada)


def test_the_rooms_to_join(ada: Person, everyone: Company) -> None:
    Account.register(everyone.server, "Other").make_room("elsewhere")
    dialog = ada.browse()
    expect(dialog.get_by_role("button", name=ada.words("browse.join")).first).to_be_visible()
    is_for_everyone(ada)
    ada.page.keyboard.press("Escape")


def test_the_chat_without_a_connection(ada: Person) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.make_room(fresh("tea"))
    ada.context.set_offline(True)
    ada.is_lost()
    ada.say("not sent yet")
    expect(ada.message("not sent yet")).to_contain_text(ada.words("message.queued"))
    is_for_everyone(ada)
    ada.context.set_offline(False)
    ada.reads("not sent yet")


@pytest.mark.parametrize("width", [320])
def test_the_chat_on_a_phone(ada: Person, width: int) -> None:
    ada.page.set_viewport_size({"width": width, "height": 640})
    is_for_everyone(ada)
    ada.page.get_by_role("button", name=ada.words("side.open"), exact=True).click()
    is_for_everyone(ada)
    ada.page.set_viewport_size({"width": 1280, "height": 720})
