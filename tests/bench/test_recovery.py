"""What the bench makes of what it saw."""

import math

import pytest

from bench.recovery import REBOND, Outage, Return, report


def test_the_repetitions_of_an_outage_are_spread_over_its_length_and_a_fifth_more() -> None:
    assert Outage(20, 4).lengths() == pytest.approx([20, 21, 22, 23])


def test_the_report_gives_median_worst_ratio_and_sockets() -> None:
    delays = {REBOND: (0.1, 0.3, 0.2), "other": (1.0, 3.0, 2.0)}
    returns = [Return(client, 5, delay, 1, ()) for client, all_of in delays.items() for delay in all_of]
    returns.append(Return("other", 20, math.inf, 7, ()))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report(returns).splitlines()[2:]]
    assert rows == [
        [REBOND, "0.20 s, 0.30 s", "-", "1.00, -", "1"],
        ["other", "2.00 s, 3.00 s", "over 60 s, over 60 s", "10, -", "7"],
    ]
