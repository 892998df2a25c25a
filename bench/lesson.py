"""How the lesson runs in Chromium: frames with fifty clients in a figure, a herd of ten thousand, and on a slow phone.

A frame's time is what lies between two callbacks of ``requestAnimationFrame``, as the page itself sees them. The herd
is timed from the click until everything is worked out and drawn; the longest of the frames meanwhile is the longest for
which the page answered nobody. On the phone of :mod:`bench.start` the text is there with the page; a figure can be used
once it stands there.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.start import LOOPBACK, PATIENCE, PHONE, PREPARED, Place, profile, slow_down
from bench.table import seconds, table
from tests.support.running import RunningServer

RUNS = 5
"""How often each is measured."""

SECONDS = 10.0
"""For how long the frames of a figure are watched."""

CROWDED = ("single", "everything")
"""The figures that are played with fifty clients: naive ones, and links."""

WATCH = """
globalThis.watchFrames = () => {
  let last, going = true;
  const gaps = [];
  const began = performance.now();
  const next = (now) => {
    if (last !== undefined) gaps.push(now - last);
    last = now;
    if (going) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return () => ((going = false), { gaps, lasted: performance.now() - began });
};
const look = () => {
  if (document.querySelector("#figure-silence")) globalThis.usable ??= performance.now();
  if (document.documentElement?.dataset.ready !== undefined) globalThis.whole ??= performance.now();
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributeFilter: ["data-ready"] });
"""

PLAYED = """
(milliseconds) => {
  const stop = watchFrames();
  return new Promise((done) => setTimeout(() => done(stop().gaps), milliseconds));
}
"""

HERDED = """
(figure) => new Promise((done) => {
  figure.removeAttribute("data-clients");
  const stop = watchFrames();
  figure.querySelector('[data-do="act:ten_thousand"]').click();
  const drawn = () => requestAnimationFrame(() => done(stop()));
  new MutationObserver(drawn).observe(figure, { attributeFilter: ["data-clients"] });
})
"""

CAME = """
() => {
  const [page] = performance.getEntriesByType("navigation");
  const loads = performance.getEntriesByType("resource").filter((load) => load.startTime < whole);
  return {
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    text: page.domInteractive,
    usable,
    whole,
    bytes: loads.reduce((sum, load) => sum + load.transferSize, page.transferSize),
  };
}
"""


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a figure with fifty clients, in milliseconds."""

    figure: str
    gaps: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Herd:
    """Ten thousand come back: milliseconds until they were drawn, and of the longest frame meanwhile."""

    lasted: float
    longest: float


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of the page: milliseconds until text, first figure and all of it were there, and bytes until then."""

    place: str
    later: bool
    paint: float
    text: float
    usable: float
    whole: float
    bytes: float


Measured = tuple[Sequence[Frames], Sequence[Herd], Sequence[Opening]]


def measure(runs: int, lasting: float) -> Measured:
    """Measure everything ``runs`` times, frames for ``lasting`` seconds each."""
    frames: list[Frames] = []
    herds: list[Herd] = []
    openings: list[Opening] = []
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder)) as server, sync_playwright() as running:
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as kept:
                page = _opened(running, kept, server, LOOPBACK)
                frames += [_played(page, figure, lasting) for figure in CROWDED]
                herds.append(_herded(page))
                page.context.close()
            _say(", ".join(f"{each.figure} {statistics.median(each.gaps):.1f} ms" for each in frames[-len(CROWDED) :]))
            _say(f"herd {seconds(herds[-1].lasted / 1_000)}")
        for place in (LOOPBACK, PHONE):
            for _ in range(max(1, runs // 2)):
                openings += _opening(running, server, place)
                _say(f"{place.name} " + ", ".join(seconds(each.usable / 1_000) for each in openings[-2:]))
    return frames, herds, openings


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def _opened(running: Playwright, kept: str, server: RunningServer, place: Place) -> Page:
    context = profile(running, kept, bypass_csp=False)
    context.add_init_script(WATCH)
    page = context.new_page()
    _visit(page, server, place)
    return page


def _visit(page: Page, server: RunningServer, place: Place) -> None:
    slow_down(page, place)
    page.goto(f"{server.url}/learn", wait_until="commit", timeout=PATIENCE)
    page.locator("html[data-ready]").wait_for(timeout=PATIENCE)


def _played(page: Page, stage: str, lasting: float) -> Frames:
    figure = page.locator(f"#figure-{stage}")
    figure.scroll_into_view_if_needed()
    figure.locator('[data-do="act:crowd"]').click()
    figure.locator('[data-do="act:alone"]').wait_for()
    gaps: list[float] = page.evaluate(PLAYED, lasting * 1_000)
    figure.locator('[data-do="play"]').click()
    return Frames(stage, tuple(gaps))


def _herded(page: Page) -> Herd:
    figure = page.locator("#figure-herd")
    figure.scroll_into_view_if_needed()
    page.locator("#figure-herd[data-clients]").wait_for()
    told = figure.evaluate(HERDED)
    return Herd(told["lasted"], max(told["gaps"]))


def _opening(running: Playwright, server: RunningServer, place: Place) -> list[Opening]:
    """Open the page in a new profile, and once more when that has kept what it keeps."""
    with tempfile.TemporaryDirectory() as kept:
        page = _opened(running, kept, server, place)
        first = Opening(place=place.name, later=False, **page.evaluate(CAME))
        page.evaluate(PREPARED, PATIENCE)
        again = page.context.new_page()
        page.close()
        _visit(again, server, place)
        later = Opening(place=place.name, later=True, **again.evaluate(CAME))
        again.context.close()
    return [first, later]


def report(measured: Measured) -> str:
    """Return the tables."""
    frames, herds, openings = measured
    return "\n\n".join([_of_frames(frames), _of_herds(herds), _of_openings(openings)])


def _of_frames(frames: Sequence[Frames]) -> str:
    rows = []
    for figure in dict.fromkeys(each.figure for each in frames):
        gaps = sorted(gap for each in frames if each.figure == figure for gap in each.gaps)
        rows.append(
            [
                f"50 clients, stage {figure}",
                f"{1_000 / statistics.mean(gaps):.0f}",
                f"{statistics.median(gaps):.1f} ms",
                f"{gaps[math.ceil(0.95 * len(gaps)) - 1]:.1f} ms",
                f"{gaps[-1]:.1f} ms",
            ]
        )
    return table(["", "frames a second", "median", "p95", "longest"], rows)


def _of_herds(herds: Sequence[Herd]) -> str:
    lasted, longest = [each.lasted / 1_000 for each in herds], [each.longest for each in herds]
    row = [
        "10,000 come back",
        f"{seconds(statistics.median(lasted))}, {seconds(max(lasted))}",
        f"{statistics.median(longest):.1f} ms, {max(longest):.1f} ms",
    ]
    return table(["", "drawn after: median, worst", "longest frame: median, worst"], [row])


def _of_openings(openings: Sequence[Opening]) -> str:
    rows = []
    for place, later in dict.fromkeys((each.place, each.later) for each in openings):
        mine = [each for each in openings if (each.place, each.later) == (place, later)]
        rows.append(
            [
                f"{place}, {'later' if later else 'first'} visit",
                seconds(statistics.median(each.paint for each in mine) / 1_000),
                seconds(statistics.median(each.text for each in mine) / 1_000),
                seconds(statistics.median(each.usable for each in mine) / 1_000),
                seconds(statistics.median(each.whole for each in mine) / 1_000),
                f"{statistics.median(each.bytes for each in mine) / 1_000:,.0f}",
            ]
        )
    return table(["", "first paint", "whole text", "first figure", "all figures", "kB"], rows)
