"""docs/architecture.md draws the link's states as they are."""

from __future__ import annotations

import re
from pathlib import Path

from rebond.states import TRANSITIONS, State

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def diagram() -> str:
    """Draw the table of moves as a Mermaid state diagram."""
    moves = [
        f"    {state} --> {target}: {move}"
        for state, allowed in TRANSITIONS.items()
        for move, target in allowed.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {State.IDLE}", *moves, "```"])


def test_the_diagram_is_that_of_the_table() -> None:
    drawn = re.search(r"```mermaid\nstateDiagram-v2.*?```", PAGE, re.DOTALL)
    assert drawn is not None
    assert drawn[0] == diagram(), f"docs/architecture.md should hold:\n{diagram()}"


def test_the_files_in_the_reading_order_are_there() -> None:
    order = PAGE.split("## In what order to read it")[1].split("\n## ")[0]
    named = re.findall(r"`((?:web|tests|server)/[\w/]+\.py)`", order)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_test_that_is_named_is_there() -> None:
    proof = "".join(part.split("\n## ")[0] for part in re.split(r"## What holds the \w+ to its word", PAGE)[1:])
    named = re.findall(r"`((?:tests|playwright)/[\w/]+\.py)`((?:,? `test_\w+`)+)", proof)
    assert len(named) > 30
    missing = [
        f"{path}: {test}"
        for path, tests in named
        for test in re.findall(r"test_\w+", tests)
        if f"def {test}(" not in (ROOT / path).read_text()
    ]
    assert missing == []


def test_every_dependency_has_its_reason() -> None:
    reasons = PAGE.split("## Dependencies, and why each")[1].lower()
    wanted = [
        re.split(r"[<>=;\[ ]", line.strip())[0].lower()
        for name in ("runtime.in", "test.in")
        for line in (ROOT / "requirements" / name).read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    assert [package for package in wanted if package not in reasons] == []
