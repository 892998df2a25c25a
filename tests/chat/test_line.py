import pytest

from chat.line import Act, Connection, Line, Tone
from rebond.states import State
from rebond.status import Cause, Status
from tests.chat.made import english, status


def line(*statuses: Status, now: float = 100.0) -> Line:
    connection = Connection()
    for each in statuses:
        connection.update(each, now)
    return connection.line(now, english())


def test_before_anything_is_known_it_connects() -> None:
    assert line() == Line(Tone.SEEKING, "Connecting…")
    assert line(status(State.PROBING)) == Line(Tone.SEEKING, "Connecting…")


def test_live() -> None:
    assert line(status(State.LIVE)) == Line(Tone.LIVE, "Connected")


def test_what_waits_to_be_sent_is_told_while_it_waits() -> None:
    assert line(status(State.WAITING, Cause.LOST, queued=2)).detail == "2 messages wait to be sent."
    assert line(status(State.LIVE, queued=2)).detail == "2 messages wait to be sent."


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (Cause.OFFLINE, "You are offline."),
        (Cause.SERVER_DOWN, "The server is not answering. Trying again…"),
        (Cause.BUSY, "The server is busy. Waiting for our turn…"),
        (Cause.LOST, "Connection lost. Reconnecting…"),
        (Cause.SILENT, "Connection lost. Reconnecting…"),
        (Cause.RESTART, "Connection lost. Reconnecting…"),
        (Cause.TIMEOUT, "Connection lost. Reconnecting…"),
    ],
)
def test_why_it_is_lost(cause: Cause, text: str) -> None:
    assert line(status(State.WAITING, cause, 100.2)) == Line(Tone.LOST, text)


def test_a_wait_that_one_notices_is_counted_down_with_a_button() -> None:
    assert line(status(State.WAITING, Cause.SERVER_DOWN, 103.4)) == Line(
        Tone.LOST,
        "The server is not answering. Trying again…",
        "Next try in 4 seconds.",
        Act.RETRY,
        "Try now",
    )


def test_the_button_stays_while_an_attempt_is_made_and_goes_once_live() -> None:
    long_wait = status(State.WAITING, Cause.SERVER_DOWN, 105.0)
    assert line(long_wait, status(State.PROBING, Cause.SERVER_DOWN)).act is Act.RETRY
    assert line(long_wait, status(State.LIVE), status(State.WAITING, Cause.LOST, 100.1)).act is None


def test_the_countdown_follows_the_clock() -> None:
    connection = Connection()
    assert connection.seconds(0.0) is None
    connection.update(status(State.WAITING, Cause.LOST, 105.0), 100.0)
    assert [connection.seconds(now) for now in (100.0, 101.5, 103.9, 104.0, 107.0)] == [5, 4, 2, None, None]


@pytest.mark.parametrize(
    ("cause", "text", "act"),
    [
        (Cause.OUTDATED, "This page is out of date.", Act.RELOAD),
        (Cause.REPLACED, "Rebond was opened again elsewhere, so this page has stopped.", Act.RELOAD),
        (Cause.REJECTED, "The connection has ended.", Act.RELOAD),
        (Cause.STOPPED, "The connection has ended.", None),
        (None, "The connection has ended.", None),
    ],
)
def test_when_it_has_stopped(cause: Cause | None, text: str, act: Act | None) -> None:
    found = line(status(State.STOPPED, cause))
    assert (found.tone, found.text, found.act) == (Tone.STOPPED, text, act)


def test_signed_out() -> None:
    found = line(status(State.SIGNED_OUT, Cause.TOKEN))
    assert (found.tone, found.act) == (Tone.STOPPED, Act.LOG_IN)
