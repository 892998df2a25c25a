"""The pages: templates filled in once per language, and held against the content security policy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from web.runtime.assets import Assets, text
from web.runtime.locales import Texts
from web.runtime.prose import Prose
from web.runtime.shelf import BuildError, read_text
from web.runtime.template import fill

Attributes = Sequence[tuple[str, str | None]]

BUILD_MARK = "\0build\0"
"""Stands where the build's id will be, which is only known once everything else is."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What `{{preload}}`, `{{boot}}` and `{{script:name}}` stand for."""

    preload: str
    boot: str
    scripts: Mapping[str, str] = field(default_factory=dict)
    """The URLs of modules that a page loads by itself."""

    def script(self, name: str) -> str:
        """The URL of a module. Raises BuildError."""
        if name not in self.scripts:
            raise BuildError(f"there is no script {name} for this page")
        return self.scripts[name]


def render(
    template: Path, language: str, *, languages: Mapping[str, Texts], assets: Assets, tags: Tags, prose: Prose
) -> str:
    """The page in one language, with `BUILD_MARK` where it names its build. Raises BuildError."""
    where = f"web/pages/{template.name}"
    values = {
        "lang": lambda: language,
        "build": lambda: BUILD_MARK,
        "preload": lambda: tags.preload,
        "boot": lambda: tags.boot,
    }
    kinds: dict[str, Callable[[str], str]] = {
        "t": lambda key: escape(text(languages, language, key)),
        "static": lambda reference: assets.url(reference, language),
    }

    def written(name: str) -> str:
        path = prose.path(language, name)
        shown = f"web/locales/lesson/{language}/{path.name}"
        return fill(read_text(path, shown), shown, values, {**kinds, **prose.kinds(language)})

    page = fill(read_text(template, where), where, values, {**kinds, "prose": written, "script": tags.script})
    inspection = Inspection(where, languages[language])
    inspection.feed(page)
    inspection.close()
    return page


class Inspection(HTMLParser):
    """Refuses what the content security policy would silently drop, and texts that nobody wrote."""

    def __init__(self, where: str, texts: Texts) -> None:
        super().__init__()
        self._where = where
        self._texts = texts

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if tag == "style":
            self._refuse("a <style> element; put it into web/styles")
        if tag == "script" and "src" not in given:
            self._refuse("a script without src")
        for name, value in attrs:
            self._look_at(tag, name, value or "")

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name == "style" or name.startswith("on"):
            self._refuse(f'the attribute {name}="{value}" on <{tag}>')
        if value.lstrip().lower().startswith("javascript:"):
            self._refuse(f'{name}="{value}" on <{tag}>')
        loads = name in ("src", "srcset", "poster", "data") or (tag in ("link", "use") and name == "href")
        if loads and value.startswith(("http:", "https:", "//")):
            self._refuse(f"{value}, from another host")
        if (name == "data-t" or name.startswith("data-t-")) and value not in self._texts:
            raise BuildError(f'{self._where}: {name}="{value}" on <{tag}> names no text of web/locales')

    def _refuse(self, what: str) -> None:
        raise BuildError(f"{self._where}: the content security policy forbids {what}")
