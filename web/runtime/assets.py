"""Styles, icons and the manifest: found below web/, their own references resolved, put on the shelf."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from web.runtime.locales import Texts
from web.runtime.shelf import BuildError, Shelf, read_text
from web.runtime.template import fill

# A comment first, so that what it holds is passed over.
CSS_REFERENCE = re.compile(
    r"""/\*.*?\*/ | url\(\s*(?P<q>["']?)(?P<url>[^"')]*)(?P=q)\s*\) | @import\s+(?P<r>["'])(?P<sheet>[^"']+)(?P=r)""",
    re.VERBOSE | re.DOTALL,
)
NO_ASSETS = ("py", "py-stubs", "pages", "locales", "node_modules", "dist", "runtime")


class Assets:
    """Resolves paths below web/ to the hashed URL paths of what is served."""

    def __init__(self, web: Path, shelf: Shelf, languages: Mapping[str, Texts]) -> None:
        self._web = web.resolve()
        self._shelf = shelf
        self._languages = languages
        self._known: dict[tuple[str, str], str] = {}
        self._open: list[str] = []

    def url(self, reference: str, language: str) -> str:
        """The URL path of the file `reference` (such as `styles/chat.css`) for pages in `language`.

        Raises BuildError when there is no such file, or when it comes back to itself through its references.
        """
        path = (self._web / reference).resolve()
        inside = path.is_relative_to(self._web) and path.relative_to(self._web).parts[0] not in NO_ASSETS
        if not inside or not path.is_file():
            raise BuildError(f"there is no file web/{reference}")
        name = path.relative_to(self._web).as_posix()
        if name in self._open:
            raise BuildError(f"web/{name} refers to itself: {' → '.join([*self._open, name])}")
        if (name, language) not in self._known:
            self._open.append(name)
            self._known[name, language] = self._shelf.add(path.name, self._content(path, name, language))
            self._open.pop()
        return self._known[name, language]

    def _content(self, path: Path, name: str, language: str) -> bytes:
        match path.suffix:
            case ".css":
                return self._style(path, name, language).encode()
            case ".webmanifest":
                values = {"lang": lambda: language}
                kinds: dict[str, Callable[[str], str]] = {
                    "t": lambda key: json.dumps(text(self._languages, language, key), ensure_ascii=False)[1:-1],
                    "static": lambda reference: self.url(reference, language),
                }
                return fill(read_text(path, f"web/{name}"), f"web/{name}", values, kinds).encode()
            case _:
                return path.read_bytes()

    def _style(self, path: Path, name: str, language: str) -> str:
        def resolve(match: re.Match[str]) -> str:
            reference = match["url"] or match["sheet"]
            if not reference or reference.startswith(("#", "data:")):
                return match[0]
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc or reference.startswith("/"):
                raise BuildError(f"web/{name}: {reference} must be a path relative to the style's own file")
            target = (path.parent / parts.path).resolve()
            if not target.is_relative_to(self._web):
                raise BuildError(f"web/{name}: {reference} lies outside web/")
            resolved = self.url(target.relative_to(self._web).as_posix(), language)
            return match[0].replace(reference, resolved + (f"#{parts.fragment}" if parts.fragment else ""))

        try:
            return CSS_REFERENCE.sub(resolve, read_text(path, f"web/{name}"))
        except BuildError as error:
            raise error if str(error).startswith(f"web/{name}: ") else BuildError(f"web/{name}: {error}") from error


def text(languages: Mapping[str, Texts], language: str, key: str) -> str:
    """The text of `key`. Raises BuildError for an unknown one."""
    try:
        return languages[language][key]
    except KeyError:
        raise BuildError(f"web/locales/{language}.json has no text {key}") from None
