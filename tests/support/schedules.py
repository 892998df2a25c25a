"""Any schedule of faults, for Hypothesis: people write and come and go while everything around them breaks."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.simulation.checker import check_now, check_run, check_stopped, watch
from rebond.simulation.database import Database
from rebond.simulation.tab import Tab
from rebond.simulation.world import GENERAL, World

TABS = [("ann", 1), ("ann", 2), ("bob", 1)]
ATTIC = "attic"

tabs = st.sampled_from(TABS)
rooms = st.sampled_from([GENERAL, GENERAL, ATTIC])
told = st.booleans()

NEWS = 10.0
"""Seconds after the last fault within which everybody whose session was ended knows."""

PEACE = 90.0
"""Seconds after the last fault within which everything is well again."""

SLOW_PEACE = 600.0
"""The same where a page's timers go off once a minute."""


class Schedules(RuleBasedStateMachine):
    """Three tabs of two people, and everything that can befall them."""

    world: World

    @initialize(seed=st.integers(0, 2**32 - 1), throttled=st.booleans())
    def begin(self, seed: int, throttled: bool) -> None:
        self.world = World(seed, throttled=throttled)
        self.backup: Database | None = None
        self.world.server.change("", lambda database: database.make_room(ATTIC, 0.0))
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
        self.world.run(seconds)

    @rule()
    def a_long_time_goes_by(self) -> None:
        self.world.run(61.0)

    # People.

    @rule(which=tabs, room=rooms, count=st.integers(1, 4))
    def say(self, which: tuple[str, int], room: str, count: int) -> None:
        tab = self.tab(which)
        for _ in range(count):
            tab.say(room, f"{tab.name} says {len(tab.sent)}")

    @rule(user=st.sampled_from(["ann", "bob"]))
    def join(self, user: str) -> None:
        self.world.server.change(user, lambda database: database.join(user, ATTIC, self.world.clock.now))

    @rule(user=st.sampled_from(["ann", "bob"]))
    def leave(self, user: str) -> None:
        self.world.server.change(user, lambda database: database.leave(user, ATTIC, self.world.clock.now))

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

    # Pages.

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

    @rule(count=st.integers(1, 3), retry_ms=st.sampled_from([None, 1, 700]))
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
        world.run(NEWS)
        for tab in world.tabs.values():
            tab.sign_in()
        slow = any(tab.page.hidden for tab in world.tabs.values())
        assert world.settle(SLOW_PEACE if slow else PEACE), f"not settled:\n{world.trace}"
        check_run(world)
        for tab in world.tabs.values():
            tab.stop()
        world.run(60.0)
        check_run(world)
        check_stopped(world)
