"""Whom a text mentions."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts import User
from server.mentions import MAX_MENTIONS, candidates, mentioned
from server.names import MAX_NAME, fold
from tests.support.store import Store

NAMES = ["Ada", "Ada Lovelace", "élodie", "J.-P.", "bob_2"]


@pytest.fixture
async def people(store: Store) -> dict[str, User]:
    return {name: await store.account(name) for name in NAMES}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nobody here", []),
        ("@ada", ["Ada"]),
        ("hello @ADA!", ["Ada"]),
        ("@Ada, @ada and @Ada.", ["Ada"]),
        ("@ada lovelace is first", ["Ada Lovelace"]),
        ("@ada love", ["Ada"]),
        ("@adam", []),
        ("@E\u0301lodie?", ["élodie"]),
        ("(@J.-P.) and @bob_2…", ["J.-P.", "bob_2"]),
        ("@bob_2-@ada", ["bob_2"]),
        ("mail ada@ada.example", []),
        ("@ ada", []),
        ("@@ada", []),
    ],
)
async def test_names_after_an_at_are_found(store: Store, people: dict[str, User], text: str, names: list[str]) -> None:
    found = await store.database.read(partial(mentioned, room="general", text=text))
    assert found == [people[name].id for name in names]


async def test_only_members_of_the_room_are(store: Store, people: dict[str, User]) -> None:
    assert await store.database.read(partial(mentioned, room="elsewhere", text="@ada")) == []


@given(st.text())
def test_no_text_is_too_much(text: str) -> None:
    found = candidates(text)
    assert len(found) <= MAX_MENTIONS
    assert all(len(each) <= MAX_NAME for each in found)


@given(st.from_regex(r"[A-Za-zéß][\w. -]{0,20}\w", fullmatch=True), st.sampled_from(["", " ", "!", ". ", ", he said"]))
def test_a_name_is_among_the_candidates_whatever_follows(name: str, rest: str) -> None:
    assert fold(name) in candidates(f"@{name}{rest}")[0]
