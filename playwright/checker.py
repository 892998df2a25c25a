"""The check of docs/delivery.md for what a person typed: against the server's database file, and against the page."""

import sqlite3
from collections.abc import Sequence

from playwright.sync_api import expect

from person import Person
from tests.support.running import RunningServer

OUTBOX = """
async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("rebond:")) continue;
    const base = await new Promise((done, fail) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const rows = await new Promise((done, fail) => {
      const request = base.transaction("outbox").objectStore("outbox").getAll();
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    base.close();
    found.push(...rows.map((row) => JSON.parse(row.operation).text));
  }
  return found;
}
"""

LETS_GO = f"""
async (stored) => {{
  const late = performance.now() + 30_000;
  for (;;) {{
    const kept = await ({OUTBOX})();
    if (!kept.some((text) => !stored || stored.includes(text))) return;
    if (performance.now() > late) throw new Error(`the browser goes on keeping ${{kept}}`);
    await new Promise((done) => setTimeout(done, 20));
  }}
}}
"""
"""Resolves once nothing of what is kept is among the texts given; once nothing is kept, where there are none."""

SHOWN = """
(list) => {
  const segments = [[]];
  for (const row of list.children) {
    if (row.matches(".hole, .gap")) segments.push([]);
    else if (row.matches(".message:not(.pending, .refused)"))
      segments.at(-1).push(row.matches(".deleted") ? null : row.querySelector(".message-text").textContent);
  }
  return segments.filter((each) => each.length);
}
"""


def stored(server: RunningServer, room: str = "general") -> list[tuple[str, str | None]]:
    """Return who said what in a room, oldest first, as the database holds it; of what was deleted, None."""
    query = """select account.name, case when deleted_at is null then text end from message
        join account on account.id = message.author where room = ? order by seq"""
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as connection:
        found = connection.execute(query, (room,)).fetchall()
    connection.close()
    return found


def outbox(person: Person) -> list[str]:
    """Return the texts that the person's browser keeps to be sent."""
    found: list[str] = person.page.evaluate(OUTBOX)
    return found


def keeps_nothing(person: Person) -> None:
    """The person's browser keeps nothing to be sent: what was stored goes the moment after it is shown."""
    person.page.evaluate(LETS_GO, None)


def lets_go(person: Person, stored: Sequence[str]) -> Sequence[str]:
    """Return what the browser keeps to be sent, once nothing of it is stored."""
    person.page.evaluate(LETS_GO, list(stored))
    return outbox(person)


def check(server: RunningServer, person: Person, typed: Sequence[str], room: str = "general") -> None:
    """Each text that was typed is stored once, in the order typed; or it was refused and stands there; or it waits.

    And what the page shows is what is stored: of each stretch without a hole or a gap all of it, to the newest message.
    """
    there = stored(server, room)
    kept = lets_go(person, [text for _, text in there if text is not None])
    refused = person.timeline.locator(".message.refused .message-text").all_inner_texts()
    for text in typed:
        places = [text for _, text in there].count(text), kept.count(text), refused.count(text)
        assert sum(places) == 1, f"{text!r} is stored, kept and refused so many times: {places}"
    own = [text for name, text in there if name == person.name and text in typed]
    assert own == [text for text in typed if text in own], "what is stored is not in the order typed"
    shows(server, person, room)


def shows(server: RunningServer, person: Person, room: str = "general") -> None:
    """What the page shows is what is stored."""
    there = [text for _, text in stored(server, room)]
    newest = there[-1]
    last = person.timeline.locator(".message:not(.pending, .refused)").last
    expect(last).to_contain_text(person.words("message.deleted") if newest is None else newest)
    segments: list[list[str | None]] = person.page.locator("#messages").evaluate(SHOWN)
    for segment in segments:
        starts = [at for at in range(len(there)) if there[at : at + len(segment)] == segment]
        assert starts, f"the page shows what is not stored like this: {segment[:5]} … {segment[-5:]}"
    assert there[-len(segments[-1]) :] == segments[-1], "the page does not end where the database does"
