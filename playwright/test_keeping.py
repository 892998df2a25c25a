"""Nothing is lost: what was typed outlives the page, the tab, the browser's patience and the session.

Each scenario ends with the same check against the server's database (checker.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect
from playwright.sync_api import Error as PlaywrightError

from account import Account, fresh
from axe import violations
from checker import check, keeps_nothing, outbox, shows, stored
from company import Company
from person import Person
from tests.support.running import RunningServer
from watch import OFFLINE, OUTAGE

PREPARED = "async () => { await navigator.serviceWorker.ready; }"
"""Resolves once the page can be opened without a network."""

LEFT = """
async () => {
  const bases = async () =>
    (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("rebond"));
  // It is emptied before anything else; that it goes as well, the browser may put off.
  for (let tries = 0; tries < 600 && (await bases()).length; tries++) await new Promise((go) => setTimeout(go, 50));
  return [await bases(), { ...localStorage }, { ...sessionStorage }];
}
"""
"""What a browser still holds of an account, once it has had the time to let go of it."""

REFUSE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (name, ...rest) {
  if (name.startsWith("rebond:")) throw new DOMException("no storage here", "SecurityError");
  return open.call(this, name, ...rest);
};
"""
"""What a browser does that lets a page keep nothing. (PyScript's own attempt is not what this is about.)"""


WIPE = """
async () => {
  localStorage.clear();
  const names = (await indexedDB.databases()).map(({ name }) => name);
  const gone = (name) => new Promise((done) => { indexedDB.deleteDatabase(name).onsuccess = done; });
  await Promise.all(names.map(gone));
}
"""
"""Makes a browser that of somebody new, but for what it has fetched."""

HANG = """
async () => {
  const [name] = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("rebond:"));
  const base = await new Promise((done) => { indexedDB.open(name).onsuccess = ({ target }) => done(target.result); });
  base.transaction("outbox", "readwrite").objectStore("outbox").count().onsuccess = () => alert("hung");
}
"""
"""What a page does that hangs in the midst of a transaction: nobody else can write."""


@pytest.fixture(scope="module")
def resident(everyone: Company) -> Person:
    """Somebody whose page stays open from one scenario to the next, each in a room of its own."""
    return everyone.member("Ada")


@pytest.fixture(autouse=True)
def outages_are_meant(resident: Person) -> None:
    """Whichever scenario stops the server, the page that stays open says so."""
    resident.watch.tolerates(OUTAGE)


@pytest.fixture
def ada(resident: Person, server: RunningServer) -> Iterator[Person]:
    """The same; at the end there is a network again, and the server runs."""
    yield resident
    resident.context.set_offline(False)
    revive(server)


@pytest.fixture(scope="module")
def device(everyone: Company) -> Person:
    """A browser that newcomers share: from the second on, what the page is made of is in its cache."""
    return everyone.person("Ada")


@pytest.fixture
def newcomer(device: Person, everyone: Company, server: RunningServer) -> Iterator[Person]:
    """Somebody new, who has not opened the page yet; at the end the server runs and the browser is wiped."""
    # What is no page of ours has no icon.
    device.watch.tolerates(r"/favicon\.ico")
    device.name = fresh("Ada")
    device.page = device.context.new_page()
    everyone.let_in(device, "register")
    yield device
    revive(server)
    page = device.context.new_page()
    for other in device.context.pages:
        if other is not page:
            other.close()
    page.goto("/healthz")
    page.evaluate(WIPE)
    device.context.clear_cookies()
    page.close()


@pytest.fixture
def company(browser: Browser, server: RunningServer) -> Iterator[Company]:
    """People with browsers of their own; at the end the server runs."""
    with Company(browser, server) as company:
        yield company
    revive(server)


def revive(server: RunningServer) -> None:
    """Start the server, unless it runs."""
    try:
        assert server.pid
    except AssertionError:
        server.start()


PAGES = "**/messages?*"


def numbered(stem: str, count: int) -> list[str]:
    """Return texts that no other test types."""
    name = fresh(stem)
    return [f"{name} {number}" for number in range(count)]


def say_all(person: Person, texts: list[str]) -> None:
    for text in texts:
        person.say(text)


def crash(person: Person) -> None:
    """End the tab's process, as running out of memory does: no code of the page runs any more."""
    with person.page.expect_event("crash"), pytest.raises(PlaywrightError, match="Timeout"):
        person.context.new_cdp_session(person.page).send("Page.crash", timeout=500)
    person.page.close()


def room_of(person: Person, host: Account, stem: str) -> str:
    """Have the person in a room of its own; return its id."""
    room, name = host.make_room(stem)
    person.join(name)
    return room


def prepared(company: Company) -> Person:
    """Return somebody whose page opens without a server as well."""
    person = company.member("Ada", service_workers="allow")
    person.page.evaluate(PREPARED)
    person.watch.tolerates(OUTAGE)
    return person


def test_a_full_outbox_outlives_a_reload_and_a_crash_while_the_server_is_down(
    company: Company, server: RunningServer, host: Account
) -> None:
    ada = prepared(company)
    room = room_of(ada, host, "storm")
    host.say("before the storm", room=room)
    ada.reads("before the storm")
    address = ada.page.url
    typed = numbered("storm", 20)
    server.kill()
    ada.is_lost()
    say_all(ada, typed[:10])
    ada.reload()
    # As it was left, before any network has answered, and it says so.
    expect(ada.texts).to_have_text(["before the storm", *typed[:10]], use_inner_text=True)
    expect(ada.timeline.locator(".message.queued")).to_have_count(10)
    expect(ada.page.locator("#as-of")).to_be_visible()
    say_all(ada, typed[10:])
    assert outbox(ada) == typed
    crash(ada)
    ada.page = ada.context.new_page()
    ada.page.goto(address)
    ada.is_ready()
    # A tab of another name: it takes over what the crashed one has left.
    expect(ada.texts).to_have_text(["before the storm", *typed], use_inner_text=True)
    server.start()
    ada.is_live()
    ada.reads("before the storm", *typed)
    check(server, ada, typed, room)
    keeps_nothing(ada)


def test_what_enter_sends_as_the_page_goes_is_stored_or_still_in_the_composer(
    company: Company, server: RunningServer, host: Account
) -> None:
    """No page hears what the storage answers; Chromium writes 99 of 100 all the same, and promises none."""
    ada = prepared(company)
    room = room_of(ada, host, "haste")
    server.kill()
    ada.is_lost()
    typed = numbered("haste", 3)
    for number, text in enumerate(typed):
        ada.composer.fill(text)
        ada.composer.evaluate(
            """(field) => addEventListener("pagehide", () => {
              field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
            })"""
        )
        ada.reload()
        ada.is_ready()
        there = outbox(ada)
        assert there in (typed[:number], typed[: number + 1])
        expect(ada.composer).to_have_value("" if text in there else text)
        if text not in there:
            ada.composer.press("Enter")
        expect(ada.texts).to_have_text(typed[: number + 1], use_inner_text=True)
        expect(ada.composer).to_have_value("")
    server.start()
    ada.is_live()
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_a_tab_that_is_closed_leaves_its_messages_to_the_other(
    ada: Person, server: RunningServer, host: Account
) -> None:
    ada.watch.tolerates(OUTAGE)
    room = room_of(ada, host, "relay")
    other = Person(ada.context, ada.watch, ada.words, ada.name)
    other.open(ada.page.url.removeprefix(server.url))
    other.is_in()
    typed = numbered("relay", 6)
    server.kill()
    other.is_lost()
    say_all(other, typed[:3])
    ada.is_lost()
    say_all(ada, typed[3:])
    other.page.close()
    server.start()
    ada.is_live()
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_what_one_account_has_typed_is_not_sent_by_another_that_signs_in_from_another_tab(
    ada: Person, server: RunningServer, host: Account
) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.watch.tolerates("status of 401|bad_token")
    room = room_of(ada, host, "switch")
    typed = numbered("switch", 2)
    ada.context.set_offline(True)
    ada.is_lost()
    say_all(ada, typed)
    # What another tab does: the cookie is Bob's from now on.
    assert ada.context.request.post("/api/logout").ok
    bob = Account.register(server, "Bob")
    assert ada.context.request.post("/api/login", data={"name": bob.name, "password": ada.password}).ok
    ada.context.set_offline(False)
    expect(ada.html).to_have_attribute("data-link", "signed_out")
    assert stored(server, room) == []
    assert outbox(ada) == typed
    expect(ada.texts).to_have_text(typed, use_inner_text=True)
    ada.line.get_by_role("button", name=ada.words("line.log_in"), exact=True).click()
    ada.log_in()
    ada.is_in()
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_a_thousand_messages_missed_are_a_hole_that_loads_on_scrolling(
    ada: Person, server: RunningServer, host: Account
) -> None:
    ada.watch.tolerates(OFFLINE)
    room = room_of(ada, host, "crowd")
    before = numbered("first", 60)
    host.say(*before, room=room)
    ada.reads_last(*before[-5:])
    ada.context.set_offline(True)
    ada.is_lost()
    host.say(*numbered("crowd", 1_000), room=room)
    ada.say("said in the tunnel")
    ada.context.set_offline(False)
    ada.is_live()
    ada.reads_last("said in the tunnel")
    # What cannot be had is asked for by hand, and what is missing besides by scrolling on.
    hole = ada.timeline.locator(".hole")
    ada.watch.expects("ERR_FAILED")
    ada.page.route(PAGES, lambda route: route.abort())
    ada.scroll(-100, until=hole.get_by_text(ada.words("hole.failed")))
    assert violations(ada.page) == []
    crowd, number = ada.timeline.locator(".hole ~ .message .message-text").first.inner_text().split()
    ada.page.unroute(PAGES)
    hole.get_by_role("button").evaluate("button => button.click()")  # without going there
    expect(ada.message(f"{crowd} {int(number) - 1}")).to_be_attached()
    # Slowly: in a long frame, larger turns would go past it.
    ada.scroll(-100, until=ada.message(f"{crowd} {int(number) - 60}"))
    expect(ada.timeline.get_by_text(ada.words("hole.loading"))).to_have_count(0)
    ada.timeline.press("End")
    check(server, ada, ["said in the tunnel"], room)
    ada.reload()
    ada.is_live()
    shows(server, ada, room)


def test_a_disk_that_is_full_is_said_and_what_is_typed_is_sent_from_memory(
    company: Company, server: RunningServer, host: Account
) -> None:
    ada = company.person("Ada")
    company.let_in(ada, "register")
    # Less than the page's database takes when it is empty: it can be opened, and nothing be written to it. Set before
    # that, since Chromium looks only now and then how much is left.
    debugger = ada.context.new_cdp_session(ada.page)
    debugger.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 60_000})
    ada.open()
    ada.is_in()
    ada.watch.tolerates(OUTAGE)
    room = room_of(ada, host, "disk")
    typed = numbered("disk", 3)
    server.kill()
    ada.is_lost()
    say_all(ada, typed)
    expect(ada.page.locator("#notes")).to_contain_text(ada.words("note.unkept"))
    expect(ada.messages.filter(has_text=ada.words("message.unkept"))).to_have_count(len(typed))
    assert outbox(ada) == []
    server.start()
    ada.is_live()
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_where_the_browser_keeps_nothing_the_chat_works_and_says_so(
    newcomer: Person, server: RunningServer, host: Account
) -> None:
    ada = newcomer
    ada.page.add_init_script(REFUSE)
    ada.open()
    ada.is_in()
    ada.watch.tolerates(OUTAGE)
    room = room_of(ada, host, "private")
    typed = numbered("private", 2)
    server.kill()
    ada.is_lost()
    ada.say(typed[0])
    expect(ada.page.locator("#notes")).to_contain_text(ada.words("note.unkept"))
    expect(ada.message(typed[0])).to_contain_text(ada.words("message.unkept"))
    ada.say(typed[1])
    server.start()
    ada.is_live()
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_a_storage_that_never_answers_is_waited_for_no_longer_than_it_is_worth(
    ada: Person, server: RunningServer, host: Account
) -> None:
    ada.watch.tolerates(r"/favicon\.ico")
    room = room_of(ada, host, "mute")
    typed = numbered("mute", 2)
    hung = ada.context.new_page()
    hung.goto("/healthz")
    with hung.expect_event("dialog") as dialog:
        hung.evaluate(HANG)
    ada.say(typed[0])
    expect(ada.page.locator("#notes")).to_contain_text(ada.words("note.unkept"))
    ada.reads(typed[0])
    dialog.value.accept()
    hung.close()
    ada.say(typed[1])
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_a_device_that_slept_past_its_token_sends_what_was_typed_once_it_is_awake(
    browser: Browser, tmp_path: Path
) -> None:
    with RunningServer(tmp_path, token_seconds=2) as server, Company(browser, server) as company:
        ada = company.member("Ada")
        ada.watch.tolerates(OFFLINE)
        ada.watch.tolerates(OUTAGE)
        typed = numbered("asleep", 3)
        ada.context.set_offline(True)
        ada.is_lost()
        say_all(ada, typed[:2])
        debugger = ada.context.new_cdp_session(ada.page)
        debugger.send("Page.setWebLifecycleState", {"state": "frozen"})
        is_over(server, Account.log_in(server, ada.name).token)
        ada.context.set_offline(False)
        debugger.send("Page.setWebLifecycleState", {"state": "active"})
        ada.is_live()
        ada.say(typed[2])
        ada.reads(*typed)
        check(server, ada, typed)


def is_over(server: RunningServer, token: str) -> None:
    """Wait until a token that was given out just now is good no more: one given out before is not either."""
    while httpx.get(f"{server.url}/api/me", headers={"authorization": f"Bearer {token}"}).status_code != 401:
        pass


def test_a_session_that_ran_out_leads_to_the_door_and_keeps_what_waits(
    ada: Person, server: RunningServer, host: Account
) -> None:
    ada.watch.tolerates(OUTAGE)
    ada.watch.tolerates("status of 401")
    room = room_of(ada, host, "door")
    typed = numbered("door", 2)
    server.kill()
    ada.is_lost()
    say_all(ada, typed)
    ada.page.goto("about:blank")
    server.start()
    # The session is over, and the page does not know yet: the sign beside the cookie is still there.
    ada.context.clear_cookies(name="rebond_refresh")
    ada.page.goto("/")
    ada.is_ready()
    ada.is_at_door()
    expect(ada.form("login").get_by_label(ada.words("door.name"), exact=True)).to_have_value(ada.name)
    assert outbox(ada) == typed
    ada.log_in()
    ada.is_in()
    ada.page.goto(f"/#room/{room}")
    ada.reads(*typed)
    check(server, ada, typed, room)


def test_logging_out_offers_what_was_not_sent_as_a_file_and_leaves_nothing(
    newcomer: Person, server: RunningServer, host: Account, tmp_path: Path
) -> None:
    ada = newcomer
    ada.open()
    ada.is_in()
    ada.watch.tolerates("status of 401|WebSocket")
    room = room_of(ada, host, "leaving")
    sent, *unsent = numbered("leaving", 3)
    ada.say(sent)
    ada.reads(sent)
    # A network that lets requests through and no WebSocket.
    ada.page.route_web_socket(re.compile("/ws$"), hang)
    ada.reload()
    expect(ada.message(sent)).to_be_visible()
    say_all(ada, unsent)
    ada.composer.fill("only begun")
    ada.log_out()
    dialog = ada.page.get_by_role("dialog", name=ada.words("unsent.title"))
    expect(dialog).to_contain_text(ada.words("unsent.text.other", n=2))
    assert violations(ada.page) == []
    dialog.get_by_role("button", name=ada.words("unsent.stay"), exact=True).click()
    expect(dialog).to_be_hidden()
    check(server, ada, [sent, *unsent], room)
    ada.log_out()
    with ada.page.expect_download() as download:
        dialog.get_by_role("button", name=ada.words("unsent.save"), exact=True).click()
    file = tmp_path / "unsent.txt"
    download.value.save_as(file)
    title, head, *texts = file.read_text(encoding="utf-8").strip().split("\n\n")
    assert ada.name in title
    assert head.startswith("# leaving")
    assert texts == unsent
    dialog.get_by_role("button", name=ada.words("unsent.leave"), exact=True).click()
    ada.is_at_door()
    assert ada.page.evaluate(LEFT) == [[], {}, {}]
    assert unsent[0] not in [text for _, text in stored(server, room)]


def hang(socket: WebSocketRoute) -> None:
    """Open, and never say a word."""


def test_what_ends_the_connection_is_parked_and_one_tries_it_again_or_takes_it_back(
    newcomer: Person, server: RunningServer, host: Account
) -> None:
    ada = newcomer
    heavy, light, hopeless = numbered("parked", 3)
    blamed = {heavy, hopeless}

    def blame(socket: WebSocketRoute) -> None:
        """What a proxy does to which some messages are too much."""
        beyond = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if any(text in str(frame) for text in blamed):
                socket.close(code=1009, reason="too big")
                beyond.close()
            else:
                beyond.send(frame)

        socket.on_message(pass_on)

    ada.page.route_web_socket(re.compile("/ws$"), blame)
    ada.open()
    ada.is_in()
    room = room_of(ada, host, "parked")
    ada.say(heavy)
    parked = ada.timeline.locator(".message.parked")
    expect(parked).to_contain_text(ada.words("message.parked"))
    ada.is_live()
    ada.say(light)
    # It holds nobody up, and waits for its user.
    expect(ada.timeline.locator(".message:not(.pending) .message-text")).to_have_text([light])
    assert violations(ada.page) == []
    check(server, ada, [light], room)
    blamed.remove(heavy)
    parked.get_by_role("button", name=ada.words("message.release"), exact=True).click()
    ada.reads(light, heavy)
    check(server, ada, [light, heavy], room)
    ada.say(hopeless)
    parked.get_by_role("button", name=ada.words("message.give_up"), exact=True).click()
    expect(ada.composer).to_have_value(hopeless)
    ada.reads(light, heavy)
    assert stored(server, room)[2:] == []
    keeps_nothing(ada)


def test_edits_and_deletions_are_seen_by_others_at_once_and_after_an_absence(
    ada: Person, newcomer: Person, server: RunningServer, host: Account
) -> None:
    bob = newcomer
    bob.open()
    bob.is_in()
    bob.watch.tolerates(OFFLINE)
    ada.watch.tolerates(OFFLINE)
    room, name = host.make_room("ink")
    ada.join(name)
    bob.join(name)
    first, second, third, fourth = typed = numbered("ink", 4)
    say_all(ada, typed[:3])
    bob.reads(*typed[:3])
    # By the keyboard: the last one.
    ada.composer.press("ArrowUp")
    expect(ada.composer).to_have_value(third)
    assert violations(ada.page) == []
    ada.composer.press("Escape")
    expect(ada.composer).to_have_value("")
    ada.composer.press("ArrowUp")
    expect(ada.composer).to_have_value(third)  # or it would come in between the marking and the typing
    ada.say(f"{third}, mended")
    for person in (ada, bob):
        person.reads(first, second, f"{third}, mended")
        expect(person.message(f"{third}, mended").locator(".message-edited")).to_be_visible()
    # Without a network: shown at once, on its way; the others see it when it is back.
    ada.context.set_offline(True)
    ada.is_lost()
    act(ada, first, "edit-message")
    ada.say(f"{first}, mended")
    expect(ada.message(f"{first}, mended")).to_contain_text(ada.words("change.queued"))
    act(ada, second, "delete-message")
    assert violations(ada.page) == []
    ada.say(fourth)
    bob.reads(first, second, f"{third}, mended")
    bob.context.set_offline(True)
    bob.is_lost()
    ada.context.set_offline(False)
    ada.is_live()
    now = (f"{first}, mended", ada.words("message.deleted"), f"{third}, mended", fourth)
    ada.reads(*now)
    # And who was away sees it when they are back.
    bob.context.set_offline(False)
    bob.is_live()
    bob.reads(*now)
    for person in (ada, bob):
        check(server, person, [fourth], room)
        person.reload()
        person.is_live()
        person.reads(*now)
        check(server, person, [fourth], room)
    assert second not in str(stored(server, room))


def act(person: Person, text: str, name: str) -> None:
    """Press one of the buttons of a message."""
    message = person.message(text)
    message.hover()
    message.get_by_role("button", name=person.words(f"acts.{name}"), exact=True).click()


def test_a_change_that_is_refused_gives_its_text_back(ada: Person, server: RunningServer, host: Account) -> None:
    ada.watch.tolerates(OFFLINE)
    room = room_of(ada, host, "gone")
    [text] = numbered("gone", 1)
    ada.say(text)
    ada.reads(text)
    other = Person(ada.context, ada.watch, ada.words, ada.name)
    other.open(ada.page.url.removeprefix(server.url))
    other.reads(text)
    act(ada, text, "edit-message")
    ada.composer.fill(f"{text}, mended")
    act(other, text, "delete-message")
    other.composer.hover()
    expect(ada.texts).to_have_text([ada.words("message.deleted")])
    # What was begun outlives the page.
    ada.reload()
    ada.is_live()
    expect(ada.page.locator("#composer-edit")).to_be_visible()
    expect(ada.composer).to_have_value(f"{text}, mended")
    ada.composer.press("Enter")
    refused = ada.timeline.locator(".message.refused")
    expect(refused).to_contain_text(f"{text}, mended")
    expect(refused).to_contain_text(ada.words("problem.no_such_message"))
    assert violations(ada.page) == []
    check(server, ada, [f"{text}, mended"], room)
    # It is not lost by a reload either, until it is taken back.
    ada.reload()
    refused.get_by_role("button", name=ada.words("message.again"), exact=True).click()
    expect(ada.composer).to_have_value(f"{text}, mended")
    ada.say(f"{text}, mended")
    ada.reads(ada.words("message.deleted"), f"{text}, mended")
    check(server, ada, [f"{text}, mended"], room)
