"""Notifications while nobody looks at the page: asked for, shown, closed, answered; after an absence, too."""

import pytest
from playwright.sync_api import Locator, Worker, expect

import axe
from account import GENERAL, Account
from company import Company
from person import Person
from test_coming_back import look_at
from watch import OFFLINE

IN_TURN = """
if (isSecureContext) {
  const { showNotification } = ServiceWorkerRegistration.prototype;
  ServiceWorkerRegistration.prototype.showNotification = function (...given) {
    return navigator.locks.request("notifications", () => showNotification.apply(this, given));
  };
}
"""
"""Lets no notification be shown in one page while a test asks in another which stand there.

Chromium forgets about one in a hundred of those that are: 10 of 400 when asked again and again without a pause.
"""

STANDING = """async ([wanted, room]) => {
  const registration = await navigator.serviceWorker.getRegistration();
  let said;
  for (let tries = 0; tries < 600; tries++) {
    const found = await navigator.locks.request("notifications", () =>
      registration.getNotifications(room ? { tag: `room/${room}` } : {}));
    said = found.map(({ title, body }) => `${title}: ${body}`).sort().join("; ");
    if (said === wanted) return null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return said;
}"""
COUNT = """() => {
  const { showNotification } = ServiceWorkerRegistration.prototype;
  globalThis.shown = 0;
  ServiceWorkerRegistration.prototype.showNotification = function (...given) {
    globalThis.shown++;
    return showNotification.apply(this, given);
  };
}"""
ANSWER = """async (tag) => {
  const [found] = await registration.getNotifications({ tag });
  WindowClient.prototype.focus = async function () { self.focused = this.url; return this; }; // wants a real press
  await answer(found);
  return self.focused;
}"""


@pytest.fixture(scope="module")
def ada(everyone: Company) -> Person:
    """Somebody who wants notifications, with a service worker that can show them."""
    person = everyone.person("Ada", service_workers="allow")
    person.context.grant_permissions(["notifications"])
    person.context.add_init_script(IN_TURN)
    everyone.let_in(person, "register")
    person.open()
    person.is_in()
    person.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    return person


def settings_of(person: Person) -> Locator:
    """Open one's settings; return the part on notifications."""
    person.page.get_by_role("button", name=person.words("me.settings")).click()
    dialog = person.page.get_by_role("dialog", name=person.words("me.settings"))
    return dialog.get_by_role("region", name=person.words("notify.title"))


def switch(person: Person, place: Locator) -> Locator:
    """The switch in it."""
    return place.get_by_role("switch", name=person.words("notify.switch"))


def notified(person: Person, *expected: tuple[str, str], of: str = "") -> None:
    """These, title and text, are the notifications that stand there, of the room ``of`` or of all; wait until so."""
    wanted = sorted(f"{title}: {body}" for title, body in expected)
    standing = person.page.evaluate(STANDING, ["; ".join(wanted), of])
    assert standing is None, f"{standing} instead of {expected}"


def follow(person: Person, name: str) -> None:
    """Join a room and follow it, and turn back to the first."""
    person.join(name)
    person.room_menu("heed.followed").click()
    expect(person.room_menu("heed.followed")).to_have_attribute("aria-pressed", "true")
    assert axe.violations(person.page) == []
    person.page.keyboard.press("Escape")
    person.go_to("general")


def test_they_are_asked_for_on_a_press_and_off_until_then(ada: Person) -> None:
    place = settings_of(ada)
    toggle, text = switch(ada, place), place.get_by_label(ada.words("notify.full"))
    expect(toggle).not_to_be_checked()
    expect(text).to_be_hidden()
    toggle.check()
    expect(toggle).to_be_checked()
    expect(text).to_be_checked()
    assert axe.violations(ada.page) == []
    ada.page.keyboard.press("Escape")


def test_a_conversation_and_a_mention_call_and_what_is_read_goes(ada: Person, host: Account) -> None:
    talk = host.direct(ada.name)
    look_at(ada, shown=False)
    host.say("are you **there**?", room=talk)
    host.say("nothing for you", f"but this, @{ada.name}", room=GENERAL)
    notified(
        ada,
        (host.name, "are you there?"),
        (ada.words("notify.where", author=host.name, room="general"), f"but this, @{ada.name}"),
    )
    look_at(ada, shown=True)
    notified(ada, (host.name, "are you there?"))
    worker: Worker = ada.context.service_workers[0]
    assert "/" in worker.evaluate(ANSWER, f"room/{talk}")
    ada.is_in_room(host.name)
    expect(ada.message("are you there?").first).to_be_focused()
    notified(ada)
    ada.go_to("general")


def test_a_room_is_followed_and_what_is_read_elsewhere_is_closed(ada: Person, host: Account, everyone: Company) -> None:
    room, name = host.make_room("news")
    follow(ada, name)
    look_at(ada, shown=False)
    host.say("extra!", room=room)
    notified(ada, (ada.words("notify.where", author=host.name, room=name), "extra!"))
    Account.log_in(everyone.server, ada.name).read(room)
    notified(ada)
    look_at(ada, shown=True)


def test_what_was_missed_is_one_summary_and_without_the_text_none_is_told(ada: Person, host: Account) -> None:
    room, name = host.make_room("tea")
    follow(ada, name)
    settings_of(ada).get_by_label(ada.words("notify.full")).uncheck()
    ada.page.keyboard.press("Escape")
    look_at(ada, shown=False)
    ada.watch.tolerates(OFFLINE)
    ada.context.set_offline(True)
    ada.is_lost()
    host.say(*(f"line {n}" for n in range(7)), room=room)
    ada.context.set_offline(False)
    ada.is_live()
    notified(ada, (name, ada.words("notify.unread.other", n=7)))
    host.say("and now", room=room)
    title = ada.words("notify.where", author=host.name, room=name)
    notified(ada, (ada.words("notify.more", title=title, n=8), ada.words("notify.message")))
    look_at(ada, shown=True)


def test_of_two_tabs_one_answers_and_logging_out_leaves_none(ada: Person, host: Account) -> None:
    second = Person(ada.context, ada.watch, ada.words, ada.name)
    second.open()
    second.is_in()
    room, name = host.make_room("two")
    follow(ada, name)
    tabs = (ada, second)
    for tab in tabs:
        tab.go_to(name)
        expect(tab.room_menu("heed.followed")).to_have_attribute("aria-pressed", "true")
        tab.page.keyboard.press("Escape")
        tab.go_to("general")
        tab.page.evaluate(COUNT)
        look_at(tab, shown=False)
    for number in (1, 2):
        host.say(f"hello, tabs, {number}", room=room)
        title = ada.words("notify.where", author=host.name, room=name)
        if number > 1:
            title = ada.words("notify.more", title=title, n=number)
        for tab in tabs:
            notified(tab, (title, ada.words("notify.message")), of=room)
    assert sum(tab.page.evaluate("() => globalThis.shown") for tab in tabs) == 2
    look_at(ada, shown=True)
    second.page.close()
    ada.log_out()
    ada.is_at_door()
    notified(ada)
