"""What one is called for while one looks elsewhere, and what not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.archive import Archive
from chat.drafts import Drafts
from chat.notifications import GRACE, LONGEST, Claim, Notice, Notifications, short
from chat.people import Person
from chat.rooms import Room
from chat.state import Clocks, State
from rebond import wire
from rebond.effects import Skipped
from tests.chat.made import ME, NOON, YOU, HandClock, Memory, english

BOB = Person("u-bob", "Bob")


class Tab:
    """A hidden tab of somebody who is in a few rooms and has read them all."""

    def __init__(self, name: str = "a", heads: int = 10) -> None:
        self.clock = HandClock()
        clocks = Clocks(wall=lambda: NOON, link=self.clock)
        self.state = State(ME, "1", Drafts(Memory(), ME.id), clocks, lambda: None, Archive(None))
        rooms = [Room(name, name, joined=True) for name in ("zoo", "quiet", "loud")]
        rooms += [
            Room("talk", "Grace", joined=True, kind="direct", people=(YOU,)),
            Room("three", "Grace, Bob", joined=True, kind="direct", people=(YOU, BOB)),
            Room("hush", "Grace", joined=True, kind="direct", people=(YOU,)),
        ]
        self.state.rooms.replace(rooms, self.state.rooms.changes)
        self.state.attentive = False
        self.rules = Notifications(self.state, english(), name)
        self.rules.turn(hidden=True)
        self.state.call = self.call
        self.claims: list[Claim] = []
        self.greet(heads)
        for room in rooms:
            how = {"quiet": "muted", "hush": "muted", "loud": "followed"}.get(room.id, "normal")
            self.mark(room.id, heads, heed=how)

    def greet(self, head: int) -> None:
        heads = {f"room:{room.id}": head for room in self.state.rooms.all}
        self.state.on_welcome(wire.Welcome("e", heads, 250, 10_000, {"id": ME.id, "name": ME.name}, "1"))

    def mark(self, room: str, seq: int, unread: int = 0, mentions: int = 0, heed: str | None = None) -> None:
        how = heed or self.state.rooms[room].heed
        body = {"room": room, "seq": seq, "unread": unread, "mentions": mentions, "heed": how}
        self.state.on_state(wire.State("mark", body))

    def say(self, room: str, seq: int, text: str = "hello", *, author: Person = YOU, mention: bool = False) -> None:
        body: dict[str, object] = {"id": f"id-{seq:08}", "author": {"id": author.id, "name": author.name}, "text": text}
        body["mentions"] = [ME.id] if mention else []
        self.state.on_event(wire.Event(f"room:{room}", seq, "message", NOON, body))

    def call(self, room: str, seq: int, message: object, mentioned: bool) -> None:
        held = self.state.timeline(room).holding(seq) if message is not None else None
        now = self.clock()
        claim = (
            self.rules.missed(room, seq, now)
            if held is None
            else self.rules.heard(room, held, now, mentioned=mentioned)
        )
        if claim is not None:
            self.claims.append(claim)

    def later(self, seconds: float = GRACE) -> list[Notice]:
        """Let time pass; return what is shown."""
        self.clock.now += seconds
        return list(self.rules.due(self.clock()))


@dataclass(frozen=True)
class Case:
    """Somebody says something in a room, and one is called by it or not."""

    room: str
    mention: bool
    title: str = ""


CASES = {
    "a message in a room": Case("zoo", False),
    "a mention in a room": Case("zoo", True, "Grace in zoo"),
    "a message in a muted room": Case("quiet", False),
    "a mention in a muted room": Case("quiet", True, "Grace in quiet"),
    "a message in a followed room": Case("loud", False, "Grace in loud"),
    "a mention in a followed room": Case("loud", True, "Grace in loud"),
    "a message in a conversation": Case("talk", False, "Grace"),
    "a message in a conversation of several": Case("three", False, "Grace in Grace, Bob"),
    "a message in a muted conversation": Case("hush", False),
    "a mention in a muted conversation": Case("hush", True, "Grace"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_calls_one(case: Case) -> None:
    tab = Tab()
    tab.say(case.room, 11, mention=case.mention)
    assert tab.later(GRACE - 0.1) == []
    assert [(each.room, each.at, each.title, each.body) for each in tab.later()] == (
        [(case.room, 11, case.title, "hello")] if case.title else []
    )


def read_elsewhere(tab: Tab) -> None:
    tab.mark("talk", 11)


def looked_at(tab: Tab) -> None:
    tab.rules.turn(hidden=False)


def deleted(tab: Tab) -> None:
    body: dict[str, object] = {"id": "id-00000011", "author": {"id": YOU.id, "name": YOU.name}}
    tab.state.on_event(wire.Event("room:talk", 12, "deleted", NOON, body))


def left(tab: Tab) -> None:
    tab.state.on_event(wire.Event("account", 1, "left", NOON, {"room": "talk"}))


def muted(tab: Tab) -> None:
    tab.mark("talk", 10, 1, heed="muted")


@pytest.mark.parametrize("happens", [read_elsewhere, looked_at, deleted, left, muted])
def test_what_there_is_no_call_for_any_more_is_never_shown(happens: object) -> None:
    assert callable(happens)
    tab = Tab()
    tab.say("talk", 11)
    happens(tab)
    assert tab.later() == []
    assert tab.rules.next_due is None


@pytest.mark.parametrize("happens", [read_elsewhere, deleted, left, muted])
def test_what_there_is_no_call_for_any_more_is_closed(happens: object) -> None:
    assert callable(happens)
    tab = Tab()
    tab.say("talk", 11)
    assert len(tab.later()) == 1
    assert tab.rules.over() == []
    happens(tab)
    assert tab.rules.over() == ["talk"]
    assert tab.rules.over() == []


def test_what_arrives_with_its_mark_already_past_is_never_shown() -> None:
    tab = Tab()
    tab.mark("talk", 11)
    tab.say("talk", 11)
    assert (tab.later(), tab.claims) == ([], [])


def test_while_the_page_is_seen_nothing_is_shown_and_what_one_says_oneself_never_is() -> None:
    tab = Tab()
    tab.say("talk", 11, author=ME)
    tab.rules.turn(hidden=False)
    tab.say("talk", 12)
    assert tab.later() == []


def test_one_notification_for_a_room_with_the_newest_and_how_many_there_are() -> None:
    tab = Tab()
    tab.say("talk", 11, "one")
    tab.clock.now += 0.5
    tab.say("talk", 12, "two")
    assert [(each.title, each.body) for each in tab.later(0.5)] == [("Grace (2)", "two")]
    tab.say("talk", 13, "three")
    assert [(each.title, each.body) for each in tab.later()] == [("Grace (3)", "three")]


def absent(tab: Tab, head: int, *marks: tuple[str, int, int]) -> None:
    """The link comes back after an absence: the greeting, and marks as of its heads."""
    tab.greet(head)
    for room, unread, mentions in marks:
        tab.mark(room, 10, unread, mentions)


def test_what_was_missed_is_one_summary_for_each_room_once_it_is_all_there() -> None:
    tab = Tab()
    absent(tab, 14, ("loud", 4, 1), ("zoo", 4, 2), ("quiet", 4, 0))
    for seq in range(11, 15):
        for room in ("loud", "zoo", "quiet"):
            tab.say(room, seq, mention=room == "zoo" and seq > 12)
        assert tab.later(GRACE / 2) == []
    found = {each.room: (each.title, each.body, each.at) for each in tab.later()}
    assert found == {"loud": ("loud", "4 unread messages", 0), "zoo": ("zoo", "2 unread messages mention you", 0)}


def test_a_single_message_that_was_missed_is_shown_itself() -> None:
    tab = Tab()
    absent(tab, 11, ("talk", 1, 0))
    tab.say("talk", 11)
    assert [(each.title, each.body) for each in tab.later()] == [("Grace", "hello")]


def test_the_count_may_come_after_what_was_missed() -> None:
    tab = Tab()
    tab.greet(12)
    tab.say("talk", 11)
    tab.say("talk", 12)
    tab.mark("talk", 10, 2)
    assert [each.body for each in tab.later()] == ["2 unread messages"]


def test_of_what_never_comes_the_servers_count_tells() -> None:
    tab = Tab()
    absent(tab, 900, ("talk", 100, 0), ("zoo", 100, 0))
    for room in ("talk", "zoo"):
        tab.state.on_skipped(Skipped(f"room:{room}", 11, 850))
    assert [(each.room, each.body) for each in tab.later()] == [("talk", "100 unread messages or more")]


def test_what_is_unread_since_before_the_absence_calls_nobody_again() -> None:
    tab = Tab()
    tab.say("talk", 11)
    assert len(tab.later()) == 1
    absent(tab, 11, ("talk", 1, 0))
    assert tab.later() == []
    assert tab.rules.over() == []


@pytest.mark.parametrize(
    ("mention", "room", "body"), [(True, "zoo", "You are mentioned"), (False, "talk", "New message")]
)
def test_without_the_text_nothing_is_told_of_it(mention: bool, room: str, body: str) -> None:
    tab = Tab()
    tab.rules.full = False
    tab.say(room, 11, "a secret", mention=mention)
    assert [each.body for each in tab.later()] == [body]


def test_an_edit_that_comes_in_time_is_what_is_shown() -> None:
    tab = Tab()
    tab.say("talk", 11, "helo")
    body: dict[str, object] = {"id": "id-00000011", "author": {"id": YOU.id, "name": YOU.name}, "text": "hello"}
    tab.state.on_event(wire.Event("room:talk", 12, "edited", NOON, body))
    assert [each.body for each in tab.later()] == ["hello"]


def test_a_notification_from_before_the_page_goes_once_it_is_read() -> None:
    tab = Tab()
    tab.rules.found("talk", 10)
    assert tab.rules.over() == ["talk"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello", "hello"),
        ("**bold** and `code`", "bold and code"),
        ("> quoted\n\n- one\n- two", "quoted one two"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("x" * 200, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_a_text_is_short_and_without_marks(text: str, shown: str) -> None:
    assert short(text) == shown


# Several tabs.


def talk(tabs: Sequence[Tab]) -> None:
    """Let the tabs hear each other until nobody has anything more to say."""
    while any(tab.claims for tab in tabs):
        for tab in tabs:
            said, tab.claims = tab.claims, []
            for claim in said:
                for other in tabs:
                    answer = None if other is tab else other.rules.claimed(claim)
                    if answer is not None:
                        other.claims.append(answer)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True), st.permutations(range(5)))
def test_of_several_hidden_tabs_one_shows_it_whoever_hears_first(names: list[str], order: list[int]) -> None:
    tabs = [Tab(name) for name in names]
    for tab in (tabs[index] for index in order if index < len(tabs)):
        tab.say("talk", 11)
        talk(tabs)
    shown = [tab for tab in tabs if tab.later()]
    assert [tab.rules._tab for tab in shown] == [min(names)]
    for tab in tabs:
        tab.mark("talk", 11)
        assert tab.rules.over() == ["talk"], "whoever is left closes it"


def test_a_tab_that_is_seen_answers_that_nobody_has_to_be_called() -> None:
    hidden, seen = Tab("a"), Tab("b")
    seen.rules.turn(hidden=False)
    hidden.say("talk", 11)
    talk([hidden, seen])
    assert hidden.later() == []


def test_a_tab_that_hears_late_does_not_show_it_again() -> None:
    early, late = Tab("b"), Tab("a")
    early.say("talk", 11)
    talk([early, late])
    assert len(early.later()) == 1
    late.say("talk", 11)
    talk([early, late])
    assert late.later() == []


def test_a_tab_that_has_heard_more_shows_that_more() -> None:
    behind, ahead = Tab("a"), Tab("b")
    ahead.say("talk", 11)
    ahead.say("talk", 12, "newer")
    behind.say("talk", 11)
    talk([behind, ahead])
    assert [each.body for each in ahead.later()] == ["newer"]


def test_claims_of_rooms_in_which_nothing_waits_change_nothing() -> None:
    tab = Tab()
    assert tab.rules.claimed(Claim("nowhere", 3, "z")) is None
    assert tab.rules.claimed(replace(Claim("nowhere", 3, "z"), by="")) is None
