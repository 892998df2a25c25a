"""What the page imports before anything is done: it is what a start takes, so it is kept small."""

from __future__ import annotations

import pytest

from web.runtime import bundle, imports
from web.runtime.build import WEB

SOURCES = bundle.gather(WEB / "py", bundle.CHAT, {})
AT_START = imports.at_start(SOURCES, "chat.main")

LATER = (
    "chat.journal",
    "chat.notifications",
    "chat.order",
    "chat.panel",
    "chat.picture",
    "chat.screens.answering",
    "chat.screens.browse",
    "chat.screens.company",
    "chat.screens.deeds",
    "chat.screens.door",
    "chat.screens.joining",
    "chat.screens.leaving",
    "chat.screens.members",
    "chat.screens.mentioning",
    "chat.screens.muted",
    "chat.screens.notify",
    "chat.screens.notifying",
    "chat.screens.panel",
    "chat.screens.place",
    "chat.screens.roommenu",
    "chat.screens.search",
    "chat.screens.settings",
    "chat.screens.switcher",
    "chat.search",
    "chat.switching",
    "chat.unsent",
    "markdown_it",
    "mdurl",
    "rebond.admission",
    "rebond.session",
)
"""Imported when they are first wanted (docs/architecture.md, "A screen more")."""

MOST = 520_000
"""Bytes of source that a start may import. They were 506,000 when this was written, 33,000 of them the view of a long
room and its pages, with which the first screen shows a room. A dialog more needs none."""


@pytest.mark.parametrize("name", LATER)
def test_what_is_wanted_later_is_not_imported_at_start(name: str) -> None:
    assert name in {imports.name_of(path) for path in SOURCES}, "there is no such module any more"
    assert name not in AT_START


def test_a_start_imports_no_more_than_it_may() -> None:
    size = sum(len(SOURCES[path]) for path in SOURCES if imports.name_of(path) in AT_START and path.endswith(".py"))
    assert size < MOST, f"{size:,} bytes of source: import what no first screen needs where it is used"


def test_the_start_is_what_is_imported_outside_of_functions() -> None:
    sources = {
        "a/__init__.py": b"",
        "a/main.py": b"from a import b\nclass C:\n    import a.c\ndef f():\n    import a.d\n",
        "a/b.py": b"if TYPE_CHECKING:\n    import a.e\ntry:\n    import a.f\nfinally: ...",
        **{f"a/{name}.py": b"" for name in "cdef"},
    }
    assert imports.at_start(sources, "a.main") == {"a", "a.main", "a.b", "a.c", "a.f"}
