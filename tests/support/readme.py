"""The examples of the library's README, as its readers copy them."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "web" / "py" / "rebond" / "README.md"
_EXAMPLE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(language: str) -> list[str]:
    """Return the examples in a language, in their order."""
    return [text for name, text in _EXAMPLE.findall(README.read_text("utf-8")) if name == language]
