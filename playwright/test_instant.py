"""Starting from a snapshot, without a network, and from one release into the next."""

import json
import re
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, Response, expect

from account import Account
from browser import arguments, find
from company import Company
from person import START, Person
from server.pages import DIST
from tests.support.running import RunningServer
from watch import OFFLINE, OUTAGE

PREPARED = """
async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated") await new Promise((done) => active.addEventListener("statechange", done));
  const kept = async () => (await (await caches.open("rebond-snapshot")).keys()).length;
  while (!(await kept())) await new Promise((done) => setTimeout(done, 100));
}
"""
"""Resolves once everything for the next visit has been fetched."""

KEPT = """
async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) found.push([url, await (await cache.match(url)).text()]);
  }
  return found;
}
"""

DAMAGE = """
async (kind) => {
  const cache = await caches.open("rebond-snapshot");
  const [{ url }] = await cache.keys();
  const memory = new Uint8Array(await (await cache.match(url)).arrayBuffer());
  const damaged = {
    truncated: () => memory.slice(0, memory.length - 4096),
    changed: () => { memory[memory.length >> 1] ^= 1; return memory; },
    empty: () => new Uint8Array(),
  };
  await cache.put(url, new Response(damaged[kind]()));
}
"""

GONE = """
async (name) => { while (await caches.has(name)) await new Promise((done) => setTimeout(done, 100)); }
"""

ASKED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"
"""What the page has asked for, also where the service worker has answered."""

DRAW = """
async () => {
  const { interpreter } = JSON.parse(document.querySelector("script[type=py]").getAttribute("config"));
  const python = await (await import(interpreter)).loadPyodide({});
  return python.runPython("import random; random.random()");
}
"""
"""What Python draws next, in the page's own interpreter."""


IMPORTED = """
async () => {
  const { interpreter } = JSON.parse(document.querySelector("script[type=py]").getAttribute("config"));
  const python = await (await import(interpreter)).loadPyodide({});
  return python.runPython("import sys; ' '.join(sys.modules)").split(" ");
}
"""
"""What the page's interpreter has imported."""

LATER = {"chat.panel", "chat.switching", "chat.order", "markdown_it", "mdurl"}
"""Modules that no first screen needs."""

BUILDS_KEPT = """
async () => {
  const found = new Set();
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      if (/\\?(en|fr)$/.test(url)) found.add(/data-build="(\\w+)"/.exec(await (await cache.match(url)).text())[1]);
    }
  }
  return [...found];
}
"""
"""From which builds the pages are that are kept."""

PAGES = [name.removesuffix("index") for name in json.loads((DIST / "build.json").read_text())["pages"]]
"""The paths of all pages of the build, without the slash."""

RELEASE = Path(__file__).parent / "release.py"


@pytest.fixture
def ada(guests: Company, host: Account) -> Person:
    """Somebody whose browser has been here once."""
    person = guests.member("Ada", service_workers="allow")
    person.page.evaluate(PREPARED)
    return person


def started(person: Person) -> str | None:
    """Return how Python started: ``plain``, or from the ``snapshot``."""
    return person.html.get_attribute("data-start")


def test_the_first_visit_starts_plainly_and_the_second_from_the_snapshot(ada: Person) -> None:
    assert started(ada) == "plain"
    assert not (LATER | {"chat.screens.settings", "ssl"}) & set(ada.page.evaluate(IMPORTED))
    ada.reload()
    assert started(ada) == "snapshot"
    assert set(ada.page.evaluate(IMPORTED)) >= LATER
    ada.is_in()
    ada.say("from a snapshot")
    ada.reads_last("from a snapshot")


def test_a_start_asks_for_each_file_once(ada: Person) -> None:
    ada.reload()
    ada.is_in()
    asked = ada.page.evaluate(ASKED)
    twice = {name for name in asked if asked.count(name) > 1}
    assert any("/entry." in name for name in asked)
    assert not {name for name in twice if re.search(r"\.(py|js|mjs|wasm|zip|css)$", name)}


def test_two_starts_from_the_snapshot_draw_different_numbers(ada: Person) -> None:
    drawn = set()
    for _ in range(2):
        ada.reload()
        assert started(ada) == "snapshot"
        drawn.add(ada.page.evaluate(DRAW))
    assert len(drawn) == 2


@pytest.mark.parametrize("kind", ["truncated", "changed", "empty"])
def test_a_damaged_snapshot_is_passed_over_and_fetched_anew(ada: Person, kind: str) -> None:
    ada.page.evaluate(DAMAGE, kind)
    ada.reload()
    assert started(ada) == "plain"
    ada.is_in()
    ada.page.evaluate(PREPARED)
    ada.reload()
    assert started(ada) == "snapshot"
    ada.is_in()


def test_a_profiler_of_the_browsers_own_does_not_end_the_page(driver: Playwright, server: RunningServer) -> None:
    """Chromium turns it on in some tabs; here in all, to look at the stack for every 10,000 bytes allocated."""
    profiler = "HeapProfilerReporting:nonstable-probability/1.0/stable-probability/1.0/renderer-prob-pct/100"
    profiled = [*arguments(), f"--enable-features={profiler}/renderer-sampling-rate-bytes/10000"]
    browser = driver.chromium.launch(executable_path=str(find(driver)), args=profiled)
    with Company(browser, server) as company:
        ada, *others = (company.member("Ada", service_workers="allow") for _ in range(3))
        for each in (*others, ada):
            each.say("still here")
        ada.page.evaluate(PREPARED)
        ada.reload()
        assert started(ada) == "snapshot"
        ada.is_in()
        ada.say("and still")
    browser.close()


def test_where_there_is_no_room_for_the_next_visit_the_chat_works_and_keeps_nothing_half(guests: Company) -> None:
    ada = guests.person("Ada", service_workers="allow")
    guests.let_in(ada, "register")
    little = {"origin": guests.server.url, "quotaSize": 2_000_000}
    ada.context.new_cdp_session(ada.page).send("Storage.overrideQuotaForOrigin", little)
    for text in ("once", "and again"):
        with ada.page.expect_console_message(lambda message: "QuotaExceededError" in message.text, timeout=START):
            ada.open()
        assert started(ada) == "plain"
        ada.is_in()
        ada.say(text)
        ada.reads_last(text)
    assert ada.page.evaluate(KEPT) == []


def test_a_cache_that_never_answers_holds_up_nobody(guests: Company) -> None:
    ada = guests.person("Ada")
    ada.context.add_init_script("caches.open = () => new Promise(() => {})")
    ada.open()
    assert started(ada) == "plain"


def test_a_reload_without_a_network_opens_the_chat(ada: Person) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.watch.tolerates(OUTAGE)
    ada.context.set_offline(True)
    ada.reload()
    expect(ada.html).to_have_attribute("data-view", "chat")
    expect(ada.composer).to_be_visible()
    ada.composer.fill("written in a tunnel")
    ada.context.set_offline(False)
    ada.is_in()
    expect(ada.composer).to_have_value("written in a tunnel")


def test_without_a_network_the_page_keeps_its_language(guests: Company) -> None:
    ada = guests.person("Ada", language="fr", service_workers="allow")
    guests.let_in(ada, "register")
    ada.open()
    ada.is_live()
    ada.page.evaluate(PREPARED)
    ada.watch.tolerates(OFFLINE)
    ada.context.set_offline(True)
    ada.reload()
    expect(ada.html).to_have_attribute("lang", "fr")


def test_nobodys_data_is_kept_by_the_service_worker(ada: Person) -> None:
    tokens = set()
    ada.page.on("response", lambda answer: tokens.update(token_in(answer)))
    ada.say("a secret")
    ada.reads_last("a secret")
    ada.reload()
    ada.is_in()
    ada.context.new_page().goto("/learn")
    tokens |= {cookie["value"] for cookie in ada.context.cookies() if len(cookie["value"]) > 16}
    assert len(tokens) > 1
    pages = "|".join(PAGES)
    kept = ada.page.evaluate(KEPT)
    assert len(kept) > 2 * len(PAGES)
    for url, content in kept:
        assert re.search(rf"/(static/.*|language|({pages})?\?(en|fr))$", url), url
        for private in ("a secret", ada.name, *tokens):
            assert private not in content, f"{private} in {url}"


def token_in(answer: Response) -> set[str]:
    """Return the access token that an answer brings, if any."""
    return {answer.json()["token"]} if answer.url.endswith("/api/refresh") and answer.ok else set()


@pytest.mark.parametrize("page", [page for page in PAGES if page])
def test_every_page_opens_without_a_network(ada: Person, page: str) -> None:
    ada.watch.tolerates(OFFLINE)
    ada.context.set_offline(True)
    other = ada.context.new_page()
    assert other.goto(f"/{page}") is not None
    if other.locator("script[type=py]").count():
        expect(other.locator("html")).to_have_attribute("data-boot", "ready", timeout=START)
    expect(other.locator("html")).to_have_attribute("data-build", re.compile(r"\w+"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_chat_can_be_installed(guests: Company, language: str) -> None:
    ada = guests.visitor("Ada", language=language, service_workers="allow")
    browser = ada.context.new_cdp_session(ada.page)
    # A private window, as the tests use, is the one thing that stands in the way.
    wrong = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {each["errorId"] for each in wrong} <= {"in-incognito"}
    found = browser.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["id"], manifest["start_url"], manifest["display"]) == ("/", "/", "standalone")
    assert manifest["lang"] == language
    assert manifest["description"] == ada.words("page.description")
    assert [shortcut["name"] for shortcut in manifest["shortcuts"]] == [ada.words("page.general")]
    for icon in (*manifest["icons"], *manifest["shortcuts"][0]["icons"]):
        answer = ada.context.request.get(icon["src"])
        assert answer.headers["content-type"].partition(";")[0] == icon["type"]
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", answer.body()[16:24])
            assert icon["sizes"] == f"{width}x{height}"


def test_without_a_secure_context_the_chat_works_and_keeps_nothing(guests: Company) -> None:
    ada = guests.person("Ada", service_workers="allow")
    ada.context.add_init_script("delete globalThis.caches; delete Navigator.prototype.serviceWorker;")
    ada.context.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', { value: false })")
    ada.open()
    expect(ada.page.get_by_text(ada.words("boot.plain_http"))).to_be_visible()
    guests.let_in(ada, "register")
    for _ in range(2):
        ada.open()
        assert started(ada) == "plain"
        ada.is_in()


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder that is served, which holds an older release, and one with the newer."""
    served, newer = tmp_path / "served", tmp_path / "newer"
    shutil.copytree(DIST, newer)
    shutil.copytree(DIST, served)
    build = re.search(r'"build": "(\w+)"', (served / "build.json").read_text())
    assert build is not None
    for path in (served / "build.json", *(served / "pages").iterdir()):
        if path.suffix in {".br", ".gz"}:
            path.unlink()
        else:
            path.write_text(path.read_text().replace(build[1], "an0lderbuild"))
    return served, newer


@pytest.fixture
def old_server(tmp_path: Path, releases: tuple[Path, Path]) -> Iterator[RunningServer]:
    """Return a server of the older release."""
    server = RunningServer(tmp_path)
    server.command = [sys.executable, str(RELEASE), str(releases[0])]
    with server:
        yield server


def test_a_cache_that_cannot_be_read_does_not_stand_in_the_way_of_the_network(
    browser: Browser, old_server: RunningServer, releases: tuple[Path, Path]
) -> None:
    worker = releases[0] / "pages" / "worker.js"
    damaged = "caches.match = async () => { throw new Error('it cannot be read'); };"
    worker.write_text(f"{damaged}\n{worker.read_text()}")
    with Company(browser, old_server) as company:
        ada = company.member("Ada", service_workers="allow")
        ada.page.evaluate(PREPARED)
        ada.reload()
        assert ada.page.evaluate("navigator.serviceWorker.controller !== null")
        ada.is_in()


def test_a_new_release_is_offered_and_taken_over_whole(
    browser: Browser, old_server: RunningServer, releases: tuple[Path, Path]
) -> None:
    served, newer = releases
    with Company(browser, old_server) as company:
        ada = company.member("Ada", service_workers="allow")
        ada.page.evaluate(PREPARED)
        expect(ada.html).to_have_attribute("data-build", "an0lderbuild")
        ada.watch.tolerates(OUTAGE)
        # Or the page would take the reader of this machine for its developer, and load itself anew.
        ada.page.evaluate("sessionStorage.setItem('reloaded-for', 'an0lderbuild')")
        old_server.kill()
        shutil.rmtree(served)
        newer.rename(served)
        old_server.start()
        ada.is_live()  # the old page goes on
        offer = ada.page.get_by_role("button", name=ada.words("note.reload"))
        expect(offer).to_be_visible()
        offer.click()
        expect(ada.html).not_to_have_attribute("data-build", "an0lderbuild")
        ada.is_ready()
        ada.is_in()
        ada.page.evaluate(GONE, "rebond-build-an0lderbuild")
        whole = ada.page.evaluate(BUILDS_KEPT)
        assert whole == [json.loads((served / "build.json").read_text())["build"]]
        ada.watch.tolerates(OFFLINE)
        ada.context.set_offline(True)
        ada.reload()
        expect(ada.html).not_to_have_attribute("data-build", "an0lderbuild")
