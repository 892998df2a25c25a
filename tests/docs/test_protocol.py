"""docs/protocol.md says what the codec does, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rebond.codes import PASSING, Close, ErrorCode, verdict
from rebond.session import HELLO_TIMEOUT, MAX_MISSED, NEWEST
from rebond.streams import MAX_SYNC
from rebond.text import MAX_FRAME, MAX_TEXT
from rebond.wire import CLIENT_KINDS, SERVER_KINDS, VERSION, Frame, schema
from server.emoji import MAX_LENGTH
from server.marks import MAX_UNREAD, SMALL
from server.messages import MAX_EMOJI
from server.presence import GRACE, RETURN
from server.rules import RULES, Kind
from server.states import MAX_AUDIENCE

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
TYPES = {
    "a string": "string",
    "a whole number from 0 to 2^53 - 1": "number",
    "true or false": "boolean",
    "an object of whole numbers": "object of numbers",
    "an object": "object",
}


def part(heading: str, page: str = PAGE) -> str:
    """Return what stands under a heading, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"docs/protocol.md has no {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables in ``text``, without their head lines."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if not set("".join(line)) <= set("-: ")][1:]


@pytest.mark.parametrize(
    "kind", list(dict.fromkeys([*CLIENT_KINDS.values(), *SERVER_KINDS.values()])), ids=lambda kind: kind.KIND
)
def test_every_field_is_described_as_it_is(kind: type[Frame]) -> None:
    wanted = [
        part(heading)
        for heading, kinds in (
            ("## What a client says", list(CLIENT_KINDS)),
            ("## What a server says", list(SERVER_KINDS)),
        )
        if kind.KIND in kinds
    ]
    for section in wanted:
        check_fields(kind, section)


def check_fields(kind: type[Frame], section: str) -> None:
    table = part(f"### `{kind.KIND}`", section).strip().partition("\n\n| kind ")[0]
    described = [(name.strip("`"), type_, optional) for name, type_, optional, _ in rows(table)]
    assert described == [
        (field.wire_name, TYPES[field.expected], "" if field.required else "optional") for field in schema(kind)
    ]


@pytest.mark.parametrize(
    ("heading", "kinds"), [("## What a client says", CLIENT_KINDS), ("## What a server says", SERVER_KINDS)]
)
def test_every_kind_is_described_and_no_other(heading: str, kinds: dict[str, type[Frame]]) -> None:
    assert re.findall(r"^### `(\w+)`", part(heading), re.MULTILINE) == list(kinds)


def test_who_may_do_what_in_a_room_is_described_as_it_is() -> None:
    described = [[cell.strip("`") for cell in row] for row in rows(part("### Rooms"))]
    assert described == [
        [
            act,
            *("yes" if kind in rule.kinds else "" for kind in Kind),
            "members" if rule.members else "anyone",
            "yes" if rule.archived else "",
        ]
        for act, rule in RULES.items()
    ]


def test_every_error_code_is_described_and_no_other() -> None:
    assert [row[0].strip("`") for row in rows(part("## Error codes"))] == list(ErrorCode)


def test_the_errors_that_pass_are_named() -> None:
    named = re.search(r"^(.*), and any error with `retry_ms`, pass by themselves", PAGE, re.MULTILINE)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == PASSING


def test_every_close_code_is_described_with_what_the_client_does() -> None:
    described = [(int(code), name, does) for code, name, _, does in rows(part("## Close codes"))]
    assert described == [(code, code.name, "" if code is Close.NORMAL else verdict(code)) for code in Close]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"in a room of at most {SMALL} |" in PAGE
    assert f"counted up to {MAX_UNREAD} |" in PAGE
    assert f"that at most {MAX_AUDIENCE} connections follow" in PAGE
    assert f"offline {GRACE:.0f} s after the last has gone" in PAGE
    assert f"have {RETURN:.0f} s to come back" in PAGE
    assert f"at most {MAX_LENGTH} code points" in PAGE
    assert f"at\nmost {MAX_EMOJI} different ones" in PAGE
    assert f"Version {VERSION}." in PAGE
    assert f"at most {MAX_FRAME // 1024} KiB each" in PAGE
    assert f"1 to {MAX_TEXT:,} characters" in PAGE
    assert f"at most {MAX_SYNC:,} events" in PAGE
    assert f"more than {MAX_MISSED} events" in PAGE
    assert f"the newest {NEWEST} events" in PAGE
    assert f"within {HELLO_TIMEOUT:.0f} s" in PAGE
