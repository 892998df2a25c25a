"""A long room: only what is near the view is in the page, the view never jumps, and one gets anywhere at once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from account import Account
from axe import violations
from company import Company
from person import Person

MANY = 1_200
NODES = 120
"""The most messages that may be in the page at a time."""

STANDS = 1.0
"""Pixels by which a view may differ and still be said to stand."""

WATCH = """
row => {
  const from = row.getBoundingClientRect().top;
  globalThis.moved = 0;
  const look = () => {
    globalThis.moved = Math.max(moved, row.isConnected ? Math.abs(row.getBoundingClientRect().top - from) : Infinity);
    requestAnimationFrame(look);
  };
  look();
}
"""


FIRST = """
view => [...view.querySelectorAll(".message-text")]
  .find((each) => each.getBoundingClientRect().top > view.getBoundingClientRect().top).textContent
"""


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture(scope="module")
def book(host: Account) -> tuple[str, str]:
    """The id and the name of a room in which very much was said."""
    room, name = host.make_room("book")
    host.say(*(text(number) for number in range(MANY)), room=room)
    return room, name


@pytest.fixture
def reader(ada: Person, book: tuple[str, str]) -> Person:
    """Somebody who is at the end of the book."""
    _, name = book
    ada.go_to("general")
    if ada.room_link(name).count():
        ada.go_to(name)
    else:
        ada.join(name)
    expect(ada.message(text(MANY - 1))).to_be_in_viewport()
    return ada


def asked(person: Person) -> list[str]:
    """The pages of history that somebody's page asks for, from now on."""
    found: list[str] = []

    def note(request: Request) -> None:
        if "/messages?" in request.url:
            found.append(request.url.partition("?")[2])

    person.page.on("request", note)
    return found


def text(number: int) -> str:
    """What the book says: most of it in one line, some of it in many."""
    return f"line {number}" + " and so on, and so forth, as people talk" * (10 if number % 10 == 0 else 0)


def numbers(person: Person) -> list[int]:
    """The messages in the page, by number."""
    return [int(each.split()[1]) for each in person.read() if each.startswith("line ")]


def test_through_a_thousand_messages_only_those_near_the_view_are_in_the_page(reader: Person) -> None:
    met: set[int] = set()
    while not {*range(150, MANY)} <= met:
        there = numbers(reader)
        met.update(there)
        assert len(there) <= NODES
        oldest = there[0]
        reader.scroll(-600, until=reader.message(text(max(0, oldest - 1))))
    assert violations(reader.page) == []
    reader.timeline.press("End")
    expect(reader.message(text(MANY - 1))).to_be_in_viewport()
    assert len(numbers(reader)) <= NODES


def test_the_view_stands_while_others_write_and_change_what_is_above(
    reader: Person, host: Account, book: tuple[str, str]
) -> None:
    room, _ = book
    history = host.history(room)
    reader.scroll(-300, until=reader.message(text(MANY - 70)))
    number = int(reader.timeline.evaluate(FIRST).split()[1])
    seen = reader.message(text(number))
    seen.evaluate(WATCH)
    host.say("one more", "and another", room=room)
    expect(reader.page.get_by_role("button", name=reader.words("timeline.new.other", n=2))).to_be_visible()
    above = history[number - 6 - MANY]
    host.do("edit", room, target=above["id"], text=f"{above['text']} (it grew)\n\nby\n\nmuch")
    expect(reader.texts.get_by_text("it grew")).to_be_attached()
    moved = reader.page.evaluate("() => moved")
    assert moved <= STANDS
    size = reader.page.viewport_size
    assert size is not None
    reader.page.set_viewport_size({"width": size["width"] - 400, "height": size["height"] - 200})
    expect(seen).to_be_in_viewport()
    reader.page.set_viewport_size(size)
    expect(seen).to_be_in_viewport()


def test_what_has_the_focus_keeps_it_wherever_one_scrolls(reader: Person) -> None:
    button = reader.message(text(MANY - 3)).locator("[data-act=reply-message]")
    button.focus()
    reader.scroll(-800, until=reader.message(text(MANY - 150)))
    assert len(numbers(reader)) <= NODES
    expect(button).to_be_focused()
    expect(button).not_to_be_in_viewport()
    expect(reader.message(text(MANY - 20))).not_to_be_attached()


def test_a_text_that_is_being_marked_stays_marked(reader: Person) -> None:
    reader.message(text(MANY - 2)).evaluate("row => getSelection().selectAllChildren(row)")
    reader.scroll(-800, until=reader.message(text(MANY - 150)))
    assert text(MANY - 2) in reader.page.evaluate("() => String(getSelection())")
    reader.page.evaluate("() => getSelection().empty()")


def test_what_is_being_marked_beyond_the_edge_is_marked_from_end_to_end(reader: Person) -> None:
    mark = "row => getSelection().setBaseAndExtent(row, row.childNodes.length, document.querySelector('#room-name'), 0)"
    reader.message(text(MANY - 2)).evaluate(mark)
    reader.scroll(-800, until=reader.message(text(MANY - 150)))
    marked = re.findall(r"^line (\d+)", reader.page.evaluate("() => String(getSelection())"), re.MULTILINE)
    assert [int(number) for number in marked][-149:] == list(range(MANY - 150, MANY - 1))
    reader.page.evaluate("() => getSelection().empty()")


def test_a_link_to_an_old_message_leads_there_straight_and_the_button_straight_back(
    reader: Person, book: tuple[str, str], host: Account
) -> None:
    room, _ = book
    pages = asked(reader)
    seq = host.history(room)[-1]["seq"] - MANY + 10
    reader.page.evaluate("to => { location.hash = to }", f"#room/{room}/{seq}")
    sought = reader.timeline.locator("[data-sought]")
    expect(sought).to_be_focused()
    expect(sought).to_be_in_viewport()
    assert [each for each in pages if each.startswith("around")] == [f"around={seq}&limit=50"]
    assert len(pages) <= 2  # those around it, and those above these
    reader.page.get_by_role("button", name=reader.words("timeline.latest")).click()
    expect(reader.messages.last).to_be_in_viewport()
    assert numbers(reader)[-1] == MANY - 1


def test_the_line_above_what_is_new_is_reached_straight_over_hundreds_of_messages(
    guests: Company, host: Account, new_account: Callable[[str], Account]
) -> None:
    room, name = host.make_room("tea")
    host.say("before", room=room)
    absent = new_account("Reader")
    absent.join(room)
    host.say(*(f"new {number}" for number in range(300)), room=room)
    reader = guests.member(account=absent)
    reader.go_to(name)
    expect(reader.message("new 299")).to_be_in_viewport()
    expect(reader.timeline.locator(".new")).to_have_count(0)  # it is above what is not here yet
    pages = asked(reader)
    reader.page.get_by_role("button", name=reader.words("timeline.to_new")).click()
    expect(reader.timeline.locator(".new")).to_be_in_viewport()
    expect(reader.message("new 0")).to_be_in_viewport()
    assert len([each for each in pages if each.startswith("around")]) == 1
    assert len(pages) <= 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_that_one_is_not_in_a_room_one_was_sent_to_is_said(guests: Company, language: str) -> None:
    guest = guests.member("Guest", language=language)
    for address in ("#room/nowhere", "#room/nowhere/7"):
        guest.page.evaluate("to => { location.hash = to }", address)
        expect(guest.page.get_by_text(guest.words("problem.not_in_room"))).to_be_visible()
        guest.page.get_by_role("button", name=guest.words("note.close")).click()
        guest.is_in_room("general")
        assert guest.page.url.endswith("#room/general")
