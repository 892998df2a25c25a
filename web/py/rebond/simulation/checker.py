"""What must hold in every run, whatever befell it (docs/delivery.md, "The checker")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rebond import wire
from rebond.simulation.database import Database, stored_name
from rebond.simulation.tab import Tab
from rebond.simulation.view import Stretch
from rebond.simulation.world import World
from rebond.states import TICKING, State
from rebond.streams import room_stream


def watch(tab: Tab) -> None:
    """Check from now on, whenever something happens to the tab, what must hold at every moment.

    AssertionError is raised where it happens, saying what does not hold.
    """
    tab.link.watch = lambda: _check(tab, _excess(tab))


def check_now(world: World) -> None:
    """Check, at a moment at which nothing is just happening, that every live link keeps watch.

    Raises AssertionError, naming one that does not.
    """
    for tab in world.tabs.values():
        if tab.page.alarms != tab.live:
            raise AssertionError(f"{tab.name}: {tab.page.alarms} alarms while {tab.link.status.state}")


def check_run(world: World) -> None:
    """Check what must hold of everything that was seen and sent. Raises AssertionError, saying what does not."""
    for tab in world.tabs.values():
        _check(tab, _sight(world.server.database, tab))
        _check(tab, _post(world.server.database, tab))


def check_stopped(world: World) -> None:
    """Check that of stopped links nothing is left. Raises AssertionError, saying what is."""
    for tab in world.tabs.values():
        _check(tab, _remains(tab))


def _check(tab: Tab, complaints: Iterator[str]) -> None:
    found = list(complaints)
    if found:  # No assert statement: the lesson's page is compiled without them.
        raise AssertionError(f"{tab.name}: {'; '.join(found)}")


def _excess(tab: Tab) -> Iterator[str]:
    link, page, state = tab.link, tab.page, tab.link.state
    yield from link.faults
    if len(link.sockets) > 1:
        yield f"{len(link.sockets)} sockets"
    if page.intervals != (1 if state in TICKING else 0):
        yield f"{page.intervals} intervals while {state}"
    if page.alarms > (1 if state is State.LIVE else 0):
        yield f"{page.alarms} alarms while {state}"
    if link.attempts > 1:
        yield f"{link.attempts} attempts in flight"
    if link.sockets and state in (State.WAITING, State.PROBING, State.SIGNED_OUT, State.STOPPED):
        yield f"a socket while {state}"
    if link.probes and state is not State.PROBING:
        yield f"a probe while {state}"


def _remains(tab: Tab) -> Iterator[str]:
    link, page = tab.link, tab.page
    for what, count in {
        "sockets": len(link.sockets),
        "intervals": page.intervals,
        "alarms": page.alarms,
        "probes": len(link.probes),
        "requests for a token": int(link.renewal is not None),
    }.items():
        if count:
            yield f"{count} {what} left"


def _sight(database: Database, tab: Tab) -> Iterator[str]:
    """Every stretch is what the database holds of that stream from there on: no gap, no double, nothing invented."""
    view = tab.view
    for stretch in (*view.past, *view.stretches.values()):
        stored = database.log(stretch.epoch).get(stored_name(stretch.stream, tab.user), [])
        expected = [published.event for published in stored[stretch.base : stretch.seen]]
        if stretch.events != expected:
            yield f"{stretch.stream} of {stretch.epoch} after {stretch.base}: {_difference(stretch, expected)}"


def _difference(stretch: Stretch, expected: list[wire.Event]) -> str:
    return f"shown {[event.seq for event in stretch.events]}, stored {[event.seq for event in expected]}"


def _post(database: Database, tab: Tab) -> Iterator[str]:
    """Every message is stored once, or refused once, or still in the outbox; those stored are in the order typed."""
    acked = Counter(ack.id for ack in tab.view.acks)
    refused = Counter(refusal.id for refusal in tab.view.refusals)
    for sent in tab.sent:
        if acked[sent.id] + refused[sent.id] > 1:
            yield f"{sent.id} was acked {acked[sent.id]} times and refused {refused[sent.id]} times"
    unsettled = sum(not acked[sent.id] and not refused[sent.id] for sent in tab.sent)
    if unsettled != tab.link.status.queued:
        yield f"{tab.link.status.queued} in the outbox, {unsettled} neither acked nor refused"
    lives = [_stored(database, epoch, tab) for epoch in (*database.lives, database.epoch)]
    for ack in tab.view.acks:
        if not any(ack.id in stored[ack.room][ack.seq - 1 : ack.seq] for stored in lives):
            yield f"{ack.id} was acked and is not stored"
    now = [identifier for ids in lives[-1].values() for identifier in ids]
    yield from (f"{identifier} was refused and is stored" for identifier in refused if identifier in now)
    for stored in lives:
        for room, ids in stored.items():
            mine = [identifier for identifier in ids if identifier is not None]
            typed = [sent.id for sent in tab.sent if sent.room == room and sent.id in mine]
            if mine != typed:
                yield f"{room}: typed {typed}, stored {mine}"


def _stored(database: Database, epoch: str, tab: Tab) -> dict[str, list[str | None]]:
    """Return, for each room, the ids of what a tab sent there; None in the place of every other event."""
    texts = {sent.id: sent.text for sent in tab.sent}
    logs = database.log(epoch)
    return {
        room: [
            str(event.event.body["id"]) if texts.get(str(event.event.body["id"])) == event.event.body["text"] else None
            for event in logs.get(room_stream(room), ())
        ]
        for room in database.members
    }
