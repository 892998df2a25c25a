"""The connection panel: while the server goes away and comes back, with the keyboard alone, for every eye and ear."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

import axe
from account import fresh
from company import Company
from person import Person
from tests.support.running import RunningServer
from watch import OFFLINE, OUTAGE
from words import Words

HEARD = """() => {
  window.heard = [];
  const line = document.getElementById("line-text");
  new MutationObserver(() => window.heard.push(line.textContent)).observe(line, { childList: true, subtree: true });
}"""
"""Keep what a screen reader says of the connection: whatever is written into the one region that speaks."""


class Panel:
    """The panel on somebody's page."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.page: Page = person.page
        self.opener: Locator = self.page.get_by_role("button", name=person.words("panel.open"), exact=True)
        self.root: Locator = self.page.locator("#panel")

    def open(self) -> None:
        """Open it."""
        self.opener.click()
        expect(self.root).to_be_visible()
        expect(self.opener).to_have_attribute("aria-expanded", "true")

    def value(self, key: str) -> Locator:
        """The figure of this name."""
        row = self.root.locator("dl > div").filter(has_text=self.person.words(key))
        return row.locator("dd")

    def count(self, name: str) -> int:
        """Return how often something is in the picture, as its legend says."""
        return int(self.root.locator(f"#panel-{name}").inner_text().split()[0])

    def path(self, name: str) -> str:
        """Return a path of the picture."""
        return self.root.locator(f"#picture-{name}").get_attribute("d") or ""


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody in the chat."""
    return everyone.member("Ada")


@pytest.fixture
def panel(ada: Person, server: RunningServer) -> Iterator[Panel]:
    """The panel, open; at the end it is closed, and the server runs."""
    ada.is_in()
    panel = Panel(ada)
    panel.open()
    yield panel
    try:
        assert server.pid
    except AssertionError:
        server.start()
    ada.is_live()
    if panel.root.is_visible():
        panel.root.get_by_role("button", name=ada.words("panel.close"), exact=True).click()


def test_one_sees_the_server_go_and_come_back(ada: Person, panel: Panel, server: RunningServer) -> None:
    ada.watch.expects(OUTAGE)
    words = ada.words
    expect(panel.root.get_by_role("heading", name=words("line.live"))).to_be_visible()
    expect(panel.value("panel.round_trip")).to_contain_text("ms")
    losses, returns = panel.count("losses"), panel.count("returns")
    assert panel.path("trace")
    ada.page.evaluate(HEARD)

    server.kill()
    ada.is_lost()
    expect(panel.root).to_have_attribute("data-tone", "lost")
    expect(panel.root.locator("#panel-reason")).to_have_text(words("panel.cause.server_down"))
    expect(panel.root.locator("#panel-code")).to_have_text("server_down 1006")
    expect(panel.value("panel.attempt")).not_to_have_text("1")
    ada.say("kept")
    expect(panel.value("panel.queued")).to_have_text("1")
    assert panel.count("losses") == losses + 1
    assert panel.count("tries") > 1
    assert panel.path("lost")

    server.start()
    ada.is_live()
    expect(panel.root).to_have_attribute("data-tone", "live")
    expect(panel.value("panel.queued")).to_have_text(words("panel.nothing"))
    expect(panel.value("panel.outage")).to_contain_text("s")
    assert panel.count("returns") == returns + 1
    assert panel.page.evaluate("() => heard") == [words("line.lost"), words("line.server_down"), words("line.live")]
    assert panel.root.locator("[role=status], [role=alert], [aria-live]").count() == 0


def test_it_counts_the_seconds_and_makes_no_second_interval(ada: Person, panel: Panel) -> None:
    made = ada.meters().made_intervals
    expect(panel.value("panel.contact")).to_have_text(ada.words("panel.ago", n=2))
    expect(panel.value("panel.contact")).to_have_text(ada.words("panel.ago", n=3))
    assert ada.meters().made_intervals == made


def test_its_button_tries_at_once(ada: Person, panel: Panel, server: RunningServer) -> None:
    ada.watch.tolerates(OUTAGE)
    ada.watch.expects("status of 503")
    busy = '{"error": {"code": "busy", "message": "later", "retry_ms": 600000}}'
    ada.page.route("**/api/alive", lambda route: route.fulfill(status=503, body=busy, content_type="application/json"))
    server.restart()
    expect(panel.root.locator("#panel-code")).to_have_text("busy 1006")
    expect(panel.value("panel.next")).to_have_text(ada.words("panel.in", n=599))
    ada.page.unroute("**/api/alive")
    panel.root.get_by_role("button", name=ada.words("line.retry"), exact=True).click()
    ada.is_live()
    expect(panel.root.get_by_role("button", name=ada.words("line.retry"), exact=True)).to_be_hidden()


def test_it_opens_and_works_without_a_network(ada: Person) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.is_in()
    ada.context.set_offline(True)
    ada.is_lost()
    panel = Panel(ada)
    panel.open()
    expect(panel.root.locator("#panel-code")).to_have_text("offline")
    expect(panel.root.get_by_text(ada.words("panel.cause.offline"))).to_be_visible()
    ada.context.set_offline(False)
    ada.is_live()
    expect(panel.root).to_have_attribute("data-tone", "live")
    panel.opener.click()
    expect(panel.root).to_be_hidden()


def test_with_the_keyboard_alone_one_opens_it_reads_on_and_closes_it(ada: Person) -> None:
    ada.is_in()
    panel, keyboard = Panel(ada), ada.page.keyboard
    ada.composer.focus()
    for _ in range(5):
        keyboard.press("Tab")
        if panel.opener.evaluate("element => element === document.activeElement"):
            break
    expect(panel.opener).to_be_focused()
    keyboard.press("Enter")
    expect(panel.root.locator("#panel-title")).to_be_focused()
    keyboard.press("Tab")
    expect(panel.root.get_by_role("button", name=ada.words("panel.close"), exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(panel.root).to_be_hidden()
    expect(panel.opener).to_be_focused()
    expect(panel.opener).to_have_attribute("aria-expanded", "false")
    # It is no modal dialog: one writes beside it, and Escape then leaves the focus where it is.
    keyboard.press("Enter")
    text = fresh("beside it")
    ada.say(text)
    ada.reads_last(text)
    keyboard.press("Escape")
    expect(panel.root).to_be_hidden()
    expect(ada.composer).to_be_focused()


@pytest.mark.parametrize(("tone", "width", "height"), [("lost", 360, 740), ("live", 1280, 720)])
def test_it_shuts_nobody_out(ada: Person, panel: Panel, tone: str, width: int, height: int) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.page.set_viewport_size({"width": width, "height": height})
    ada.context.set_offline(tone == "lost")
    expect(panel.root).to_have_attribute("data-tone", tone)
    wrong = look(ada)
    ada.context.set_offline(False)
    ada.is_live()
    ada.page.emulate_media(color_scheme="no-preference", reduced_motion="no-preference")
    ada.page.set_viewport_size({"width": 1280, "height": 720})
    assert wrong == []


def look(person: Person) -> list[str]:
    """Return what is wrong with the page in either theme and either language."""
    found = []
    for language in ("fr", "en"):
        person.page.locator("[data-act=tongue]").first.dispatch_event("click")
        person.words = Words(language)
        expect(person.html).to_have_attribute("lang", language)
        expect(person.page.locator("#panel")).to_be_in_viewport(ratio=1)
        for theme in ("light", "dark"):
            person.page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
            found += [f"{language}, {theme}: {wrong}" for wrong in axe.violations(person.page)]
        wide, there = person.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        found += [] if wide <= there else [f"{language}: {wide} pixels on {there}"]
    return found
