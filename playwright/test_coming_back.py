"""The scene the article starts from: the server goes away under open pages, and they are back by themselves."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from account import fresh
from company import Company
from person import Person
from tests.support.running import RunningServer
from watch import OFFLINE, OUTAGE

LATER = '{{"error": {{"code": "busy", "message": "later", "retry_ms": {retry_ms}}}}}'


@pytest.fixture(scope="module")
def everyone_there(everyone: Company) -> tuple[Person, Person]:
    """The two who live through all of it."""
    return everyone.member("Ada"), everyone.member("Bob")


@pytest.fixture
def room(everyone_there: tuple[Person, Person], server: RunningServer) -> Iterator[str]:
    """An empty room that both are in; at the end the server runs."""
    ada, bob = everyone_there
    name = fresh("tea")
    ada.is_in()
    bob.is_in()
    ada.make_room(name)
    bob.join(name)
    yield name
    try:
        assert server.pid
    except AssertionError:
        server.start()


@pytest.fixture
def ada(everyone_there: tuple[Person, Person], room: str) -> Person:
    """One of the two."""
    return everyone_there[0]


@pytest.fixture
def bob(everyone_there: tuple[Person, Person], room: str) -> Person:
    """The other one."""
    return everyone_there[1]


def holds_one_socket(person: Person) -> None:
    """One socket and no interval are left, and there was never more than one of either."""
    reading = person.meters()
    assert (reading.sockets, reading.intervals) == (1, 0)
    assert (reading.most_sockets, reading.most_intervals) == (1, 1)


def test_both_are_back_by_themselves_and_no_message_is_lost_or_doubled(
    ada: Person, bob: Person, server: RunningServer
) -> None:
    ada.watch.expects(OUTAGE)
    bob.watch.expects(OUTAGE)
    ada.say("before")
    bob.reads("before")
    server.kill()
    for person in (ada, bob):
        person.is_lost()
        expect(person.line).to_contain_text(person.words("line.server_down"))
    ada.say("while it was away, one")
    ada.say("while it was away, two")
    bob.say("while it was away, from Bob")
    expect(ada.message("while it was away, two")).to_contain_text(ada.words("message.queued"))
    expect(ada.line).to_contain_text(ada.words("line.queued.other", n=2))
    server.start()
    ada.is_live()
    bob.is_live()
    for person in (ada, bob):
        expect(person.texts).to_have_count(4)
        expect(person.timeline.locator(".pending")).to_have_count(0)
    assert ada.read() == bob.read()
    assert [text for text in ada.read() if not text.endswith("Bob")] == [
        "before",
        "while it was away, one",
        "while it was away, two",
    ]
    ada.say("after")
    bob.reads(*ada.read())
    for person in (ada, bob):
        expect(person.line).to_contain_text(person.words("line.live"))
        holds_one_socket(person)
        person.reload()
        person.is_in()
        expect(person.texts).to_have_count(5)
    assert bob.read() == ada.read()
    assert bob.read()[-1] == "after"


def test_five_outages_leave_one_socket_and_every_message_once(ada: Person, bob: Person, server: RunningServer) -> None:
    ada.watch.expects(OUTAGE)
    bob.watch.expects(OUTAGE)
    made = ada.meters().made_sockets
    said = []
    for number in range(5):
        server.kill()
        ada.is_lost()
        ada.say(f"outage {number}")
        said.append(f"outage {number}")
        server.start()
        ada.reads(*said)
        bob.reads(*said)
    for person in (ada, bob):
        person.is_live()
        holds_one_socket(person)
    assert ada.meters().made_sockets == made + 5


def test_what_others_said_meanwhile_is_there_in_order(ada: Person, bob: Person) -> None:
    ada.watch.tolerates(OFFLINE)
    bob.say("one")
    ada.reads("one")
    ada.context.set_offline(True)
    ada.is_lost()
    for text in ("two", "three", "four"):
        bob.say(text)
    bob.reads("one", "two", "three", "four")
    ada.say("five, written offline")
    ada.context.set_offline(False)
    ada.reads("one", "two", "three", "four", "five, written offline")
    bob.reads("one", "two", "three", "four", "five, written offline")
    holds_one_socket(ada)


def test_a_restart_in_good_order_is_no_different(ada: Person, bob: Person, server: RunningServer) -> None:
    ada.watch.tolerates(OUTAGE)
    bob.watch.tolerates(OUTAGE)
    ada.say("before")
    bob.reads("before")
    server.stop()
    ada.is_lost()
    ada.say("between")
    server.start()
    ada.reads("before", "between")
    bob.reads("before", "between")
    holds_one_socket(ada)


def test_without_a_network_it_is_said_and_the_zombie_is_replaced(ada: Person) -> None:
    """While Chromium emulates being offline, an open socket stays open and brings nothing: only the link can tell."""
    ada.watch.tolerates(OFFLINE)
    made = ada.meters().made_sockets
    ada.context.set_offline(True)
    ada.is_lost()
    expect(ada.line).to_contain_text(ada.words("line.offline"))
    ada.context.set_offline(False)
    ada.is_live()
    expect(ada.line).to_contain_text(ada.words("line.live"))
    holds_one_socket(ada)
    assert ada.meters().made_sockets == made + 1
    ada.say("here again")
    ada.reads("here again")


def test_a_server_that_hangs_is_noticed_when_the_page_wakes(ada: Person, bob: Person, server: RunningServer) -> None:
    """The connection is open and says nothing: what a dead network leaves behind.

    What was sent on it is stored late, and sent again on the next one: the server has to know it again.
    """
    ada.watch.tolerates(OUTAGE)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        ada.say("is anybody there?")
        ada.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        ada.is_lost()
        ada.say("hello?")
    finally:
        os.kill(server.pid, signal.SIGCONT)
    ada.is_live()
    ada.reads("is anybody there?", "hello?")
    bob.reads("is anybody there?", "hello?")
    holds_one_socket(ada)


def test_a_page_that_was_frozen_is_back_when_it_thaws(ada: Person, bob: Person, server: RunningServer) -> None:
    """What a browser does to a tab in the background: no timer runs, and nothing that arrives is handled."""
    ada.watch.tolerates(OUTAGE)
    bob.watch.tolerates(OUTAGE)
    browser = ada.context.new_cdp_session(ada.page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    server.restart()
    bob.say("did you sleep well?")
    bob.reads("did you sleep well?")
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    ada.reads("did you sleep well?")
    ada.is_live()
    holds_one_socket(ada)


def test_a_hidden_page_is_back_by_itself_and_tells_in_its_title(
    ada: Person, bob: Person, server: RunningServer
) -> None:
    ada.watch.expects(OUTAGE)
    bob.watch.tolerates(OUTAGE)
    look_at(ada, shown=False)
    server.kill()
    ada.is_lost()
    server.start()
    ada.is_live()
    bob.say("look!")
    expect(ada.page).to_have_title(re.compile(r"^\(1\) "))
    look_at(ada, shown=True)
    expect(ada.page).to_have_title(re.compile(r"^[^(]"))
    ada.reads("look!")
    holds_one_socket(ada)


def look_at(person: Person, *, shown: bool) -> None:
    """Tell the page that it is hidden, or shown again. A browser without a screen never hides one by itself."""
    person.page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          Object.defineProperty(document, "visibilityState", {
            configurable: true, get: () => (hidden ? "hidden" : "visible"),
          });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        not shown,
    )


def test_one_who_asks_tries_at_once(ada: Person, bob: Person, server: RunningServer) -> None:
    """The button is there while the next try is some way off: here, because the server asked for it."""
    ada.watch.tolerates(OUTAGE)
    bob.watch.tolerates(OUTAGE)
    ada.watch.expects("status of 503")
    busy = LATER.format(retry_ms=600_000)
    ada.page.route("**/api/alive", lambda route: route.fulfill(status=503, body=busy, content_type="application/json"))
    server.restart()
    expect(ada.line).to_contain_text(ada.words("line.busy"))
    ada.page.unroute("**/api/alive")
    ada.line.get_by_role("button", name=ada.words("line.retry"), exact=True).click()
    ada.is_live()
    holds_one_socket(ada)


def test_a_page_opened_while_the_server_is_busy_comes_in_when_it_is_not(ada: Person) -> None:
    ada.watch.expects("status of 503")
    busy = LATER.format(retry_ms=100)
    ada.page.route(
        "**/api/refresh", lambda route: route.fulfill(status=503, body=busy, content_type="application/json")
    )
    with ada.page.expect_response("**/api/refresh"):
        ada.page.reload()
    expect(ada.composer).to_be_visible()
    ada.page.unroute("**/api/refresh")
    ada.is_in()
    holds_one_socket(ada)


def test_a_session_that_ended_during_the_outage_is_said(ada: Person, bob: Person, server: RunningServer) -> None:
    ada.watch.tolerates(OUTAGE)
    bob.watch.tolerates(OUTAGE)
    ada.watch.expects(r"status of 401 .*/api/refresh")
    ada.composer.fill("half a thought")
    # The session ends while the page hears nothing of it.
    ada.context.new_cdp_session(ada.page).send("Page.setWebLifecycleState", {"state": "frozen"})
    assert ada.context.request.post("/api/logout").ok
    server.restart()
    ada.context.new_cdp_session(ada.page).send("Page.setWebLifecycleState", {"state": "active"})
    expect(ada.html).to_have_attribute("data-link", "signed_out")
    expect(ada.line).to_contain_text(ada.words("line.signed_out"))
    reading = ada.meters()
    assert (reading.sockets, reading.intervals) == (0, 0)
    ada.line.get_by_role("button", name=ada.words("line.log_in"), exact=True).click()
    ada.log_in()
    ada.is_in()
    expect(ada.composer).to_have_value("half a thought")
    ada.composer.fill("")
