"""Before Python is up, and where it cannot be."""

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from gate import Gate
from person import Person

RUNTIME = "**/*.wasm"
"""Without it, Python does not start."""


@pytest.mark.parametrize("kind", ["register", "login"])
def test_the_form_works_before_python_is_up(guests: Company, host: Account, kind: str) -> None:
    ada = guests.person("Ada")
    ada.name = fresh("Ada") if kind == "register" else host.name
    with Gate(ada.page, RUNTIME):
        ada.page.goto("/", wait_until="domcontentloaded")
        expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_visible()
        ada.door_of(kind)
        ada.fill_in(kind)
        ada.submit(kind)
        expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_hidden()
    ada.is_ready()
    ada.is_in()
    assert ada.page.url.startswith(f"{guests.server.url}/#")


def test_what_the_form_was_refused_for_is_said_once_python_is_up(guests: Company, host: Account) -> None:
    ada = guests.person("Ada")
    ada.name = host.name
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        ada.door_of("register")
        ada.fill_in("register")
        ada.submit("register")
        ada.page.wait_for_url("**/?problem=name_taken", wait_until="domcontentloaded")
        gate.open()
    ada.is_ready()
    expect(ada.form("register").get_by_role("alert")).to_have_text(ada.words("problem.name_taken"))
    assert "problem" not in ada.page.url


def test_what_was_typed_before_python_was_up_is_kept(guests: Company, host: Account) -> None:
    ada = guests.person("Ada")
    ada.name = host.name
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        ada.door_of("login")
        ada.fill_in("login")
        gate.open()
        ada.is_ready()
    ada.submit("login")
    ada.is_in()


def test_the_caret_stays_where_it_is_while_python_starts(guests: Company) -> None:
    ada = guests.person("Ada")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        ada.door_of("login")
        name = ada.form("login").get_by_label(ada.words("door.name"), exact=True)
        name.fill("Ada Lovelace")
        name.evaluate("field => field.setSelectionRange(3, 3)")
        gate.open()
        ada.is_ready()
    expect(name).to_be_focused()
    ada.page.keyboard.type("!")
    expect(name).to_have_value("Ada! Lovelace")


def test_a_browser_without_webassembly_is_told_in_words(guests: Company) -> None:
    ada = guests.person("Ada")
    ada.context.add_init_script("delete globalThis.WebAssembly")
    ada.watch.expects("Python did not start")
    ada.page.goto("/")
    expect(ada.html).to_have_attribute("data-boot", "failed")
    expect(ada.page.get_by_role("alert").filter(has_text=ada.words("boot.failed"))).to_be_visible()
    expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_hidden()


def test_a_runtime_that_does_not_arrive_is_said_in_words(guests: Company) -> None:
    ada = guests.person("Ada")
    ada.watch.expects("Python did not start|ERR_FAILED")
    ada.watch.tolerates("preload|WebAssembly|wasm|Failed to fetch|fetch failed")
    ada.page.route(RUNTIME, lambda route: route.abort())
    ada.page.goto("/")
    expect(ada.html).to_have_attribute("data-boot", "failed")
    expect(ada.page.get_by_role("alert").filter(has_text=ada.words("boot.failed"))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_browser_without_scripts_is_told_in_words(guests: Company, language: str) -> None:
    ada = guests.person("Ada", language=language, java_script_enabled=False)
    ada.watch.tolerates("preloaded using link preload but not used")  # on a page where nothing uses anything
    ada.page.goto("/")
    # Playwright looks for no text in <noscript>.
    said = ada.page.locator("noscript p")
    expect(said).to_be_visible()
    expect(said).to_have_text(ada.words("boot.no_script"))
    expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_hidden()


def test_a_returning_member_sees_no_sign_in_while_python_starts(guests: Company) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        ada_is_awaited(ada)
        gate.open()
        ada.is_ready()
    ada.is_in()


def ada_is_awaited(ada: Person) -> None:
    """The chat's own shell stands, as if it had never been left."""
    expect(ada.html).to_have_attribute("data-view", "chat")
    expect(ada.form("login")).to_be_hidden()
    expect(ada.composer).to_be_visible()
