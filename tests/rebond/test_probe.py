"""What the answer to a probe says."""

from __future__ import annotations

import pytest

from rebond.events import ProbeAnswered, ProbeFailed
from rebond.probe import reading


@pytest.mark.parametrize("status", [0, 200, 204, 302, 404, 426, 499])
def test_whoever_answers_is_there(status: int) -> None:
    assert reading(3, status, "") == ProbeAnswered(3)


def test_the_server_may_say_how_wide_its_window_is() -> None:
    assert reading(1, 200, '{"ok": true, "window_ms": 750}') == ProbeAnswered(1, 750)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_servers_error_is_a_server_that_is_down(status: int) -> None:
    assert reading(1, status, "<h1>Bad gateway</h1>") == ProbeFailed(1)


def test_503_is_a_server_that_is_busy_and_may_say_for_how_long() -> None:
    assert reading(1, 503, "") == ProbeFailed(1, busy=True)
    assert reading(1, 503, '{"error": {"code": "busy", "retry_ms": 1200}}') == ProbeFailed(1, True, 1200)


@pytest.mark.parametrize("text", ["[]", '"x"', "null", "[" * 100_000, '{"window_ms": true}', '{"window_ms": -1}'])
def test_a_body_of_another_kind_says_nothing_more(text: str) -> None:
    assert reading(1, 200, text) == ProbeAnswered(1)


@pytest.mark.parametrize("text", ["[]", '{"error": 1}', '{"error": {"retry_ms": 0.5}}', '{"error": {"retry_ms": -1}}'])
def test_an_error_of_another_kind_says_nothing_more(text: str) -> None:
    assert reading(1, 503, text) == ProbeFailed(1, busy=True)
