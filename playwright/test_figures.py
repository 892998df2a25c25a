"""The figures of the lesson in a real browser: played, stepped, broken by hand, guessed at, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lesson.predictions import PREDICTIONS, play
from lesson.stages import SEED, STAGES
from tests.support.running import RunningServer

LOCALES = Path(__file__).parents[1] / "web" / "locales" / "lesson"
LANGUAGES = ("en", "fr")
SOON = 60_000
"""Milliseconds within which ten seconds of a figure have been played, on however busy a machine."""

STEPS = 6
"""Steps after which a number has come: one comes every second, in a few steps each."""


class Reader:
    """Somebody who reads the lesson in one language."""

    def __init__(self, browser: Browser, server: RunningServer, language: str, **context: object) -> None:
        self.texts: dict[str, str] = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))
        self.context = browser.new_context(locale=language, **context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.goto(f"{server.url}/learn?lang={language}")
        self.page.locator("html[data-ready]").wait_for(timeout=60_000)

    def figure(self, stage: str) -> Locator:
        """Go to a figure."""
        figure = self.page.locator(f"#figure-{stage}")
        figure.scroll_into_view_if_needed()
        return figure

    def text(self, key: str) -> str:
        """Return a text."""
        return self.texts[f"figure.{key}"]

    def press(self, figure: Locator, key: str) -> None:
        """Press a button by its words."""
        figure.get_by_role("button", name=self.text(key), exact=True).click()

    def begin(self, stage: str, speed: str) -> Locator:
        """Start a figure over, playing at a speed."""
        figure = self.figure(stage)
        self.press(figure, "reset")
        figure.get_by_label(self.text("speed")).select_option(speed)
        play = figure.locator("[data-do=play]")
        expect(play).not_to_be_empty()
        if play.text_content() == self.text("play"):
            play.click()
        expect(play).to_have_text(self.text("pause"))
        return figure

    def cell(self, figure: Locator, counter: str, lane: int = 0) -> Locator:
        """Return where a counter shows its value."""
        row = figure.locator(
            "tr", has=self.page.get_by_role("rowheader", name=self.text(f"counter.{counter}"), exact=True)
        )
        return row.locator("td").nth(lane)


@pytest.fixture(scope="module", params=LANGUAGES)
def reader(request: pytest.FixtureRequest, browser: Browser, server: RunningServer) -> Iterator[Reader]:
    reader = Reader(browser, server, request.param)
    yield reader
    reader.context.close()
    assert reader.wrong == []


def test_every_stage_has_its_figure(reader: Reader) -> None:
    expect(reader.page.locator("figure[data-stage] > .figure")).to_have_count(len(STAGES))


@pytest.mark.parametrize("stage", PREDICTIONS)
def test_the_right_guess_is_the_one_that_runs_give(reader: Reader, stage: str) -> None:
    figure = reader.figure(stage)
    right = play(stage, SEED).answer()
    reader.press(figure, f"{stage}.predict.{right}")
    expect(figure.locator(".figure-verdict")).to_contain_text(reader.text("predict.right"), timeout=SOON)
    expect(figure.locator(".figure-choice.is-right")).to_have_text(reader.text(f"{stage}.predict.{right}"))
    expect(figure.locator("[data-do=play]")).to_have_text(reader.text("pause"))
    reader.press(figure, "pause")


def test_what_a_script_has_come_to_stands_still_until_the_reader_goes_on(reader: Reader) -> None:
    figure = reader.figure("article")
    reader.press(figure, "reset")
    figure.locator('[data-do="guess:2"]').click()  # once it is the right one, its name begins with a tick
    expect(figure.locator(".figure-verdict")).to_contain_text(reader.text("predict.right"), timeout=SOON)
    figure.get_by_label(reader.text("speed")).select_option("4")
    expect(figure.locator("[data-do=play]")).to_have_text(reader.text("play"), timeout=SOON)
    expect(reader.cell(figure, "intervals")).to_have_text("32")
    reader.press(figure, "act.start")
    expect(figure.locator("[data-do=play]")).to_have_text(reader.text("pause"))
    reader.press(figure, "pause")


def test_the_snippet_s_sockets_grow_and_nothing_stops_them(reader: Reader) -> None:
    figure = reader.begin("article", "1")
    reader.press(figure, "act.kill")
    expect(reader.cell(figure, "intervals")).to_have_text(re.compile(r"^([89]|\d{2,3})$"), timeout=SOON)
    reader.press(figure, "act.start")
    expect(reader.cell(figure, "sockets")).to_have_text(re.compile(r"^\d{2,}$"), timeout=SOON)
    expect(reader.cell(figure, "doubled")).not_to_have_text("0", timeout=SOON)
    reader.press(figure, "pause")


def test_a_paused_figure_stands_still_until_it_is_stepped(reader: Reader) -> None:
    figure = reader.begin("silence", "1")
    reader.press(figure, "pause")
    expect(figure.get_by_role("button", name=reader.text("play"), exact=True)).to_be_visible()
    told = reader.cell(figure, "told")
    before = told.inner_text()
    # A step leads to the next thing to be seen, wherever it was paused: a message that leaves, one that arrives.
    for _ in range(STEPS):
        reader.press(figure, "step")
    expect(told).not_to_have_text(before)
    expect(figure.locator("p[role=status]").last).not_to_be_empty()
    figure.locator("summary").click()
    expect(figure.locator("details li").first).to_be_visible()
    figure.locator("summary").click()


def test_a_silent_line_still_says_open(reader: Reader) -> None:
    figure = reader.begin("silence", "4")
    expect(reader.cell(figure, "ready")).to_have_text(reader.text("value.open"), timeout=SOON)
    reader.press(figure, "act.stall")
    expect(reader.cell(figure, "silent")).to_have_text(re.compile(r"^[1-9]\d"), timeout=SOON)
    expect(reader.cell(figure, "ready")).to_have_text(reader.text("value.open"))
    reader.press(figure, "act.flow")
    reader.press(figure, "pause")


def test_a_message_that_was_committed_and_not_acked_is_stored_once_by_the_link_alone(reader: Reader) -> None:
    figure = reader.begin("outbox", "4")
    kill = figure.get_by_role("button", name=reader.text("act.kill_after"), exact=True)
    expect(kill).not_to_have_attribute("aria-disabled", "true", timeout=SOON)
    kill.click()
    start = figure.get_by_role("button", name=reader.text("act.start"), exact=True)
    expect(start).not_to_have_attribute("aria-disabled", "true", timeout=SOON)
    start.click()
    expect(reader.cell(figure, "doubled", 1)).to_have_text("1", timeout=SOON)
    expect(reader.cell(figure, "waiting", 2)).to_have_text("0", timeout=SOON)
    expect(reader.cell(figure, "stored", 2)).to_have_text("1")
    expect(reader.cell(figure, "doubled", 2)).to_have_text("0")
    reader.press(figure, "pause")


def test_ten_thousand_come_back(reader: Reader) -> None:
    figure = reader.figure("herd")
    reader.press(figure, "act.ten_thousand")
    expect(figure).to_have_attribute("data-clients", "10000", timeout=SOON)
    fixed = figure.locator("tr", has=reader.page.get_by_role("rowheader", name=reader.text("schedule.fixed"))).locator(
        "td"
    )
    expect(fixed.first).to_have_text(re.compile(r"10\D000"), timeout=SOON)


def test_a_thousand_faults_find_nothing(reader: Reader) -> None:
    figure = reader.figure("everything")
    reader.press(figure, "torture.start")
    beginning = reader.text("torture.nothing").partition("{minutes}")[2].partition("{")[0].strip()
    expect(figure.locator(".figure-report")).to_contain_text(beginning, timeout=SOON)


def test_another_seed_is_another_run(reader: Reader) -> None:
    figure = reader.figure("probe")
    figure.get_by_role("button", name=reader.text("seed").format(n=SEED), exact=True).click()
    expect(figure.get_by_role("button", name=reader.text("seed").format(n=SEED + 1), exact=True)).to_be_visible()
