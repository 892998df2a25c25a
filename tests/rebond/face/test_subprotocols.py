"""What is no subprotocol is said where it is written, not at every try."""

from __future__ import annotations

import pytest

from rebond.face.subprotocols import checked


def test_names_are_kept_in_their_order() -> None:
    assert checked(("chat.v2", "chat.v1")) == ["chat.v2", "chat.v1"]


@pytest.mark.parametrize("names", [["a", "b", "a"], [""], ["a b"], ["a,b"], ["é"]])
def test_what_no_server_could_be_asked_for_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="cannot be a subprotocol"):
        checked(names)


def test_a_single_name_is_no_list() -> None:
    with pytest.raises(TypeError, match="'chat'"):
        checked("chat")
