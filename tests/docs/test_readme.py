"""README.md lists the settings there are, and links to what is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from server.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted({ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")})


def test_every_setting_is_listed_with_its_purpose_and_default() -> None:
    listed = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*?) \| ?(.*?) ?\|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    settings = get_type_hints(Settings, include_extras=True)
    assert listed == [
        (f"{PREFIX}{name.upper()}", kind.__metadata__[-1].description, f"`{default}`" if default != "" else "")
        for name, kind in settings.items()
        for default in [getattr(Settings(), name)]
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
