"""The exercises: a right answer passes, and typical wrong ones get the hint that helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chat.texts import Texts, load
from lesson import clients
from lesson.exercises import DELAYS, EXERCISES, WINDOW, run
from lesson.stages import EXERCISES as STAGES
from tests.lesson.solutions import BEATS, OUTBOX, SOLUTIONS

LOCALES = Path(__file__).parents[2] / "web" / "locales" / "lesson"


def test_every_exercise_belongs_to_a_stage() -> None:
    assert EXERCISES.keys() == STAGES.keys() == SOLUTIONS.keys()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_right_answer_passes(name: str, seed: int) -> None:
    outcome = run(name, SOLUTIONS[name], seed)
    assert outcome.error is None
    assert [check.id for check in outcome.checks if not check.passed] == []
    assert outcome.passed
    assert outcome.hint is None


@pytest.mark.parametrize("name", EXERCISES)
def test_what_one_begins_with_does_not_pass(name: str) -> None:
    outcome = run(name, EXERCISES[name].source)
    assert outcome.error is None
    assert not outcome.passed


NEVER_BACK = clients.SINGLE.replace("        interval = setInterval(connect, 1000)\n", "        pass\n")
NEVER_CLEARED = clients.SINGLE.replace("    clearInterval(interval)\n    interval = None\n", "    pass\n")
GLOBAL_INTERVAL = clients.ARTICLE.replace("    interval = None\n", "").replace("nonlocal", "global")
GLOBAL_INTERVAL = "interval = None\n" + GLOBAL_INTERVAL
WAITS_FOR_CLOSE = (
    BEATS.replace("        dead.onmessage = dead.onclose = None\n", "")
    .replace("        on_close(None)\n", "")
    .replace("dead, socket = socket, None", "dead = socket")
)
JUMPY = BEATS.replace("> 10", "> 1").replace('        socket.send("ping")\n', "")
SLOW = BEATS.replace("> 10", "> 40")
FOREVER_NEW_ID = OUTBOX.replace("    for text in waiting:\n", "    for text in list(waiting):\n").replace(
    "        socket.send(text)\n\ndef on_close",
    '        socket.send(json.dumps({"id": str(random.random()), "text": json.loads(text)["text"]}))\n\ndef on_close',
)


@pytest.mark.parametrize(
    ("name", "source", "hint"),
    [
        ("article", clients.ARTICLE, "one_interval"),
        ("article", NEVER_BACK, "comes_back"),
        ("article", NEVER_CLEARED, "none_left"),
        ("probe", clients.POLLING, "knocks"),
        ("probe", clients.SINGLE, "knocks"),
        ("probe", clients.KNOCKING.replace("250", "3000"), "quick"),
        ("delays", DELAYS, "spread"),
        ("delays", DELAYS.replace("1.0", "random.random() * 0.2"), "gentle"),
        ("delays", DELAYS.replace("1.0", "random.random() * 100"), "prompt"),
        ("window", WINDOW, "few"),
        ("window", WINDOW.replace("return 1.0", "return 0.01"), "gentle"),
        ("window", WINDOW.replace("return 1.0", "return 0.25"), "many"),
        ("window", WINDOW.replace("return 1.0", "return 0.25 if crowd < 100 else 3 * crowd / rate"), "prompt"),
        ("beats", clients.KNOCKING, "notices"),
        ("beats", WAITS_FOR_CLOSE, "soon"),
        ("beats", SLOW, "soon"),
        ("beats", JUMPY, "patient"),
        ("outbox", clients.FORGET, "arrives"),
        ("outbox", clients.RESEND, "once"),
        ("outbox", FOREVER_NEW_ID, "once"),
    ],
)
def test_a_wrong_answer_gets_the_hint_that_helps(name: str, source: str, hint: str) -> None:
    outcome = run(name, source)
    assert outcome.error is None
    assert outcome.hint == hint, outcome.as_data()


def test_a_global_interval_is_not_enough_for_the_article() -> None:
    """It clears the interval, but two of them may have been started by then."""
    outcome = run("article", GLOBAL_INTERVAL)
    assert outcome.passed or outcome.hint in {"one_interval", "none_left", "one_socket"}


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def delay(number, random):\n    return x\n", "NameError: name 'x' is not defined (client.py, 2)"),
        ("def delay(number", "SyntaxError: '(' was never closed (client.py, 1)"),
        ("x = 1", "NameError: delay is not defined"),
    ],
)
def test_errors_are_said(source: str, error: str) -> None:
    outcome = run("delays", source)
    assert outcome.error == error
    assert not outcome.passed
    assert outcome.checks == ()


@pytest.mark.parametrize("name", ["delays", "window"])
@pytest.mark.parametrize("returned", ["-1", "0", "None", "True", "'soon'", "inf", "nan"])
def test_what_is_no_time_is_said(name: str, returned: str) -> None:
    exercise = EXERCISES[name]
    outcome = run(name, "from math import inf, nan\n" + exercise.source.replace("return 1.0", f"return {returned}"))
    [check] = outcome.checks
    assert (outcome.hint, check.values) == ("returns", {"name": name.removesuffix("s"), "returned": returned})
    for language in ("en", "fr"):
        texts = Texts(load(LOCALES), language)
        assert returned in texts.text(exercise.key("check.returns"), **{key: str(v) for key, v in check.values.items()})
        assert texts.has(exercise.key("hint.returns"))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", EXERCISES)
def test_every_check_has_its_words_and_its_hint(name: str, language: str) -> None:
    exercise, texts = EXERCISES[name], Texts(load(LOCALES), language)
    assert texts.has(exercise.key("title"))
    assert texts.has(exercise.key("task"))
    for check in run(name, exercise.source).checks:
        values = {key: f"{value}" for key, value in check.values.items()}
        assert texts.text(exercise.key(f"check.{check.id}"), **values)
        assert texts.text(exercise.key(f"hint.{check.id}"))


def test_an_outcome_is_plain_data() -> None:
    for name, exercise in EXERCISES.items():
        data = run(name, exercise.source).as_data()
        assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_a_storm_comes_to_an_end() -> None:
    outcome = run("article", clients.ARTICLE.replace("1000", "1"))
    assert not outcome.passed
