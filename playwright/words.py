"""What the page says, in the language of who looks at it: read from the locale files, so that tests quote nobody."""

import json
from pathlib import Path

LOCALES = Path(__file__).resolve().parents[1] / "web" / "locales"
LANGUAGES = ("en", "fr")


class Words:
    """The texts of one language: ``words("rooms.unread.one", room="tea", n=1)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts: dict[str, str] = json.loads((LOCALES / f"{language}.json").read_text(encoding="utf-8"))
        lesson = LOCALES / "lesson" / f"{language}.json"
        self._all: dict[str, str] = {**self._texts, **json.loads(lesson.read_text(encoding="utf-8"))}

    def __call__(self, key: str, **values: object) -> str:
        return self._all[key].format(**values)

    @property
    def plain(self) -> list[str]:
        """The keys of the chat's texts in which nothing is filled in."""
        return [key for key, text in self._texts.items() if "{" not in text]
