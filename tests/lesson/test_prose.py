"""What the text says beside its computed numbers, held against the code."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from lesson.stages import EXERCISES, NUMBERS, STAGES
from rebond.states import State
from server.practice import BEING_LATE, REFUSING
from web.runtime.quotes import source

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "web" / "locales" / "lesson"
LANGUAGES = ("en", "fr")


def text_of(language: str, name: str) -> str:
    return (FOLDER / language / f"{name}.html").read_text("utf-8")


def everything(language: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((FOLDER / language).glob("*.html")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_one_figure_and_says_what_is_still_wrong(language: str, stage: str) -> None:
    text = text_of(language, stage)
    assert re.findall(r'<figure data-stage="(\w+)">', text) == [stage]
    assert text.count('<strong class="asked">') == 1
    assert text.index("asked") < text.index("<figure"), "it is asked before it is shown"
    assert text.count('class="wrong"') == 1
    assert "{{quote:" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_stands_in_its_stage(language: str) -> None:
    found = {name: stage for stage in STAGES for name in re.findall(r'data-exercise="(\w+)"', text_of(language, stage))}
    assert found == EXERCISES


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_numbers_that_are_computed_are_quoted(language: str) -> None:
    assert set(re.findall(r"\{\{number:(\w+)\}\}", everything(language))) <= set(NUMBERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quotation_is_found_in_the_source(language: str) -> None:
    for reference in re.findall(r"\{\{quote:(.*?)\}\}", everything(language)):
        code = source((ROOT / "web" / "py", ROOT), html.unescape(reference))
        assert len(code.splitlines()) >= 2, reference
        assert max(map(len, code.splitlines())) <= 120


def test_the_snippet_is_the_article_s() -> None:
    theirs = (ROOT / "playwright" / "article.js").read_text("utf-8").splitlines()
    printed = [line for line in theirs if not line.startswith("//")]
    assert (FOLDER / "article.txt").read_text("utf-8").splitlines() == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_author_is_credited_and_linked(language: str) -> None:
    for name in ("article", "end"):
        assert '<a href="https://blog.otso.fr" rel="noopener noreferrer">' in text_of(language, name)


def test_what_is_counted_in_words_is_so() -> None:
    assert len(State) == 8
    assert "eight states" in text_of("en", "everything")
    assert "huit états" in text_of("fr", "everything")
    assert REFUSING == 5.0
    assert "five seconds" in text_of("en", "real")
    assert "cinq secondes" in text_of("fr", "real")
    assert BEING_LATE == 10.0, "as the button's story says"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_teacher_s_hour_is_one_and_its_first_half_is_half(language: str) -> None:
    minutes = [int(found) for found in re.findall(r"</th><td>(\d+)</td>", text_of(language, "notes"))]
    assert len(minutes) == len(STAGES)
    assert (sum(minutes[:5]), sum(minutes)) == (30, 60)
