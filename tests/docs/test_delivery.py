"""docs/delivery.md names every planted mistake, and a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.defects.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "delivery.md").read_text()
ROWS = re.findall(r"^\| (\w+) \| ([\w-]+) \| `(test_\w+)` \|$", PAGE, re.MULTILINE)


def test_every_planted_mistake_is_listed_under_its_rule() -> None:
    assert sorted((rule, name) for rule, name, _ in ROWS) == sorted((defect.rule, defect.name) for defect in CATALOGUE)


def test_every_test_that_is_named_is_there() -> None:
    files = {defect.name: defect.tests for defect in CATALOGUE}
    for _, name, test in ROWS:
        assert any(f"def {test}(" in (ROOT / file).read_text() for file in files[name]), f"{name}: there is no {test}"


def test_all_seventeen_rules_are_there() -> None:
    assert [int(number) for number in re.findall(r"^(\d+)\. \*\*", PAGE, re.MULTILINE)] == list(range(1, 18))
