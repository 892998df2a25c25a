"""The outbox: in the order typed, each with its predecessor, and refusals that pass or do not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rebond import wire
from rebond.codes import ErrorCode
from rebond.outbox import DEFAULT_RETRY, Entry, Outbox, Refusal
from rebond.text import MAX_RESEND, MAX_TEXT


def outbox_of(*entries: str) -> Outbox:
    """Return an outbox of entries written as ``a/r``: id, then room."""
    outbox = Outbox()
    for entry in entries:
        identifier, room = entry.split("/")
        outbox.add(Entry(identifier, room, f"text of {identifier}"))
    return outbox


def sent(frames: Iterable[str]) -> list[tuple[str, str | None]]:
    """Return the ids and predecessors in ``frames``."""
    return [
        (frame.id, frame.after) for text in frames for frame in wire.decode_client(text) if isinstance(frame, wire.Send)
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
    outbox.add(Entry("b", "r", "text"))
    assert sent(outbox.due(0.0)) == [("b", "a")]


def test_a_settled_entry_is_nobodys_predecessor() -> None:
    outbox = outbox_of("a/r", "b/r")
    list(outbox.due(0.0))
    assert outbox.settled("a") is True
    assert outbox.settled("a") is False
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
    outbox.add(Entry("d", "s", "text"))
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
        outbox.add(Entry(f"id{number}", "r", "é" * MAX_TEXT))
    frames = list(outbox.due(0.0))
    assert len(frames) == 3
    assert max(len(frame.encode()) for frame in frames) <= MAX_RESEND
    assert [identifier for identifier, _ in sent(frames)] == [f"id{number}" for number in range(10)]
