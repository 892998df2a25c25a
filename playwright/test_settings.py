"""One's own settings: the name one is shown by, one's sessions, what one has written, and the way out."""

import json
from typing import Literal

from playwright.sync_api import Locator, expect

import axe
from account import PASSWORD, Account
from company import Company
from person import Person

OTHER = "another-correct-horse"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def settings_of(person: Person) -> Locator:
    """Open the dialog; return it."""
    person.page.get_by_role("button", name=person.words("me.settings")).click()
    dialog = person.page.get_by_role("dialog", name=person.words("me.settings"))
    expect(dialog).to_be_visible()
    return dialog


def unfold(person: Person, dialog: Locator, key: str) -> Locator:
    """Open one part of it; return that."""
    title = person.page.locator("summary").get_by_text(person.words(key), exact=True)
    part = dialog.get_by_role("group").filter(has=title)
    part.locator("summary").click()
    return part


def save(person: Person, dialog: Locator, key: str, value: str) -> None:
    """Fill in one field and save it."""
    form = dialog.locator("form").filter(has=person.page.get_by_label(person.words(key), exact=True))
    form.get_by_label(person.words(key), exact=True).fill(value)
    form.get_by_role("button", name=person.words("settings.save"), exact=True).click()
    expect(form.get_by_text(person.words("settings.saved"))).to_be_visible()


def author_of(person: Person, text: str) -> Locator:
    """Under which name somebody reads a message."""
    return person.message(text).locator(".message-author")


def test_a_name_a_password_and_sessions(guests: Company) -> None:
    ada, bob = guests.member("Ada"), guests.member("Bob", language="fr")
    bob.watch.secrets.add(OTHER)
    bob.say("bonjour")
    expect(author_of(ada, "bonjour")).to_have_text(bob.name)
    dialog = settings_of(bob)
    save(bob, dialog, "settings.display", "Robert Éponge")
    expect(author_of(ada, "bonjour")).to_have_text("Robert Éponge")
    before, bob.name = bob.name, f"{bob.name}-neu"
    save(bob, dialog, "settings.name", bob.name)
    assert Account.log_in(guests.server, bob.name).token

    # The same, for those who come later and before the network has answered.
    ada.reload()
    expect(author_of(ada, "bonjour")).to_have_text("Robert Éponge")

    part = unfold(bob, dialog, "logins.title")
    expect(part.get_by_role("listitem")).to_have_count(2)
    part.get_by_role("button", name=bob.words("logins.end_others"), exact=True).click()
    expect(part.get_by_role("listitem")).to_have_count(1)
    expect(part.get_by_role("listitem")).to_contain_text(bob.words("logins.current"))

    part = unfold(bob, dialog, "password.title")
    current = part.get_by_label(bob.words("password.current"), exact=True)
    bob.watch.expects("status of 401")
    current.fill("not the right one")
    part.get_by_label(bob.words("password.new"), exact=True).fill(OTHER)
    part.get_by_role("button", name=bob.words("password.change"), exact=True).click()
    expect(part.get_by_role("alert")).to_have_text(bob.words("problem.wrong_credentials"))
    current.fill(PASSWORD)
    part.get_by_role("button", name=bob.words("password.change"), exact=True).click()
    expect(part.get_by_text(bob.words("password.changed"))).to_be_visible()

    found = []
    for key in ("export.title", "leave.title"):
        unfold(bob, dialog, key)
    for theme in THEMES:
        bob.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{theme}: {wrong}" for wrong in axe.violations(bob.page)]
    assert not found, "\n".join(found)
    bob.page.keyboard.press("Escape")
    expect(bob.page.get_by_role("button", name=bob.words("me.settings"))).to_be_focused()
    assert before not in bob.page.locator("#me-name").inner_text()


def test_what_one_wrote_can_be_taken_along_and_left_without_a_name(guests: Company) -> None:
    ada, bob = guests.member("Ada"), guests.member("Bob")
    room = f"room of {bob.name}"
    bob.make_room(room)
    bob.say("something to keep")
    ada.join(room)
    dialog = settings_of(bob)
    part = unfold(bob, dialog, "export.title")
    with bob.page.expect_download() as coming:
        part.get_by_role("button", name=bob.words("export.act"), exact=True).click()
    written = json.loads(coming.value.path().read_text("utf-8"))
    assert [message["text"] for message in written["messages"]] == ["something to keep"]

    part = unfold(bob, dialog, "leave.title")
    act = part.get_by_role("button", name=bob.words("leave.act"), exact=True)
    part.get_by_label(bob.words("door.password"), exact=True).fill(PASSWORD)
    expect(act).to_be_disabled()
    part.get_by_label(bob.words("leave.name", name=bob.name), exact=True).fill(bob.name)
    act.click()
    bob.is_at_door()
    expect(bob.page.get_by_text(bob.words("problem.gone"))).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(author_of(ada, "something to keep")).to_have_text(ada.words("people.left"))
    bob.watch.expects("status of 401")
    bob.log_in()
    expect(bob.form("login").get_by_role("alert")).to_have_text(bob.words("problem.wrong_credentials"))
