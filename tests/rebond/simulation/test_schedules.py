"""Whatever befalls them, links come back; nothing is lost, doubled or reordered; and nothing is left of them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.schedules import Schedules

TORTURE = bool(os.environ.get("REBOND_TORTURE"))

EXAMPLES = settings(
    max_examples=20_000 if TORTURE else 150,
    stateful_step_count=60 if TORTURE else 30,
    derandomize=not TORTURE,
    print_blob=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_any_schedule_of_faults_ends_well() -> None:
    run_state_machine_as_test(Schedules, settings=EXAMPLES)
