"""What must hold in every run, whatever befell it (docs/delivery.md, "What the checker checks")."""

from __future__ import annotations

from collections.abc import Iterator

from rebond.simulation.database import Logged, changes, stored_name
from rebond.simulation.fates import complaints
from rebond.simulation.tab import Tab
from rebond.simulation.view import Stretch
from rebond.simulation.world import World
from rebond.states import TICKING, State
from rebond.wire import Event


def watch(tab: Tab) -> None:
    """Check from now on, whenever something happens to the tab, what must hold at every moment.

    AssertionError is raised where it happens, saying what does not hold.
    """
    tab.link.watch = lambda: _check(tab.name, _excess(tab))


def check_now(world: World) -> None:
    """Check, at a moment at which nothing is just happening, that every live link keeps watch.

    Raises AssertionError, naming one that does not.
    """
    for tab in world.tabs.values():
        if tab.page.alarms != (tab.live and not tab.closed):
            raise AssertionError(f"{tab.name}: {tab.page.alarms} alarms while {tab.link.status.state}")


def check_run(world: World) -> None:
    """Check what must hold of everything that was seen and sent. Raises AssertionError, saying what does not."""
    for tab in world.tabs.values():
        _check(tab.name, _sight(world, tab))
    for user in {tab.user: None for tab in world.tabs.values()}:
        _check(user, complaints(world, user))


def check_stopped(world: World) -> None:
    """Check that of stopped links nothing is left. Raises AssertionError, saying what is."""
    for tab in world.tabs.values():
        _check(tab.name, _remains(tab))


def _check(who: str, complaints: Iterator[str]) -> None:
    found = list(complaints)
    if found:  # No assert statement: the lesson's page is compiled without them.
        raise AssertionError(f"{who}: {'; '.join(found)}")


def _excess(tab: Tab) -> Iterator[str]:
    link, page, state = tab.link, tab.page, tab.link.state
    yield from link.faults
    if tab.storage is not None:
        yield from tab.storage.faults
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


def _sight(world: World, tab: Tab) -> Iterator[str]:
    """Every stretch is what the database holds of that stream from there on: no gap but those marked, no double."""
    for view in tab.views:
        for stretch in (*view.past, *view.stretches.values()):
            log = world.server.database.life(stretch.epoch).logs.get(stored_name(stretch.stream, tab.user), [])
            for complaint in _broken(stretch, log):
                yield f"{stretch.stream} of {stretch.epoch} after {stretch.base}: {complaint}"


def _broken(stretch: Stretch, log: list[Logged]) -> Iterator[str]:
    skipped = {seq for gap in stretch.gaps for seq in range(gap.from_, gap.to + 1)}
    stored = [logged for logged in log[stretch.base : stretch.seen] if logged.told.seq not in skipped]
    seqs = [event.seq for event in stretch.events]
    if seqs != [logged.told.seq for logged in stored]:
        yield f"shown {seqs}, stored {[logged.told.seq for logged in stored]}"
    else:
        yield from _altered(stretch.events, stored)
    for gap in stretch.gaps:
        missed = list(changes(log, gap.from_, gap.to, gap.from_ - 1))
        told, changed = [event.seq for event in gap.changes], [logged.told.seq for logged in missed]
        if told != changed:
            yield f"of {gap.from_} to {gap.to} {told} was told, {changed} has changed"
        else:
            yield from _altered(gap.changes, missed)


def _altered(shown: list[Event], stored: list[Logged]) -> Iterator[str]:
    """Yield what was shown otherwise than it was told at first, or is read since its deletion (rule 14)."""
    for event, logged in zip(shown, stored, strict=True):
        if event not in (logged.told, logged.published.event):
            yield f"shown {event}, stored {logged.told}"
