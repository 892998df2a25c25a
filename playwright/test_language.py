"""French and English, by the browser's wish and by the switch."""

import pytest
from playwright.sync_api import expect

from account import Account
from company import Company
from words import Words


@pytest.mark.parametrize(("locale", "language"), [("fr-FR", "fr"), ("fr-CA", "fr"), ("en-US", "en"), ("de-DE", "en")])
def test_the_page_comes_in_the_language_the_browser_asks_for(guests: Company, locale: str, language: str) -> None:
    ada = guests.person("Ada", language=language, locale=locale, java_script_enabled=False)
    ada.page.goto("/")
    expect(ada.html).to_have_attribute("lang", language)
    expect(ada.form("login")).to_be_visible()


def test_the_switch_changes_the_door_in_place_and_for_good(guests: Company) -> None:
    ada = guests.visitor("Ada")
    ada.fill_in("login")
    ada.page.evaluate("() => { globalThis.sameDocument = true; }")
    ada.page.get_by_role("button", name="Français").click()
    ada.words = Words("fr")
    expect(ada.html).to_have_attribute("lang", "fr")
    expect(ada.form("login").get_by_label(ada.words("door.name"))).to_have_value(ada.name)
    assert ada.page.evaluate("() => globalThis.sameDocument")
    ada.reload()
    expect(ada.html).to_have_attribute("lang", "fr")
    expect(ada.form("login")).to_be_visible()


def test_the_switch_changes_the_chat_in_place(guests: Company, host: Account) -> None:
    host.say("Français & English")
    ada = guests.member("Ada")
    ada.composer.fill("a draft")
    ada.page.get_by_role("button", name="Français").click()
    ada.words = Words("fr")
    ada.is_in()
    expect(ada.composer).to_have_value("a draft")
    expect(ada.line).to_contain_text(ada.words("line.live"))
    expect(ada.timeline.get_by_text(ada.words("timeline.today"))).to_be_visible()
    expect(ada.message("Français & English")).to_be_visible()
    for text in english_left(ada.page.locator("body").inner_text()):
        pytest.fail(f"still in English: {text}")
    ada.page.get_by_role("button", name="English").click()
    ada.words = Words("en")
    expect(ada.line).to_contain_text(ada.words("line.live"))
    ada.page.get_by_role("button", name="Français").click()
    ada.reload()
    ada.words = Words("fr")
    ada.is_in()
    assert ada.meters().sockets == 1


def english_left(shown: str) -> list[str]:
    """Return the English texts that are shown and mean something else in French."""
    english, french = Words("en"), Words("fr")
    lines = {line.strip() for line in shown.splitlines()}
    return [english(key) for key in english.plain if english(key) != french(key) and english(key) in lines]
