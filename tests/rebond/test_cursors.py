"""Cursors: every event once, in order, with the gaps fetched first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rebond.cursors import MAX_HELD, Cursors
from rebond.streams import MAX_SYNC
from rebond.wire import Event, Hole, Span, Sync
from tests.support.driver import event

R = "room:r"


def cursors_at(seen: int) -> Cursors:
    cursors = Cursors()
    cursors.welcome("epoch", {R: seen})
    return cursors


def taken(cursors: Cursors, *events: Event) -> list[int | Sync]:
    return [item.seq if isinstance(item, Event) else item for one in events for item in cursors.take(one)]


def spanned(cursors: Cursors, from_: int, to: int) -> list[int | Sync]:
    return [item.seq if isinstance(item, Event) else item for item in cursors.span(Span(R, from_, to))]


def test_the_next_event_is_shown() -> None:
    cursors = cursors_at(4)
    assert taken(cursors, event(5), event(6)) == [5, 6]
    assert cursors.positions() == {R: 6}


def test_a_double_is_dropped() -> None:
    assert taken(cursors_at(4), event(4), event(3), event(5), event(5)) == [5]


def test_a_gap_is_fetched_before_anything_after_it_is_shown() -> None:
    cursors = cursors_at(4)
    assert taken(cursors, event(7), event(8)) == [Sync(R, 5, 6)]
    assert taken(cursors, event(5), event(6)) == [5, 6, 7, 8]
    assert spanned(cursors, 5, 6) == []


def test_what_a_span_withholds_counts_as_seen() -> None:
    cursors = cursors_at(4)
    taken(cursors, event(8))
    assert taken(cursors, event(6)) == []
    assert spanned(cursors, 5, 7) == [8]
    assert cursors.positions() == {R: 8}


def test_a_span_that_does_not_touch_the_cursor_proves_nothing() -> None:
    cursors = cursors_at(4)
    assert spanned(cursors, 7, 9) == []
    assert cursors.positions() == {R: 4}


def test_a_span_of_a_stream_not_followed_is_ignored() -> None:
    assert list(cursors_at(4).span(Span("room:x", 1, 2))) == []


def test_a_long_gap_is_fetched_in_pieces() -> None:
    cursors = cursors_at(0)
    assert taken(cursors, event(2 * MAX_SYNC + 1)) == [Sync(R, 1, MAX_SYNC)]
    assert spanned(cursors, 1, MAX_SYNC) == [Sync(R, MAX_SYNC + 1, 2 * MAX_SYNC)]
    assert spanned(cursors, MAX_SYNC + 1, 2 * MAX_SYNC) == [2 * MAX_SYNC + 1]


def test_what_is_held_behind_a_gap_is_bounded_and_the_rest_fetched_again() -> None:
    cursors = cursors_at(0)
    asked = taken(cursors, *(event(seq) for seq in range(2, MAX_HELD + 12)))
    assert asked == [Sync(R, 1, 1)]
    assert taken(cursors, event(1)) == list(range(1, MAX_HELD + 2))
    assert spanned(cursors, 1, 1) == []
    assert list(cursors.heads({R: MAX_HELD + 11})) == [Sync(R, MAX_HELD + 2, MAX_HELD + 11)]


def test_a_head_tells_of_a_lost_last_event() -> None:
    cursors = cursors_at(4)
    assert list(cursors.heads({R: 4, "room:x": 9})) == []
    assert list(cursors.heads({R: 6})) == [Sync(R, 5, 6)]
    assert list(cursors.heads({R: 7})) == []


def test_a_lost_connection_forgets_what_was_asked() -> None:
    cursors = cursors_at(4)
    taken(cursors, event(7))
    cursors.disconnected()
    assert cursors.positions() == {R: 4}
    assert taken(cursors, event(7)) == [Sync(R, 5, 6)]


def test_another_epoch_starts_afresh() -> None:
    cursors = cursors_at(4)
    assert cursors.welcome("another", {R: 9}) is True
    assert cursors.positions() == {R: 9}


def test_the_same_epoch_goes_on() -> None:
    cursors = cursors_at(4)
    assert cursors.welcome("epoch", {R: 9}) is False
    assert cursors.positions() == {R: 4}


def test_a_head_below_the_cursor_is_another_database() -> None:
    cursors = cursors_at(4)
    assert cursors.welcome("epoch", {R: 3}) is True
    assert cursors.positions() == {R: 3}


def test_a_stream_that_is_gone_is_forgotten_and_a_new_one_begins_at_its_head() -> None:
    cursors = cursors_at(4)
    assert cursors.welcome("epoch", {"place": 2}) is False
    assert cursors.positions() == {"place": 2}


def test_a_joined_room_begins_where_the_joining_stands() -> None:
    cursors = Cursors()
    cursors.welcome("epoch", {"account": 0})
    taken(cursors, event(1, "account", "joined", room={"id": "r", "name": "R"}, head=7))
    assert cursors.positions() == {"account": 1, R: 7}
    assert taken(cursors, event(7), event(8)) == [8]


def test_a_left_room_is_forgotten() -> None:
    cursors = Cursors()
    cursors.welcome("epoch", {"account": 0, R: 5})
    taken(cursors, event(1, "account", "left", room="r"), event(2, "account", "renamed"))
    assert cursors.positions() == {"account": 2}


def test_a_stream_never_announced_begins_with_what_it_says() -> None:
    assert taken(Cursors(), event(8), event(9)) == [8, 9]


def test_a_hole_shows_only_what_comes_and_moves_the_cursor_at_its_end() -> None:
    cursors = cursors_at(4)
    assert cursors.hole(Hole(R, 5, 900)) is True
    assert taken(cursors, event(50), event(50), event(49), event(70)) == [50, 70]
    assert cursors.positions() == {R: 4}
    assert spanned(cursors, 5, 900) == []
    assert cursors.positions() == {R: 900}
    assert taken(cursors, event(901)) == [901]


def test_a_connection_lost_within_a_hole_misses_nothing() -> None:
    cursors = cursors_at(4)
    cursors.hole(Hole(R, 5, 900))
    taken(cursors, event(50))
    cursors.disconnected()
    assert cursors.positions() == {R: 4}
    assert taken(cursors, event(50)) == [Sync(R, 5, 49)]


def test_a_hole_that_begins_elsewhere_is_none() -> None:
    assert cursors_at(4).hole(Hole(R, 7, 900)) is False
    assert cursors_at(4).hole(Hole("room:x", 5, 900)) is False


def test_what_has_moved_is_told_once() -> None:
    cursors = cursors_at(4)
    assert cursors.moved() == {R: 4}
    assert cursors.moved() == {}
    taken(cursors, event(5), event(6))
    assert cursors.moved() == {R: 6}


def test_a_stream_that_is_gone_has_not_moved() -> None:
    cursors = cursors_at(4)
    cursors.welcome("epoch", {})
    assert cursors.moved() == {}


def test_it_goes_on_from_where_the_storage_says() -> None:
    cursors = Cursors()
    cursors.restore("epoch", {R: 7})
    assert cursors.positions() == {R: 7}
    assert cursors.moved() == {}
    assert cursors.welcome("epoch", {R: 9}) is False
    assert taken(cursors, event(8)) == [8]


@given(st.data())
def test_whatever_order_events_arrive_in_they_are_shown_once_and_in_order(data: st.DataObject) -> None:
    """The server answers each ``sync`` at some time; until then anything may come, in any order."""
    cursors, head = cursors_at(0), data.draw(st.integers(1, 12))
    shown: list[int] = []
    asked: list[Sync] = []

    def absorb(items: list[int | Sync]) -> None:
        shown.extend(item for item in items if isinstance(item, int))
        asked.extend(item for item in items if isinstance(item, Sync))

    for seq in data.draw(st.lists(st.integers(1, head), max_size=40)):
        absorb(taken(cursors, event(seq)))
    absorb(list(cursors.heads({R: head})))
    while asked:
        sync = asked.pop(0)
        for seq in range(sync.from_, sync.to + 1):
            absorb(taken(cursors, event(seq)))
        absorb(spanned(cursors, sync.from_, sync.to))
        absorb(list(cursors.heads({R: head})))
    assert shown == list(range(1, head + 1))


def test_what_the_heads_of_the_welcome_have_counted_changes_no_membership() -> None:
    cursors = Cursors()
    cursors.welcome("epoch", {"account": 3, R: 5})
    cursors.disconnected()
    # Left and joined again while away: seqs 4 and 5 of the account's stream are replayed after the welcome.
    cursors.welcome("epoch", {"account": 5, R: 9})
    assert taken(cursors, event(6)) == [6]
    taken(cursors, event(4, "account", "left", room="r"), event(5, "account", "joined", room={"id": "r"}, head=7))
    assert taken(cursors, event(7), event(8)) == [7, 8]
    taken(cursors, event(6, "account", "left", room="r"))
    assert R not in cursors.positions()
