"""How long the server takes to search a million messages: the query alone, in one of its readers, without HTTP.

The messages are made up: words drawn so that the n-th most frequent comes up 1/n as often as the first (Zipf's law),
in 50 rooms of which the first holds half of all, by 200 people. Somebody who is in all rooms searches, then somebody
who is in one small one, for whom what is frequent elsewhere must cost nothing.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.table import table
from server import queries, search, sqlite
from server.migrations import migrate

MESSAGES = 1_000_000
QUICK = 30_000
REPEATED = 15

ROOMS, PEOPLE, WORDS = 50, 200, 50_000
SMALL = ROOMS - 1
"""The room of somebody who is in no other."""

SEARCHES = {
    "a rare word": "w20011",
    "the most frequent word": "w1",
    "two frequent words": "w1 w2",
    "a frequent and a rare word": "w1 w20011",
    "a phrase of frequent words": '"w1 w2"',
    "a prefix of 2 characters": "w1*",
    "a prefix of 4 characters": "w123*",
    "a word by somebody": "from:p7 w5",
    "a word in a room": "in:r3 w5",
    "a word of one day": "after:2026-01-02 before:2026-01-04 w9",
    "all by somebody": "from:p7",
    "a word that nobody used": "nothing",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one search takes, in seconds, the middle one and the longest, and how many hits a page of it has."""

    name: str
    who: str
    middle: float
    longest: float
    hits: int


def measure(messages: int, repeated: int) -> list[Timing]:
    """Fill a database and search it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        url = f"sqlite:///{path}"
        migrate(url)
        print(f"  {messages:,} messages …", file=sys.stderr, flush=True)
        with closing(sqlite3.connect(path)) as database, database:
            _fill(database, messages)
        engine = sqlite.reader(url, 1)
        timings = []
        with engine.begin() as connection:
            for who, (name, text) in itertools.product(("all", "small"), SEARCHES.items()):
                query, took, found = queries.parse(text), [], 0
                for _ in range(repeated):
                    begun = time.perf_counter()
                    found = len(search.find(connection, who, query, None, search.DEFAULT_PAGE).hits)
                    took.append(time.perf_counter() - begun)
                timings.append(Timing(name, who, statistics.median(took), max(took), found))
        engine.dispose()
    return timings


def report(timings: Sequence[Timing], messages: int) -> str:
    """Return the table: each search for both who search."""
    rows = []
    for name, text in SEARCHES.items():
        by_all, by_small = (next(t for t in timings if (t.name, t.who) == (name, who)) for who in ("all", "small"))
        rows.append([name, f"`{text}`", *_cells(by_all), *_cells(by_small)])
    heads = ["search", "typed", "in all rooms", "longest", "hits", "in a small room", "longest", "hits"]
    return f"{messages:,} messages, the first page of {search.DEFAULT_PAGE} hits:\n\n{table(heads, rows)}"


def _cells(timing: Timing) -> list[str]:
    return [f"{timing.middle * 1e3:.1f} ms", f"{timing.longest * 1e3:.1f} ms", f"{timing.hits}"]


def _fill(database: sqlite3.Connection, messages: int) -> None:
    people = [*(f"p{number}" for number in range(PEOPLE)), "all", "small"]
    database.executemany(
        "INSERT INTO account (id, name, folded, password, made_at, display, role) "
        "VALUES (?, ?, ?, '', 0, '', 'member')",
        [(name, name, name) for name in people],
    )
    rooms = [f"r{number}" for number in range(ROOMS)]
    database.executemany(
        "INSERT INTO room (id, kind, name, folded, topic, made_at) VALUES (?, 'public', ?, ?, '', 0)",
        [(name, name, name) for name in rooms],
    )
    members = [*(("all", name) for name in rooms), ("small", rooms[SMALL])]
    database.executemany("INSERT INTO membership (account, room, made_at, read_seq) VALUES (?, ?, 0, 0)", members)
    database.executemany(
        "INSERT INTO message (room, seq, id, author, text, at, changed_seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        _messages(messages),
    )
    database.execute("INSERT INTO search(search) VALUES ('rebuild')")
    database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('indexed', ?)", [str(messages)])


def _messages(number: int) -> Iterator[tuple[str, int, str, str, str, int, int]]:
    randomness = random.Random(1)
    words = [f"w{rank}" for rank in range(1, WORDS + 1)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    places = list(itertools.accumulate([ROOMS - 1, *[1] * (ROOMS - 1)]))
    seqs = [0] * ROOMS
    begun, apart = 1_767_225_600_000, 30_000  # 2026, a message every half a minute
    for count in range(number):
        [room] = randomness.choices(range(ROOMS), cum_weights=places)
        seqs[room] += 1
        text = " ".join(randomness.choices(words, cum_weights=weights, k=randomness.randint(3, 18)))
        author = f"p{randomness.randrange(PEOPLE)}"
        yield f"r{room}", seqs[room], f"message-{count}", author, text, begun + count * apart, seqs[room]
