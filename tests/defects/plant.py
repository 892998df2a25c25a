"""Plants a defect in a copy of the code and sees whether a test notices.

``python -m tests.defects.plant`` plants each of the catalogue in turn, runs the tests that should catch it, and prints
which did; with names as arguments, only those. A defect that nothing catches makes the command fail, and so does one
that cannot be planted, since the code it was meant for has changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.defects.catalogue import CATALOGUE, Defect

ROOT = Path(__file__).parents[2]
COPIED = ("pyproject.toml", "server", "tests", "web/py", "docs")
AT_ONCE = 2
LIMIT = 180.0
"""Seconds that the tests of one defect may take."""


class PlantingError(Exception):
    """The code that a defect replaces is not there, or is there more than once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a planted defect: the first test that noticed, or None and perhaps why it was not planted."""

    defect: Defect
    caught_by: str | None
    problem: str = "NOT CAUGHT"


def plant(defect: Defect, root: Path) -> None:
    """Write the defect into the tree at ``root``. Raises PlantingError if its place cannot be told."""
    path = root / defect.path
    text = path.read_text()
    if text.count(defect.code) != 1:
        raise PlantingError(f"{defect.name}: {defect.path} holds its code {text.count(defect.code)} times, not once")
    path.write_text(text.replace(defect.code, defect.instead))


def examine(defect: Defect) -> Outcome:
    """Plant a defect in a copy of the tree and run its tests there."""
    with tempfile.TemporaryDirectory(prefix="rebond-defect-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        try:
            plant(defect, copy)
        except PlantingError as error:
            return Outcome(defect, None, str(error))
        # Before the editable install's own paths, which lead to the code without the defect.
        environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'web' / 'py'}"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *defect.tests]
        try:
            run = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome(defect, "a test that came to no end")
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE)
    return Outcome(defect, found[1] if found is not None and run.returncode == 1 else None)


def main(names: Sequence[str]) -> int:
    """Examine the named defects, or all; return 1 if any was not caught."""
    known = {defect.name: defect for defect in CATALOGUE}
    if unknown := [name for name in names if name not in known]:
        print(f"There is no defect {', '.join(unknown)}.", file=sys.stderr)
        return 2
    chosen = [known[name] for name in names] or CATALOGUE
    missed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for outcome in pool.map(examine, chosen):
            missed += outcome.caught_by is None
            print(f"{outcome.defect.name}: {outcome.caught_by or outcome.problem}", flush=True)
    print(f"{len(chosen)} planted, {len(chosen) - missed} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
