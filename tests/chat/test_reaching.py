"""What is older, what is missing and what is far up is fetched when it is wanted."""

import asyncio

from chat.state import LINE
from chat.timeline import MOST, Edge, Hole
from rebond import wire
from rebond.states import State as RebondState
from tests.chat.made import NOON, YOU, status
from tests.chat.stay import House, Stay, event, settle, welcome


async def test_older_messages_come_page_by_page_until_the_beginning_and_each_once() -> None:
    stay = await Stay(House(general=120)).start()
    for _ in range(5):
        stay.visit.pages.older()
        stay.visit.pages.older()
        await settle()
    assert stay.seqs() == list(range(1, 121))
    assert stay.state.timeline("general").edge is Edge.START
    assert sum("messages" in path for path in stay.house.asked) == 3


async def test_a_message_between_the_page_and_the_first_welcome_is_fetched() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads["general"] = 12
    stay.visit.welcomed(welcome(general=12))
    await settle()
    assert stay.seqs()[-1] == 12
    stay.house.heads["general"] = 14
    stay.visit.welcomed(welcome(general=14))
    await settle()
    assert stay.seqs()[-1] == 12  # the link replays what is after its cursor


async def test_a_hole_is_filled_from_either_end() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads["general"] = 200
    stay.state.on_event(event("general", 200))
    for _ in range(10):
        for hole in stay.state.timeline("general").entries:
            if isinstance(hole, Hole):
                stay.visit.pages.fill(hole, from_top=hole.end > 150)
                await settle()
    assert stay.seqs() == list(range(1, 201))


async def test_what_could_not_be_had_is_asked_for_again_once_live() -> None:
    house = House(general=10)
    house.down = True
    stay = await Stay(house).start()
    assert stay.state.timeline("general").edge is Edge.FAILED
    assert stay.told == []
    house.down = False
    stay.visit.welcomed(welcome(general=10))
    await settle()
    assert stay.seqs() == list(range(1, 11))
    assert "general" in stay.state.rooms


async def test_a_message_far_up_is_opened_with_what_is_around_it_and_a_hole_below() -> None:
    stay = await Stay(House(general=300)).start()
    stay.visit.finding.open_at("general", 100)
    await settle()
    assert stay.state.sought == 100
    assert stay.seqs() == [*range(75, 125), *range(251, 301)]
    timeline = stay.state.timeline("general")
    assert [entry for entry in timeline.entries if isinstance(entry, Hole)] == [Hole(125, 250)]
    asked = len(stay.house.asked)
    stay.visit.finding.open_at("general", 90)
    assert (stay.state.sought, len(stay.house.asked)) == (90, asked)


async def test_a_message_in_another_room_is_opened_there() -> None:
    stay = await Stay(House(general=3, zoo=300)).start()
    stay.visit.finding.open_at("zoo", 100)
    await settle()
    assert (stay.state.current, stay.state.sought) == ("zoo", 100)
    assert stay.seqs("zoo") == [*range(75, 125), *range(251, 301)]
    stay.visit.look_at("general")
    assert stay.state.sought is None


async def test_what_cannot_be_opened_is_said() -> None:
    stay = await Stay(House(general=3)).start()
    stay.visit.finding.open_at("general", 9)
    await settle()
    assert (stay.state.sought, stay.told) == (None, ["no_such_message"])


async def test_the_line_above_what_is_new_is_opened_straight_however_far_up_it_is() -> None:
    stay = await Stay(House(general=5_000)).start()
    stay.visit.finding.open_at_line()
    sought = [stay.state.sought]
    stay.state.others.reading.draw("general", 4_990, unread=True)
    stay.visit.finding.open_at_line()
    sought.append(stay.state.sought)
    assert sought == [None, LINE]  # nothing is new; it is in what is loaded
    stay.state.others.reading.draw("general", 1_000, unread=True)
    asked = len(stay.house.asked)
    stay.visit.finding.open_at_line()
    await settle()
    assert len(stay.house.asked) == asked + 1
    assert stay.seqs() == [*range(976, 1_026), *range(4_951, 5_001)]


async def test_of_a_long_room_no_more_is_kept_than_is_near() -> None:
    stay = await Stay(House(general=5_000)).start()
    timeline = stay.state.timeline("general")
    for _ in range(40):
        timeline.places = ((timeline.oldest, timeline.oldest),)
        stay.visit.pages.older()
        await settle()
    assert stay.seqs()[0] == 5_001 - 41 * 50
    assert len(stay.seqs()) <= MOST
    stay.visit.finding.open_at("general", 100)
    await settle()
    assert stay.state.sought == 100
    assert {75, 100, 124, 5_000} <= set(stay.seqs())
    stay.visit.look_at("general")
    assert len(stay.seqs()) <= MOST


async def test_a_change_that_comes_before_what_is_around_is_not_lost() -> None:
    stay = await Stay(House(general=300)).start()
    stay.visit.finding.open_at("general", 100)
    await asyncio.sleep(0)
    body = {"id": "id-000100", "author": {"id": YOU.id, "name": YOU.name}}
    stay.state.on_event(wire.Event("room:general", 301, "deleted", NOON, body))
    await settle()
    [found] = [each for each in stay.state.timeline("general").messages if each.seq == 100]
    assert found.deleted


async def test_what_a_message_far_up_says_is_asked_for_when_somebody_replies_to_it() -> None:
    stay = await Stay(House(general=300)).start()
    told = event("general", 301)
    re = {"id": "id-000100", "author": YOU.id, "seq": 100}
    stay.state.on_event(wire.Event(told.stream, 301, "message", NOON, {**told.body, "re": re}))
    stay.visit.finding.learn_quotes()
    assert stay.state.timeline("general").unquoted == {100}, "there is no connection yet"
    stay.state.on_status(status(RebondState.LIVE))
    stay.house.down = True
    stay.visit.finding.learn_quotes()
    await settle()
    assert stay.state.timeline("general").unquoted == {100}
    stay.house.down = False
    stay.visit.finding.learn_quotes()
    await settle()
    quote = stay.state.timeline("general").messages[-1].re
    assert quote is not None
    assert (quote.name, quote.text) == (YOU.name, "m100")
    assert stay.seqs() == [*range(251, 302)]
    assert (stay.state.timeline("general").unquoted, stay.told) == (set(), [])
