"""Code in an address."""

from __future__ import annotations

import pytest

from lesson.sharing import LONGEST, fragment, shared

NAMES = ("article", "delays")


@pytest.mark.parametrize("code", ["", "x = 1\n", "print('Grüße, 🏓')\n\n", "#?&/=+%\n", "x" * LONGEST])
def test_what_is_shared_comes_out_as_it_was(code: str) -> None:
    link = fragment("delays", code)
    assert link.startswith("#code/delays/")
    assert set(link) <= set("#/-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert shared(link, NAMES) == ("delays", code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#delays",
        "#code/",
        "#code/nobody/eA",
        "#code/delays/e",
        "#code/delays/%%%%",
        "#code/delays/é",
        "#code/delays/_w",
        "#code/delays/" + "eHh4" * 30_000,
    ],
)
def test_anything_else_shares_nothing(text: str) -> None:
    assert shared(text, NAMES) is None


def test_what_is_too_long_is_not_shared() -> None:
    with pytest.raises(ValueError, match="12000 characters"):
        fragment("delays", "x" * (LONGEST + 1))
