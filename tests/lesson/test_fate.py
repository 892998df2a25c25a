"""What has become of each message."""

from __future__ import annotations

import pytest

from lesson.fate import Fate, Piece, count, followed

C, T, L, D = Fate.COMING, Fate.THERE, Fate.LOST, Fate.DOUBLED


@pytest.mark.parametrize(
    ("stored", "shown", "fates"),
    [
        ("", "", []),
        ("abc", "", []),
        ("abc", "abc", [T, T, T]),
        ("abc", "a", [T, C, C]),
        ("abc", "ac", [T, L, T]),
        ("abc", "abcb", [T, D, T]),
        ("abcd", "bd", [T, L, T]),  # what was said before its time is none of its affair
        ("bac", "abc", [T, T, T]),  # stored in another order than it was written
    ],
)
def test_a_message_is_lost_once_a_later_one_is_there(stored: str, shown: str, fates: list[Fate]) -> None:
    pieces = followed(stored, shown)
    assert [piece.fate for piece in pieces] == fates
    assert "".join(piece.number for piece in pieces) == stored[len(stored) - len(pieces) :]


def test_they_are_counted() -> None:
    assert count([Piece("1", T), Piece("2", L), Piece("3", L)], L) == 2
