"""What is not to be read in a log."""

from __future__ import annotations

import logging

import pytest

from server import log


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("GET /api/rooms 200", "GET /api/rooms 200"),
        ('"WebSocket /ws?token=abc.def" [accepted]', '"WebSocket /ws[redacted]" [accepted]'),
        ("token eyJhbGciOi.eyJzdWIi.c2ln-_x, said", "token [redacted], said"),
        ("why? because", "why? because"),
    ],
)
def test_queries_and_tokens_are_taken_out(message: str, logged: str) -> None:
    record = logging.LogRecord("name", logging.INFO, "path", 1, "%s", (message,), None)
    assert log.redact(record)
    assert record.getMessage() == logged


def test_uvicorn_writes_down_no_request_at_any_level() -> None:
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    try:
        log.configure("debug")
        assert root.level == logging.DEBUG
        assert not logging.getLogger("uvicorn.error").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = before
        root.setLevel(logging.WARNING)
