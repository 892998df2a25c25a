"""Code for the reader to change: the text to begin with, and the run that says what is missing.

Everything here is plain Python and runs anywhere; in the page it runs in a sandbox, since the code is the reader's.
Texts are ``exercise.<name>.*``: see :mod:`lesson`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lesson import clients, trials
from lesson.browser import explain
from lesson.trials import Check

DELAYS = """\
def delay(number, random):
    # Seconds to wait before try number 1, 2, 3 … after the loss.
    # random.random() gives a number from 0 to 1.
    return 1.0
"""

WINDOW = """\
def window(crowd, rate):
    # W, the seconds over which every client spreads its tries,
    # for a crowd of clients of which the server admits rate a second.
    return 1.0
"""

OUTBOX = clients.RESEND
"""Sends again until it is answered. The server also hears ``{"id", "text"}``, and answers ``{"ack": id}``."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """``source`` is the text to begin with; ``trial`` takes the reader's and a seed."""

    name: str
    source: str
    trial: Callable[[str, int], list[Check]]

    def key(self, part: str) -> str:
        """Return the key of one of its texts, such as ``title`` or ``hint.once``."""
        return f"exercise.{self.name}.{part}"


EXERCISES = {
    exercise.name: exercise
    for exercise in (
        Exercise("article", clients.ARTICLE, trials.mend_the_article),
        Exercise("probe", clients.POLLING, trials.knock_first),
        Exercise("delays", DELAYS, trials.choose_delays),
        Exercise("window", WINDOW, trials.choose_a_window),
        Exercise("beats", clients.KNOCKING, trials.notice_silence),
        Exercise("outbox", OUTBOX, trials.keep_an_outbox),
    )
}
"""By name; :data:`lesson.stages.EXERCISES` says to which stage each belongs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: what held and what did not, or the error that kept it from running."""

    checks: tuple[Check, ...]
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return self.error is None and all(check.passed for check in self.checks)

    @property
    def hint(self) -> str | None:
        """The id of the first check that did not hold, and thereby of the hint that helps; None if there is none."""
        return next((check.id for check in self.checks if not check.passed), None)

    def as_data(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "passed": self.passed,
            "checks": [{"id": each.id, "passed": each.passed, "values": each.values} for each in self.checks],
            "hint": self.hint,
            "error": self.error,
        }


def run(name: str, source: str, seed: int = 1) -> Outcome:
    """Try the reader's code. It may never come back from an endless loop: the caller stops it.

    Raises KeyError for an exercise that there is not.
    """
    trial = EXERCISES[name].trial
    try:
        return Outcome(tuple(trial(source, seed)))
    except Exception as error:  # noqa: BLE001 - whatever the reader's code raises is told to the reader
        return Outcome((), explain(error))
