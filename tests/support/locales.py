"""What the texts of a set of languages have to have in common."""

from __future__ import annotations

import string
from collections.abc import Mapping

Catalogues = Mapping[str, Mapping[str, str]]


def placeholders(text: str) -> set[str]:
    """Return the names of what is put into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def check(catalogues: Catalogues) -> None:
    """Make sure that all have the keys and the placeholders of the English one, in its order, and no blank text."""
    english = catalogues["en"]
    for language, texts in catalogues.items():
        assert list(texts) == list(english), language
        unlike = [key for key in english if placeholders(texts[key]) != placeholders(english[key])]
        assert unlike == [], language
        assert [key for key, text in texts.items() if not text or text != text.strip()] == [], language
