"""The panel in words: for every way a link can stand, its figures, the reason, and the button that helps."""

import pytest

from chat.history import History
from chat.line import Act, Connection, Tone
from chat.panel import Panel, ago, described, panel
from chat.picture import draw
from chat.texts import Texts
from rebond.states import State
from rebond.status import Cause, Status
from tests.chat.made import english, french, status

NOW = 100.0


def shown(*statuses: Status, texts: Texts | None = None, history: History | None = None) -> Panel:
    connection, kept = Connection(), History() if history is None else history
    for each in statuses:
        connection.update(each, NOW)
        kept.take(each, NOW)
    return panel(connection, kept, statuses[-1], NOW, texts or english())


def facts(found: Panel) -> list[tuple[str, str]]:
    return [(fact.label, fact.value) for fact in found.facts]


def test_live() -> None:
    found = shown(status(State.LIVE, round_trip_ms=12, heard=97.0))
    assert (found.tone, found.title, found.act) == (Tone.LIVE, "Connected", None)
    assert facts(found) == [
        ("Round trip", "12\u00a0ms"),
        ("Last contact", "3\u00a0s ago"),
        ("To be sent", "nothing"),
        ("Last outage", "none"),
    ]
    assert (found.reason, found.code) == ("", "")


def test_waiting_counts_down_and_says_why_in_words_and_code() -> None:
    found = shown(status(State.WAITING, Cause.SERVER_DOWN, 103.2, attempt=7, queued=2, heard=90.0, code=1006))
    assert (found.tone, found.act, found.act_text) == (Tone.LOST, Act.RETRY, "Try now")
    assert facts(found) == [
        ("Next try", "in 4\u00a0s"),
        ("Last contact", "10\u00a0s ago"),
        ("To be sent", "2"),
        ("Attempt", "7"),
    ]
    assert found.reason == "No answer from the server."
    assert found.code == "server_down 1006"


def test_the_button_stays_while_a_try_is_made() -> None:
    found = shown(status(State.PROBING, Cause.OFFLINE, attempt=3))
    assert (found.act, found.facts[0].value, found.code) == (Act.RETRY, "now", "offline")


def test_before_the_first_connection_nothing_is_known() -> None:
    found = shown(status(State.OPENING, attempt=1))
    assert [value for _, value in facts(found)] == ["now", "\u2013", "nothing", "1"]
    assert found.reason == ""


@pytest.mark.parametrize(
    ("state", "cause", "act"),
    [
        (State.SIGNED_OUT, Cause.TOKEN, Act.LOG_IN),
        (State.STOPPED, Cause.OUTDATED, Act.RELOAD),
        (State.STOPPED, Cause.STOPPED, None),
    ],
)
def test_the_end_has_no_next_try_and_the_button_that_helps(state: State, cause: Cause, act: Act | None) -> None:
    found = shown(status(state, cause))
    assert (found.tone, found.act) == (Tone.STOPPED, act)
    assert (found.facts[0].value, found.facts[3].value) == ("not planned", "\u2013")
    assert found.comfort == "What you write is kept here until the page is connected again.", (
        "it does not leave by itself"
    )


def test_once_back_it_says_how_long_the_outage_was_and_why() -> None:
    history = History()
    history.take(status(State.LIVE, heard=10.0), 10.0)
    history.take(status(State.WAITING, Cause.RESTART, 20.1, code=1012), 20.0)
    history.take(status(State.LIVE, heard=20.3), 20.34)
    found = shown(status(State.LIVE, round_trip_ms=1, heard=NOW), history=history, texts=french())
    assert facts(found)[3] == ("Dernière coupure", "0,3\u00a0s")
    assert found.reason == "Dernière coupure il y a 79\u00a0s. Redémarrage annoncé par le serveur."
    assert found.code == "restart 1012"


@pytest.mark.parametrize("texts", [english(), french()], ids=["en", "fr"])
@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_words(cause: Cause, texts: Texts) -> None:
    found = shown(status(State.WAITING, cause, 101.0), texts=texts)
    assert len(found.reason) > 10
    assert found.code == cause.value


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "just now"), (1.4, "just now"), (1.6, "1\u00a0s ago"), (99.0, "99\u00a0s ago"), (170.0, "3\u00a0min ago")],
)
def test_how_long_ago(seconds: float, said: str) -> None:
    assert ago(seconds, english()) == said


def test_the_picture_is_told_to_those_who_cannot_see_it() -> None:
    history = History()
    history.take(status(State.LIVE, heard=10.0), 10.0)
    history.heard(20.0)
    history.take(status(State.WAITING, Cause.LOST, 30.1), 30.0)
    history.take(status(State.PROBING, Cause.LOST, attempt=1), 30.2)
    said = described(draw(history, 40.0, 400.0, 100.0), english())
    assert said == "The last minutes of the connection: 1 sign of life, 1 loss, 1 attempt, 1 return."
