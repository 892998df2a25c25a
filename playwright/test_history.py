"""Older messages, and when each was written, as the reader's clock has it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect

from account import Account, fresh
from company import Company
from gate import Gate
from person import Person

MANY = 330
OLDER = "**/messages?before=*"
NEAR = 1.5
"""Pixels by which a view may differ and still be said to stand."""


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture
def book(host: Account) -> str:
    """A room in which much was said."""
    room, name = host.make_room("book")
    host.say(*(f"line {number}" for number in range(MANY)), room=room)
    return name


def test_a_room_opens_at_its_newest_message(ada: Person, book: str) -> None:
    ada.join(book)
    expect(ada.message(f"line {MANY - 1}")).to_be_in_viewport()
    assert ada.texts.count() < MANY


def test_older_messages_come_on_scrolling_up_and_the_view_stands(ada: Person, book: str) -> None:
    with Gate(ada.page, OLDER):
        ada.join(book)
        expect(ada.message(f"line {MANY - 1}")).to_be_in_viewport()
        to_the_top(ada)
        oldest = first_number(ada)
        anchor = ada.message(f"line {oldest}")
        expect(ada.timeline.get_by_text(ada.words("timeline.older"))).to_be_visible()
        was_at = top_of(ada, oldest)
    expect(ada.message(f"line {oldest - 1}")).to_be_attached()
    expect(anchor).to_be_in_viewport()
    assert abs(top_of(ada, oldest) - was_at) < NEAR


def test_scrolling_up_to_the_beginning_shows_every_message_once(ada: Person, book: str) -> None:
    ada.join(book)
    start = ada.timeline.get_by_text(ada.words("timeline.start", room=book))
    expect(ada.message(f"line {MANY - 1}")).to_be_in_viewport()
    met: set[int] = set()
    while 0 not in met:
        read = [int(text.removeprefix("line ")) for text in ada.read()]
        assert read == list(range(read[0], read[-1] + 1))
        met.update(read)
        ada.scroll(-300, until=ada.message(f"line {max(0, read[0] - 1)}"))
    to_the_top(ada)
    expect(start).to_be_visible()
    assert met == set(range(MANY))


def test_one_who_has_scrolled_up_goes_back_down_by_a_button(ada: Person, book: str) -> None:
    ada.join(book)
    expect(ada.message(f"line {MANY - 1}")).to_be_in_viewport()
    to_the_top(ada)
    jump = ada.page.get_by_role("button", name=ada.words("timeline.latest"))
    jump.click()
    expect(ada.message(f"line {MANY - 1}")).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_older_messages_that_cannot_be_had_are_said_and_asked_for_again(ada: Person, book: str) -> None:
    ada.watch.expects("ERR_FAILED")
    ada.page.route(OLDER, lambda route: route.abort())
    ada.join(book)
    to_the_top(ada)
    expect(ada.timeline.get_by_text(ada.words("timeline.failed"))).to_be_visible()
    ada.page.unroute(OLDER)
    oldest = first_number(ada)
    ada.timeline.get_by_role("button", name=ada.words("timeline.again")).click()
    expect(ada.message(f"line {oldest - 1}")).to_be_attached()
    expect(ada.timeline.get_by_text(ada.words("timeline.failed"))).to_be_hidden()


def test_what_one_writes_is_in_view_wherever_one_was_reading(ada: Person, book: str) -> None:
    ada.join(book)
    to_the_top(ada)
    text = fresh("back at the end ")
    ada.say(text)
    expect(ada.message(text)).to_be_in_viewport()


@pytest.mark.parametrize(
    ("locale", "language", "zone", "clock", "day"),
    [
        ("en-US", "en", "America/New_York", "06:30 PM", "March 1"),
        ("en-GB", "en", "Europe/London", "23:30", "1 March"),
        ("fr-FR", "fr", "Asia/Tokyo", "08:30", "2 mars"),
    ],
)
def test_times_are_those_of_the_readers_zone_in_the_readers_language(
    guests: Company, host: Account, locale: str, language: str, zone: str, clock: str, day: str
) -> None:
    room, name = host.make_room("diary")
    host.say("dear diary", room=room)
    reader = guests.member("Reader", language=language, locale=locale, timezone_id=zone)
    say_written(reader, datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    reader.join(name)
    time = reader.message("dear diary").locator("time")
    assert " ".join(time.inner_text().split()) == clock
    expect(time).to_have_attribute("datetime", "2026-03-01T23:30:00.000+00:00")
    expect(reader.timeline.locator(".day")).to_contain_text(day)
    expect(reader.timeline.locator(".day")).to_contain_text("2026")


def say_written(reader: Person, moment: datetime) -> None:
    """Let the server's answers to ``reader`` say that all messages were written at one moment."""

    def answer(route: Route) -> None:
        found = route.fetch()
        body = found.json()
        for message in body["messages"]:
            message["at"] = int(moment.timestamp() * 1_000)
        route.fulfill(response=found, json=body)

    reader.page.route("**/messages?*", answer)


def to_the_top(person: Person) -> None:
    """Scroll up as far as it goes, with the wheel."""
    person.timeline.hover()
    while person.timeline.evaluate("element => element.scrollTop") > 0:
        person.page.mouse.wheel(0, -2_000)


def first_number(person: Person) -> int:
    """Return the number of the oldest message that is shown."""
    return int(person.texts.first.inner_text().removeprefix("line "))


def top_of(person: Person, number: int) -> float:
    """Return where on the screen the text of a message begins: what stands above it may go with its company."""
    text = person.message(f"line {number}").locator(".message-text")
    top: float = text.evaluate("element => element.getBoundingClientRect().top")
    return top
