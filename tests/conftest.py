"""What all tests share: the long runs say at the end what they did."""

from __future__ import annotations

import pytest

from tests.support.torture import REPORT


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of the runs under faults, whether they went well or not."""
    if REPORT:
        terminalreporter.section("under faults")
        for line in REPORT:
            terminalreporter.line(line)
