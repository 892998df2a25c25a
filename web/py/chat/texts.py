"""The words of the page, in the reader's language."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from pkgutil import get_data

Catalogue = Mapping[str, str]

_GROUPING = {"en": ",", "fr": "\u202f"}
"""What stands between the thousands: a comma; a narrow space that does not break."""

_POINT = {"en": ".", "fr": ","}
"""What stands before the tenths."""

_ONE = {"en": frozenset({1}), "fr": frozenset({0, 1})}
"""The numbers that take the singular (CLDR, "Language Plural Rules", for whole numbers below a million)."""


_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_ELIDED = re.compile(r"\bde \{(\w+)\}")
"""Where French writes another form before a vowel."""


def load(folder: Path) -> dict[str, Catalogue]:
    """Read every ``<language>.json`` of ``folder``: texts by key, by language."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def load_bundled(package: str = "chat") -> dict[str, Catalogue]:
    """Read the texts that a package came with. It finds them in the archive that the package itself is in."""
    return {language: json.loads(get_data(package, f"locales/{language}.json") or b"{}") for language in _GROUPING}


class Texts:
    """Looks texts up. What depends on a number has the two keys ``<key>.one`` and ``<key>.other``."""

    def __init__(self, catalogues: Mapping[str, Catalogue], language: str) -> None:
        self._catalogues = catalogues
        self.language = ""
        self.speak(language)

    def speak(self, language: str) -> None:
        """Change the language. Raises KeyError for one that there is no catalogue of."""
        self._catalogue = self._catalogues[language]
        self.language = language

    def has(self, key: str) -> bool:
        """Tell whether there is a text for ``key``."""
        return key in self._catalogue

    def text(self, key: str, /, **values: str) -> str:
        """Return the text for ``key`` with ``values`` in its placeholders. Raises KeyError if there is none."""
        template = self._catalogue[key]
        if self.language == "fr" and "de {" in template:
            template = _ELIDED.sub(
                lambda of: f"d{_APOSTROPHE}{{{of[1]}}}" if _vowel(values.get(of[1], "")) else of[0], template
            )
        return template.format_map(values)

    def count(self, key: str, n: int, **values: str) -> str:
        """Return the text for ``n`` things, ``n`` itself being the placeholder of that name."""
        form = "one" if n in _ONE[self.language] else "other"
        return self.text(f"{key}.{form}", n=self.number(n), **values)

    def number(self, n: int) -> str:
        """Write a whole number."""
        return f"{n:,}".replace(",", _GROUPING[self.language])

    def seconds(self, seconds: float) -> str:
        """Write a number of seconds: with a tenth while that says something."""
        if seconds >= 9.95:
            return self.number(round(seconds))
        return f"{seconds:.1f}".replace(".", _POINT[self.language])

    def refusal(self, code: str, retry_ms: int | None) -> str:
        """Say in words what an error code means, and when another try is worth it, if that is known."""
        if code != "slow_down" or retry_ms is None:
            return self.problem(code)
        seconds = ceil(retry_ms / 1_000)
        wait = self.count("wait.seconds", seconds) if seconds < 90 else self.count("wait.minutes", ceil(seconds / 60))
        return self.text("wait.text", wait=wait)

    def problem(self, code: str) -> str:
        """Say in words what an error code means to a reader."""
        key = f"problem.{code}"
        return self.text(key) if self.has(key) else self.text("problem.unknown", code=code)


def _vowel(word: str) -> bool:
    """Tell whether a word begins with a vowel, whatever its accent. An h may be one or not: it is left alone."""
    return unicodedata.normalize("NFD", word[:1].casefold())[:1] in set("aeiouœæ")


def _elided(of: re.Match[str], values: Mapping[str, str]) -> str:
    return f"d{_APOSTROPHE}{{{of[1]}}}" if _vowel(values.get(of[1], "")) else of[0]
