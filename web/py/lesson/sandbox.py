"""What goes into the sandbox and what comes out of it, as texts.

Inside, a reader's code runs against the checks of its exercise (:func:`run`). It shares everything there with the
checks, so what comes out may be anything that it wanted to say: :func:`read` takes it for no more than that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from lesson.exercises import run as try_out

MOST = 20_000
"""Characters of an answer that are looked at."""


class End(StrEnum):
    """How a run ended."""

    DONE = "done"
    """The checks have looked at it."""
    ENDLESS = "endless"
    """It took longer than it may, and was stopped."""
    BROKEN = "broken"
    """There was no run, or none that left an answer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found. ``values`` are for its text."""

    id: str
    passed: bool
    values: dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a run."""

    end: End
    checks: tuple[Checked, ...] = ()
    hint: str | None = None
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return self.end is End.DONE and self.error is None and all(check.passed for check in self.checks)


def run(name: str, code: str) -> str:
    """Try ``code`` at the exercise ``name``; return the outcome's data (:mod:`lesson.exercises`) as JSON."""
    return json.dumps(try_out(name, code).as_data())


def read(said: str) -> tuple[int, Verdict]:
    """Return which run a message of the sandbox is about, and what came of it; of run -1 if it says nothing."""
    message = _parsed(said, 2 * MOST)
    if not isinstance(message, dict):
        return -1, Verdict(End.BROKEN)
    number, kind = message.get("id"), message.get("kind")
    if not isinstance(number, int) or isinstance(number, bool) or kind not in tuple(End):
        return -1, Verdict(End.BROKEN)
    if kind != End.DONE:
        return number, Verdict(End(kind))
    return number, _outcome(_parsed(message.get("outcome"), MOST))


def _parsed(text: object, most: int) -> object:
    if not isinstance(text, str) or len(text) > most:
        return None
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


def _outcome(data: object) -> Verdict:
    if not isinstance(data, dict) or not isinstance(data.get("checks"), list):
        return Verdict(End.BROKEN)
    checks = tuple(_check(each) for each in data["checks"])
    error, hint = data.get("error"), data.get("hint")
    if not checks and not isinstance(error, str):
        return Verdict(End.BROKEN)
    return Verdict(End.DONE, checks, hint if isinstance(hint, str) else None, error if isinstance(error, str) else None)


def _check(data: object) -> Checked:
    found = data if isinstance(data, dict) else {}
    values = found.get("values")
    given = values.items() if isinstance(values, dict) else ()
    taken = {str(name): value if type(value) in {int, float} else str(value) for name, value in given}
    return Checked(str(found.get("id")), found.get("passed") is True, taken)
