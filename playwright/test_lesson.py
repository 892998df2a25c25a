"""The lesson: read through in both languages, without Python, on paper, and its real line."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

import axe
from company import Company
from lesson.comments import comments_of
from lesson.exercises import EXERCISES
from person import Person
from reader import Exercise
from words import LANGUAGES

ANSWERS = {
    "silence": 0,  # open
    "article": 2,  # 32 intervals
    "single": 0,  # none is left
    "probe": 1,  # who knocks is back first
    "herd": 2,  # nearly all at once
    "halfopen": 2,  # who trusts its socket does not notice
    "cursors": 3,  # some are lost, some doubled
    "outbox": 2,  # stored twice
    "tokens": 2,  # it tries for ever
    "everything": 2,  # nothing is missing
}
"""What the text says of each stage, as the number of the answer that its figure has to find out by playing it."""

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 1280)


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def scrolling(page: Page) -> int:
    """Count the listings of which a part is to be seen only by scrolling sideways."""
    count: int = page.evaluate(
        "[...document.querySelectorAll('pre')].filter((each) => each.scrollWidth > each.clientWidth).length"
    )
    return count


@pytest.fixture(scope="module")
def readers(everyone: Company) -> Callable[[str], Person]:
    """Who reads the lesson in a language, from one test to the next, and wants things to keep still."""
    found: dict[str, Person] = {}

    def reader(language: str) -> Person:
        if language not in found:
            person = everyone.person("Reader", language=language)
            person.page.emulate_media(reduced_motion="reduce")
            person.open("/learn")
            found[language] = person
        return found[language]

    return reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_stage_asks_and_then_shows(readers: Callable[[str], Person], language: str) -> None:
    reader = readers(language)
    page = reader.page
    for stage, right in ANSWERS.items():
        section = page.locator(f"#{stage}")
        expect(section.get_by_role("heading", level=2)).to_contain_text(reader.words(f"learn.{stage}"))
        play = section.get_by_role("button", name=reader.words("figure.play"), exact=True)
        expect(play).to_be_visible()
        section.get_by_role("button", name=reader.words("figure.step"), exact=True).click()
        expect(play).to_be_visible()
        choices = section.locator(".figure-choice")
        expect(section.locator(".figure-verdict")).to_have_text("")
        choices.nth(0).click()
        expect(section.locator(".figure-verdict")).not_to_have_text("")
        expect(choices.nth(right)).to_have_class(re.compile(r"\bright\b"))
        guess = "right" if right == 0 else "wrong"
        expect(section.locator(".figure-verdict")).to_contain_text(reader.words(f"figure.predict.{guess}"))
        expect(play).to_be_visible()
    expect(page.locator('.rail a[href="#everything"]')).to_have_attribute("aria-current", "true")
    found = []
    for theme in THEMES:
        for width in WIDTHS:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) <= 0, f"{width} px"
            assert scrolling(page) == 0, f"{width} px"
            found += [f"{theme}, {width}: {wrong}" for wrong in axe.violations(page)]
    assert not found, "\n".join(found)


def test_the_code_to_change_speaks_the_reader_s_language(readers: Callable[[str], Person]) -> None:
    reader = readers("fr")
    for name in ("delays", "window", "probe"):
        exercise = Exercise(reader, name)
        exercise.begin()
        comments, theirs = comments_of(EXERCISES[name].source), comments_of(exercise.code())
        assert len(theirs) == len(comments) > 0
        assert not {*theirs} & {*comments}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_whole_without_python(guests: Company, language: str) -> None:
    reader = guests.person("Reader", language=language, java_script_enabled=False)
    reader.page.goto("/learn")
    for stage in ANSWERS:
        section = reader.page.locator(f"#{stage}")
        expect(section.get_by_role("heading", level=2)).to_contain_text(reader.words(f"learn.{stage}"))
        expect(section.locator(".asked")).to_be_visible()
        assert section.locator("pre.listing").count() >= 1
    assert reader.page.locator(".number").count() > 30
    assert (
        "{"
        not in re.sub(r"<pre.*?</pre>|<code>.*?</code>", "", reader.page.content(), flags=re.DOTALL).split("<body")[1]
    )
    reader.page.get_by_role("link", name=reader.words("learn.other.name"), exact=True).click()
    expect(reader.page.locator("html")).to_have_attribute("lang", reader.words("learn.other.code"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_for_teachers_are_there(guests: Company, language: str) -> None:
    reader = guests.person("Teacher", language=language)
    page = reader.page
    page.goto("/learn-notes")
    expect(page.get_by_role("heading", level=1)).to_have_text(reader.words("learn.notes"))
    expect(page.get_by_role("row")).to_have_count(11)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) <= 0, f"{width} px"
        assert axe.violations(page) == []
    page.get_by_role("link", name=reader.words("learn.lesson"), exact=True).click()
    expect(page).to_have_url(re.compile("/learn$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(reader.words("learn.title"))


def test_the_way_leads_from_the_door_and_back(guests: Company) -> None:
    reader = guests.visitor("Reader")
    reader.page.get_by_role("link", name=reader.words("door.learn"), exact=True).click()
    reader.is_ready()
    reader.page.get_by_role("link", name=reader.words("learn.chat"), exact=True).first.click()
    expect(reader.page.locator("#door")).to_be_visible()


def test_a_seed_stands_in_the_address(guests: Company) -> None:
    reader = guests.person("Reader")
    reader.open("/learn?probe=41")
    button = reader.page.locator("#probe").locator('[data-do="seed"]')
    expect(button).to_contain_text("41")
    button.click()
    expect(reader.page).to_have_url(re.compile(r"/learn\?probe=42$"))


def test_what_is_printed_holds_the_text_and_none_of_the_buttons(readers: Callable[[str], Person]) -> None:
    reader = readers("fr")
    reader.page.emulate_media(media="print", reduced_motion="reduce")
    expect(reader.page.locator("#herd .formula")).to_be_visible()
    for hidden in (".learn-top", ".rail", "#line", ".exercise"):
        expect(reader.page.locator(hidden).first).to_be_hidden()
    reader.page.emulate_media(media="screen", reduced_motion="reduce")


def test_the_real_line_comes_back_from_what_one_asks_for(readers: Callable[[str], Person]) -> None:
    reader = readers("en")
    words, line = reader.words, reader.page.locator("#line")

    def press(do: str) -> None:
        line.get_by_role("button", name=words(f"learn.line.{do}"), exact=True).click()

    expect(line).to_have_attribute("data-line", "idle")
    press("start")
    expect(line).to_have_attribute("data-line", "live")
    press("say")
    expect(line.get_by_role("listitem").first).to_contain_text(re.compile(r"1, after (\d+\sms|\d\.\d\ss)"))
    press("cut")
    story = line.get_by_role("list")
    expect(story).to_contain_text(words("learn.line.told.lost.lost"))
    back = words("learn.line.told.back", seconds="SECONDS", tries="TRIES").split("SECONDS")[0]
    expect(line.get_by_role("listitem").first).to_contain_text(back)
    reader.watch.expects("the server responded with a status of 503")
    press("refuse")
    expect(story).to_contain_text(words("learn.line.told.lost.busy"))
    expect(line.get_by_role("listitem").first).to_contain_text(back)
    tries = int(line.locator("dd").nth(1).inner_text())
    assert 15 <= tries <= 25, "four knocks a second for five seconds"
    press("stop")
    expect(line).to_have_attribute("data-line", "stopped")
