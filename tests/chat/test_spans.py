from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chat.spans import Spans

SPAN = st.tuples(st.integers(1, 60), st.integers(1, 60))


@given(st.lists(SPAN))
def test_spans_hold_what_was_put_in_disjoint_and_apart(added: list[tuple[int, int]]) -> None:
    spans = Spans()
    expected: set[int] = set()
    for start, end in added:
        spans.add(start, end)
        expected.update(range(start, end + 1))
    found = list(spans)
    assert {number for start, end in found for number in range(start, end + 1)} == expected
    assert all(start <= end for start, end in found)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))
    assert spans.top == max(expected, default=0)
    assert bool(spans) == bool(expected)


def test_a_number_is_in_or_not() -> None:
    spans = Spans()
    assert 1 not in spans
    spans.add(3, 5)
    spans.add(9, 9)
    assert [number for number in range(12) if number in spans] == [3, 4, 5, 9]
    assert spans.first == (3, 5)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))), st.integers(-2, 42), st.integers(-2, 42))
def test_what_is_cut_out_is_not_in_it(pieces: list[tuple[int, int]], start: int, end: int) -> None:
    spans = Spans()
    for piece in pieces:
        spans.add(*piece)
    numbers = {number for number in range(50) if number in spans}
    spans.cut(start, end)
    assert {number for number in range(50) if number in spans} == numbers - set(range(start, end + 1))
