"""What may be a reaction: one emoji, as people's keyboards make them, and not a word."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 16
"""Code points: a family of four with skin tones has 11, the flag of Wales 7."""

_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_PLANE = range(0x1F000, 0x1FC00)
"""Where emoji are: those that are newer than this Python's tables are there too (Unicode 16, chapter 22.9)."""


def is_emoji(text: str) -> bool:
    """Tell whether ``text`` can be a reaction: symbols and what joins and colours them (Unicode TR 51, 1.4.9)."""
    if _KEYCAP.fullmatch(text):
        return True
    return 0 < len(text) <= MAX_LENGTH and _symbol(text[0]) and all(_symbol(char) or _joins(char) for char in text)


def _symbol(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sm", "Sc"} or ord(char) in _PLANE


def _joins(char: str) -> bool:
    """Modifiers, variation selectors, the joiner, and the tags of which some flags are made."""
    return char in "\u200d\ufe0e\ufe0f\u20e3" or 0xE0020 <= ord(char) <= 0xE007F
