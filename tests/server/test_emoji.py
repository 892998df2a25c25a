"""What may be a reaction."""

from __future__ import annotations

import pytest

from server.emoji import is_emoji


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f44d",  # thumbs up
        "\U0001f44d\U0001f3fd",  # of some colour
        "\u2764\ufe0f",  # a heart
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",  # a family
        "\U0001f1eb\U0001f1f7",  # a flag
        "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",  # the flag of Wales
        "1\ufe0f\u20e3",
        "\u2795",
        "\U0001fae9",  # newer than this Python
    ],
)
def test_one_emoji_is_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text", ["", "a", "ok", " ", "\U0001f44d ok", "1", "\u200d", "\ufe0f", "\U0001f44d" * 17, "<b>", "\ud83d", "\0"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_emoji(text)
