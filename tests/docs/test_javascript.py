"""docs/architecture.md says how much JavaScript there is, file by file: so it is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "playwright", "server", "tests", "web")
NOT_OURS = {"node_modules", "dist"}


def counted() -> dict[str, int]:
    """The lines of code of every script, without blank lines and comments."""
    found = {}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".js", ".mjs"} and not NOT_OURS & set(path.relative_to(ROOT).parts):
                lines = [
                    line for line in path.read_text().splitlines() if line.strip() and not line.strip().startswith("//")
                ]
                found[path.relative_to(ROOT).as_posix()] = len(lines)
    return found


def test_every_script_is_in_the_table_with_its_length_and_a_reason() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `([\w/.]+m?js)` \| (\d+) \| (\S.+) \|$", text, re.MULTILINE)
    assert {name: int(lines) for name, lines, _ in rows} == counted()


def test_their_sum_is_as_the_text_says() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    told = re.search(r"there are (\d+), (\d+) of them of the page", text)
    assert told is not None
    lines = counted()
    page = sum(count for name, count in lines.items() if name.startswith("web/"))
    assert (int(told[1]), int(told[2])) == (sum(lines.values()), page)
