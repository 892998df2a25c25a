"""The comments in the code that readers see."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.texts import load
from lesson import clients
from lesson.comments import comments_of, translated
from lesson.exercises import EXERCISES

LESSON = load(Path(__file__).parents[2] / "web" / "locales" / "lesson")
CODES = {
    **{name: value for name, value in vars(clients).items() if name.isupper() and isinstance(value, str)},
    **{name: exercise.source for name, exercise in EXERCISES.items()},
}


def translated_to(language: str, code: str) -> str:
    return translated(code, LESSON["en"], LESSON[language])


@pytest.mark.parametrize("name", CODES)
def test_every_comment_has_its_words_in_french(name: str) -> None:
    comments = comments_of(CODES[name])
    assert not set(comments) & set(comments_of(translated_to("fr", CODES[name])))
    assert translated_to("en", CODES[name]) == CODES[name]


@pytest.mark.parametrize("name", CODES)
def test_nothing_but_comments_changes(name: str) -> None:
    before, after = CODES[name].splitlines(), translated_to("fr", CODES[name]).splitlines()
    assert [line.partition("#")[0] for line in before] == [line.partition("#")[0] for line in after]
    assert comments_of(CODES[name]) == [] or before != after


def test_every_text_is_some_comment_s() -> None:
    comments = {comment for code in CODES.values() for comment in comments_of(code)}
    assert {text for key, text in LESSON["en"].items() if key.startswith("code.")} == comments
