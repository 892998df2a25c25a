"""The herd: a crowd that lost the server comes back no faster than it can be taken in, and no slower than it has to.

The budget of docs/benchmarks.md. ``python -m tests.rebond.herd.table`` prints it beside the other clients' schedules.
"""

from __future__ import annotations

import copy
import statistics

import pytest

from rebond.admission import Rates
from rebond.simulation.herd import BIN, Outage, come_back, known_widths, others, rebond
from rebond.simulation.schedules import fixed
from rebond.simulation.world import World

SEEDS = 100


@pytest.mark.no_cover
@pytest.mark.parametrize(("held", "seeds"), [(0.0, SEEDS), (20.0, SEEDS // 5)])
def test_ten_thousand_come_back_at_the_rate_at_which_they_are_admitted(held: float, seeds: int) -> None:
    """Even where the server goes away the moment the last has joined, and not every link has heard of the crowd."""
    outage = Outage(held=held)
    results = [rebond(outage, seed) for seed in range(seeds)]
    admitted = outage.rate * BIN
    peaks = [result.peak() / admitted for result in results]
    assert statistics.median(peaks) <= 1.3
    assert max(peaks) <= 1.6
    assert max(result.recovered(0.99) for result in results) <= 12.0


@pytest.mark.no_cover
@pytest.mark.parametrize("seconds", [5.0, 20.0, 60.0])
def test_twenty_are_back_within_half_a_second(seconds: float) -> None:
    outage = Outage(clients=20, joining=10.0, seconds=seconds)
    assert max(rebond(outage, seed).recovered(1.0) for seed in range(SEEDS)) <= 0.5


def test_the_herd_is_that_of_whole_links_arrival_by_arrival() -> None:
    outage = Outage(clients=60, rate=6.0, joining=30.0, held=20.0, seconds=20.0)
    world = World(seed=7, rates=Rates(fixed=outage.rate))
    world.server.keeps_peak = False
    tabs = []
    for number in range(outage.clients):
        tabs.append(world.tab(f"user{number}"))
        tabs[-1].start()
        world.run(outage.joining / outage.clients)
    world.run(outage.held)
    assert all(tab.live for tab in tabs)
    windows = [tab.link._machine._window for tab in tabs]
    widths = [window.width for window in windows]
    assert widths == pytest.approx(known_widths(outage))
    phases = [copy.deepcopy(window._randomness).random() for window in windows]
    world.server.arrivals.clear()
    lost = world.clock.now
    world.crash()
    world.run(outage.seconds)
    world.start()
    world.run(30.0)
    assert all(tab.live for tab in tabs)
    expected = come_back(outage, widths, phases)
    assert [moment - lost for moment in world.server.arrivals] == pytest.approx(sorted(expected.arrivals), abs=1e-6)


def test_a_crowd_that_cannot_be_taken_in_at_once_gets_places() -> None:
    """Links that know nothing of the crowd come within a quarter of a second; each is told when to come again."""
    outage = Outage(clients=1_000, rate=100.0, seconds=5.0)
    result = come_back(outage, [0.25] * outage.clients, [number / outage.clients for number in range(outage.clients)])
    assert len(result.arrivals) < 22 * outage.clients
    assert result.peak(since=outage.seconds + 1.0) <= 1.3 * outage.rate * BIN
    assert result.recovered(1.0) == pytest.approx(outage.clients / outage.rate, abs=1.0)


def test_a_fixed_interval_comes_all_at_once() -> None:
    result = others(Outage(clients=50, seconds=3.0), fixed, 1)
    assert result.peak() == 50
    assert result.recovered(1.0) <= 1.2
