"""Every screen of the chat, as one finds it in a place where much has happened: for everyone, and nothing cut off.

With REBOND_SHOTS set to a folder, pictures of them all are put there, to be looked at.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, expect

import axe
from company import Company
from person import Person
from scene import ADA, ARABIC, ARCHIVED, ATELIER, ENDLESS, EVARISTE, GRACE, NUR, PRIVATE, Scene
from test_language import english_left
from tests.support.running import RunningServer
from watch import OFFLINE
from words import LANGUAGES, Words

SHOTS = os.environ.get("REBOND_SHOTS")
WIDTHS = (360, 768, 1280)
HEIGHT = 800
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

WHATEVER = "html, #timeline, dialog[open], dialog[open] .dialog-body, .side-nav, #door"
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""The screens are drawn once a frame."""

TOO_WIDE = f"""() => [...document.querySelectorAll("{WHATEVER}")]
  .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.id || element.className || element.tagName)"""


@pytest.fixture(scope="module")
def scene(server: RunningServer) -> Scene:
    """A place where people have met for some weeks."""
    scene = Scene(server)
    server.stop()
    scene.spread()
    server.start()
    return scene


@pytest.fixture(scope="module")
def ada(everyone: Company, scene: Scene) -> Person:
    """Whose place it is."""
    return everyone.member(account=scene.people[ADA])


@pytest.fixture(scope="module")
def passer(everyone: Company, scene: Scene) -> Person:
    """Somebody at the door."""
    return everyone.visitor("Passer")


@pytest.fixture(scope="module")
def newcomer(everyone: Company, scene: Scene) -> Person:
    """Somebody who has just come in."""
    return everyone.member("Newcomer")


def look_at(person: Person, name: str) -> None:
    """The screen shuts nobody out and cuts nothing off: both themes, both languages, three widths."""
    found = []
    for theme in THEMES:
        person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{theme}: {wrong}" for wrong in axe.violations(person.page)]
    for language in LANGUAGES:
        change_language(person, language)
        if language == "fr":
            person.page.evaluate(DRAWN)
            found += [f"still in English: {text}" for text in english_left(person.page.locator("body").inner_text())]
        for width in WIDTHS:
            person.page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{language}, {width}: {wide} is too wide" for wide in person.page.evaluate(TOO_WIDE)]
            shoot(person, f"{name}-{width}-{language}")
        person.page.set_viewport_size({"width": 1280, "height": HEIGHT})
    change_language(person, "en")
    assert not found, "\n".join(found)


def change_language(person: Person, language: str) -> None:
    """Have the page in a language, wherever the switch stands."""
    if person.words.language != language:
        # In a dialog the switch lies behind it; a click that only scripts can make still reaches it.
        person.page.locator("[data-act=tongue]").first.dispatch_event("click")
        person.words = Words(language)
    expect(person.html).to_have_attribute("lang", language)


def shoot(person: Person, name: str) -> None:
    """Take pictures in both themes, where somebody wants to look at them."""
    if SHOTS is None:
        return
    for theme in THEMES:
        person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        person.page.screenshot(path=Path(SHOTS) / f"acts-{name}-{theme}.png")


def home(person: Person) -> None:
    """Close whatever is open, and be in the room of everybody."""
    for _ in range(5):
        if not person.page.locator("dialog[open], [popover]:popover-open").count():
            break
        person.page.keyboard.press("Escape")
    expect(person.page.locator("dialog[open]")).to_have_count(0)
    undo = person.timeline.get_by_role("button", name=person.words("delete.undo"), exact=True)
    if undo.count():
        undo.click()
    person.go_to("general")
    person.composer.press("Escape")  # leaves what is edited
    person.composer.press("Escape")  # and what is replied to
    person.composer.fill("")


def press(person: Person, key: str, within: Locator | None = None, **values: object) -> None:
    """Press a button."""
    place = person.page if within is None else within
    place.get_by_role("button", name=person.words(key, **values), exact=True).click()


def act(person: Person, message: Locator, name: str) -> None:
    """Press a button of a message."""
    message.hover()
    message.get_by_role("button", name=person.words(f"acts.{name}"), exact=True).click()


def dialog_of(person: Person, key: str) -> Locator:
    dialog = person.page.get_by_role("dialog", name=person.words(key))
    expect(dialog).to_be_visible()
    return dialog


# At the door.


def at_login(person: Person) -> None:
    person.door_of("login")


def at_register(person: Person) -> None:
    person.door_of("register")


# In a room.


def in_general(person: Person) -> None:
    expect(person.messages).to_have_count(11)


def message_acts(person: Person) -> None:
    person.messages.nth(3).hover()


def picking_reaction(person: Person) -> None:
    act(person, person.messages.nth(5), "react-message")


def replying(person: Person) -> None:
    act(person, person.messages.nth(1), "reply-message")


def editing(person: Person) -> None:
    act(person, person.messages.nth(6), "edit-message")


def deleting(person: Person) -> None:
    act(person, person.messages.nth(3), "delete-message")


def mentioning(person: Person) -> None:
    person.composer.press_sequentially("hello @")
    expect(person.page.get_by_role("listbox", name=person.words("mentions.label"))).to_be_visible()


def in_atelier(person: Person) -> None:
    person.go_to(ATELIER)


def empty_private(person: Person) -> None:
    person.go_to(PRIVATE)


def archived(person: Person) -> None:
    summary = person.page.locator("#archived summary")
    if person.page.locator("#archived[open]").count() == 0:
        summary.click()
    person.go_to(ARCHIVED)


def long_name(person: Person) -> None:
    person.go_to(ENDLESS)


def arabic(person: Person) -> None:
    person.go_to(ARABIC)
    if not person.messages.count():
        person.say("السلام عليكم! hello world 123")
        person.say("Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverband" * 3)
        person.say("👩‍👩‍👧‍👦 e\u0301 עברית")
        expect(person.timeline.locator(".message.pending")).to_have_count(0)


def direct(person: Person) -> None:
    person.go_to(GRACE)


def group(person: Person) -> None:
    person.go_to(f"{GRACE}, {EVARISTE}, {NUR}")


def room_menu(person: Person) -> None:
    person.go_to(ATELIER)
    person.room_menu("room.edit")


# Dialogs.


def browse(person: Person) -> None:
    person.browse()


def room_edit(person: Person) -> None:
    person.go_to(ATELIER)
    person.room_menu("room.edit").click()


def room_people(person: Person) -> None:
    person.go_to(PRIVATE)
    person.room_menu("room.people").click()


def talk(person: Person) -> None:
    press(person, "directs.new")


def switcher(person: Person) -> None:
    press(person, "switch.title")


def nothing_to_switch_to(person: Person) -> None:
    press(person, "switch.title")
    person.page.keyboard.type("zzz")


def keys(person: Person) -> None:
    person.timeline.focus()
    person.page.keyboard.press("?")
    dialog_of(person, "keys.title")


def search_help(person: Person) -> None:
    press(person, "search.title")
    dialog_of(person, "search.title")


def search_hits(person: Person) -> None:
    press(person, "search.title")
    person.page.keyboard.type("interval")
    expect(dialog_of(person, "search.title").locator(".hit")).to_have_count(2)


def search_none(person: Person) -> None:
    press(person, "search.title")
    person.page.keyboard.type("zzzz")
    expect(person.page.get_by_text(person.words("search.none"))).to_be_visible()


def panel(person: Person) -> None:
    press(person, "panel.open")
    expect(person.page.locator("#panel")).to_be_visible()


def settings(person: Person) -> None:
    person.page.get_by_role("button", name=person.words("me.settings")).click()


def settings_unfolded(person: Person) -> None:
    settings(person)
    for key in ("password.title", "logins.title", "export.title", "leave.title"):
        person.page.locator("summary").get_by_text(person.words(key), exact=True).click()
    expect(person.page.locator("#logins").get_by_role("listitem").first).to_be_visible()


def leaving_for_good(person: Person) -> None:
    settings(person)
    person.page.locator("summary").get_by_text(person.words("leave.title"), exact=True).click()
    person.page.locator("#settings-leave").scroll_into_view_if_needed()


def place(person: Person) -> Locator:
    press(person, "place.open")
    return dialog_of(person, "place.open")


def place_people(person: Person) -> None:
    dialog = place(person)
    press(person, "members.acts", dialog, name=GRACE)


def place_sure(person: Person) -> None:
    dialog = place(person)
    row = dialog.get_by_role("listitem").filter(has_text=GRACE)
    opener = row.get_by_role("button", name=person.words("members.acts", name=GRACE), exact=True)
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    press(person, "members.ban", row)


def place_joining(person: Person) -> None:
    dialog = place(person)
    dialog.get_by_role("tab", name=person.words("joining.title"), exact=True).click()
    if not dialog.locator(".code-row").count():
        press(person, "codes.make", dialog)
        expect(dialog.locator(".code-row")).to_have_count(1)


def poster(person: Person) -> None:
    place_joining(person)
    person.page.locator(".code-row [data-act=show-code]").first.click()
    dialog_of(person, "poster.title")


def place_log(person: Person) -> None:
    dialog = place(person)
    dialog.get_by_role("tab", name=person.words("deeds.title"), exact=True).click()


SCREENS: tuple[Callable[[Person], object], ...] = (
    in_general,
    message_acts,
    picking_reaction,
    replying,
    editing,
    deleting,
    mentioning,
    in_atelier,
    empty_private,
    archived,
    long_name,
    arabic,
    direct,
    group,
    room_menu,
    browse,
    room_edit,
    room_people,
    talk,
    switcher,
    nothing_to_switch_to,
    keys,
    search_help,
    search_hits,
    search_none,
    panel,
    settings,
    settings_unfolded,
    leaving_for_good,
    place_people,
    place_sure,
    place_joining,
    poster,
    place_log,
)


@pytest.mark.parametrize("screen", [at_login, at_register])
def test_the_door(passer: Person, screen: Callable[[Person], object]) -> None:
    screen(passer)
    look_at(passer, screen.__name__)


@pytest.mark.parametrize("policy", ["code", "closed"])
def test_the_door_that_is_not_open_to_all(passer: Person, scene: Scene, policy: str) -> None:
    ada = scene.people[ADA]
    ada.ask("POST", "/api/registration", {"policy": policy})
    passer.reload()
    passer.door_of("register")
    expect(passer.page.locator("#register-told")).to_have_text(
        passer.words("register.code_needed" if policy == "code" else "register.closed")
    )
    look_at(passer, f"door_{policy}")
    ada.ask("POST", "/api/registration", {"policy": "open"})


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen(ada: Person, screen: Callable[[Person], object]) -> None:
    home(ada)
    screen(ada)
    look_at(ada, screen.__name__)


OPENERS = {
    "browse": "rooms.browse",
    "talk": "directs.new",
    "switch": "switch.title",
    "search": "search.title",
    "settings": "me.settings",
    "place": "place.open",
    "panel": "panel.open",
}


def test_by_the_keyboard_one_is_in_a_dialog_and_back_where_one_was(ada: Person) -> None:
    home(ada)
    for identifier, key in OPENERS.items():
        opener = ada.page.get_by_role("button", name=ada.words(key), exact=key != "me.settings")
        opener.focus()
        in_and_out(ada, identifier)
        expect(opener, identifier).to_be_focused()
    ada.go_to(ATELIER)
    menu = ada.page.get_by_role("button", name=ada.words("room.menu"), exact=True)
    for identifier, key in {"room-edit": "room.edit", "room-people": "room.people"}.items():
        menu.focus()
        ada.page.keyboard.press("Enter")
        ada.room_menu(key).focus()
        in_and_out(ada, identifier)
        expect(menu, identifier).to_be_focused()


def in_and_out(person: Person, identifier: str) -> None:
    """Open a dialog by what has the focus, be in it, and leave it again."""
    person.page.keyboard.press("Enter")
    dialog = person.page.locator(f"dialog#{identifier}")
    expect(dialog).to_be_visible()
    expect(dialog.locator(":focus"), identifier).to_have_count(1)
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("screen", [in_general, room_menu, search_hits, settings, place_people, panel])
def test_a_screen_with_text_twice_as_large(ada: Person, screen: Callable[[Person], object]) -> None:
    """As one sets it in the browser: what is measured in em and rem grows with it."""
    home(ada)
    screen(ada)
    debugger = ada.context.new_cdp_session(ada.page)
    found = []
    for width in (1280, 768):
        ada.page.set_viewport_size({"width": width, "height": HEIGHT})
        debugger.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        found += [f"{width}: {wide} is too wide" for wide in ada.page.evaluate(TOO_WIDE)]
        shoot(ada, f"large_{screen.__name__}-{width}")
    debugger.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    debugger.detach()
    ada.page.set_viewport_size({"width": 1280, "height": HEIGHT})
    assert not found, "\n".join(found)


def test_the_rooms_on_a_phone(ada: Person) -> None:
    home(ada)
    ada.page.set_viewport_size({"width": 360, "height": HEIGHT})
    press(ada, "side.open")
    for language in LANGUAGES:
        change_language(ada, language)
        shoot(ada, f"side-360-{language}")
    change_language(ada, "en")


def test_without_a_connection(ada: Person) -> None:
    ada.page.set_viewport_size({"width": 1280, "height": HEIGHT})
    home(ada)
    ada.watch.tolerates(OFFLINE)
    ada.context.set_offline(True)
    ada.is_lost()
    ada.say("not sent yet")
    look_at(ada, "offline")
    panel(ada)
    look_at(ada, "offline_panel")
    expect(ada.line).to_contain_text(ada.words("line.offline"))
    ada.context.set_offline(False)
    ada.is_live()


def test_a_newcomer(newcomer: Person) -> None:
    look_at(newcomer, "newcomer")
    newcomer.browse()
    look_at(newcomer, "newcomer_browse")
