"""What all tests share: the long runs say at the end what they did."""

from __future__ import annotations

from typing import Protocol

import pytest
from hypothesis import settings

from tests.support.torture import REPORT

# No test is timed: on a busy machine an example may take long that usually takes a millisecond.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


class Worker(Protocol):
    """A process of pytest-xdist, as the one that started it sees it."""

    workeroutput: dict[str, list[str]]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker has to report to the process that prints."""
    told: dict[str, list[str]] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["report"] = REPORT


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Worker) -> None:
    """Take what a worker has reported; one that crashed has not."""
    REPORT.extend(getattr(node, "workeroutput", {}).get("report", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of the runs under faults, whether they went well or not."""
    if REPORT:
        terminalreporter.section("under faults")
        for line in REPORT:
            terminalreporter.line(line)
