"""The lesson's texts, held against each other and against what uses them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chat.texts import load
from tests.support.locales import check

WEB = Path(__file__).parents[2] / "web"
FOLDER = WEB / "locales" / "lesson"
CATALOGUES = load(FOLDER)
ENGLISH = CATALOGUES["en"]
CHAT = load(WEB / "locales")["en"]
SOURCES = sorted((WEB / "py" / "lesson").rglob("*.py"))
PAGES = sorted(path for path in (WEB / "pages").glob("*.html") if path.stem != "index")
PROSE = sorted(path.name for path in (FOLDER / "en").glob("*.html"))
FORMS = (".one", ".other")


def in_pages() -> Iterator[str]:
    for page in [*PAGES, *FOLDER.glob("*/*.html")]:
        yield from re.findall(r"\{\{\s*t:([\w.]+)\s*\}\}", page.read_text("utf-8"))


def strings() -> Iterator[str]:
    """Every string in the lesson's Python; of an f-string, what it begins with and an asterisk."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                    yield f"{start}*"
                case ast.Constant(value=str(value)):
                    yield value
                case _:
                    pass


def is_used(key: str, said: set[str], beginnings: tuple[str, ...]) -> bool:
    stems = {key, *(key.removesuffix(form) for form in FORMS)}
    return bool(stems & said) or key.startswith(beginnings)


def test_the_languages_have_the_same_keys_and_placeholders_and_no_blank_text() -> None:
    check(CATALOGUES)


def test_no_text_is_one_of_the_chat_s() -> None:
    assert ENGLISH.keys() & CHAT.keys() == set()


def test_every_text_that_a_page_names_is_there() -> None:
    assert set(in_pages()) - ENGLISH.keys() - CHAT.keys() == set()


def test_every_text_is_used() -> None:
    said = {*in_pages(), *strings()}
    beginnings = tuple(each.removesuffix("*") for each in said if each.endswith("*") and "." in each[:-1])
    beginnings += ("code.",)  # comments, found by their words: tests/lesson/test_comments.py
    assert [key for key in ENGLISH if not is_used(key, said, beginnings)] == []


# The long texts.


class Outline(HTMLParser):
    """What a text consists of, whatever its language: its elements, without those that only stress a word."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"em", "strong", "span", "a", "code", "i"}:
            named = {name: value for name, value in attrs if name in {"data-stage", "class", "data-exercise"}}
            self.elements.append(" ".join([tag, *(f"{name}={value}" for name, value in named.items())]))


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_there_is_every_text_in_every_language(language: str) -> None:
    assert sorted(path.name for path in (FOLDER / language).glob("*.html")) == PROSE


@pytest.mark.parametrize("name", PROSE)
@pytest.mark.parametrize("language", sorted(CATALOGUES.keys() - {"en"}))
def test_a_text_is_built_and_quotes_alike_in_every_language(language: str, name: str) -> None:
    here, there = ((FOLDER / each / name).read_text("utf-8") for each in (language, "en"))
    assert Outline(here).elements == Outline(there).elements
    for pattern in (r"\{\{.*?\}\}", r'href="([^"]*)"', r"<code>.*?</code>"):
        found, wanted = (Counter(re.findall(pattern, text)) for text in (here, there))
        if pattern.startswith(r"\{"):  # how often a number is named is the language's own affair
            assert found.keys() == wanted.keys()
        else:
            assert found == wanted


FRENCH = [(path.name, path.read_text("utf-8")) for path in (FOLDER / "fr").glob("*.html")]
FRENCH += [(key, text) for key, text in CATALOGUES["fr"].items()]
NO_WORDS = re.compile(r"\{\{.*?\}\}|<code>.*?</code>|<[^>]*>|&\w+;|\b\d+(?::\d+)+", re.DOTALL)


@pytest.mark.parametrize(("name", "text"), FRENCH, ids=[name for name, _ in FRENCH])
def test_french_is_set_as_french(name: str, text: str) -> None:
    """Narrow spaces that do not break before ; ! ? and the percent sign, one that does not break before the colon."""
    words = NO_WORDS.sub("", text)
    assert re.findall(r".{0,20}(?<![\u202f\s])[;!?](?!\w)", words) == []
    assert re.findall(r".{0,20}(?<![\u00a0\u202f]):(?=\s|$)", words) == []
    assert re.findall(r".{0,20}«(?![\u00a0\u202f])|.{0,20}(?<![\u00a0\u202f])»", words) == []
    assert re.findall(r".{0,20}['\"].{0,20}", words) == []
    assert re.findall(r".{0,20} [;:!?»]", words) == []
