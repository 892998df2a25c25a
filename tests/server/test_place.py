"""What a fresh database begins with, and when another life of it begins."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from server import place, rooms
from server.place import Counter, Life
from tests.support.store import Store


async def start(store: Store, counted: int | None) -> Life:
    return await store.database.write(partial(place.start, counted=counted))


async def test_fresh_database_has_the_room_of_everybody(store: Store) -> None:
    found = await store.database.read(partial(rooms.every, user="nobody"))
    assert [(room.id, room.name) for room in found] == [("general", "general")]


async def test_life_goes_on_while_the_counts_agree(store: Store) -> None:
    first = await start(store, 1)
    assert (await start(store, 2), await start(store, 3)) == (Life(first.epoch, 3), Life(first.epoch, 4))


@pytest.mark.parametrize("counted", [None, 0, 1, 3, 99])
async def test_another_life_begins_when_they_do_not(store: Store, counted: int | None) -> None:
    before = await start(store, 1)
    life = await start(store, counted)
    assert life.epoch != before.epoch
    assert await start(store, life.starts) == Life(life.epoch, life.starts + 1)


def test_count_is_kept_in_its_file(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "rebond.starts")
    assert counter.read() is None
    counter.write(7)
    assert Counter(tmp_path / "rebond.starts").read() == 7
    (tmp_path / "rebond.starts").write_text("seven")
    assert counter.read() is None


def test_count_that_cannot_be_kept_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Counter(tmp_path / "nowhere" / "rebond.starts").write(7)
    assert "the starts cannot be counted" in caplog.text
