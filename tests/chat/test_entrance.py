import pytest

from chat.entrance import Entrance


def entrance(policy: str, *, first: bool = False) -> Entrance:
    made = Entrance()
    made.told({"registration": policy, "first": first})
    return made


@pytest.mark.parametrize(
    ("policy", "first", "wants_code", "closed", "words"),
    [
        ("open", False, False, False, ""),
        ("code", False, True, False, "register.code_needed"),
        ("closed", False, False, True, "register.closed"),
        ("closed", True, False, False, "register.first"),
        ("code", True, False, False, "register.first"),
        ("strange", False, False, False, ""),
    ],
)
def test_what_the_door_says(policy: str, first: bool, wants_code: bool, closed: bool, words: str) -> None:
    made = entrance(policy, first=first)
    assert (made.wants_code, made.closed, made.words) == (wants_code, closed, words)


def test_a_refusal_says_as_much() -> None:
    made = Entrance()
    made.told(None)
    made.refused("name_taken")
    assert made.words == ""
    made.refused("bad_code")
    assert made.wants_code
    made.refused("registration_closed")
    assert made.closed
