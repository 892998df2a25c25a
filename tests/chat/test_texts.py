from pathlib import Path

import pytest

from chat.texts import Texts, load
from tests.chat.made import english

LOCALES = Path(__file__).parents[2] / "web" / "locales"
CATALOGUES = {
    "en": {"a": "Hello {name}", "n.one": "{n} thing", "n.other": "{n} things", "problem.unknown": "Odd: {code}"},
    "fr": {"a": "Bonjour {name}", "n.one": "{n} chose", "n.other": "{n} choses", "problem.unknown": "Bizarre : {code}"},
}


def test_a_text_takes_its_values() -> None:
    assert Texts(CATALOGUES, "en").text("a", name="Ada") == "Hello Ada"


def test_a_value_may_have_any_name() -> None:
    assert Texts(CATALOGUES, "en").text("a", key="1", self="2", name="Ada") == "Hello Ada"


@pytest.mark.parametrize(
    ("room", "said"),
    [("un salon", "d\u2019un salon"), ("Étude", "d\u2019Étude"), ("zoo", "de zoo"), ("hall", "de hall"), ("", "de ")],
)
def test_french_elides_before_a_vowel(room: str, said: str) -> None:
    texts = {"leave": "sorti de {room}", "to": "à {room}"}
    french = Texts({"fr": texts, "en": texts}, "fr")
    assert french.text("leave", room=room) == f"sorti {said}"
    assert french.text("to", room=room) == f"à {room}"
    french.speak("en")
    assert french.text("leave", room=room) == f"sorti de {room}"


def test_what_somebody_typed_is_not_read_as_a_placeholder() -> None:
    assert Texts(CATALOGUES, "en").text("a", name="{name}") == "Hello {name}"


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("en", 0, "0 things"),
        ("en", 1, "1 thing"),
        ("en", 2, "2 things"),
        ("en", 12_345, "12,345 things"),
        ("fr", 0, "0 chose"),
        ("fr", 1, "1 chose"),
        ("fr", 2, "2 choses"),
        ("fr", 12_345, "12\u202f345 choses"),
    ],
)
def test_a_number_picks_its_form(language: str, n: int, expected: str) -> None:
    assert Texts(CATALOGUES, language).count("n", n) == expected


def test_the_language_can_change() -> None:
    texts = Texts(CATALOGUES, "en")
    texts.speak("fr")
    assert texts.text("a", name="Ada") == "Bonjour Ada"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        Texts(CATALOGUES, "en").speak("de")


def test_an_error_code_without_words_is_named() -> None:
    assert Texts(CATALOGUES, "en").problem("strange_code") == "Odd: strange_code"


def test_the_locales_of_the_page_load() -> None:
    assert set(load(LOCALES)) == {"en", "fr"}


@pytest.mark.parametrize(
    ("language", "seconds", "expected"),
    [
        ("en", 0.04, "0.0"),
        ("en", 0.26, "0.3"),
        ("fr", 9.94, "9,9"),
        ("en", 9.96, "10"),
        ("fr", 1_234.5, "1\u202f234"),
    ],
)
def test_seconds_have_a_tenth_while_that_says_something(language: str, seconds: float, expected: str) -> None:
    assert Texts(CATALOGUES, language).seconds(seconds) == expected


@pytest.mark.parametrize(
    ("retry_ms", "wait"), [(1, "1 second"), (89_000, "89 seconds"), (90_001, "2 minutes"), (3_600_000, "60 minutes")]
)
def test_a_limit_says_how_long_to_wait(retry_ms: int, wait: str) -> None:
    assert english().refusal("slow_down", retry_ms).endswith(f"in {wait}.")


def test_other_refusals_say_no_more_than_what_they_are() -> None:
    texts = english()
    assert texts.refusal("slow_down", None) == texts.problem("slow_down")
    assert texts.refusal("muted", 5) == texts.problem("muted")
