"""Before Python is up, and where it cannot be."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from account import Account, fresh
from company import Company
from gate import Gate
from person import START, Person
from server.pages import DIST
from words import Words

PAGES = [f"/{name}".removesuffix("index") for name in json.loads((DIST / "build.json").read_text())["pages"]]
"""The paths of all pages of the build."""

STAGES = ["fetching", "compiling", "starting", "running", "done"]

RUNTIME = "**/*.wasm"
"""Without it, Python does not start."""

RENEWAL = "**/api/refresh"
"""Without its answer, somebody who is new to this browser is in no room."""

AFTER_A_FAILURE = (
    "preload|WebAssembly|wasm|Failed to fetch|fetch failed|dynamically imported|Fatal Python error|ERR_FAILED"
    "|Pyodide|standard library|encodings|Python did not start|Python runtime state|Current thread|no Python frame"
    "|ExitStatus|FetchError|console.error:  "
)
"""What the browser, Pyodide and PyScript write to the console once a file has not arrived."""

NOTE_PROGRESS = """
globalThis.progress = [];
addEventListener("DOMContentLoaded", () => {
  const page = document.documentElement;
  const line = getComputedStyle(document.querySelector(".boot-line"), "::before");
  const note = () => progress.push([
    page.dataset.stage ?? "fetching", Number(page.style.getPropertyValue("--fetched")), new DOMMatrix(line.transform).a,
  ]);
  note();
  new MutationObserver(note).observe(page, { attributeFilter: ["data-stage", "style", "data-ready"] });
});
"""
"""Writes down how far the start says that it is, each time it says so: the stage, the share of the bytes, the line."""


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


def test_a_link_to_join_leads_to_the_form_before_python_is_up(guests: Company) -> None:
    ada = guests.person("Ada")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/#join=ABCDE-12345", wait_until="domcontentloaded")
        expect(ada.form("register")).to_be_visible()
        expect(ada.form("login")).to_be_hidden()
        gate.open()
        ada.is_ready()
    expect(ada.form("register")).to_be_visible()
    expect(ada.page.locator("#register-code")).to_have_value("ABCDE-12345")


def test_the_language_is_changed_before_python_is_up(guests: Company) -> None:
    ada = guests.person("Ada")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/#register", wait_until="domcontentloaded")
        ada.page.get_by_role("button", name="Français").click()
        expect(ada.html).to_have_attribute("lang", "fr")
        ada.words = Words("fr")
        expect(ada.form("register")).to_be_visible()
        expect(ada.html).not_to_have_attribute("data-ready", "")
        gate.open()
        ada.is_ready()
    expect(ada.form("register").get_by_label(ada.words("door.name"), exact=True)).to_be_visible()
    ada.open("/")  # it is remembered
    expect(ada.html).to_have_attribute("lang", "fr")
    ada.open("/?lang=fr")
    ada.page.get_by_role("button", name="English").click()
    expect(ada.html).to_have_attribute("lang", "en")
    ada.reload()
    expect(ada.html).to_have_attribute("lang", "en")


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
    is_told(ada, "wasm")
    expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_where_webassembly_is_blocked_the_page_says_so_and_the_forms_still_work(guests: Company, language: str) -> None:
    ada = guests.person("Ada", language=language)
    ada.watch.expects("Python did not start")
    ada.watch.tolerates("wasm instantiation failed|forbidden by an administrator")
    ada.context.add_init_script(
        "for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'])"
        " WebAssembly[name] = async () => { throw new WebAssembly.CompileError('forbidden by an administrator'); };"
    )
    ada.page.goto("/")
    is_told(ada, "wasm")
    expect(ada.page.get_by_role("alert").filter(has_text=ada.words("boot.forms"))).to_be_visible()
    ada.register()
    expect(ada.html).to_have_attribute("data-view", "chat")
    is_told(ada, "wasm")


@pytest.mark.parametrize("file", ["*.wasm", "library.*.zip", "interpreter.*.js", "core.js", "entry.*.py"])
def test_a_file_that_does_not_arrive_is_said_in_words(guests: Company, file: str) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    ada.watch.expects("Python did not start|ERR_FAILED")
    ada.watch.tolerates(AFTER_A_FAILURE)
    ada.page.route(f"**/{file}", lambda route: route.abort())
    ada.page.goto("/", wait_until="commit")
    # Before its styles are there nothing has been painted, and what has the focus may lose it.
    expect(ada.html).to_have_attribute("data-view", "chat")
    ada.composer.fill("not lost")
    is_told(ada, "lost")
    expect(ada.composer).to_have_value("not lost")
    expect(ada.composer).to_be_in_viewport(ratio=1)


def test_where_not_even_the_first_script_runs_that_is_said_after_a_while(guests: Company) -> None:
    ada = guests.person("Ada")
    ada.watch.expects("uncaught: Unexpected strict mode reserved word")
    ada.watch.tolerates("preload")
    ada.page.route("**/boot.*.js", lambda route: route.fulfill(body="let = of;", content_type="text/javascript"))
    motion = ada.context.new_cdp_session(ada.page)
    motion.send("Animation.enable")
    motion.send("Animation.setPlaybackRate", {"playbackRate": 0})
    ada.page.goto("/")
    said = ada.page.get_by_text(ada.words("boot.old"))
    expect(said).to_be_hidden()
    motion.send("Animation.setPlaybackRate", {"playbackRate": 20})
    expect(said).to_be_visible()


NO_STORAGE = """
const refused = new DOMException("no storage here", "SecurityError");
IDBFactory.prototype.open = function () {
  const request = new EventTarget();
  %s
  return request;
};
"""


@pytest.mark.parametrize(
    "way", ["throw refused;", "queueMicrotask(() => request.dispatchEvent(new Event('error')));", ""]
)
def test_where_nothing_may_be_stored_the_chat_works_and_says_so(guests: Company, way: str) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    ada.context.add_init_script(NO_STORAGE % way)
    ada.open()
    ada.is_in()
    ada.say("kept by nobody")
    ada.reads_last("kept by nobody")
    expect(ada.page.get_by_text(ada.words("note.unkept"))).to_be_visible()


@pytest.mark.parametrize("lacks", ["AbortSignal.timeout", "globalThis.MutationObserver", "globalThis.structuredClone"])
def test_a_browser_that_lacks_what_python_needs_is_told_that_it_is_too_old(guests: Company, lacks: str) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    ada.watch.expects("Python did not start")
    ada.watch.tolerates(f"{AFTER_A_FAILURE}|preloaded|is not (a function|defined)|fatal.error|Cannot read properties")
    ada.context.add_init_script(f"delete {lacks}")
    ada.page.goto("/", wait_until="domcontentloaded")
    is_told(ada, "wasm")


@pytest.mark.parametrize(
    "way",
    [
        "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })",
        "Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} })",
    ],
)
def test_a_browser_that_keeps_no_cookies_is_told_so(guests: Company, way: str) -> None:
    ada = guests.person("Ada")
    ada.context.add_init_script(way)
    ada.page.goto("/", wait_until="domcontentloaded")
    expect(ada.page.get_by_text(ada.words("boot.no_cookies"))).to_be_visible()


def is_told(person: Person, why: str) -> None:
    """The page says in words that Python did not start, and why."""
    said = person.page.get_by_role("alert").filter(has_text=person.words("boot.failed"))
    expect(said).to_be_visible()
    expect(said.get_by_text(person.words(f"boot.why.{why}"))).to_be_visible()
    expect(person.page.locator(".boot-problem [data-why]:visible")).to_have_count(1)
    expect(person.html).to_have_attribute("data-boot", "failed")
    expect(person.page.get_by_role("link", name=person.words("boot.again"))).to_be_visible()


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


def test_the_line_tells_how_far_the_start_is_and_never_goes_back(guests: Company) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    ada.page.emulate_media(reduced_motion="reduce")  # the line jumps to where it is: no number between two
    ada.context.add_init_script(NOTE_PROGRESS)
    with Gate(ada.page, RUNTIME) as runtime, Gate(ada.page, "**/library.*.zip") as library:
        ada.page.goto("/", wait_until="domcontentloaded")
        expect(ada.html).to_have_attribute("style", re.compile(r"--fetched: 0\.[1-5]"))  # all but the two
        runtime.open()
        expect(ada.html).to_have_attribute("style", re.compile(r"--fetched: 0\.[6-9]"))  # all but the library
        assert ada.html.get_attribute("data-stage") in {None, "starting"}
        library.open()
        ada.is_in()
    expect(ada.html).to_have_attribute("data-stage", "done")
    stages, shares, lengths = zip(*ada.page.evaluate("progress"), strict=True)
    assert list(dict.fromkeys(stages)) in (["fetching", "starting", "running", "done"], STAGES)
    assert len({share for share in shares if 0 < share < 1}) > 1, shares
    assert list(shares) == sorted(shares)
    assert shares[-1] == 1
    assert list(lengths) == sorted(lengths)
    assert lengths[0] < 0.1
    assert lengths[-1] == pytest.approx(1)


def test_who_waits_long_is_told_what_for(guests: Company) -> None:
    ada = guests.person("Ada")
    ada.page.clock.install()
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        said = ada.page.get_by_role("status").filter(has_text=ada.words("boot.fetching"))
        expect(ada.page.get_by_text(ada.words("boot.starting"))).to_be_visible()
        expect(said).to_be_hidden()
        ada.page.clock.fast_forward(5_000)
        expect(said).to_be_visible()
        gate.open()
        ada.page.clock.resume()
        ada.is_ready()
    expect(said).to_be_hidden()


@pytest.fixture
def early(guests: Company) -> Iterator[tuple[Person, Gate]]:
    """Somebody in the chat's shell, whose Python is held back."""
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.goto("/", wait_until="domcontentloaded")
        expect(ada.page.get_by_text(ada.words("boot.writing"))).to_be_visible()
        yield ada, gate


def test_what_was_written_before_python_was_up_stays_with_its_selection(early: tuple[Person, Gate]) -> None:
    ada, gate = early
    ada.composer.press_sequentially("written in a hurry")
    ada.composer.evaluate("field => field.setSelectionRange(0, 7)")
    gate.open()
    ada.is_in()
    expect(ada.composer).to_be_focused()
    ada.page.keyboard.type("begun")
    expect(ada.composer).to_have_value("begun in a hurry")
    ada.composer.press("Enter")
    ada.reads_last("begun in a hurry")


@pytest.mark.parametrize("by", ["key", "button"])
def test_what_was_sent_before_python_was_up_is_sent_once_it_is(early: tuple[Person, Gate], by: str) -> None:
    ada, gate = early
    ada.composer.press_sequentially(f"first thing by {by}")
    if by == "key":
        ada.composer.press("Enter")
    else:
        ada.page.get_by_role("button", name=ada.words("composer.send"), exact=True).click()
    expect(ada.composer).to_have_value(f"first thing by {by}")
    gate.open()
    ada.is_in()
    ada.reads_last(f"first thing by {by}")
    expect(ada.composer).to_have_value("")


def test_who_goes_on_writing_after_enter_sends_nothing_yet(early: tuple[Person, Gate]) -> None:
    ada, gate = early
    ada.composer.press_sequentially("one")
    ada.composer.press("Shift+Enter")
    ada.composer.press_sequentially("two")
    ada.composer.press("Enter")
    ada.composer.press_sequentially(", three")
    gate.open()
    ada.is_in()
    expect(ada.composer).to_have_value("one\ntwo, three")
    expect(ada.message("one\ntwo")).to_have_count(0)


def test_what_is_sent_before_there_is_a_room_to_send_to_is_sent_once_there_is(guests: Company) -> None:
    ada = guests.person("Ada")
    guests.let_in(ada, "register")
    with Gate(ada.page, RENEWAL) as renewal:
        ada.page.goto("/", wait_until="domcontentloaded")
        ada.is_ready()
        ada.composer.press_sequentially("in between")
        ada.composer.press("Enter")
        renewal.open()
        ada.is_in()
    ada.reads_last("in between")
    expect(ada.composer).to_have_value("")


def test_who_goes_on_writing_until_there_is_a_room_sends_nothing_yet(early: tuple[Person, Gate]) -> None:
    ada, gate = early
    with Gate(ada.page, RENEWAL) as renewal:
        ada.composer.press_sequentially("one")
        ada.composer.press("Enter")
        gate.open()
        ada.is_ready()
        ada.composer.press_sequentially(", two")
        renewal.open()
        ada.is_in()
    expect(ada.composer).to_have_value("one, two")
    expect(ada.message("one")).to_have_count(0)


def test_a_draft_and_what_is_written_over_a_reload_are_both_kept(guests: Company) -> None:
    ada = guests.member("Ada")
    ada.composer.fill("a draft")
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.reload(wait_until="domcontentloaded")
        ada.composer.fill("and more")
        gate.open()
        ada.is_in()
    expect(ada.composer).to_have_value("a draft\nand more")


def test_an_input_method_goes_on_while_python_starts_though_there_is_a_draft(guests: Company) -> None:
    ada = guests.member("Ada")
    ada.composer.fill("a draft")
    keyboard = ada.context.new_cdp_session(ada.page)
    with Gate(ada.page, RUNTIME) as gate:
        ada.page.reload(wait_until="domcontentloaded")
        ada.composer.focus()
        keyboard.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
        gate.open()
        ada.is_in()
    keyboard.send("Input.insertText", {"text": "日本"})
    expect(ada.composer).to_have_value("a draft\n日本")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_has_anything_to_complain_of(guests: Company, page: str, language: str) -> None:
    ada = guests.person("Ada", language=language, service_workers="allow")
    ada.page.goto(page)
    if ada.page.locator("script[type=py]").count():
        expect(ada.html).to_have_attribute("data-boot", "ready", timeout=START)
    expect(ada.html).to_have_attribute("lang", language)
