"""What two people do with each other's messages: reply, react, lead there."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import axe
from account import Account, fresh
from company import Company
from person import Person
from watch import OFFLINE

SHOTS = os.environ.get("REBOND_SHOTS")

NOTED = """
async () => {
  const [name] = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("rebond:"));
  const base = await new Promise((done) => { indexedDB.open(name).onsuccess = ({ target }) => done(target.result); });
  const count = () => new Promise((done) => {
    const keys = IDBKeyRange.bound("withdrawn/", "withdrawn0");
    base.transaction("records").objectStore("records").count(keys).onsuccess = ({ target }) => done(target.result);
  });
  const undoable = () => document.querySelector(".message.withdrawn");
  while (undoable() && !(await count())) await new Promise((done) => setTimeout(done, 20));
  base.close();
}
"""
"""Resolves once the browser's storage has it that a message is to be deleted, or that is on its way already."""


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """One of the two."""
    return everyone.member("Ada")


@pytest.fixture(scope="module")
def bob(everyone: Company) -> Person:
    """The other one, who speaks French, and whose pages may use the clipboard."""
    other = everyone.member("Bob", language="fr")
    other.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return other


@pytest.fixture
def room(ada: Person, bob: Person) -> str:
    """An empty room that both are in."""
    name = fresh("tea")
    ada.make_room(name)
    bob.join(name)
    ada.reads()
    bob.reads()
    return name


def act(person: Person, message: Locator, name: str) -> None:
    """Press a button of a message."""
    message.hover()
    message.get_by_role("button", name=person.words(f"acts.{name}"), exact=True).click()


def quote(person: Person, text: str) -> Locator:
    """What the message of this text replies to."""
    return person.message(text).locator(".quote")


def chips(person: Person, text: str) -> Locator:
    """The reactions to the message of this text."""
    return person.message(text).locator(".chip")


def is_for_everyone(person: Person, name: str) -> None:
    """The screen shuts nobody out, in either theme."""
    found = []
    for theme in ("light", "dark"):
        person.page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
        found += axe.violations(person.page)
        shoot(person, f"{name}-{theme}")
    assert not found, "\n".join(found)


def shoot(person: Person, name: str) -> None:
    """Take pictures, where somebody wants to look at them."""
    if SHOTS is None:
        return
    before = person.page.viewport_size
    for width in (360, 1280):
        person.page.set_viewport_size({"width": width, "height": 720})
        person.page.screenshot(path=Path(SHOTS) / f"talk-{name}-{width}.png")
    if before is not None:
        person.page.set_viewport_size(before)


def test_a_reply_shows_what_it_answers_until_that_is_gone(ada: Person, bob: Person, room: str) -> None:
    bob.say("shall we have tea?")
    act(ada, ada.message("shall we have tea?"), "reply-message")
    bar = ada.page.get_by_role("group", name=ada.words("reply.label"))
    expect(bar).to_contain_text(bob.name)
    ada.composer.press("Escape")
    expect(bar).to_be_hidden()
    act(ada, ada.message("shall we have tea?"), "reply-message")
    ada.composer.fill("with milk")
    ada.reload()  # what one has begun to write is still a reply
    ada.is_in()
    expect(bar).to_contain_text("shall we have tea?")
    is_for_everyone(ada, "replying")
    ada.composer.press("Enter")
    expect(bar).to_be_hidden()
    for person in (ada, bob):
        expect(quote(person, "with milk")).to_contain_text(bob.name)
        expect(quote(person, "with milk")).to_contain_text("shall we have tea?")
    ada.reload()
    ada.is_in()
    expect(quote(ada, "with milk")).to_contain_text("shall we have tea?")
    quote(ada, "with milk").click()
    expect(ada.message("shall we have tea?")).to_be_focused()
    act(bob, bob.message("shall we have tea?"), "delete-message")
    bob.composer.hover()
    for person in (ada, bob):
        expect(quote(person, "with milk")).to_contain_text(person.words("message.deleted"))
        expect(quote(person, "with milk")).not_to_contain_text("tea")


def test_a_deletion_can_be_undone_and_is_sent_when_the_page_is_left(ada: Person, bob: Person, room: str) -> None:
    bob.say("too soon")
    bob.say("just right")
    ada.reads("too soon", "just right")
    undo = bob.timeline.get_by_role("button", name=bob.words("delete.undo"), exact=True)
    delete = bob.message("too soon").get_by_role("button", name=bob.words("acts.delete-message"), exact=True)
    delete.press("Delete")
    expect(undo).to_be_focused()
    expect(bob.page.locator("#voice")).to_have_text(bob.words("delete.done"))
    assert axe.violations(bob.page) == []
    bob.reads(bob.words("message.deleted"), "just right")
    undo.press("Enter")
    bob.reads("too soon", "just right")
    expect(delete).to_be_focused()
    act(bob, bob.message("just right"), "delete-message")
    expect(undo).to_be_visible()
    expect(bob.composer).to_be_focused()
    bob.page.evaluate(NOTED)
    bob.reload()
    bob.is_in()
    for person in (ada, bob):
        person.reads("too soon", person.words("message.deleted"))


def test_reactions_are_counted_named_and_kept_over_an_absence(ada: Person, bob: Person, room: str) -> None:
    bob.say("cake!")
    act(ada, ada.message("cake!"), "react-message")
    picker = ada.page.get_by_role("group", name=ada.words("reactions.pick"))
    expect(picker.get_by_role("button").first).to_be_focused()
    is_for_everyone(ada, "picker")
    ada.page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    ada.page.keyboard.press("Enter")  # the focus is back on the button
    ada.page.keyboard.press("ArrowRight")
    ada.page.keyboard.press("Enter")
    expect(chips(ada, "cake!")).to_have_text(["❤️1"])
    expect(chips(bob, "cake!")).to_have_accessible_name(bob.words("reactions.label", emoji="❤️", names=ada.name))
    bob.message("cake!").get_by_role("button", pressed=False).filter(has_text="❤️").click()
    both = ada.words("reactions.and", names=ada.words("reactions.you"), last=bob.name)
    expect(chips(ada, "cake!")).to_have_accessible_name(ada.words("reactions.label", emoji="❤️", names=both))

    ada.watch.expects(OFFLINE)
    ada.context.set_offline(True)
    ada.is_lost()
    chips(ada, "cake!").click()
    expect(chips(ada, "cake!")).to_have_text(["❤️1"])
    act(bob, bob.message("cake!"), "react-message")
    bob.page.get_by_role("group", name=bob.words("reactions.pick")).get_by_role("button", name="🎉").click()
    expect(chips(bob, "cake!")).to_have_text(["❤️2", "🎉1"])
    ada.context.set_offline(False)
    ada.is_live()
    for person in (ada, bob):
        expect(chips(person, "cake!")).to_have_text(["❤️1", "🎉1"])
    expect(chips(ada, "cake!").first).to_have_attribute("aria-pressed", "false")
    bob.reload()
    bob.is_in()
    expect(chips(bob, "cake!")).to_have_text(["❤️1", "🎉1"])
    is_for_everyone(bob, "reactions")


def test_a_mention_is_completed_and_stands_out_for_whoever_is_meant(ada: Person, bob: Person, room: str) -> None:
    ada.composer.press_sequentially(f"hello @{bob.name[:2].lower()}")
    people = ada.page.get_by_role("listbox", name=ada.words("mentions.label"))
    expect(people.get_by_role("option", name=bob.name, selected=True)).to_be_visible()
    is_for_everyone(ada, "mentioning")
    ada.composer.press("Escape")
    expect(people).to_be_hidden()
    ada.composer.press("Backspace")
    ada.composer.press("Enter")  # takes the name, and sends nothing
    expect(ada.composer).to_have_value(f"hello @{bob.name} ")
    ada.composer.press_sequentially("and everyone")
    ada.composer.press("Enter")
    bob.reads(f"hello @{bob.name} and everyone")
    expect(ada.texts.locator(".mention")).to_have_text(f"@{bob.name}")
    expect(bob.texts.locator(".mention.mine")).to_have_text(f"@{bob.name}")


def test_what_was_said_long_ago_is_found_and_opened_in_place(
    ada: Person, bob: Person, room: str, host: Account
) -> None:
    identifier, name = host.make_room("archive")
    host.say("the Crème brûlée of old", *(f"line {number}" for number in range(150)), room=identifier)
    ada.join(name)  # and has the newest messages, no others
    bob.join(name)
    bob.page.keyboard.press("Control+Shift+F")
    dialog = bob.page.get_by_role("dialog", name=bob.words("search.title"))
    expect(dialog.get_by_label(bob.words("search.label"))).to_be_focused()
    is_for_everyone(bob, "search-help")
    bob.page.keyboard.type(f"creme in:{name}")
    hits = dialog.locator(".hit")
    expect(hits).to_have_count(1)
    expect(hits.locator("mark")).to_have_text("Crème")
    expect(dialog).to_contain_text(bob.words("search.found.one", n=1))
    is_for_everyone(bob, "search")
    bob.page.keyboard.press("ArrowDown")
    bob.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    old = bob.message("the Crème brûlée of old")
    expect(old).to_be_focused()
    expect(old).to_be_in_viewport()

    act(bob, old, "link-message")
    expect(bob.page.get_by_text(bob.words("link.copied"))).to_be_visible()
    address = bob.page.evaluate("navigator.clipboard.readText()")
    bob.page.goto("about:blank")
    bob.open(address)
    expect(old).to_be_focused()
    expect(old).to_be_in_viewport()
    act(bob, old, "reply-message")
    bob.say("found it")
    expect(quote(ada, "found it")).to_contain_text("the Crème brûlée of old")
    quote(ada, "found it").click()
    expect(ada.message("the Crème brûlée of old")).to_be_focused()

    bob.watch.tolerates(OFFLINE)
    bob.context.set_offline(True)
    bob.is_lost()
    bob.page.get_by_role("button", name=bob.words("search.title"), exact=True).click()
    expect(dialog).to_contain_text(bob.words("search.offline"))
    bob.context.set_offline(False)
    bob.is_live()
    expect(dialog).not_to_contain_text(bob.words("search.offline"))
    bob.page.keyboard.press("Escape")
