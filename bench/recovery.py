"""How soon a client is live again once its server is back, in Chromium, beside other people's clients.

The servers are killed and started again together, so that everybody lives through the same outage. The clock starts
when a client's own server first answers an HTTP request of ours, and stops when the client says that it is connected:
for Rebond that is ``<html data-link="live">`` in the real chat, which comes after its greeting.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.alive import FirstAnswer
from bench.chromium import launch, watched_page
from bench.rivals import RivalServer, install
from bench.table import multiple, seconds, table
from rebond.window import DEFAULT_WINDOW
from tests.support.running import RunningServer

UPTIME = 6.0
"""Seconds that everybody is left live before an outage. Under 5 s partysocket would still count the one before."""

SOCKETS_AFTER = 4.0
"""Seconds after everybody's return at which the open sockets are counted."""

PATIENCE = 60.0
"""Seconds after which a client that is not back is taken for lost."""

SPREAD = 0.2
"""An outage's repetitions are spread evenly up to so much over its length: several clients retry at fixed times, and
a single length would measure how well it happens to suit those."""

REBOND, STALE, ARTICLE = "Rebond", "Rebond, its token run out meanwhile", "the article's snippet"
RIVALS = ("partysocket", "reconnecting-websocket", "socket.io-client")
PAGES = {ARTICLE: "article"} | {name: name for name in RIVALS}


@dataclass(frozen=True, slots=True)
class Outage:
    """How long the servers are gone, in seconds, and how many times."""

    length: float
    repetitions: int

    def lengths(self) -> list[float]:
        """Return the length of each repetition."""
        return [self.length * (1 + SPREAD * number / self.repetitions) for number in range(self.repetitions)]


FULL = (Outage(5, 5), Outage(20, 5), Outage(60, 3))
SHORT = (Outage(5, 3), Outage(20, 1))
LONG = (Outage(20, 5),)
BRIEF_TOKENS = 15
"""Seconds that an access token lasts which is to run out within an outage of LONG."""
QUICK = (Outage(5, 2),)


@dataclass(frozen=True, slots=True)
class Return:
    """How a client came back: after how many seconds (infinity: not at all), and how many sockets it then had open.

    ``steps`` are its states since the loss, with their times in seconds after the server's answer.
    """

    client: str
    outage: float
    delay: float
    sockets: int
    steps: tuple[tuple[float, str], ...]


class Stage:
    """The servers, which are running, and the page of each client."""

    def __init__(self, browser: Browser, chat: RunningServer, rivals: RivalServer) -> None:
        self._browser = browser
        self._chat = chat
        self._rivals = rivals
        self._pages: dict[str, Page] = {}

    def enter(self, names: Sequence[str]) -> None:
        """Let the clients in."""
        for name in names:
            page = self._pages[name] = watched_page(self._browser)
            if name == REBOND:
                sign_in(page, self._chat.url)
            else:
                page.goto(f"{self._rivals.url}/{PAGES[name]}")
            live_again(page, 0)

    def live_through(self, outage: Outage, length: float) -> list[Return]:
        """Take the servers away for ``length`` seconds; return how the clients came back."""
        if ARTICLE in self._pages:
            # What an outage leaves behind in this page goes on for ever.
            self._pages[ARTICLE].reload()
            live_again(self._pages[ARTICLE], 0)
        time.sleep(UPTIME)
        before = {name: len(notes(page)) for name, page in self._pages.items()}
        self._chat.kill()
        self._rivals.kill()
        time.sleep(length)
        first = {name: FirstAnswer(self._alive(name)) for name in self._pages}
        self._rivals.begin()
        self._chat.start()
        answered = {name: answer.wait(PATIENCE) for name, answer in first.items()}
        back = {name: live_again(page, before[name]) for name, page in self._pages.items()}
        last = max((at for at in back.values() if at < math.inf), default=time.time())
        time.sleep(max(0.0, last + SOCKETS_AFTER - time.time()))
        return [
            Return(
                client=name,
                outage=outage.length,
                delay=max(0.0, back[name] - answered[name]),  # it may have been served before our own request was
                sockets=page.evaluate("bench.open"),
                steps=tuple((at - answered[name], what) for at, what in notes(page, before[name])),
            )
            for name, page in self._pages.items()
        ]

    def _alive(self, name: str) -> str:
        return f"{self._chat.url}/api/alive" if name == REBOND else self._rivals.alive


def sign_in(page: Page, url: str) -> None:
    """Make an account in the chat, as a person does."""
    page.goto(f"{url}/#register")
    page.locator("html[data-ready]").wait_for()
    form = page.locator("#register form")
    form.locator("[name=name]").fill("bench")
    form.locator("[name=password]").fill("a password for the bench")
    form.locator("[type=submit]").click()


def notes(page: Page, before: int = 0) -> list[tuple[float, str]]:
    """Return what the page has noted after ``before`` notes, with the times in seconds since the Unix epoch."""
    return [(at / 1_000, what) for at, what in page.evaluate("before => bench.log.slice(before)", before)]


def live_again(page: Page, before: int) -> float:
    """Return when the page was live for the first time after its first ``before`` notes, or infinity: it is lost."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for at, what in notes(page, before):
            if what == "live":
                return at
        time.sleep(0.2)
    return math.inf


def measure(outages: Sequence[Outage], names: Sequence[str], **settings: object) -> list[Return]:
    """Let the clients of these names live through the outages together. ``settings`` are those of Rebond's server."""
    node = install()
    returns: list[Return] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder), **settings) as chat,
        RivalServer(node) as rivals,
        sync_playwright() as running,
    ):
        stage = Stage(launch(running), chat, rivals)
        stage.enter(names)
        for outage in outages:
            for length in outage.lengths():
                told = stage.live_through(outage, length)
                said = ", ".join(f"{back.client} {_said(back.delay)}{_path(back)}" for back in told)
                print(f"  after {length:.1f} s: {said}", file=sys.stderr, flush=True)
                returns += told
    return returns


def report(returns: Sequence[Return]) -> str:
    """Return the table: for every client and outage the median and the worst, and how they stand to Rebond's."""
    outages = sorted({back.outage for back in returns})
    names = list(dict.fromkeys(back.client for back in returns))
    head = ["client", *(f"{outage:g} s: median, worst" for outage in outages), "median by Rebond's", "sockets"]
    return table(head, [_row(name, outages, returns) for name in names])


def _row(name: str, outages: Iterable[float], returns: Sequence[Return]) -> list[str]:
    cells, ratios = [name], []
    for outage in outages:
        mine = _delays(returns, name, outage)
        cells.append(f"{_said(statistics.median(mine))}, {_said(max(mine))}" if mine else "-")
        ours = _delays(returns, REBOND, outage)
        ratios.append(multiple(statistics.median(mine), statistics.median(ours)) if mine and ours else "-")
    sockets = max(back.sockets for back in returns if back.client == name)
    return [*cells, ", ".join(ratios), str(sockets)]


def _path(back: Return) -> str:
    """Return the states that Rebond's link went through since just before the server answered."""
    if back.client != REBOND:
        return ""
    path = [f"{what} {at:+.2f}" for at, what in back.steps if at > -DEFAULT_WINDOW]
    return f" ({', '.join(path)})"


def _said(delay: float) -> str:
    return seconds(delay) if delay < math.inf else f"over {PATIENCE:g} s"


def _delays(returns: Iterable[Return], client: str, outage: float) -> list[float]:
    return [back.delay for back in returns if back.client == client and back.outage == outage]
