"""What axe-core has to say where something is wrong, and on a small phone; of all other screens: test_screens.py."""

from typing import Literal

import pytest
from playwright.sync_api import expect

import axe
from account import Account
from company import Company
from person import Person
from words import LANGUAGES, Words

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def passer(everyone: Company) -> Person:
    """Somebody at the door."""
    return everyone.visitor("Passer")


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat, who sees where."""
    person = everyone.member("Ada")
    person.is_in_room("general")
    return person


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


def test_the_door_with_a_problem(passer: Person, host: Account) -> None:
    passer.watch.expects("status of 401")
    passer.name = host.name
    passer.log_in("not the right one")
    expect(passer.form("login").get_by_role("alert")).not_to_be_empty()
    is_for_everyone(passer)


@pytest.mark.parametrize("width", [320])
def test_the_chat_on_a_phone(ada: Person, width: int) -> None:
    ada.page.set_viewport_size({"width": width, "height": 640})
    is_for_everyone(ada)
    ada.page.get_by_role("button", name=ada.words("side.open"), exact=True).click()
    is_for_everyone(ada)
    ada.page.set_viewport_size({"width": 1280, "height": 720})
