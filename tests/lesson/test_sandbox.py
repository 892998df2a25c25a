"""What the sandbox says is data, whatever it is."""

from __future__ import annotations

import json

import pytest

from lesson.sandbox import MOST, Checked, End, Verdict, read


def said(**message: object) -> str:
    return json.dumps(message)


def done(**outcome: object) -> str:
    return said(id=3, kind="done", outcome=json.dumps(outcome))


def test_an_outcome_is_read() -> None:
    checks = [
        {"id": "one", "passed": True, "values": {"n": 1, "s": 0.5, "t": True}},
        {"id": "two", "passed": False, "values": {}},
    ]
    number, verdict = read(done(passed=False, checks=checks, hint="two", error=None))
    assert number == 3
    assert verdict == Verdict(
        End.DONE, (Checked("one", True, {"n": 1, "s": 0.5, "t": "True"}), Checked("two", False, {})), "two"
    )
    assert not verdict.passed


def test_all_that_holds_has_passed() -> None:
    _, verdict = read(done(checks=[{"id": "one", "passed": True, "values": {}}], hint=None, error=None))
    assert verdict.passed


def test_what_python_said_is_no_success() -> None:
    _, verdict = read(done(checks=[], hint=None, error="ZeroDivisionError"))
    assert (verdict.error, verdict.passed) == ("ZeroDivisionError", False)


@pytest.mark.parametrize("kind", ["endless", "broken"])
def test_a_run_may_leave_no_outcome(kind: str) -> None:
    assert read(said(id=1, kind=kind)) == (1, Verdict(End(kind)))


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "[]",
        "{",
        '"done"',
        said(),
        said(id="1", kind="done"),
        said(id=True, kind="done"),
        said(id=1),
        said(id=1, kind=[]),
    ],
)
def test_what_is_about_no_run_is_about_none(message: str) -> None:
    assert read(message) == (-1, Verdict(End.BROKEN))


@pytest.mark.parametrize(
    "outcome",
    [
        None,
        1,
        "",
        "{",
        "[]",
        "{}",
        '{"checks": {}}',
        '{"checks": []}',
        "[" * 10_000,
        json.dumps({"checks": ["x" * MOST]}),
    ],
)
def test_an_outcome_that_is_none_is_a_broken_run(outcome: object) -> None:
    assert read(said(id=1, kind="done", outcome=outcome)) == (1, Verdict(End.BROKEN))


def test_a_check_that_is_none_does_not_hold() -> None:
    _, verdict = read(done(checks=[1, {"id": 5, "passed": "yes", "values": []}], error=7, hint=7))
    assert verdict == Verdict(End.DONE, (Checked("None", False, {}), Checked("5", False, {})))
