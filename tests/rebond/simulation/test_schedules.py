"""Whatever befalls them, links come back; nothing is lost, doubled or reordered; and nothing is left of them."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.schedules import Schedules
from tests.support.torture import REPORT, SEED, TORTURE, scaled

SCHEDULES = scaled("REBOND_SCHEDULES", 400, 10_000)

EXAMPLES = settings(
    max_examples=SCHEDULES,
    stateful_step_count=60 if TORTURE else 30,
    # Shrinking takes minutes and goes through thousands of schedules: only where somebody waits for it.
    phases=[Phase.generate, *([Phase.shrink] if TORTURE else [])],
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_schedule_of_faults_ends_well() -> None:
    Schedules.counts.clear()
    try:
        run_state_machine_as_test(seed(SEED)(Schedules), settings=EXAMPLES)
    finally:
        counts = ", ".join(f"{count} {what}" for what, count in Schedules.counts.items())
        REPORT.append(f"schedules of the simulation, REBOND_SEED={SEED}: {counts}")
    assert Schedules.counts["acked"] > SCHEDULES
