"""The texts, held against each other and against what uses them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.texts import load
from rebond.codes import ErrorCode
from server.errors import ServiceError
from server.registration import Policy
from server.roles import Act, Role
from tests.support.locales import check

WEB = Path(__file__).parents[2] / "web"
CATALOGUES = load(WEB / "locales")
ENGLISH = CATALOGUES["en"]
SOURCES = sorted((WEB / "py" / "chat").rglob("*.py"))
PAGES = [WEB / "pages" / "index.html", WEB / "manifest.webmanifest"]
FORMS = (".one", ".other")
LOOKUPS = {"text": ("",), "count": FORMS}
"""The methods of Texts, and what they add to the key they are given."""


def in_pages() -> Iterator[str]:
    for page in PAGES:
        source = page.read_text("utf-8")
        yield from re.findall(r"\{\{\s*t:([\w.]+)\s*\}\}", source)
        yield from re.findall(r'\sdata-t(?:-[\w-]+)?="([\w.]+)"', source)


def in_code() -> Iterator[str]:
    """Every key given to a lookup in the chat's Python, and every string there that is a key."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(key)), *_]) if (
                    attr in LOOKUPS and "." in key
                ):
                    yield from (key + form for form in LOOKUPS[attr])
                case ast.Constant(value=str(value)) if value in ENGLISH:
                    yield value


def prefixes() -> set[str]:
    """What f-strings such as f"problem.{code}" begin with: all keys that begin so count as used."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start.endswith("."):
                    found.add(start)
    return found


def test_the_languages_have_the_same_keys_and_placeholders_and_no_blank_text() -> None:
    check(CATALOGUES)


def test_every_key_that_is_used_has_a_text() -> None:
    assert {*in_pages(), *in_code()} - set(ENGLISH) == set()


def test_every_text_is_used() -> None:
    used, beginnings = {*in_pages(), *in_code()}, tuple(prefixes())
    assert [key for key in ENGLISH if key not in used and not key.startswith(beginnings)] == []


def test_plural_forms_come_in_pairs() -> None:
    stems = {key.removesuffix(form) for key in ENGLISH for form in FORMS if key.endswith(form)}
    assert {stem + form for stem in stems for form in FORMS} - set(ENGLISH) == set()


def test_french_is_set_as_the_french_set_it() -> None:
    """An apostrophe is curved; a narrow no-break space stands before ; : ! ? and », and after «."""
    wrong = [
        key
        for key, text in CATALOGUES["fr"].items()
        if "'" in text or re.search(r"[^\u202f][?!;»]|[^\u202f]:(?!//)|«[^\u202f]|«$", text)
    ]
    assert wrong == []


def test_english_has_curved_apostrophes() -> None:
    assert [key for key, text in ENGLISH.items() if "'" in text] == []


OF_PROGRAMS = {
    "bad_frame",
    "bad_id",
    "bad_json",
    "bad_request",
    "bad_token",
    "body_too_big",
    "cross_site",
    "frame_too_big",
    "internal",
    "method_not_allowed",
    "no_hello",
    "no_such_stream",
    "not_found",
    "outdated",
    "predecessor",
    "unknown_kind",
}
"""The errors that no reader can bring about: a program that does not keep to the protocol does."""


def errors() -> set[str]:
    """Every code that the server refuses with."""
    found, kinds = {code.value for code in ErrorCode}, [ServiceError]
    while kinds:
        kind = kinds.pop()
        found.add(kind.code)
        kinds += kind.__subclasses__()
    return found


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_error_that_a_reader_can_meet_has_words(language: str) -> None:
    assert errors() >= OF_PROGRAMS
    assert [code for code in sorted(errors() - OF_PROGRAMS) if f"problem.{code}" not in CATALOGUES[language]] == []


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_act_in_the_log_has_words(language: str) -> None:
    kinds = {act.value for act in Act} - {"read_codes", "read_acts"}  # what is only looked at is not written down
    kinds -= {"set_role", "set_registration"}
    kinds |= {f"set_role.{role}" for role in Role} | {f"set_registration.{policy}" for policy in Policy}
    assert [kind for kind in sorted(kinds) if f"act.{kind}" not in CATALOGUES[language]] == []
