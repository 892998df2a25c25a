"""The long runs: how long they are, and the seed from which they can be repeated.

``REBOND_TORTURE=1`` makes them long, ``REBOND_SEED=<number>`` repeats one. Without a seed a long run draws one and the
short runs, those of ``make test``, always take the same.
"""

from __future__ import annotations

import os
import secrets

TORTURE = os.environ.get("REBOND_TORTURE") == "1"

SEED = int(os.environ.get("REBOND_SEED") or (secrets.randbelow(2**32) if TORTURE else 1))

REPORT: list[str] = []
"""Lines for the end of the test run: what a long run did, in numbers."""


def scaled(variable: str, short: int, long: int) -> int:
    """Return the size of a run: what ``variable`` of the environment says, or that of a short or long run."""
    return int(os.environ.get(variable) or (long if TORTURE else short))
