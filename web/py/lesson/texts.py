"""The words of the lesson's page: its own and those of the chat."""

from __future__ import annotations

import json
from pkgutil import get_data

from chat import texts


def load_bundled() -> dict[str, texts.Catalogue]:
    """Read the texts that the page came with, by language."""
    return {
        language: {**catalogue, **json.loads(get_data("lesson", f"locales/{language}.json") or b"{}")}
        for language, catalogue in texts.load_bundled().items()
    }
