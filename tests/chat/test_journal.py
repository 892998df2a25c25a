import pytest

from chat.account import Login
from chat.journal import about_act, about_code, about_login, link, until
from chat.order import Done, JoinCode
from tests.chat.made import NOON, Greenwich, english, french

HOUR = 3_600_000


def code(expires_at: int | None = None, uses: int | None = None, *, good: bool = True) -> JoinCode:
    return JoinCode("k", "ABCDE-12345", expires_at, uses, 1, good)


def done(kind: str, *, role: str = "", policy: str = "", by: tuple[str, str] | None = ("a", "Ada")) -> Done:
    return Done("1", 1, NOON, kind, by, ("g", "Grace"), "zoo", "", role, policy)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (code(), "Used 1 time. It has no end."),
        (code(NOON + HOUR, 30), "Used 1 of 30 times. Good until 13:00."),
        (code(NOON + 24 * HOUR), "Used 1 time. Good until Tuesday 24 November, 12:00."),
        (code(NOON - HOUR, 30, good=False), "Used 1 of 30 times. No longer good."),
    ],
)
def test_what_there_is_to_say_of_a_join_code(given: JoinCode, told: str) -> None:
    assert about_code(given, NOON, Greenwich(), english()) == told


def test_until_when_something_lasts_reads_as_one_says_it() -> None:
    assert until(NOON + HOUR, NOON, Greenwich(), french()) == "jusqu\u2019à 13:00"
    assert until(NOON + 24 * HOUR, NOON, Greenwich(), french()) == "jusqu\u2019au Tuesday 24 November à 12:00"


def test_the_link_to_join() -> None:
    assert link("https://chat.example", code()) == "https://chat.example/#join=ABCDE-12345"


@pytest.mark.parametrize(
    ("browser", "system", "name"),
    [
        ("Firefox", "Linux", "Firefox on Linux"),
        ("Firefox", "", "Firefox"),
        ("", "Linux", "Linux"),
        ("", "", "An unknown device"),
    ],
)
def test_a_session_is_named_by_what_is_known_of_it(browser: str, system: str, name: str) -> None:
    login = Login("s", browser, system, NOON - HOUR, current=False)
    assert about_login(login, NOON, Greenwich(), english()) == (name, "Last used: today, 11:00")


def test_the_session_one_is_in_says_so() -> None:
    assert about_login(Login("s", "", "", 0, current=True), NOON, Greenwich(), english())[1] == "This session"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (done("mute"), "Ada muted Grace."),
        (done("set_role", role="owner", by=None), english().text("act.server") + " made Grace the owner."),
        (done("set_registration", policy="code"), "Ada lets people in by join code."),
        (done("expel"), "Ada took Grace out of Zoo."),
        (done("ban", by=("a", "")), "Someone who left banned Grace."),
        (done("something_new"), "Ada: something_new"),
    ],
)
def test_an_act_is_told_in_a_sentence(act: Done, told: str) -> None:
    assert about_act(act, {"zoo": "Zoo"}, english()) == told


def test_a_room_that_one_does_not_know_has_no_name() -> None:
    assert about_act(done("expel"), {}, french()) == "Ada a fait sortir Grace d\u2019un salon."
