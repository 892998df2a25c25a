"""Which names there may be, and which are the same."""

from __future__ import annotations

import pytest

from server.errors import BadNameError, BadRoomNameError
from server.names import account_name, display_name, fold, room_name


@pytest.mark.parametrize(
    "name", ["Al", "ada.lovelace", "Jean-Luc", "x_y", "Éloïse B", "李小龙", "हिन्दी", "o" * 32, "R2 D2"]
)
def test_name_is_kept_as_it_is(name: str) -> None:
    assert account_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"), [(" ada ", "ada"), ("e\u0301t\u00e9", "été"), ("ﬁn", "fin"), ("\uff21da", "Ada")]
)
def test_name_is_brought_to_its_plain_form(text: str, name: str) -> None:
    assert account_name(text) == name


TOO_SHORT_OR_LONG = ["", "a", "a" * 33]
BAD_SPACES = ["a  b", "a\tb", "a\nb"]
BAD_CHARACTERS = ["a@b", "<b>", "a\u202eb", "a\0b", "\ud800x", "\U0001f600\U0001f600"]
NO_LETTER = ["--", "._.", "\u0301\u0301"]
UNSEEN = ["ada\ufe0f", "a\u034fda", "\u3164\u3164", "\u115f\u1160", "\U000e0100ada", "a\u180bda", "\uffa0ada"]


@pytest.mark.parametrize("text", [*TOO_SHORT_OR_LONG, *BAD_SPACES, *BAD_CHARACTERS, *NO_LETTER, *UNSEEN])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadNameError):
        account_name(text)


@pytest.mark.parametrize(("one", "other"), [("Ada", "aDA"), ("STRASSE", "straße"), ("É", "e\u0301"), ("ﬁn", "FIN")])
def test_names_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_room_name_is_one_line_of_what_can_be_seen() -> None:
    assert room_name("  Café \n crème ☕\ufe0f ") == "Café crème ☕\ufe0f"


@pytest.mark.parametrize("text", ["cave\ufe0f", "ca\u034fve", "cave\U000e0100"])
def test_rooms_that_nothing_seen_tells_apart_are_called_the_same(text: str) -> None:
    assert fold(room_name(text)) == fold("cave")


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u2800\u2800", "\u115f \ufe0f", "\u200d"])
def test_who_would_be_shown_as_nothing_is_shown_by_the_name(text: str) -> None:
    assert display_name(text) == ""


@pytest.mark.parametrize("text", ["☕\ufe0f", "\U0001f469\u200d\U0001f680", "\u0645\u06cc\u200c\u062e\u0648"])
def test_what_joins_what_is_seen_stays(text: str) -> None:
    assert display_name(text) == text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 61, "a\x07", "a\u202eb", "\ud800", "\u3164", "\u2800 \ufe0f"])
def test_what_is_no_room_name_is_refused(text: str) -> None:
    with pytest.raises(BadRoomNameError):
        room_name(text)
