"""Somebody who talks without end over a bad network: links that die and are followed by others, and all they were told.

``rebond.asyncio`` has no storage: a link that is dropped takes along what it had not sent.
"""

from __future__ import annotations

import random
from dataclasses import replace

from rebond.asyncio import Link, TokenProvider
from rebond.simulation.clock import Clock
from rebond.simulation.view import View
from rebond.states import State
from rebond.wire import Event, Welcome


class Sight(View):
    """What one link was told. Of events only what is compared is kept: there are many."""

    def shown(self, event: Event) -> None:
        """An event was handed on."""
        stretch = self.stretches[event.stream]
        super().shown(event)
        kept = stretch.events if stretch.gap is None else stretch.gap.changes
        kept[-1] = replace(event, body={key: event.body[key] for key in ("id", "text") if key in event.body})


class Life:
    """One link, from its start to its end, and the ids of what was done over it, in order."""

    def __init__(self, url: str, token: TokenProvider) -> None:
        self.sight = Sight(Clock())
        self.done: list[tuple[str, str]] = []
        self.over = False
        self.connections = 0
        self._messages: dict[str, list[str]] = {}
        sight = self.sight
        self.link: Link[Event] = Link(
            url,
            token=token,
            on_event=sight.shown,
            on_ack=sight.acked,
            on_refused=sight.refused,
            on_welcome=self._welcomed,
            on_reset=sight.reset,
            on_fated=sight.fated,
            on_dropped=sight.gave_up,
            on_skipped=sight.skipped,
        )

    def _welcomed(self, welcome: Welcome) -> None:
        self.connections += 1
        self.sight.welcomed(welcome)

    def act(self, chance: random.Random, rooms: list[str], words: str) -> None:
        """Do something: mostly say something, sometimes change what was said."""
        room = chance.choice(rooms)
        mine = self._messages.setdefault(room, [])
        dice = chance.random()
        if dice < 0.7 or not mine:
            identifier = self.link.send(room, words)
            mine.append(identifier)
        elif dice < 0.9:
            identifier = self.link.edit(room, chance.choice(mine[-5:]), words)
        else:
            identifier = self.link.delete(room, chance.choice(mine[-5:]))
        if identifier in self.sight.held:  # Otherwise it was a change made in place, to what had not been sent yet.
            self.done.append((room, identifier))

    def forget(self) -> None:
        """What was compared is not kept: from here on everything begins."""
        sight = self.sight
        sight.past.clear()
        for stretch in sight.stretches.values():
            stretch.base = stretch.seen
            stretch.events.clear()
            stretch.gaps.clear()
        for kept in (sight.acks, sight.refusals, sight.dropped, sight.settled, sight.parked, self.done):
            kept.clear()

    @property
    def settled(self) -> bool:
        """Whether the link is live and has nothing left to send."""
        status = self.link.status
        return status.state is State.LIVE and not status.queued
