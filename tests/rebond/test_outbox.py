"""The outbox: in the order typed, each with its predecessor, and refusals that pass or do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.outbox import DEFAULT_RETRY, MAX_CLOSES, MAX_ENTRIES, MAX_FLYING, Entry, Kept, Outbox, Refusal
from rebond.text import MAX_RESEND, MAX_TEXT


def outbox_of(*entries: str) -> Outbox:
    """Return an outbox of entries written as ``a/r``: id, then room."""
    outbox = Outbox()
    for entry in entries:
        identifier, room = entry.split("/")
        outbox.add(post(identifier, room))
    return outbox


def post(identifier: str, room: str = "r", text: str | None = None) -> Entry:
    """Return an entry of a message."""
    return Entry(wire.Send(identifier, room, text or f"text of {identifier}"))


def sent(frames: Iterable[str]) -> list[tuple[str, str | None]]:
    """Return the ids and predecessors in ``frames``."""
    return [
        (frame.id, frame.after)
        for text in frames
        for frame in wire.decode_client(text)
        if isinstance(frame, wire.Send | wire.Edit | wire.Delete)
    ]


def test_entries_leave_in_order_each_with_its_predecessor_in_its_room() -> None:
    outbox = outbox_of("a/r", "b/s", "c/r", "d/r")
    assert sent(outbox.due(0.0)) == [("a", None), ("b", None), ("c", "a"), ("d", "c")]


def test_what_is_in_flight_is_not_sent_twice() -> None:
    outbox = outbox_of("a/r")
    assert sent(outbox.due(0.0)) == [("a", None)]
    assert list(outbox.due(0.0)) == []


def test_what_follows_names_the_entry_in_flight() -> None:
    outbox = outbox_of("a/r")
    list(outbox.due(0.0))
    outbox.add(post("b"))
    assert sent(outbox.due(0.0)) == [("b", "a")]


def test_a_settled_entry_is_nobodys_predecessor() -> None:
    outbox = outbox_of("a/r", "b/r")
    list(outbox.due(0.0))
    assert outbox.settled("a") is not None
    assert outbox.settled("a") is None
    outbox.disconnected()
    assert sent(outbox.due(0.0)) == [("b", None)]


def test_after_a_loss_all_are_sent_again() -> None:
    outbox = outbox_of("a/r", "b/r")
    list(outbox.due(0.0))
    outbox.disconnected()
    assert sent(outbox.due(1.0)) == [("a", None), ("b", "a")]


def test_an_id_is_taken_once() -> None:
    with pytest.raises(ValueError, match="the id a is in the outbox already"):
        outbox_of("a/r", "a/r")


def test_a_final_refusal_gives_the_text_back() -> None:
    outbox = outbox_of("a/r")
    list(outbox.due(0.0))
    refusal = outbox.refused("a", ErrorCode.NOT_A_MEMBER, "you have left", None, 0.0)
    assert refusal == Refusal("a", "r", "text of a", "not_a_member", "you have left")
    assert len(outbox) == 0


def test_the_refusal_of_an_entry_not_there_is_nothing() -> None:
    assert outbox_of().refused("a", ErrorCode.BUSY, "", None, 0.0) is None


def test_a_passing_refusal_waits_for_its_time_and_holds_back_its_room_only() -> None:
    outbox = outbox_of("a/r", "b/r", "c/s")
    list(outbox.due(0.0))
    outbox.settled("c")
    assert outbox.refused("a", "rate_limited", "slowly", 3.0, 10.0) is None
    assert outbox.refused("b", ErrorCode.PREDECESSOR, "a first", None, 10.0) is None
    assert outbox.next_due() == 13.0
    outbox.add(post("d", "s"))
    assert sent(outbox.due(12.9)) == [("d", None)]
    assert sent(outbox.due(13.0)) == [("a", None), ("b", "a")]
    assert outbox.next_due() is None


def test_busy_without_a_time_waits_a_little() -> None:
    outbox = outbox_of("a/r")
    list(outbox.due(0.0))
    outbox.refused("a", ErrorCode.BUSY, "", None, 10.0)
    assert outbox.next_due() == 10.0 + DEFAULT_RETRY


def test_after_a_final_refusal_the_next_is_linked_anew_at_once() -> None:
    outbox = outbox_of("a/r", "b/r", "c/r")
    list(outbox.due(0.0))
    outbox.refused("a", ErrorCode.TEXT_TOO_LONG, "", None, 0.0)
    outbox.refused("b", ErrorCode.PREDECESSOR, "", None, 0.0)
    outbox.refused("c", ErrorCode.PREDECESSOR, "", None, 0.0)
    assert sent(outbox.due(0.0)) == [("b", None), ("c", "b")]


def test_a_server_that_misses_what_is_in_flight_is_not_asked_in_a_hurry() -> None:
    outbox = outbox_of("a/r", "b/r")
    list(outbox.due(0.0))
    outbox.refused("b", ErrorCode.PREDECESSOR, "", None, 10.0)
    assert outbox.next_due() == 10.0 + DEFAULT_RETRY


def test_much_to_send_goes_out_in_frames_of_bounded_size() -> None:
    outbox = Outbox()
    for number in range(10):
        outbox.add(post(f"id{number}", text="é" * MAX_TEXT))
    frames = list(outbox.due(0.0))
    assert len(frames) == 3
    assert max(len(frame.encode()) for frame in frames) <= MAX_RESEND
    assert [identifier for identifier, _ in sent(frames)] == [f"id{number}" for number in range(10)]


def test_a_slow_network_is_not_flooded() -> None:
    outbox = Outbox()
    for number in range(40):
        outbox.add(post(f"id{number}", text="x" * MAX_TEXT))
    first = sent(outbox.due(0.0))
    assert MAX_FLYING < len(first) * MAX_TEXT <= MAX_FLYING + MAX_TEXT
    assert list(outbox.due(0.0)) == []
    outbox.settled("id0")
    assert sent(outbox.due(0.0)) == [(f"id{len(first)}", f"id{len(first) - 1}")]


# What is kept.


def test_an_outbox_that_is_full_says_so_and_loses_nothing() -> None:
    outbox = Outbox()
    for number in range(MAX_ENTRIES):
        outbox.add(post(f"id{number}"))
    with pytest.raises(OverflowError, match="1000 messages are waiting already"):
        outbox.add(post("one-more"))
    assert len(outbox) == MAX_ENTRIES


def test_an_entry_leaves_only_once_the_storage_has_it_and_holds_back_its_room_until_then() -> None:
    outbox = outbox_of("c/s")
    outbox.add(replace(post("a"), saved=False))
    outbox.add(post("b"))
    assert sent(outbox.due(0.0)) == [("c", None)]
    assert outbox.next_due() is None
    outbox.saved("a", Kept.KEPT, None)
    assert sent(outbox.due(0.0)) == [("a", None), ("b", "a")]


def test_an_entry_the_storage_refuses_lives_in_memory() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), saved=False))
    entry = outbox.saved("a", Kept.REFUSED, None)
    assert entry is not None
    assert entry.kept is False
    assert sent(outbox.due(0.0)) == [("a", None)]


def test_an_answer_about_an_entry_that_is_gone_is_nothing() -> None:
    assert Outbox().saved("a", Kept.KEPT, None) is None


def test_what_another_tab_typed_before_comes_before() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), saved=False))
    outbox.saved("a", Kept.KEPT, "theirs")
    assert sent(outbox.due(0.0)) == [("a", "theirs")]
    outbox.refused("a", ErrorCode.PREDECESSOR, "", None, 10.0)
    assert outbox.next_due() == 10.0 + DEFAULT_RETRY
    outbox.relinked("a", "theirs")
    assert outbox.next_due() == 10.0 + DEFAULT_RETRY
    outbox.relinked("a", None)
    assert sent(outbox.due(10.0)) == [("a", None)]
    outbox.relinked("gone", None)


def test_what_was_typed_in_turns_in_two_tabs_comes_in_turns() -> None:
    outbox = outbox_of("a/r")
    outbox.add(replace(post("c"), saved=False))
    outbox.saved("c", Kept.KEPT, "theirs")
    assert sent(outbox.due(0.0)) == [("a", None), ("c", "theirs")]
    outbox.refused("c", ErrorCode.PREDECESSOR, "", None, 10.0)
    outbox.relinked("c", "older")
    assert sent(outbox.due(10.0)) == [("c", "older")]
    outbox.refused("c", ErrorCode.PREDECESSOR, "", None, 10.0)
    outbox.relinked("c", None)
    assert sent(outbox.due(10.0)) == [("c", "a")]


def test_a_later_answer_of_the_storage_does_not_move_an_entry() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), saved=False))
    outbox.saved("a", Kept.KEPT, "theirs")
    outbox.rewrite(wire.Edit("e", "r", "a", "better"))
    outbox.saved("a", Kept.KEPT, None)
    assert sent(outbox.due(0.0)) == [("a", "theirs")]


def test_what_other_tabs_left_is_taken_in_where_it_was_typed() -> None:
    outbox = outbox_of("b/r", "d/r")
    outbox.add(replace(post("memory"), kept=False))
    outbox.restore([post("c"), post("a"), post("e")], ["settled", "a", "b", "c", "d", "e"])
    assert [entry.id for entry in outbox] == ["a", "b", "c", "d", "e", "memory"]


def test_what_another_tab_has_settled_waits_for_nothing_that_was_left() -> None:
    outbox = outbox_of("b/r", "settled/r", "c/r")
    outbox.add(replace(post("memory"), kept=False))
    outbox.add(replace(post("asked"), saved=False))
    outbox.restore([post("a"), post("d")], ["a", "b", "c", "d"])
    assert [entry.id for entry in outbox] == ["settled", "a", "b", "c", "d", "memory", "asked"]
    assert sent(outbox.due(0.0))[:2] == [("settled", None), ("a", "settled")]


def test_what_was_written_late_draws_nothing_before_what_was_typed_meanwhile() -> None:
    outbox = outbox_of("late/r", "a/r")
    outbox.restore([post("b")], ["a", "late", "b"])
    assert [entry.id for entry in outbox] == ["late", "a", "b"]


def test_what_the_storage_held_comes_first_and_may_have_been_sent() -> None:
    outbox = outbox_of("new/r")
    found = outbox.restore([post("old"), post("new")])
    assert [entry.id for entry in found] == ["old"]
    assert [(entry.id, entry.flown) for entry in outbox] == [("old", True), ("new", False)]


# Changes.


def test_what_was_never_sent_is_rewritten_in_place_once_the_storage_agrees() -> None:
    outbox = outbox_of("a/r")
    entry = outbox.rewrite(wire.Edit("e", "r", "a", "better"))
    assert entry is not None
    assert (entry.saved, entry.text) == (False, "better")
    assert list(outbox.due(0.0)) == []
    outbox.saved("a", Kept.KEPT, None)
    [frame] = [frame for text in outbox.due(0.0) for frame in wire.decode_client(text)]
    assert frame == wire.Send("a", "r", "better")


def test_a_rewriting_that_comes_too_late_leaves_the_entry_as_it_was() -> None:
    outbox = outbox_of("a/r")
    outbox.rewrite(wire.Edit("e", "r", "a", "better"))
    entry = outbox.saved("a", Kept.TAKEN, None)
    assert entry is not None
    assert (entry.text, entry.flown) == ("text of a", True)


@pytest.mark.parametrize("change", [wire.Edit("e", "r", "a", "better"), wire.Delete("e", "r", "a")])
def test_what_was_on_a_socket_is_not_rewritten(change: wire.Edit | wire.Delete) -> None:
    outbox = outbox_of("a/r")
    list(outbox.due(0.0))
    assert outbox.rewrite(change) is None


def test_what_is_not_there_is_not_rewritten() -> None:
    assert Outbox().rewrite(wire.Delete("e", "r", "a")) is None


def test_a_change_is_not_itself_rewritten() -> None:
    outbox = Outbox()
    outbox.add(Entry(wire.Edit("a", "r", "message", "text")))
    assert outbox.rewrite(wire.Delete("e", "r", "a")) is None


def test_a_refused_change_names_its_target() -> None:
    outbox = Outbox()
    outbox.add(Entry(wire.Delete("d", "r", "message")))
    list(outbox.due(0.0))
    refusal = outbox.refused("d", "no_such_message", "gone", None, 0.0)
    assert refusal == Refusal("d", "r", "", "no_such_message", "gone", "message")


# Poison.


def lose(outbox: Outbox, code: int | None = Close.ABNORMAL) -> list[str]:
    """Send what is due, lose the connection; return the ids of the entries that are parked then."""
    list(outbox.due(0.0))
    return [entry.id for entry in outbox.disconnected(code) if entry.parked]


def test_an_entry_that_ends_connections_is_sent_alone_and_then_parked() -> None:
    outbox = outbox_of("a/r", "b/r", "c/s")
    for _ in range(MAX_CLOSES):
        assert lose(outbox) == []
    assert sent(outbox.due(0.0)) == [("a", None)]
    assert list(outbox.due(0.0)) == []
    assert [entry.id for entry in outbox.disconnected(Close.ABNORMAL) if entry.parked] == ["a"]
    assert sent(outbox.due(0.0)) == [("b", None)]
    outbox.settled("b")
    assert sent(outbox.due(0.0)) == [("c", None)]


def test_a_connection_we_gave_up_ourselves_blames_nobody() -> None:
    outbox = outbox_of("a/r")
    for _ in range(2 * MAX_CLOSES):
        assert lose(outbox, None) == []


@pytest.mark.parametrize("code", [Close.TOO_BIG, Close.INVALID_DATA])
def test_a_frame_found_faulty_parks_its_entry_at_once(code: Close) -> None:
    assert lose(outbox_of("a/r"), code) == ["a"]


def test_of_several_in_a_faulty_frame_each_is_tried_alone() -> None:
    outbox = outbox_of("a/r", "b/r")
    assert lose(outbox, Close.TOO_BIG) == []
    assert sent(outbox.due(0.0)) == [("a", None)]
    outbox.settled("a")
    assert sent(outbox.due(0.0)) == [("b", None)]
    assert lose(outbox, Close.TOO_BIG) == ["b"]


def test_a_suspect_that_waits_holds_back_the_others() -> None:
    outbox = outbox_of("a/r", "b/s")
    lose(outbox, Close.TOO_BIG)
    list(outbox.due(0.0))
    outbox.refused("a", ErrorCode.BUSY, "", 3.0, 0.0)
    assert outbox.next_due() == 3.0
    assert list(outbox.due(1.0)) == []
    assert sent(outbox.due(3.0)) == [("a", None)]


def test_whose_time_has_come_behind_a_suspect_in_flight_is_told_by_the_answer_and_not_by_the_clock() -> None:
    outbox = outbox_of("a/r", "b/r", "c/s")
    list(outbox.due(0.0))
    outbox.refused("c", ErrorCode.BUSY, "", 3.0, 0.0)
    outbox.disconnected(Close.TOO_BIG)
    assert sent(outbox.due(10.0)) == [("a", None)]
    assert outbox.next_due() is None
    outbox.settled("a")
    assert sent(outbox.due(10.0)) == [("b", None)]
    outbox.settled("b")
    assert sent(outbox.due(10.0)) == [("c", None)]


def test_a_suspect_that_the_storage_has_not_got_is_waited_for_by_no_clock() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), saved=False, closes=MAX_CLOSES))
    assert outbox.next_due() is None
    assert list(outbox.due(0.0)) == []


def test_the_user_tries_a_parked_entry_again_or_gives_it_up() -> None:
    outbox = outbox_of("a/r", "b/r")
    lose(outbox, Close.TOO_BIG)
    lose(outbox, Close.TOO_BIG)
    assert outbox.released("b") is None
    assert outbox.cancelled("b") is None
    assert outbox.released("gone") is None
    entry = outbox.released("a")
    assert entry is not None
    assert (entry.parked, entry.closes) == (False, 0)
    lose(outbox, Close.TOO_BIG)
    lose(outbox, Close.TOO_BIG)
    parked = [entry.id for entry in outbox if entry.parked]
    assert parked
    assert outbox.cancelled(parked[0]) is not None
    assert outbox.get(parked[0]) is None


def test_what_is_parked_holds_nobody_back_who_was_typed_after() -> None:
    outbox = outbox_of("a/r", "b/r")
    list(outbox.due(0.0))
    outbox.settled("b")
    outbox.disconnected(Close.TOO_BIG)
    outbox.add(post("c"))
    assert sent(outbox.due(0.0)) == [("c", None)]


def test_what_is_parked_is_nobodys_predecessor() -> None:
    outbox = outbox_of("a/r")
    lose(outbox, Close.TOO_BIG)
    outbox.add(post("b"))
    assert sent(outbox.due(0.0)) == [("b", None)]
    assert outbox.next_due() is None


def test_departures_are_told_once() -> None:
    outbox = outbox_of("a/r")
    list(outbox.due(0.0))
    assert [entry.id for entry in outbox.departed()] == ["a"]
    assert outbox.departed() == []


def test_a_reaction_has_no_text_and_is_refused_with_its_target() -> None:
    outbox = Outbox()
    outbox.add(Entry(wire.React("reaction-1", "r", "ada/message-1", "\N{THUMBS UP SIGN}", on=True)))
    assert list(outbox.due(0.0))
    refusal = outbox.refused("reaction-1", "no_such_message", "it is gone", None, 0.0)
    assert refusal is not None
    assert (refusal.text, refusal.target) == ("", "ada/message-1")


def test_a_suspect_waits_for_what_was_typed_before_it() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), not_before=9.0))
    outbox.add(replace(post("b"), closes=MAX_CLOSES))
    assert sent(outbox.due(1.0)) == []
    assert sent(outbox.due(9.0)) == [("a", None), ("b", "a")]


def test_what_follows_an_entry_that_is_gone_waits_for_what_that_one_waited_for() -> None:
    outbox = Outbox()
    for name in ("a", "b", "c"):
        outbox.add(replace(post(name), saved=False))
    outbox.add(post("elsewhere", "s"))
    outbox.saved("a", Kept.KEPT, "theirs")
    outbox.saved("b", Kept.KEPT, None)
    outbox.saved("c", Kept.KEPT, "later")
    [entry] = [entry for entry in outbox if entry.id == "a"]
    outbox.dropped(entry)
    assert [(entry.id, entry.behind) for entry in outbox] == [("b", "theirs"), ("c", "later"), ("elsewhere", None)]
    outbox.refused("b", ErrorCode.NOT_A_MEMBER, "", None, 10.0)
    outbox.refused("c", ErrorCode.NOT_A_MEMBER, "", None, 10.0)
    assert [(entry.id, entry.behind) for entry in outbox] == [("elsewhere", None)]


def test_what_follows_a_parked_entry_waits_for_what_that_one_waited_for() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), behind="theirs", in_flight=True))
    outbox.add(post("b"))
    outbox.disconnected(Close.TOO_BIG)
    assert sent(outbox.due(1.0)) == [("b", "theirs")]


def test_who_waits_for_something_already_does_not_forget_it_for_what_a_predecessor_waited_for() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), behind="theirs"))
    outbox.add(replace(post("b"), behind="later"))
    outbox.refused("a", ErrorCode.NOT_A_MEMBER, "", None, 10.0)
    assert sent(outbox.due(10.0)) == [("b", "later")]


def test_what_is_parked_waits_in_nobodys_place() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), behind="theirs"))
    outbox.add(replace(post("b"), parked=True))
    outbox.add(post("c"))
    outbox.refused("a", ErrorCode.NOT_A_MEMBER, "", None, 10.0)
    assert sent(outbox.due(10.0)) == [("c", "theirs")]


def test_what_the_storage_does_not_have_yet_is_not_rewritten() -> None:
    outbox = Outbox()
    outbox.add(replace(post("a"), saved=False))
    assert outbox.rewrite(wire.Edit("e", "r", "a", "better")) is None
    outbox.saved("a", Kept.KEPT, None)
    assert outbox.rewrite(wire.Edit("f", "r", "a", "better")) is not None
    again = outbox.rewrite(wire.Edit("g", "r", "a", "best"))
    assert again is not None
    assert again.text == "best"
