"""Any schedule of faults, for Hypothesis: people write and come and go while everything around them breaks.

Two people have two tabs each, a third talks much. In half of the schedules the tabs of one person share what their
browser keeps, and survive the death of a page.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.simulation.checker import check_now, check_run, check_stopped, watch
from rebond.simulation.database import Database
from rebond.simulation.tab import Tab
from rebond.simulation.trace import Kind
from rebond.simulation.world import GENERAL, World
from rebond.states import State

PEOPLE = ["ann", "bob"]
TABS = [(user, number) for user in PEOPLE for number in (1, 2)]
TALKER = "eve"
ATTIC = "attic"

tabs = st.sampled_from(TABS)
people = st.sampled_from(PEOPLE)
rooms = st.sampled_from([GENERAL, GENERAL, ATTIC])
told = st.booleans()

NEWS = 10.0
"""Seconds between two looks at who was signed out, and what was parked."""

PEACE = 90.0
"""Seconds after the last fault within which everything is well again."""

SLOW_PEACE = 600.0
"""The same where a page's timers go off once a minute."""


class Schedules(RuleBasedStateMachine):
    """The tabs of two people, and everything that can befall them."""

    world: World
    counts: ClassVar[Counter[str]] = Counter()
    """What happened in all the schedules that were run."""

    @initialize(seed=st.integers(0, 2**32 - 1), throttled=st.booleans(), durable=st.booleans(), short=st.booleans())
    def begin(self, seed: int, throttled: bool, durable: bool, short: bool) -> None:
        self.world = World(seed, throttled=throttled, durable=durable)
        self.backup: Database | None = None
        self.said = 0
        self.chance = random.Random(seed)
        if short:  # Few events are many then, and soon there are holes.
            self.world.server.max_missed, self.world.server.newest = 5, 2
        self.world.server.change("", lambda database: database.make_room(ATTIC, 0.0))
        for user in (*PEOPLE, TALKER):
            self.join(user)
        for user, number in TABS:
            tab = self.world.tab(user, number)
            watch(tab)
            tab.start()

    @invariant()
    def live_links_keep_watch(self) -> None:
        if hasattr(self, "world"):
            check_now(self.world)

    def tab(self, which: tuple[str, int]) -> Tab:
        return self.world.tab(*which)

    # Time.

    @rule(seconds=st.sampled_from([0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 7.0, 16.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.bustle()
        self.world.run(seconds)

    @rule()
    def a_long_time_goes_by(self) -> None:
        self.bustle()
        self.world.run(61.0)

    @rule(times=st.integers(2, 8), seconds=st.sampled_from([0.005, 0.02, 0.1, 1.0]))
    def much_happens(self, times: int, seconds: float) -> None:
        for _ in range(times):
            self.bustle()
            self.world.run(seconds)

    def bustle(self) -> None:
        """Let some of those whose page is open say or change something."""
        chance = self.chance
        for which in TABS:
            if chance.random() < 0.4:
                if chance.random() < 0.6:
                    self.say(which, chance.choice([GENERAL, ATTIC]), 1)
                else:
                    self.change(which, chance.randrange(4), remove=chance.random() < 0.3, back=chance.random() < 0.2)

    # People.

    @rule(which=tabs, room=rooms, count=st.integers(1, 4))
    def say(self, which: tuple[str, int], room: str, count: int) -> None:
        tab = self.tab(which)
        for _ in range(0 if tab.closed else count):
            tab.say(room, f"{tab.name} says {len(tab.sent)}")

    @rule(which=tabs, number=st.integers(0, 9), remove=st.booleans(), back=st.booleans())
    def change(self, which: tuple[str, int], number: int, remove: bool, back: bool) -> None:
        """Edit or delete something of one's own: one of the last messages or, rarely, one of the first."""
        tab = self.tab(which)
        mine = [sent for other in self.tabs_of(tab.user) for sent in other.sent if sent.target is None]
        if not mine or tab.closed:
            return
        sent = mine[number % len(mine)] if back else mine[-1 - number % len(mine)]
        if remove:
            tab.delete(sent.room, sent.id)
        else:
            tab.edit(sent.room, sent.id, f"{sent.text}, or rather {len(tab.sent)}")

    @rule(count=st.sampled_from([2, 9]), edits=st.integers(0, 3), deletions=st.integers(0, 2))
    def much_is_said(self, count: int, edits: int, deletions: int) -> None:
        """The talker says much, and changes what was said long ago."""
        said = self.said
        for _ in range(count):
            self.said += 1
            self.talk(wire.Send(f"talk-{self.said:04}", ATTIC, f"blah {self.said}"))
        for number in range(min(edits, said)):
            self.talk(wire.Edit(f"edit-{self.said:04}-{number}", ATTIC, f"talk-{said - number:04}", "blah, rather"))
        for number in range(min(deletions, said)):
            self.talk(wire.Delete(f"gone-{self.said:04}-{number}", ATTIC, f"talk-{said - number:04}"))

    def talk(self, operation: wire.Operation) -> None:
        now = self.world.clock.now
        self.world.server.change(TALKER, lambda database: database.store(TALKER, operation, now)[1])

    @rule(user=people)
    def join(self, user: str) -> None:
        self.world.server.change(user, lambda database: database.join(user, ATTIC, self.world.clock.now))

    @rule(user=people)
    def leave(self, user: str) -> None:
        self.world.server.change(user, lambda database: database.leave(user, ATTIC, self.world.clock.now))

    @rule(which=tabs, count=st.integers(1, 3))
    def removed_with_messages_queued(self, which: tuple[str, int], count: int) -> None:
        self.stall(which)
        self.say(which, ATTIC, count)
        self.leave(which[0])
        self.flow(which)

    @rule(which=tabs, room=rooms, late=st.booleans())
    def an_ack_is_lost(self, which: tuple[str, int], room: str, late: bool) -> None:
        self.say(which, room, 1)
        self.world.run(0.07 if late else 0.03)
        self.reset(which)

    def tabs_of(self, user: str) -> list[Tab]:
        return [tab for tab in self.world.tabs.values() if tab.user == user]

    @rule(which=tabs)
    def retry_now(self, which: tuple[str, int]) -> None:
        self.tab(which).link.retry_now()

    @rule(which=tabs)
    def stop(self, which: tuple[str, int]) -> None:
        self.tab(which).stop()

    @rule(which=tabs)
    def start(self, which: tuple[str, int]) -> None:
        self.tab(which).start()

    @rule(which=tabs, code=st.sampled_from([Close.TOKEN, Close.FORBIDDEN]))
    def session_ends(self, which: tuple[str, int], code: Close) -> None:
        self.world.server.end_session(self.tab(which).name, code)

    @rule(which=tabs)
    def sign_in(self, which: tuple[str, int]) -> None:
        self.tab(which).sign_in()

    @rule(user=people, other=people)
    def account_switched(self, user: str, other: str) -> None:
        """Somebody logs in in another tab of the browser: from now on all of its tabs get tokens of that account."""
        for tab in self.tabs_of(user):
            tab.link.cookie = other

    # Pages.

    @rule(which=tabs, keeping=st.integers(0, 3))
    def close(self, which: tuple[str, int], keeping: int) -> None:
        self.tab(which).close(keeping)

    @rule(which=tabs, fresh=st.booleans())
    def reopen(self, which: tuple[str, int], fresh: bool) -> None:
        self.tab(which).reopen(fresh=fresh)

    @rule(which=tabs, keeping=st.integers(0, 3), fresh=st.booleans())
    def reload(self, which: tuple[str, int], keeping: int, fresh: bool) -> None:
        self.tab(which).close(keeping)
        self.tab(which).reopen(fresh=fresh)

    @rule(which=tabs, room=rooms, moment=st.sampled_from([0.0, 0.01, 0.04, 0.06, 0.1]), keeping=st.integers(0, 3))
    def says_and_dies(self, which: tuple[str, int], room: str, moment: float, keeping: int) -> None:
        self.say(which, room, 2)
        self.world.run(moment)
        self.tab(which).close(keeping)

    @rule(user=people, full=st.booleans())
    def storage_fills(self, user: str, full: bool) -> None:
        if user in self.world.disks:
            self.world.disks[user].full = full

    @rule(which=tabs, throttle=st.sampled_from([0.0, 1.0, 60.0]))
    def hide(self, which: tuple[str, int], throttle: float) -> None:
        self.tab(which).hide(throttle)

    @rule(which=tabs)
    def look(self, which: tuple[str, int]) -> None:
        self.tab(which).look()

    @rule(which=tabs, clock_stops=st.booleans())
    def sleep(self, which: tuple[str, int], clock_stops: bool) -> None:
        self.tab(which).sleep(clock_stops=clock_stops)

    @rule(which=tabs, told=told)
    def wake(self, which: tuple[str, int], told: bool) -> None:
        self.tab(which).wake(told=told)

    # The network.

    @rule(which=tabs, told=told)
    def cut(self, which: tuple[str, int], told: bool) -> None:
        self.tab(which).cut(told=told)

    @rule(which=tabs, told=told)
    def mend(self, which: tuple[str, int], told: bool) -> None:
        self.tab(which).mend(told=told)

    @rule(which=tabs)
    def stall(self, which: tuple[str, int]) -> None:
        self.tab(which).stall()

    @rule(which=tabs)
    def flow(self, which: tuple[str, int]) -> None:
        self.tab(which).flow()

    @rule(which=tabs, latency=st.sampled_from([0.0, 0.001, 0.2, 1.5]), jitter=st.sampled_from([0.0, 0.1, 3.0]))
    def slow(self, which: tuple[str, int], latency: float, jitter: float) -> None:
        self.tab(which).slow(latency, jitter)

    @rule(which=tabs)
    def reset(self, which: tuple[str, int]) -> None:
        self.tab(which).reset()

    @rule(which=tabs)
    def drop(self, which: tuple[str, int]) -> None:
        self.tab(which).drop()

    @rule(which=tabs)
    def lose(self, which: tuple[str, int]) -> None:
        self.tab(which).lose()

    # The server.

    @rule(committed=st.booleans(), silent=st.booleans())
    def crash(self, committed: bool, silent: bool) -> None:
        self.world.crash(committed=committed, silent=silent)

    @rule()
    def server_starts(self) -> None:
        self.world.start()

    @rule(seconds=st.sampled_from([0.0, 0.5, 4.0]))
    def server_restarts(self, seconds: float) -> None:
        self.world.restart(seconds)

    @rule(refusing=st.booleans())
    def server_refuses(self, refusing: bool) -> None:
        self.world.server.refusing = refusing

    @rule(count=st.integers(1, 3), retry_ms=st.sampled_from([None, 1, 700, 7_000]))
    def server_is_busy(self, count: int, retry_ms: int | None) -> None:
        error = wire.Error(ErrorCode.BUSY, "busy", retry_ms=retry_ms)
        self.world.server.moods.extend([error] * count)

    @rule(life=st.sampled_from([1.0, 6.0, 900.0]))
    def tokens_live(self, life: float) -> None:
        self.world.server.token_life = life

    @rule(which=tabs)
    def server_forgets_an_event(self, which: tuple[str, int]) -> None:
        self.world.server.forget_one(self.tab(which).name)

    @rule()
    def make_a_backup(self) -> None:
        self.backup = self.world.server.database.copy()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore_it(self) -> None:
        assert self.backup is not None
        self.world.crash()
        self.world.server.database.restore(self.backup)
        self.world.start()

    # The end.

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.calm()
        slow = any(tab.page.hidden for tab in world.tabs.values())
        rounds = int((SLOW_PEACE if slow else PEACE) / NEWS)
        assert any(self.one_more_round() for _ in range(rounds)), f"not settled:\n{world.trace}"
        check_run(world)
        for tab in world.tabs.values():
            tab.stop()
        world.run(60.0)
        check_run(world)
        check_stopped(world)
        self.count()

    def count(self) -> None:
        """Add up what happened in this schedule."""
        tabs = self.world.tabs.values()
        views = [view for tab in tabs for view in tab.views]
        self.counts.update(
            schedules=1,
            done=sum(len(tab.sent) for tab in tabs),
            acked=sum(len(view.acks) for view in views),
            refused=sum(len(view.refusals) for view in views),
            pages=len(views),
            connections=sum(note.kind is Kind.STATE and note.detail == State.LIVE for note in self.world.trace.notes),
        )

    def one_more_round(self) -> bool:
        """Let everybody sign in again and try again what was parked; tell whether that is the end of it."""
        for tab in self.world.tabs.values():
            tab.sign_in()
            for entry in [entry for entry in tab.view.outbox.values() if entry.parked]:
                tab.link.release(entry.id)
        return self.world.settle(NEWS)
