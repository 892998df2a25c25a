from dataclasses import dataclass, replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chat.messages import Change, Message, Outgoing, Told
from chat.timeline import AROUND, MOST, Edge, Hole, Timeline
from tests.chat.made import ME, YOU, message


def shown(timeline: Timeline) -> list[int]:
    return [entry.seq for entry in timeline.messages]


def holes(timeline: Timeline) -> list[Hole]:
    return [entry for entry in timeline.entries if isinstance(entry, Hole)]


def is_whole(timeline: Timeline) -> bool:
    """Whether from the first seq to the last each is a message or in a hole, once."""
    seqs = [
        seq
        for entry in timeline.entries
        for seq in (range(entry.start, entry.end + 1) if isinstance(entry, Hole) else (entry.seq,))
    ]
    return not seqs or seqs == list(range(seqs[0], seqs[-1] + 1))


def wanted(timeline: Timeline) -> int | None:
    """The ``before`` of the page to ask for next: into the last hole, or above everything."""
    return holes(timeline)[-1].end + 1 if holes(timeline) else timeline.older


def page(
    timeline: Timeline, seqs: range, *, before: int | None = None, head: int | None = None, more: bool = True
) -> None:
    timeline.add_page([message(seq) for seq in seqs], before=before, head=head or max(seqs, default=0), more=more)


def test_nothing_is_known_of_a_new_timeline() -> None:
    timeline = Timeline(ME.id)
    assert timeline.messages == []
    assert timeline.edge is Edge.UNKNOWN
    assert timeline.older is None
    assert holes(timeline) == []
    assert timeline.top == 0


def test_a_page_of_an_empty_room_is_its_beginning() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(0), more=False)
    assert timeline.edge is Edge.START
    timeline.add(message(1))
    assert shown(timeline) == [1]


def test_older_pages_go_on_above() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(51, 101))
    assert timeline.older == 51
    page(timeline, range(1, 51), before=51, head=100, more=False)
    assert shown(timeline) == list(range(1, 101))
    assert timeline.edge is Edge.START


def test_a_hole_stands_before_live_messages_until_the_page_that_closes_it() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 11), more=False)
    timeline.add(message(13))
    assert timeline.entries == [*map(message, range(1, 11)), Hole(11, 12), message(13)]
    page(timeline, range(3, 13), before=13, head=13)
    assert timeline.entries == list(map(message, range(1, 14)))


def test_events_that_are_no_messages_leave_no_gap() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    timeline.pass_over(3)
    timeline.add(message(4))
    assert shown(timeline) == [1, 2, 4]
    assert holes(timeline) == []


def test_a_page_without_messages_that_says_there_is_more_covers_nothing() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(5, 7))
    timeline.add_page([], before=5, head=6, more=True)
    assert timeline.older == 5


def test_a_message_is_new_once() -> None:
    timeline = Timeline(ME.id)
    assert timeline.add(message(1))
    assert not timeline.add(message(1))


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
            timeline.add(log[seq - 1])
        case History(before, size):
            first = max(1, before - size)
            timeline.add_page(log[first - 1 : before - 1], before=before, head=len(log), more=first > 1)


@given(arrivals())
def test_whatever_arrives_every_gap_is_a_hole_nothing_is_double_and_filling_ends_with_everything(
    arrived: tuple[int, list[Live | History]],
) -> None:
    head, steps = arrived
    log = [message(seq, ME if seq % 3 else YOU) for seq in range(1, head + 1)]
    timeline = Timeline(ME.id)
    for step in steps:
        take(timeline, step, log)
        assert is_whole(timeline)
    take(timeline, Live(head), log)
    asked = 0
    while (before := wanted(timeline)) is not None and before > 1:
        take(timeline, History(before, 7), log)
        asked += 1
        assert asked < 50
    assert timeline.messages == log


@given(arrivals(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(arrived: tuple[int, list[Live | History]], chance: Random) -> None:
    head, steps = arrived
    log = [message(seq) for seq in range(1, head + 1)]
    one, other = Timeline(ME.id), Timeline(ME.id)
    for step in steps:
        take(one, step, log)
    shuffled = list(steps)
    chance.shuffle(shuffled)
    for step in shuffled:
        take(other, step, log)
    assert one.messages == other.messages
    assert one.entries == other.entries
    assert one.older == other.older


# One's own messages on their way.


def sent(timeline: Timeline, identifier: str) -> None:
    timeline.sent(Outgoing(identifier, "hello", 0))


def test_what_is_sent_stands_at_the_end_until_its_event_comes() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    own = message(3, ME)
    sent(timeline, own.id)
    assert [entry.id for entry in timeline.outgoing] == [own.id]
    timeline.acked(own.id, own.seq)
    assert [entry.acked for entry in timeline.outgoing] == [3]
    timeline.add(own)
    assert timeline.outgoing == []
    assert shown(timeline) == [1, 2, 3]


def test_an_ack_after_the_event_changes_nothing() -> None:
    timeline = Timeline(ME.id)
    own = message(1, ME)
    sent(timeline, own.id)
    timeline.add(own)
    timeline.acked(own.id, own.seq)
    assert timeline.outgoing == []


def test_a_page_that_holds_it_settles_it_too() -> None:
    timeline = Timeline(ME.id)
    own = message(1, ME)
    sent(timeline, own.id)
    timeline.add_page([own], before=None, head=1, more=False)
    assert timeline.outgoing == []


def test_another_author_may_have_used_the_same_id() -> None:
    timeline = Timeline(ME.id)
    other = message(1, YOU)
    sent(timeline, other.id)
    timeline.add(other)
    assert [entry.id for entry in timeline.outgoing] == [other.id]


def test_a_refused_message_can_be_taken_back_once() -> None:
    timeline = Timeline(ME.id)
    sent(timeline, "refused-1")
    assert timeline.take_back("refused-1") is None
    timeline.refuse(Outgoing("refused-1", "hello", 0, refusal="not_a_member"))
    assert timeline.outgoing[0].refusal == "not_a_member"
    assert timeline.take_back("refused-1") == "hello"
    assert timeline.take_back("refused-1") is None


def test_an_ack_of_what_was_never_sent_here_is_ignored() -> None:
    timeline = Timeline(ME.id)
    timeline.acked("unknown-1", 1)
    assert timeline.outgoing == []


def test_a_page_that_fails_is_told_at_the_edge_until_the_next_one() -> None:
    timeline = Timeline(ME.id)
    timeline.busy = True
    edges = [timeline.edge]
    timeline.busy, timeline.failed = False, True
    edges.append(timeline.edge)
    page(timeline, range(5, 9))
    edges.append(timeline.edge)
    assert edges == [Edge.LOADING, Edge.FAILED, Edge.UNKNOWN]


# What changes.


def edit(seq: int, target: Message, text: str | None) -> Told:
    return Told(target.key, seq, 7, text)


def test_an_edit_and_a_deletion_change_their_message() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    timeline.change(edit(3, message(1), "better"))
    timeline.change(edit(4, message(2), None))
    first, second = timeline.messages
    assert (first.text, first.edited, first.changed, first.deleted) == ("better", 7, 3, False)
    assert (second.text, second.changed, second.deleted) == ("", 4, True)
    assert holes(timeline) == []


def test_an_older_change_never_takes_the_place_of_a_newer_state() -> None:
    timeline = Timeline(ME.id)
    newest = replace(message(1), text="newest", changed=5, edited=5)
    timeline.add_page([newest], before=None, head=5, more=False)
    timeline.change(edit(4, message(1), "older"))
    timeline.add(message(1))
    timeline.add_page([message(1)], before=None, head=3, more=False)
    assert timeline.messages == [newest]


def test_a_change_that_comes_before_the_page_its_message_is_in_is_not_lost() -> None:
    timeline = Timeline(ME.id)
    timeline.busy = True
    timeline.change(edit(3, message(2), "better"))
    page(timeline, range(1, 3), head=2, more=False)
    assert [entry.text for entry in timeline.messages] == ["message 1", "better"]


def test_changes_in_a_hole_are_shown_and_leave_it_a_hole() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    timeline.skip(3, 900)
    timeline.change(edit(500, message(1), "better"))
    timeline.add(message(901))
    assert timeline.skips(500)
    assert timeline.entries[1:] == [message(2), Hole(3, 900), message(901)]
    assert timeline.messages[0].text == "better"


def test_what_a_page_told_of_a_hole_before_its_end_may_have_changed_since_and_is_asked_for_again() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 7), head=6, more=False)
    # The link had told of two: the page was read by itself, and the link was lost before it came that far.
    timeline.skip(3, 900)
    timeline.add(message(901))
    assert timeline.entries[1:] == [message(2), Hole(3, 900), message(901)]


def test_what_a_page_told_of_a_hole_after_its_end_is_as_it_is_now() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    page(timeline, range(890, 901), head=900)
    timeline.skip(3, 899)
    assert timeline.entries[2:4] == [Hole(3, 889), message(890)]


def test_what_was_acknowledged_in_a_hole_waits_no_more() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    sent(timeline, "one-lost-ack")
    timeline.changing(Change("change-1", message(1, ME).id, "better"))
    timeline.acked("one-lost-ack", 40)
    timeline.acked("change-1", 41)
    assert len(timeline.outgoing) + len(timeline.changes) == 2
    timeline.skip(3, 900)
    assert len(timeline.outgoing) + len(timeline.changes) == 0


def test_a_change_of_ones_own_is_there_until_its_event_comes() -> None:
    timeline = Timeline(ME.id)
    own = message(1, ME)
    timeline.add_page([own], before=None, head=1, more=False)
    timeline.changing(Change("change-1", own.id, "better"))
    timeline.acked("change-1", 2)
    assert timeline.changes[own.id].text == "better"
    timeline.change(edit(2, own, "better"))
    assert timeline.changes == {}
    assert timeline.find(own.id) == replace(own, text="better", changed=2, edited=7)


def test_a_message_that_is_there_already_does_not_wait_again() -> None:
    timeline = Timeline(ME.id)
    timeline.add(message(1, ME))
    sent(timeline, message(1).id)
    assert timeline.outgoing == []


def test_how_a_message_stands_changes_but_not_when_it_was_written() -> None:
    timeline = Timeline(ME.id)
    timeline.sent(Outgoing("id-000001", "hello", 5))
    timeline.sent(Outgoing("id-000001", "hello", 9, flying=True))
    assert timeline.outgoing == [Outgoing("id-000001", "hello", 5, flying=True)]
    assert timeline.find("id-000001") == timeline.outgoing[0]
    timeline.drop("id-000001")
    assert timeline.outgoing == []


def test_one_begins_anew_with_what_one_wrote_alone() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 3), more=False)
    sent(timeline, "mine-0001")
    timeline.changing(Change("change-1", "id-1", None))
    fresh = timeline.begun_anew()
    assert (fresh.messages, fresh.loaded) == ([], False)
    assert [entry.id for entry in fresh.outgoing] == ["mine-0001"]
    assert list(fresh.changes) == ["id-1"]


def test_news_is_what_is_new_or_has_changed() -> None:
    timeline = Timeline(ME.id)
    timeline.restore([message(1)], [(0, 1)])
    assert (timeline.take_news(), timeline.loaded, timeline.edge) == ([], True, Edge.START)
    timeline.add(message(2))
    timeline.change(edit(3, message(1), "better"))
    assert [entry.seq for entry in timeline.take_news()] == [1, 2]
    assert timeline.take_news() == []
    assert timeline.known == [(0, 3)]
    assert timeline.latest_at == message(2).at


def long_timeline(count: int = MOST + 100) -> Timeline:
    timeline = Timeline(ME.id)
    page(timeline, range(1, count + 1), more=False)
    return timeline


def test_a_few_hundred_messages_are_all_kept() -> None:
    timeline = long_timeline(MOST)
    timeline.trim()
    assert shown(timeline) == list(range(1, MOST + 1))
    assert timeline.edge is Edge.START


def test_of_many_the_newest_are_kept_and_the_others_can_be_had_again() -> None:
    timeline = long_timeline()
    timeline.take_news()
    timeline.trim()
    assert shown(timeline) == list(range(MOST - 99, MOST + 101))
    assert (timeline.edge, timeline.older, timeline.oldest) == (Edge.UNKNOWN, MOST - 99, MOST - 99)
    page(timeline, range(MOST - 149, MOST - 99), before=MOST - 99)
    assert (shown(timeline)[0], holes(timeline)) == (MOST - 149, [])


def test_what_one_reads_is_kept_with_what_is_around_it() -> None:
    timeline = long_timeline(1_000)
    timeline.places = ((400, 400),)
    timeline.trim()
    low, high = 400 - AROUND, 400 + AROUND
    assert shown(timeline) == [*range(low, high + 1), *range(801, 1_001)]
    assert holes(timeline) == [Hole(high + 1, 800)]
    assert timeline.edge is Edge.UNKNOWN
    assert not timeline.knows(low - 1)
    assert timeline.misses(low - 1)
    assert timeline.misses(700)
    assert not timeline.misses(400)
    assert not timeline.misses(1_001)


def test_what_one_has_marked_is_kept_from_its_first_message_to_its_last() -> None:
    timeline = long_timeline(2_000)
    timeline.places = ((300, 1_200),)
    timeline.trim()
    assert shown(timeline) == [*range(300 - AROUND, 1_201 + AROUND), *range(1_801, 2_001)]


def test_the_beginning_stays_the_beginning_for_who_reads_there() -> None:
    timeline = long_timeline(1_000)
    timeline.places = ((20, 20), (900, 900))
    timeline.trim()
    assert timeline.edge is Edge.START
    assert shown(timeline)[0] == 1


def test_nothing_goes_while_a_page_is_on_its_way() -> None:
    timeline = long_timeline()
    timeline.busy = True
    timeline.trim()
    timeline.busy, timeline.seeking = False, 1
    timeline.trim()
    assert len(shown(timeline)) == MOST + 100


def test_a_change_to_what_was_let_go_of_is_in_the_page_that_comes_again() -> None:
    timeline = long_timeline()
    timeline.trim()
    timeline.change(Told(message(3).key, MOST + 101, 1, "mended"))
    assert timeline.seq_of(message(3).key) == 0
    mended = replace(message(3), text="mended", changed=MOST + 101)
    timeline.add_around([message(2), mended, message(4)], head=MOST + 101, more=True, newer=True)
    assert [each.text for each in timeline.messages[:3]] == ["message 2", "mended", "message 4"]


def test_a_reply_keeps_its_quote_when_what_it_quotes_is_let_go_of_and_goes_without_a_trace() -> None:
    timeline = Timeline(ME.id)
    old, reply = message(1), replace(message(MOST + 100), re=message(1).quote)
    early = replace(message(2), re=message(1).quote)
    page_of = [old, early, *(message(seq) for seq in range(3, MOST + 100)), reply]
    timeline.add_page(page_of, before=None, head=MOST + 100, more=False)
    timeline.trim()
    timeline.change(Told(old.key, MOST + 101, 1, "mended"))
    quotes = [each.re for each in timeline.messages if each.re is not None]
    assert [quote.text for quote in quotes] == ["mended"]


def test_a_page_behind_what_is_there_closes_the_hole_from_above() -> None:
    timeline = Timeline(ME.id)
    page(timeline, range(1, 11), before=11, head=100, more=False)
    timeline.add(message(100))
    after = [message(seq) for seq in range(12, 22)]
    timeline.add_around(after, head=100, more=True, newer=True, after=10)
    assert holes(timeline) == [Hole(22, 99)]
    timeline.add_around([], head=100, more=True, newer=False, after=21)
    assert holes(timeline) == []


@given(st.integers(0, 2**32))
def test_however_one_reads_what_is_kept_is_bounded_and_whole(seed: int) -> None:
    random = Random(seed)
    head = 5_000
    timeline = Timeline(ME.id)
    page(timeline, range(head - 49, head + 1), head=head)
    for _ in range(30):
        if random.random() < 0.3:
            head += 1
            timeline.add(message(head))
        before = wanted(timeline) if random.random() < 0.7 else None
        if before is None or before < 60:
            seq = random.randrange(60, head)
            page_of = [message(each) for each in range(seq - 25, min(seq + 25, head + 1))]
            timeline.add_around(page_of, head=head, more=True, newer=page_of[-1].seq < head)
            timeline.places = ((seq, seq),)
        else:
            page(timeline, range(before - 50, before), before=before, head=head)
        timeline.trim()
        assert is_whole(timeline)
        assert len(shown(timeline)) <= MOST
        assert shown(timeline)[-1] == head
        assert not timeline.places or timeline.seq_of(message(timeline.places[0][0]).key)
