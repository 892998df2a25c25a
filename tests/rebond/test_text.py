"""What may be a message, and what its id may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond.codes import ErrorCode
from rebond.text import MAX_TEXT, id_problem, text_problem, well_formed


@pytest.mark.parametrize(
    "text", ["x", " x ", "a" * MAX_TEXT, "שלום", "e\u0301", "👩‍👩‍👧‍👦", "<script>", "\u200b", "a\nb\t"]
)
def test_any_well_formed_text_is_a_message(text: str) -> None:
    assert text_problem(text) is None


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0\u2003"])
def test_white_space_alone_is_empty(text: str) -> None:
    assert text_problem(text) == ErrorCode.EMPTY_TEXT


def test_the_limit_counts_code_points() -> None:
    assert text_problem("é" * MAX_TEXT) is None
    assert text_problem("é" * (MAX_TEXT + 1)) == ErrorCode.TEXT_TOO_LONG


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "a\0b"])
def test_what_the_database_cannot_hold_is_refused(text: str) -> None:
    assert text_problem(text) == ErrorCode.BAD_TEXT


@given(st.text())
def test_well_formed_is_what_utf_8_can_write(text: str) -> None:
    assert well_formed(text) == (text.encode(errors="surrogatepass").decode(errors="replace") == text)


@pytest.mark.parametrize("identifier", ["a" * 8, "A-_9" * 16])
def test_an_id_is_short_and_safe_anywhere(identifier: str) -> None:
    assert id_problem(identifier) is None


@pytest.mark.parametrize("identifier", ["", "a" * 7, "a" * 65, "a b c d e", "ééééééééé", "abcdefgh\n"])
def test_any_other_id_is_refused(identifier: str) -> None:
    assert id_problem(identifier) == ErrorCode.BAD_ID
