"""Code in the fragment of an address: no server ever sees it, and nothing runs it unasked."""

from __future__ import annotations

import base64
from collections.abc import Collection
from urllib.parse import quote, unquote

LONGEST = 12_000
"""Characters of code that fit into a link."""

_START = "#code/"


def fragment(name: str, code: str) -> str:
    """Return the fragment that shares the code of an exercise. Raises ValueError if it is too long."""
    if len(code) > LONGEST:
        raise ValueError(f"a link takes {LONGEST} characters at most")
    packed = base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")
    return f"{_START}{quote(name, safe='')}/{packed}"


def shared(text: str, names: Collection[str]) -> tuple[str, str] | None:
    """Return the exercise, one of ``names``, and the code that a fragment shares; None if it shares none."""
    if not text.startswith(_START):
        return None
    name, _, packed = text.removeprefix(_START).partition("/")
    name = unquote(name)
    if name not in names or len(packed) > 6 * LONGEST:
        return None
    try:
        code = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    return (name, code) if len(code) <= LONGEST else None
