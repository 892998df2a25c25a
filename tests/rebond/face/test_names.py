"""Names that are given only once."""

from __future__ import annotations

import re

import pytest

from rebond.face.names import fresh_name


@pytest.mark.parametrize(("size", "length"), [(9, 12), (16, 22)])
def test_a_name_has_four_characters_for_three_bytes(size: int, length: int) -> None:
    assert re.fullmatch(rf"[\w-]{{{length}}}", fresh_name(size), re.ASCII)


def test_no_name_comes_twice() -> None:
    assert len({fresh_name() for _ in range(1_000)}) == 1_000
