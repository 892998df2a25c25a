"""How a room of 100,000 messages opens and scrolls beside one of 100, in Chromium, with a real server.

The rooms are filled straight through the database, by one author, some messages in one line and some in several. Each
round is somebody new, who has read ten messages of either room: the line above what is new is 90 messages up in one and
99,990 in the other. Each room is opened in a page that is live, with a browser profile of its own, and gone through
with the wheel, up, and down again where there is no more, for equally many turns of it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.chromium import launch
from bench.table import multiple, table
from tests.support.running import RunningServer

SMALL, LARGE, QUICK = 100, 100_000, 5_000
READ = 10
"""How many messages one has read."""

ROUNDS, TURNS = 5, 700
"""A turn of the wheel is 120 pixels, as of a mouse; so many go through 2,000 messages."""

TURN = 120
PATIENCE = 240_000
"""Milliseconds after which what has not happened is taken for never happening."""

OPEN = """
async ([act, selector, text]) => {
  const seen = () => [...document.querySelectorAll(selector)].some((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    const view = document.querySelector("#timeline").getBoundingClientRect();
    return (!text || each.textContent.trim() === text) && bottom > view.top && top < view.bottom;
  });
  const begun = performance.now();
  if (act.startsWith("#room/")) location.hash = act;
  else document.querySelector(act).click();
  const late = begun + 60_000;
  while (!seen() && performance.now() < late) await new Promise(requestAnimationFrame);
  if (!seen()) throw new Error(`never there: ${selector} ${text}`);
  return performance.now() - begun;
}
"""

RECORD = """
() => {
  globalThis.frames = [];
  globalThis.rows = 0;
  let last = performance.now();
  const note = (now) => {
    frames.push(now - last);
    last = now;
    rows = Math.max(rows, document.querySelector("#messages").childElementCount);
    globalThis.recording = requestAnimationFrame(note);
  };
  globalThis.recording = requestAnimationFrame(note);
}
"""

STOP = """
() => {
  cancelAnimationFrame(recording);
  const view = document.querySelector("#timeline");
  return { frames: frames.slice(1), rows, elements: view.querySelectorAll("*").length };
}
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One room gone through: milliseconds to open it, to the line above what is new, and back to the end.

    ``frames`` are the milliseconds between two frames while scrolling; ``rows`` the most that were in the page then,
    ``elements`` what is in the timeline, ``heap`` the bytes of JavaScript's heap thereafter, garbage included.
    """

    messages: int
    open: float
    to_new: float
    to_end: float
    frames: list[float]
    rows: int
    elements: int
    heap: float


def measure(large: int, rounds: int, turns: int) -> list[Visit]:
    """Go through both rooms, in so many rounds and turns of the wheel."""
    visits: list[Visit] = []
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder))
        with server:
            people = [_register(server) for _ in range(rounds + 1)]
        print(f"  {large:,} messages …", file=sys.stderr, flush=True)
        with closing(sqlite3.connect(server.database)) as database, database:
            for messages in (SMALL, large):
                _fill(database, messages, [identifier for identifier, _ in people])
        with server, sync_playwright() as running:
            browser = launch(running)
            for number, (_, name) in enumerate(people[1:]):
                sizes = (SMALL, large) if number % 2 else (large, SMALL)
                for messages in sizes:
                    visits.append(_visit(browser, server, name, messages, turns))
                    print(f"  round {number + 1}, {messages:,}: {visits[-1].open:.0f} ms", file=sys.stderr, flush=True)
            browser.close()
    return visits


def report(visits: Sequence[Visit]) -> str:
    """Return the table: each figure for both rooms, in the middle of the rounds, and how they stand to each other."""
    large = max(visit.messages for visit in visits)
    rows = []
    for name, unit, figures in _figures(visits):
        small_one, large_one = (statistics.median(figures[messages]) for messages in (SMALL, large))
        rows.append([name, f"{small_one:,.1f} {unit}", f"{large_one:,.1f} {unit}", multiple(large_one, small_one)])
    return table(["", f"{SMALL:,} messages", f"{large:,} messages", "ratio"], rows)


def _figures(visits: Sequence[Visit]) -> Iterator[tuple[str, str, dict[int, list[float]]]]:
    def of(figure: str) -> dict[int, list[float]]:
        found: dict[int, list[float]] = {}
        for visit in visits:
            found.setdefault(visit.messages, []).append(getattr(visit, figure))
        return found

    def of_frames(share: float) -> dict[int, list[float]]:
        found: dict[int, list[float]] = {}
        for visit in visits:
            found.setdefault(visit.messages, []).append(sorted(visit.frames)[int(share * (len(visit.frames) - 1))])
        return found

    yield "to open it", "ms", of("open")
    yield "to the line above what is new", "ms", of("to_new")
    yield "back to the end", "ms", of("to_end")
    yield "frame while scrolling, median", "ms", of_frames(0.5)
    yield "frame while scrolling, 95 of 100", "ms", of_frames(0.95)
    yield "frame while scrolling, worst", "ms", of_frames(1)
    yield "rows in the page, at most", "", of("rows")
    yield "elements in the timeline", "", of("elements")
    yield (
        "JavaScript's heap",
        "MB",
        {messages: [each / 1e6 for each in found] for messages, found in of("heap").items()},
    )


def _visit(browser: Browser, server: RunningServer, name: str, messages: int, turns: int) -> Visit:
    context = browser.new_context(base_url=server.url, locale="en", viewport={"width": 1280, "height": 720})
    answer = context.request.post("/api/login", data={"name": name, "password": name})
    assert answer.ok, answer.text()
    page = context.new_page()
    page.goto("/", timeout=PATIENCE)
    page.locator("html[data-link=live]").wait_for(timeout=PATIENCE)
    page.locator("#composer-text").wait_for(timeout=PATIENCE)
    # What is unread is known before the room is opened, as it is for people.
    page.locator(f"a[href='#room/{_room(messages)}'] .count").wait_for(timeout=PATIENCE)
    last = [".message-text", _text(messages - 1)]
    opened = page.evaluate(OPEN, [f"#room/{_room(messages)}", *last])
    page.locator("#jump-new").wait_for(timeout=PATIENCE)
    to_new = page.evaluate(OPEN, ["#jump-new", ".new", ""])
    page.locator("#jump").wait_for(timeout=PATIENCE)
    to_end = page.evaluate(OPEN, ["#jump", *last])
    frames, rows, elements = _scroll(page, turns)
    heap = _heap(context.new_cdp_session(page))
    context.close()
    return Visit(messages, opened, to_new, to_end, frames, rows, elements, heap)


def _scroll(page: Page, turns: int) -> tuple[list[float], int, int]:
    page.locator("#timeline").hover()
    page.evaluate(RECORD)
    turn = -TURN
    for number in range(turns):
        page.mouse.wheel(0, turn)
        if number % 20 == 0:
            scroll, most = page.locator("#timeline").evaluate("e => [e.scrollTop, e.scrollHeight - e.clientHeight]")
            turn = TURN if scroll <= 0 else -TURN if scroll >= most - 1 else turn
    found = page.evaluate(STOP)
    return found["frames"], found["rows"], found["elements"]


def _heap(session: CDPSession) -> float:
    session.send("Performance.enable")
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"])


def _register(server: RunningServer) -> tuple[str, str]:
    """Return the id and the name of somebody new, whose name is the password too."""
    name = f"bench {secrets.token_hex(8)}"
    answer = httpx.post(f"{server.url}/api/register", json={"name": name, "password": name})
    return answer.raise_for_status().json()["user"]["id"], name


def _room(messages: int) -> str:
    return f"room-{messages}"


def _text(number: int) -> str:
    return f"line {number}" + " and so on, and so forth, as people talk" * (number % 10)


def _fill(database: sqlite3.Connection, messages: int, people: Sequence[str]) -> None:
    room, stream, author = _room(messages), f"room:{_room(messages)}", people[0]
    database.execute(
        "INSERT INTO room (id, kind, name, folded, topic, made_at) VALUES (?, 'public', ?, ?, '', 0)",
        (room, room, room),
    )
    database.execute("INSERT INTO stream (name, head) VALUES (?, ?)", (stream, messages))
    database.executemany(
        "INSERT INTO membership (account, room, made_at, read_seq) VALUES (?, ?, 0, ?)",
        [(person, room, READ) for person in people],
    )
    begun, apart = 1_767_225_600_000, 30_000  # 2026, a message every half a minute
    database.executemany(
        "INSERT INTO message (room, seq, id, author, text, at, changed_seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (room, seq, f"{room}-{seq:08}", author, _text(seq - 1), begun + seq * apart, seq)
            for seq in range(1, messages + 1)
        ),
    )
    database.executemany(
        "INSERT INTO event (stream, seq, kind, body, at) VALUES (?, ?, 'message', ?, ?)",
        ((stream, seq, json.dumps({"id": f"{room}-{seq:08}"}), begun + seq * apart) for seq in range(1, messages + 1)),
    )
