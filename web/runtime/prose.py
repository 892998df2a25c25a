"""The long texts of the lesson: web/locales/lesson/<language>/<name>.html, the same names in every language.

They are HTML, put into a page by `{{prose:name}}`. Besides what a page may hold, in them

    {{number:name}}         is a value that the lesson's own code has computed, written as the language writes it
    {{quote:module:name}}   is the source of a function, class or constant of ours: see quotes.source; what is written
                            for the reader alone (`lesson.clients`) has its comments in the reader's language
    {{snippet:name}}        is web/locales/lesson/<name>.txt, code that is not ours
"""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from web.runtime import locales, quotes
from web.runtime.shelf import BuildError

Numbers = Callable[[], Mapping[str, Mapping[str, str]]]
"""By language and name."""


class Prose:
    """Finds texts, and knows what their own placeholders stand for. `numbers` is called when one is wanted."""

    def __init__(self, web: Path, numbers: Numbers) -> None:
        self._folder = web / "locales" / "lesson"
        self._python = (web / "py", web.parent)
        self._numbers = numbers
        self._known: Mapping[str, Mapping[str, str]] | None = None

    def path(self, language: str, name: str) -> Path:
        """Where a text is. Raises BuildError if any language lacks it."""
        for folder in sorted(path for path in self._folder.iterdir() if path.is_dir()):
            if not (folder / f"{name}.html").is_file():
                raise BuildError(f"there is no file web/locales/lesson/{folder.name}/{name}.html")
        return self._folder / language / f"{name}.html"

    def kinds(self, language: str) -> Mapping[str, Callable[[str], str]]:
        """What the placeholders of texts in `language` stand for."""
        return {
            "number": lambda name: self._number(language, name),
            "quote": lambda reference: self._quote(language, reference),
            "snippet": self._snippet,
        }

    def _number(self, language: str, name: str) -> str:
        if self._known is None:
            self._known = self._numbers()
        try:
            return f'<b class="number">{escape(self._known[language][name])}</b>'
        except KeyError:
            raise BuildError(f"lesson.numbers computes no {name} for {language}") from None

    def _quote(self, language: str, reference: str) -> str:
        code = quotes.source(self._python, reference)
        if reference.startswith("lesson.clients:"):
            from lesson.comments import translated

            texts = locales.load(self._folder)
            code = translated(code, texts["en"], texts[language])
        return quotes.listing(code)

    def _snippet(self, name: str) -> str:
        try:
            return quotes.listing((self._folder / f"{name}.txt").read_text("utf-8"))
        except FileNotFoundError:
            raise BuildError(f"there is no file web/locales/lesson/{name}.txt") from None
