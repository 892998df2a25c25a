from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chat.messages import Message, Outgoing
from chat.timeline import Edge, Timeline
from tests.chat.made import ME, YOU, message


def shown(timeline: Timeline) -> list[int]:
    return [entry.seq for entry in timeline.messages]


def page(
    timeline: Timeline, seqs: range, *, before: int | None = None, head: int | None = None, more: bool = True
) -> None:
    timeline.add_page(
        [message(seq) for seq in seqs], before=before, head=head or max(seqs, default=0), more=more, me=ME.id
    )


def test_nothing_is_known_of_a_new_timeline() -> None:
    timeline = Timeline()
    assert timeline.messages == []
    assert timeline.edge is Edge.UNKNOWN
    assert timeline.older is None
    assert timeline.wanted is None
    assert timeline.top == 0


def test_a_page_of_an_empty_room_is_its_beginning() -> None:
    timeline = Timeline()
    page(timeline, range(0), more=False)
    assert timeline.edge is Edge.START
    timeline.add(message(1), own=False)
    assert shown(timeline) == [1]


def test_older_pages_go_on_above() -> None:
    timeline = Timeline()
    page(timeline, range(51, 101))
    assert timeline.older == 51
    page(timeline, range(1, 51), before=51, head=100, more=False)
    assert shown(timeline) == list(range(1, 101))
    assert timeline.edge is Edge.START


def test_live_messages_beyond_a_gap_wait_for_the_page_that_closes_it() -> None:
    timeline = Timeline()
    page(timeline, range(1, 11), more=False)
    timeline.add(message(13), own=False)
    assert shown(timeline) == list(range(1, 11))
    assert timeline.wanted == 13
    page(timeline, range(3, 13), before=13, head=13)
    assert shown(timeline) == list(range(1, 14))
    assert timeline.wanted is None


def test_events_that_are_no_messages_leave_no_gap() -> None:
    timeline = Timeline()
    page(timeline, range(1, 3), more=False)
    timeline.pass_over(3)
    timeline.add(message(4), own=False)
    assert shown(timeline) == [1, 2, 4]
    assert timeline.wanted is None


def test_a_page_without_messages_that_says_there_is_more_covers_nothing() -> None:
    timeline = Timeline()
    page(timeline, range(5, 7))
    timeline.add_page([], before=5, head=6, more=True, me=ME.id)
    assert timeline.older == 5


def test_a_message_is_new_once() -> None:
    timeline = Timeline()
    assert timeline.add(message(1), own=False)
    assert not timeline.add(message(1), own=False)


@dataclass(frozen=True)
class Live:
    seq: int


@dataclass(frozen=True)
class History:
    before: int
    size: int


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[int, list[Live | History]]:
    """Any order of overlapping pages and live events of a room with some messages, each perhaps several times."""
    head = draw(st.integers(1, 40))
    some = st.one_of(
        st.builds(Live, st.integers(1, head)),
        st.builds(History, st.integers(1, head + 1), st.integers(1, 15)),
    )
    return head, draw(st.lists(some, max_size=30))


def take(timeline: Timeline, arrival: Live | History, log: list[Message]) -> None:
    match arrival:
        case Live(seq):
            timeline.add(log[seq - 1], own=log[seq - 1].author == ME)
        case History(before, size):
            first = max(1, before - size)
            timeline.add_page(log[first - 1 : before - 1], before=before, head=len(log), more=first > 1, me=ME.id)


@given(arrivals())
def test_whatever_arrives_the_view_has_no_gap_and_no_double_and_closing_gaps_ends_with_everything(
    arrived: tuple[int, list[Live | History]],
) -> None:
    head, steps = arrived
    log = [message(seq, ME if seq % 3 else YOU) for seq in range(1, head + 1)]
    timeline = Timeline()
    for step in steps:
        take(timeline, step, log)
        seqs = shown(timeline)
        assert not seqs or seqs == list(range(seqs[0], seqs[-1] + 1))
    take(timeline, Live(head), log)
    asked = 0
    while (before := timeline.wanted or timeline.older) is not None and before > 1:
        take(timeline, History(before, 7), log)
        asked += 1
        assert asked < 50
    assert timeline.messages == log


@given(arrivals(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(arrived: tuple[int, list[Live | History]], chance: Random) -> None:
    head, steps = arrived
    log = [message(seq) for seq in range(1, head + 1)]
    one, other = Timeline(), Timeline()
    for step in steps:
        take(one, step, log)
    shuffled = list(steps)
    chance.shuffle(shuffled)
    for step in shuffled:
        take(other, step, log)
    assert one.messages == other.messages
    assert one.wanted == other.wanted
    assert one.older == other.older


# One's own messages on their way.


def sent(timeline: Timeline, identifier: str) -> None:
    timeline.sent(Outgoing(identifier, "hello", 0))


def test_what_is_sent_stands_at_the_end_until_its_event_comes() -> None:
    timeline = Timeline()
    page(timeline, range(1, 3), more=False)
    own = message(3, ME)
    sent(timeline, own.id)
    assert [entry.id for entry in timeline.outgoing] == [own.id]
    timeline.acked(own.id)
    assert [entry.acked for entry in timeline.outgoing] == [True]
    timeline.add(own, own=True)
    assert timeline.outgoing == []
    assert shown(timeline) == [1, 2, 3]


def test_an_ack_after_the_event_changes_nothing() -> None:
    timeline = Timeline()
    own = message(1, ME)
    sent(timeline, own.id)
    timeline.add(own, own=True)
    timeline.acked(own.id)
    assert timeline.outgoing == []


def test_a_page_that_holds_it_settles_it_too() -> None:
    timeline = Timeline()
    own = message(1, ME)
    sent(timeline, own.id)
    timeline.add_page([own], before=None, head=1, more=False, me=ME.id)
    assert timeline.outgoing == []


def test_another_author_may_have_used_the_same_id() -> None:
    timeline = Timeline()
    other = message(1, YOU)
    sent(timeline, other.id)
    timeline.add(other, own=False)
    assert [entry.id for entry in timeline.outgoing] == [other.id]


def test_a_refused_message_can_be_taken_back_once() -> None:
    timeline = Timeline()
    sent(timeline, "refused-1")
    assert timeline.take_back("refused-1") is None
    timeline.refuse(Outgoing("refused-1", "hello", 0, refusal="not_a_member"))
    assert timeline.outgoing[0].refusal == "not_a_member"
    assert timeline.take_back("refused-1") == "hello"
    assert timeline.take_back("refused-1") is None


def test_an_ack_of_what_was_never_sent_here_is_ignored() -> None:
    timeline = Timeline()
    timeline.acked("unknown-1")
    assert timeline.outgoing == []


def test_a_page_that_fails_is_told_at_the_edge_until_the_next_one() -> None:
    timeline = Timeline()
    timeline.busy = True
    edges = [timeline.edge]
    timeline.busy, timeline.failed = False, True
    edges.append(timeline.edge)
    page(timeline, range(5, 9))
    edges.append(timeline.edge)
    assert edges == [Edge.LOADING, Edge.FAILED, Edge.UNKNOWN]
