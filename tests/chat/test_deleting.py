"""Deleting a message, and wanting it back."""

import asyncio
import json
from collections.abc import Callable, Mapping

import pytest

from rebond import wire
from rebond.outbox import Entry, Refusal
from rebond.states import State as RebondState
from tests.chat.made import NOON, YOU, status
from tests.chat.stay import FakeKeeper, House, Stay, event, settle


async def withdrawing() -> Stay:
    """Return a stay in which one has taken back a message of one's own a moment ago."""
    stay = await Stay(House(general=0, zoo=0), FakeKeeper()).start()
    stay.saved("id-000001", "general", "hello")
    stay.saved("id-000002", "general", "hello again")
    stay.visit.withdraw("id-000001")
    assert stay.state.writing.doomed == ("general", "id-000001")
    assert stay.link.did[2:] == [], "one may want it back"
    return stay


async def test_a_deletion_is_sent_once_nobody_has_wanted_the_message_back() -> None:
    stay = await withdrawing()
    stay.visit.settle()
    stay.visit.settle()
    assert stay.state.writing.doomed is None
    assert stay.link.did[2:] == ["delete general id-000001"]


async def test_a_message_that_is_wanted_back_was_never_deleted() -> None:
    stay = await withdrawing()
    stay.visit.want_back()
    stay.visit.settle()
    assert stay.state.writing.doomed is None
    assert stay.link.did[2:] == []


def says(stay: Stay) -> None:
    stay.state.drafts.put("general", "next")
    assert stay.visit.send() is None


def edits_another(stay: Stay) -> None:
    stay.state.begin_edit("id-000002")
    stay.state.writing.put("general", "next")
    assert stay.visit.send() is None


def reacts(stay: Stay) -> None:
    stay.visit.react(f"{YOU.id}/id-000003", "+", on=True)


def deletes_another(stay: Stay) -> None:
    stay.visit.withdraw("id-000002")
    stay.visit.settle()


@pytest.mark.parametrize(
    ("acts", "then"),
    [
        (says, "send general next"),
        (edits_another, "edit general id-000002 next"),
        (reacts, f"react general {YOU.id}/id-000003 + True"),
        (deletes_another, "delete general id-000002"),
    ],
)
async def test_whatever_one_does_next_sends_the_deletion_first(acts: Callable[[Stay], None], then: str) -> None:
    stay = await withdrawing()
    acts(stay)
    assert stay.link.did[2:] == ["delete general id-000001", then]


async def test_going_elsewhere_or_away_sends_the_deletion() -> None:
    stay = await withdrawing()
    stay.visit.look_at("zoo")
    assert stay.link.did[2:] == ["delete general id-000001"]
    stay = await withdrawing()
    await stay.visit.unsent()
    assert stay.link.did[2:] == ["delete general id-000001"]
    stay = await withdrawing()
    stay.visit.stop()
    assert stay.link.did[2:] == ["delete general id-000001", "destroy"]


async def test_a_page_that_ends_too_early_leaves_the_deletion_to_the_next() -> None:
    stay = await withdrawing()
    assert stay.keeper is not None
    kept = dict(stay.keeper.kept)
    assert json.loads(kept["withdrawn/id-000001"]) == ["general", "id-000001", NOON + 6_000]
    kept["withdrawn/id-000001"] = json.dumps(["general", "id-000001", NOON])
    later = await Stay(House(general=0), FakeKeeper(kept)).start()
    await settle()
    assert later.link.did[-1] == "delete general id-000001"
    later.saved_deletion("id-000001", "general")
    assert later.keeper is not None
    assert "withdrawn/id-000001" not in later.keeper.kept
    again = await Stay(House(general=0), FakeKeeper(later.keeper.kept)).start()
    await settle()
    assert not any(each.startswith("delete") for each in again.link.did)


async def test_a_clock_that_was_set_back_does_not_put_the_deletion_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.visit.PATIENCE", 0.0)
    keeper = FakeKeeper({"withdrawn/id-000001": json.dumps(["general", "id-000001", NOON + 86_400_000])})
    stay = await Stay(House(general=0), keeper).start()
    await settle()
    assert stay.link.did[-1] == "delete general id-000001"


class Changing(FakeKeeper):
    """A storage in which another tab takes back what it had kept."""

    async def records(self) -> Mapping[str, str]:
        found = dict(self.kept)
        self.kept.clear()
        return found


async def test_what_one_has_wanted_back_in_another_tab_is_not_deleted() -> None:
    keeper = Changing({"withdrawn/id-000001": json.dumps(["general", "id-000001", NOON])})
    stay = await Stay(House(general=0), keeper).start()
    assert stay.state.archive.withdrawn
    await settle()
    assert not any(each.startswith("delete") for each in stay.link.did)


async def test_who_wants_a_message_back_leaves_nothing_to_be_deleted() -> None:
    stay = await withdrawing()
    stay.visit.want_back()
    assert stay.keeper is not None
    assert "withdrawn/id-000001" not in stay.keeper.kept


async def test_what_is_gone_already_is_not_deleted_once_more() -> None:
    stay = await withdrawing()
    stay.state.timeline("general").drop("id-000001")
    stay.visit.settle()
    assert stay.link.did[2:] == []


async def test_a_deletion_for_which_there_is_no_room_is_told() -> None:
    stay = await withdrawing()
    stay.link.full = True
    stay.visit.settle()
    assert stay.told == ["outbox_full"]


async def test_a_refused_deletion_is_told_since_it_has_no_text_to_show() -> None:
    stay = await Stay(House(general=0), FakeKeeper()).start()
    stay.state.own.on_fated(Entry(wire.Delete("id-000001", "general", "target-1")))
    stay.visit.refused(Refusal("id-000001", "general", "", "no_such_message", "…", "target-1"))
    assert stay.told == ["no_such_message"]
    assert stay.state.timeline("general").changes == {}


async def test_nothing_stays_of_a_message_that_is_deleted_while_it_is_asked_for() -> None:
    stay = await Stay(House(general=300)).start()
    stay.state.on_status(status(RebondState.LIVE))
    told = event("general", 301)
    re = {"id": "id-000100", "author": YOU.id, "seq": 100}
    stay.state.on_event(wire.Event(told.stream, 301, "message", NOON, {**told.body, "re": re}))
    stay.visit.finding.learn_quotes()
    await asyncio.sleep(0)
    body = {"id": "id-000100", "author": {"id": YOU.id, "name": YOU.name}}
    stay.state.on_event(wire.Event("room:general", 302, "deleted", NOON, body))
    await settle()
    quote = stay.state.timeline("general").messages[-1].re
    assert quote is not None
    assert (quote.deleted, quote.text) == (True, "")
