"""What is not to be read in a log, and what a line of it looks like."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from server import log


def record(message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("name", logging.INFO, "path", 1, "%s", (message,), None)
    vars(made).update(more)
    return made


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("GET /api/rooms 200", "GET /api/rooms 200"),
        ('"WebSocket /ws?token=abc.def" [accepted]', '"WebSocket /ws[redacted]" [accepted]'),
        ("token eyJhbGciOi.eyJzdWIi.c2ln-_x, said", "token [redacted], said"),
        ("GET /join/7K3MQ-X0T9A 303", "GET /join/[redacted] 303"),
        ("why? because", "why? because"),
    ],
)
def test_queries_tokens_and_codes_are_taken_out(message: str, logged: str) -> None:
    assert log.Lines().format(record(message)).endswith(f"INFO name: {logged}")
    assert json.loads(log.JsonLines().format(record(message)))["message"] == logged


@pytest.mark.parametrize("formatter", [log.Lines(), log.JsonLines()])
def test_they_are_taken_out_of_a_traceback_too(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("/ws?token=secret")
    except ValueError:
        line = formatter.format(record("failed", exc_info=sys.exc_info()))
    assert "secret" not in line
    assert "ValueError" in line


def test_line_of_json_has_its_fields_and_is_one_line() -> None:
    line = log.JsonLines().format(record("two\nlines", created=0.5, msecs=500.0, fields={"status": 200}))
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00.500Z",
        "level": "info",
        "logger": "name",
        "message": "two\nlines",
        "status": 200,
    }


@pytest.mark.parametrize("style", ["text", "json"])
def test_uvicorn_writes_down_no_request_at_any_level(style: str) -> None:
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    try:
        log.configure("debug", "json" if style == "json" else "text")
        assert root.level == logging.DEBUG
        assert isinstance(root.handlers[0].formatter, log.JsonLines) == (style == "json")
        assert not logging.getLogger("uvicorn.error").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = before
        root.setLevel(logging.WARNING)
