"""The snapshot, as it is kept and read: without its zeros."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web.runtime.starting import GRAIN, pieces

PAGES = st.sampled_from([bytes(GRAIN), b"\1" + bytes(GRAIN - 1), bytes(GRAIN - 1) + b"\1"])


@given(pages=st.lists(PAGES, max_size=6), rest=st.binary(max_size=9))
def test_a_memory_is_its_pieces_and_zeros(pages: list[bytes], rest: bytes) -> None:
    image = b"".join(pages) + rest
    whole = bytearray(len(image))
    for start, end in pieces(image):
        assert any(image[start:end])
        whole[start:end] = image[start:end]
    assert bytes(whole) == image


def test_pieces_that_touch_are_one_and_zeros_are_none() -> None:
    full, empty = b"\1" * GRAIN, bytes(GRAIN)
    assert pieces(empty + full + full + empty + b"\1") == [(GRAIN, 3 * GRAIN), (4 * GRAIN, 4 * GRAIN + 1)]
    assert pieces(empty) == []
