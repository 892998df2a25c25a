"""Prints the herd's figures, as docs/benchmarks.md has them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

from rebond.simulation.herd import Outage, Result, others, rebond
from rebond.simulation.schedules import SCHEDULES

SEEDS = 100


def main() -> None:
    """Print the table: 10,000 clients, an outage of 60 s, 1,000 admitted a second."""
    outage = Outage()
    clients: dict[str, Callable[[int], Result]] = {"Rebond": partial(rebond, outage)}
    clients.update((name, partial(others, outage, delays)) for name, delays in SCHEDULES.items())
    print("| client | arrivals in the fullest 100 ms, median and worst | once the server is up | p99 back after |")
    print("|---|---|---|---|")
    for name, run in clients.items():
        results = [run(seed) for seed in range(SEEDS)]
        peaks = [result.peak() for result in results]
        up = [result.peak(outage.seconds) for result in results]
        back = statistics.median(result.recovered(0.99) for result in results)
        print(
            f"| {name} | {statistics.median(peaks):,.0f}, {max(peaks):,} | {statistics.median(up):,.0f}, {max(up):,} "
            f"| {back:.1f} s |"
        )


if __name__ == "__main__":
    main()
