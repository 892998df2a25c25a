"""The colours of code never change it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import highlighting
from chat.highlighting import KINDS, LANGUAGES, LONGEST, PATIENCE, language, pieces
from tests.chat.made import HandClock

STILL = HandClock()

SAMPLES = {
    "bash": ('for f in *.txt; do\n  echo "$f" # each\ndone', {"keyword", "string", "comment"}),
    "c": ("#include <stdio.h>\nint main(void) { return 0x1f; } /* end */", {"special", "type", "number", "comment"}),
    "c#": ('public class A { string s = "x"; } // end', {"keyword", "name", "string", "comment"}),
    "c++": ("template <class T> T twice(T t) { return 2 * t; }", {"keyword", "number"}),
    "css": ("a:hover { color: #fff; } /* end */", {"keyword", "comment"}),
    "diff": ("-old\n+new\n unchanged\n", {"deleted", "inserted"}),
    "go": ('package main\nfunc main() { print("x") }', {"keyword", "string"}),
    "html": ('<a href="x">y</a><!-- end -->', {"keyword", "type", "string", "comment"}),
    "ini": ("[part]\nkey = value ; end", {"keyword", "type"}),
    "java": ("class A { int n = 1; } // end", {"keyword", "type", "number", "comment"}),
    "javascript": ("const f = (x) => `${x}`; // end", {"keyword", "string", "comment"}),
    "json": ('{"a": [1, true, null]}', {"keyword", "number"}),
    "kotlin": ('fun main() { val s = "x" } // end', {"keyword", "name", "string", "comment"}),
    "php": ('function f($x) { return "x"; } // end', {"keyword", "special", "string", "comment"}),
    "python": ('@d\ndef f(x: int) -> None:\n    return "é" + 1  # end', {"special", "keyword", "name", "string"}),
    "r": ('f <- function(x) x + 1 # end\n"x"', {"keyword", "number", "comment", "string"}),
    "ruby": ("def f(x)\n  :a # end\nend", {"keyword", "name", "string", "comment"}),
    "rust": ('fn main() { let x = "x"; } // end', {"keyword", "name", "string", "comment"}),
    "sql": ("SELECT a, 1 FROM b WHERE c = 'x' -- end", {"keyword", "number", "string", "comment"}),
    "swift": ('func f() { let x = "x" } // end', {"keyword", "name", "string", "comment"}),
    "toml": ('[part]\nkey = "value" # end', {"keyword", "string", "comment"}),
    "typescript": ("let x: number = 1; // end", {"keyword", "type", "number", "comment"}),
    "xml": ('<a b="c"/><!-- end -->', {"keyword", "type", "string", "comment"}),
    "yaml": ("a: 1 # end\nb: [true]", {"keyword", "comment"}),
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_has_colours(name: str) -> None:
    text, kinds = SAMPLES[name]
    found = pieces(name, text, STILL)
    assert found is not None
    assert "".join(value for _, value in found) == text
    assert {kind for kind, _ in found} >= kinds
    assert {kind for kind, _ in found} <= {"", *KINDS}


@given(st.sampled_from(LANGUAGES), st.text(max_size=300))
def test_any_text_is_what_its_pieces_are(name: str, text: str) -> None:
    found = pieces(name, text, STILL)
    assert found is None or "".join(value for _, value in found) == text


@pytest.mark.parametrize("name", LANGUAGES)
def test_code_that_was_cut_and_mixed_is_what_its_pieces_are(name: str) -> None:
    chance = random.Random(name)
    whole = "\r\n\t".join(text for text, _ in SAMPLES.values())
    coloured = 0
    for _ in range(60):
        start = chance.randrange(len(whole))
        text = whole[start : start + chance.randrange(400)] + chance.choice(
            ["", "\n", "\n\n", "  ", "\ufeff", "é\u0301"]
        )
        found = pieces(name, text, STILL)
        coloured += found is not None
        assert found is None or "".join(value for _, value in found) == text
    assert coloured > 50


@pytest.mark.parametrize(
    ("named", "known"),
    [("py", "python"), ("Python", "python"), ("C++", "c++"), ("js", "javascript"), ("klingon", None), ("", None)],
)
def test_languages_have_other_names(named: str, known: str | None) -> None:
    assert language(named) == known


def test_what_is_too_long_or_of_no_language_is_left_as_it_is() -> None:
    assert pieces("klingon", "x", STILL) is None
    assert pieces("python", "x" * LONGEST, STILL) is not None
    assert pieces("python", "x" * (LONGEST + 1), STILL) is None


def test_a_language_that_takes_too_long_is_left_as_it_is_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlighting, "_slow", set())
    times = iter([0.0, 0.1, PATIENCE + 0.2])
    assert pieces("go", "a b c d", lambda: next(times)) is None
    assert pieces("golang", "a", STILL) is None
    assert pieces("rust", "a", STILL) is not None


def test_a_lexer_that_loses_something_colours_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(highlighting._made, "go", lambda text: [(0, ("Text",), text[:-1])])
    assert pieces("go", "abc", STILL) is None
