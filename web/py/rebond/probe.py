"""What the answer to a probe says."""

from __future__ import annotations

import json

from rebond.events import ProbeAnswered, ProbeFailed


def reading(attempt: int, status: int, text: str) -> ProbeAnswered | ProbeFailed:
    """Say what an HTTP answer means: any but a server's error shows that a server is there.

    ``window_ms`` is read where the body is JSON, and ``error.retry_ms`` where the server failed; a body that is
    anything else says nothing more.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if status < 500:
        return ProbeAnswered(attempt, _number(body, "window_ms"))
    error = body.get("error") if isinstance(body, dict) else None
    return ProbeFailed(attempt, busy=status == 503, retry_ms=_number(error, "retry_ms"))


def _number(body: object, name: str) -> int | None:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
