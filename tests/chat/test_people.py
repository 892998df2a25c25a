import pytest

from chat.people import HUES, Person


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Jean-Pierre de La Tour", "JT"),
        ("évariste_galois", "ÉG"),
        ("e\u0301variste", "E\u0301"),
        ("ß", "ß"),
        ("نور الدين", "نا"),
        ("__", "_"),
        ("user.42", "U4"),
        ("", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert Person("1", name).initials == initials


def test_the_colour_comes_from_the_account_not_from_the_name() -> None:
    assert Person("1", "Ada").hue == Person("1", "Countess of Lovelace").hue
    assert {Person(str(number), "").hue for number in range(200)} == set(range(HUES))


def test_somebody_is_shown_by_the_display_if_there_is_one() -> None:
    grace = Person("u", "grace", "Grace Hopper")
    assert (grace.shown, grace.initials) == ("Grace Hopper", "GH")
    assert Person("u", "grace").shown == "grace"
    assert (Person("u", "").shown, Person("u", "").initials) == ("", "")
