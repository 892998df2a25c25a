"""A visit to the chat: what it begins with, the rooms one is in, whom one meets, and how it ends."""

import json
from collections.abc import Sequence

from chat.messages import record
from chat.people import Person
from rebond import wire
from rebond.codes import Close
from rebond.states import State as RebondState
from rebond.status import Status
from tests.chat.made import ME, NOON, YOU, message, status
from tests.chat.stay import NOT_IN, FakeKeeper, House, Stay, member, settle, welcome


async def test_it_begins_with_the_rooms_and_the_newest_messages() -> None:
    stay = await Stay(House(general=120, zoo=3)).start()
    assert stay.link.did == ["restore", "start"]
    assert [room.id for room in stay.state.rooms.joined] == ["general", "zoo"]
    assert stay.seqs() == list(range(71, 121))


async def test_it_begins_in_the_room_that_was_asked_for_if_one_is_in_it() -> None:
    house = House(general=1, zoo=1, secret=1)
    house.joined.discard("secret")
    for asked, room, told in (("zoo", "zoo", []), ("secret", "general", NOT_IN), ("nowhere", "general", NOT_IN)):
        stay = await Stay(house).start(asked)
        assert (stay.state.current, stay.told) == (room, told)


async def test_that_one_is_not_in_the_room_asked_for_is_said_where_that_was_known_before() -> None:
    house = House(general=1, secret=1)
    house.joined.discard("secret")
    keeper = FakeKeeper()
    await Stay(house, keeper).start()
    stay = await Stay(house, keeper).start("secret")
    assert (stay.state.current, stay.told) == ("general", NOT_IN)


async def test_other_data_at_the_server_are_read_anew() -> None:
    stay = await Stay(House(general=10)).start()
    stay.house.heads = {"general": 4}
    stay.visit.reset(None)
    stay.visit.welcomed(welcome(general=4))
    await settle()
    assert stay.seqs() == [1, 2, 3, 4]


async def test_joining_making_and_leaving_rooms() -> None:
    house = House(general=0, zoo=2)
    house.joined.discard("zoo")
    stay = await Stay(house).start()
    stay.visit.places.join("zoo")
    await settle()
    assert (stay.state.current, stay.seqs("zoo")) == ("zoo", [1, 2])
    stay.visit.places.leave(stay.state.current)
    await settle()
    assert stay.state.current == "general"
    assert not stay.state.rooms["zoo"].joined
    assert await stay.visit.places.make_room("new") is None
    assert stay.state.current == "new"
    assert await stay.visit.places.make_room("zoo") == "name_taken"
    house.down = True
    assert await stay.visit.places.make_room("other") == "unreachable"


async def test_what_was_said_while_one_was_out_of_a_room_is_there_when_one_is_back() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.visit.places.leave(stay.state.current)
    await settle()
    stay.house.heads["zoo"] = 5
    stay.visit.places.join("zoo")
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3, 4, 5]


async def test_a_room_that_one_joins_again_in_another_tab_is_read_anew() -> None:
    stay = await Stay(House(general=0, zoo=2)).start("zoo")
    stay.saved("id-000099", "zoo", "on its way")
    stay.state.on_event(wire.Event("account", 1, "left", NOON, {"room": "zoo"}))
    stay.visit.pages.catch_up()
    await settle()
    assert stay.seqs("zoo") == []
    stay.house.heads["zoo"] = 3
    stay.state.on_event(wire.Event("account", 2, "joined", NOON, {"room": {"id": "zoo", "name": "zoo"}, "head": 3}))
    stay.visit.pages.catch_up()
    await settle()
    assert stay.seqs("zoo") == [1, 2, 3]


async def test_what_the_server_refuses_is_told() -> None:
    stay = await Stay(House(general=0)).start()
    stay.visit.places.leave(stay.state.current)
    await settle()
    assert stay.told == ["cannot_leave"]


async def test_at_the_end_nothing_runs_on() -> None:
    stay = Stay(House(general=10))
    await stay.visit.start(stay.link, "general")
    stay.visit.stop()
    await settle()
    assert stay.link.did == ["restore", "start", "destroy"]
    assert stay.seqs() == []


def kept(*seqs: int, known: Sequence[tuple[int, int]] = (), as_of: int = NOON) -> dict[str, str]:
    room = {"id": "general", "name": "general", "joined": True, "members": 3, "unread": 2}
    records = {f"message/general/{seq:016}": json.dumps(record(message(seq))) for seq in seqs}
    return records | {
        "rooms": json.dumps([room]),
        "known/general": json.dumps({"oldest": min(seqs), "spans": known}),
        "as_of": str(as_of),
    }


async def test_what_was_kept_is_there_before_the_network_has_answered() -> None:
    house = House(general=3)
    house.down = True
    stay = Stay(house, FakeKeeper(kept(1, 2, 3, known=[(0, 3)], as_of=NOON - 5)))
    await stay.visit.start(stay.link, "general")
    assert stay.seqs() == [1, 2, 3]
    assert house.asked == []
    assert (stay.state.rooms["general"].members, stay.state.as_of) == (3, NOON - 5)


async def test_what_is_after_the_kept_cursor_comes_by_the_link_and_is_not_asked_for() -> None:
    stay = Stay(House(general=5), FakeKeeper(kept(1, 2, 3, known=[(0, 3)])))
    stay.link.seen = {"room:general": 3}
    await stay.start()
    stay.visit.welcomed(welcome(general=5))
    await settle()
    assert [asked for asked in stay.house.asked if "messages" in asked] == []


async def test_where_the_kept_messages_end_before_the_cursor_the_newest_page_is_asked_for() -> None:
    stay = Stay(House(general=5), FakeKeeper(kept(1, 2, 3, known=[(0, 3)])))
    stay.link.seen = {"room:general": 5}
    await stay.start()
    stay.visit.welcomed(welcome(general=5))
    await settle()
    assert stay.seqs() == [1, 2, 3, 4, 5]


async def test_a_room_one_is_not_in_any_more_is_not_begun_in() -> None:
    house = House(general=3)
    house.down = True
    stay = await Stay(house, FakeKeeper(kept(1, known=[(0, 1)]))).start("elsewhere")
    assert stay.state.current == "general"


async def test_leaving_for_good_keeps_nothing() -> None:
    keeper = FakeKeeper(kept(1, known=[(0, 1)]))
    stay = await Stay(House(general=1), keeper).start()
    stay.state.drafts.put("general", "begun")
    await stay.visit.forget()
    assert keeper.did == ["destroy"]
    assert not stay.state.drafts
    assert stay.link.did[-1] == "destroy"


async def test_people_are_known_once_the_link_is_live_and_those_of_a_room_when_wanted() -> None:
    stay = Stay(House(general=0))
    assert stay.state.names.named(YOU.name) is None
    await stay.start()
    stay.state.on_status(status(RebondState.LIVE))
    stay.visit.welcomed(welcome(general=0))
    await settle()
    assert stay.state.names.named(YOU.name) == YOU.id
    assert stay.state.names.matching("", "general", ME) == [YOU]
    stay.visit.know_people("general")
    await settle()
    stay.state.on_event(
        wire.Event("place", 1, "person", NOON, {"user": {"id": "u-new", "name": "Newton", "role": "member"}})
    )
    stay.state.on_event(wire.Event("place", 2, "person", NOON, {"user": member(Person(YOU.id, ""), left=True)}))
    assert stay.state.names.named("newton") == "u-new"
    assert stay.state.names.matching("", "general", ME) == []


async def test_a_search_goes_on_and_says_what_went_wrong() -> None:
    stay = await Stay(House(general=9)).start()
    search = stay.visit.finding.search
    stay.visit.finding.look_for("un", 0)
    stay.visit.finding.look_for("une idée & in:zoo", 0)
    await settle()
    assert [path for path in stay.house.asked if "search" in path] == [
        "GET /api/search?q=une%20id%C3%A9e%20%26%20in%3Azoo&limit=20"
    ]
    assert [hit.seq for hit in search.hits] == [8]
    stay.visit.finding.look_on()
    await settle()
    assert ([hit.seq for hit in search.hits], search.cursor) == ([8, 1], None)
    stay.house.down = True
    stay.visit.finding.look_for("tea", 0)
    await settle()
    assert (search.problem, stay.told) == ("unreachable", [])


async def test_one_meets_the_people_and_learns_what_one_is() -> None:
    house = House(general=1)
    house.role, house.muted_until, house.display = "moderator", NOON + 9, "Grace Hopper"
    stay = await Stay(house).start()
    assert stay.state.people.role(ME.id) == "moderator"
    assert stay.state.people.today(YOU).shown == "Grace Hopper"
    assert stay.state.standing.muted_until == NOON + 9


async def test_a_moderator_removes_what_somebody_else_said() -> None:
    stay = await Stay(House(general=1)).start()
    stay.state.writing.asked = ("general", f"{YOU.id}/id-000001")
    stay.visit.remove(f"{YOU.id}/id-000001")
    await settle()
    assert stay.house.removed == [(f"/api/rooms/general/messages/{YOU.id}/id-000001/remove", {"reason": ""})]
    assert stay.state.writing.doomed is None


async def test_a_connection_that_may_not_be_is_told_of() -> None:
    stay = await Stay(House(general=1)).start()
    for code, calls in ((Close.TOKEN, 0), (Close.FORBIDDEN, 1)):
        stay.visit.stands(Status(RebondState.SIGNED_OUT, 0, None, None, None, 0, None, code))
        assert stay.shut_out.calls == calls


async def test_people_are_asked_for_once_and_where_there_are_more_by_their_names() -> None:
    house = House(general=0)
    stay = await Stay(house).start()
    stay.state.on_status(status(RebondState.LIVE))
    stay.visit.welcomed(welcome(general=0))
    await settle()
    assert [each for each in house.asked if "/api/people" in each] == ["GET /api/people"]
    stay.visit.places.look_up("gra")
    await settle()
    assert "GET /api/people?name=gra" not in house.asked, "all there are is known"
    stay.state.people.partial = True
    for typed in ("g", " gra ", "gra"):
        stay.visit.places.look_up(typed)
    await settle()
    assert [each for each in house.asked if "?name" in each] == ["GET /api/people?name=gra"]
