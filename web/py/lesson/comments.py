"""The comments in code that readers see, in their language. Each is a text of its own, ``code.*``.

Code is written with English ones, so that it is whole as it stands; they are found by their words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMENT = re.compile(r"(?<=# ).+$", re.MULTILINE)
_KEY = "code."


def comments_of(code: str) -> list[str]:
    """Return the words of each comment, in their order."""
    return _COMMENT.findall(code)


def translated(code: str, english: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Return the code with the comments of ``own``, for which ``english`` has the same keys; others stay."""
    words = {text: own[key] for key, text in english.items() if key.startswith(_KEY)}
    return _COMMENT.sub(lambda comment: words.get(comment[0], comment[0]), code)
