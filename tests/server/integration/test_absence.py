"""An absence: whoever comes back by their cursors learns of every kind of event, as those do who were there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from server.roles import Role
from tests.support.company import Company
from tests.support.visitor import PASSWORD, Object, Socket, Visitor, fresh

KINDS = {
    "place": {"person", "room", "renamed", "archived"},
    "account": {"joined", "left", "standing"},
    "room": {"message", "edited", "deleted", "reacted", "joined", "left", "renamed", "topic", "archived"},
}
"""All kinds of events (docs/protocol.md), by the sort of their stream."""


def heads(socket: Socket) -> dict[str, int]:
    return cast(dict[str, int], socket.welcome["heads"])


async def heard_up_to(socket: Socket, wanted: Mapping[str, int], since: Mapping[str, int]) -> dict[str, list[Object]]:
    """Return the events of some streams, once all have come as far as is wanted; there is to be no gap."""
    events: dict[str, list[Object]] = {stream: [] for stream in wanted}
    while any(since[stream] + len(events[stream]) < head for stream, head in wanted.items()):
        event = await socket.hear("event", lambda frame: frame["stream"] in wanted)
        stream = str(event["stream"])
        events[stream].append(event)
        assert event["seq"] == since[stream] + len(events[stream]), f"a gap in {stream}"
    return events


def order(events: Mapping[str, list[Object]]) -> dict[str, list[object]]:
    return {stream: [event["kind"] for event in told] for stream, told in events.items()}


def kinds(events: Mapping[str, list[Object]]) -> dict[str, set[object]]:
    found: dict[str, set[object]] = {sort: set() for sort in KINDS}
    for stream, told in events.items():
        found[stream.partition(":")[0]] |= {event["kind"] for event in told}
    return found


async def do(who: Visitor, path: str, **body: object) -> Object:
    answer = await who.post(path, **body)
    assert answer.is_success, (path, answer.text)
    return cast(Object, answer.json()) if answer.content else {}


async def make(who: Visitor, *, private: bool = False) -> str:
    return str(cast(Object, (await do(who, "/api/rooms", name=fresh("den "), private=private))["room"])["id"])


async def talk(one: Visitor, other: Visitor, room: str) -> None:
    """Do all that can be done with messages; of the three that ``one`` sends one stays."""
    names = [fresh("message-") for _ in range(3)]
    async with one.connected() as hers, other.connected() as his:
        for name in names:
            await hers.send(name, f"the text of {name}", room)
            await hers.acked(name)
        await hers.say(t="edit", id="edit-0001", room=room, target=names[0], text="good morning")
        await hers.say(t="delete", id="delete-01", room=room, target=names[1])
        await hers.acked("delete-01")
        for on in (True, False):
            name = fresh("reaction-")
            await his.say(t="react", id=name, room=room, target=f"{one.id}/{names[0]}", emoji="\u2615", on=on)
            await his.acked(name)
    await do(other, f"/api/rooms/{room}/messages/{one.id}/{names[2]}/remove", reason="unkind")


async def change(owner: Visitor, moderator: Visitor, room: str) -> None:
    """Do all that can be done with a room."""
    for who in (moderator, owner):
        await do(who, f"/api/rooms/{room}/join")
    await do(moderator, f"/api/rooms/{room}/name", name=fresh("cave "))
    await do(moderator, f"/api/rooms/{room}/topic", topic="bears")
    await talk(moderator, owner, room)
    await do(moderator, f"/api/rooms/{room}/leave")
    for act in ("archive", "unarchive", "archive"):
        await do(owner, f"/api/rooms/{room}/{act}")


async def keep_order(place: Company, away: Visitor, newcomer: Visitor) -> None:
    """Do all that can be done about people, and give the place from hand to hand, at last to who is away."""
    owner, moderator = place.owner, place.moderator
    await do(moderator, f"/api/people/{away.id}/mute", minutes=5, reason="too loud")
    await do(moderator, f"/api/people/{away.id}/unmute")
    await do(owner, f"/api/people/{away.id}/role", role=Role.MODERATOR)
    for act in ("ban", "unban"):
        await do(moderator, f"/api/people/{newcomer.id}/{act}")
    newcomer.take(await newcomer.post("/api/login", name=newcomer.name, password=PASSWORD))
    await do(newcomer, "/api/me/display", display="The Newcomer")
    await do(newcomer, "/api/me/name", name=fresh("another"))
    await do(newcomer, "/api/me/leave", password=PASSWORD)
    await do(owner, f"/api/people/{moderator.id}/role", role=Role.OWNER)
    await do(moderator, "/api/registration", policy="code")
    revoked = cast(Object, (await do(moderator, "/api/codes", hours=1, uses=3))["code"])
    await do(moderator, f"/api/codes/{revoked['id']}/revoke")
    await do(moderator, "/api/codes")
    await do(moderator, f"/api/people/{away.id}/role", role=Role.OWNER)


async def test_who_comes_back_hears_of_every_kind_of_event_what_those_heard_who_were_there(new_place: Company) -> None:
    owner, moderator, away = new_place.owner, new_place.moderator, new_place.member
    room, taken, kept, given = [await make(away), *[await make(moderator, private=True) for _ in range(3)]]
    for each in (taken, kept):
        await do(moderator, f"/api/rooms/{each}/invite", account=away.id)
    async with away.connected() as there, new_place.newcomer() as newcomer:
        since, epoch = heads(there), str(there.welcome["epoch"])
        await change(owner, moderator, room)
        await do(moderator, f"/api/rooms/{kept}/invite", account=owner.id)
        await do(owner, f"/api/rooms/{kept}/leave")
        await do(moderator, f"/api/rooms/{taken}/people/{away.id}/expel")
        await do(moderator, f"/api/rooms/{given}/invite", account=away.id)
        await do(moderator, "/api/rooms", name=fresh("hall "))
        await keep_order(new_place, away, newcomer)
        async with away.connected(cursors=since, epoch=epoch) as back:
            wanted = {stream: head for stream, head in heads(back).items() if stream in since}
            assert since.keys() - wanted.keys() == {f"room:{taken}"}
            assert heads(back).keys() - since.keys() == {f"room:{given}"}
            replayed, live = await heard_up_to(back, wanted, since), await heard_up_to(there, wanted, since)
    assert order(replayed) == order(live)
    assert kinds(replayed) == KINDS

    standing = [event for event in replayed["account"] if event["kind"] == "standing"]
    assert [(event["role"], bool(event["muted_until"]), event["reason"]) for event in standing] == [
        ("member", True, "too loud"),
        ("member", False, ""),
        ("moderator", False, ""),
        ("owner", False, ""),
    ]
    people = {cast(Object, event["user"])["id"]: event["user"] for event in replayed["place"] if "user" in event}
    as_told = {who: cast(Object, person)["role"] for who, person in people.items()}
    assert as_told == {owner.id: "moderator", moderator.id: "moderator", away.id: "owner", newcomer.id: "member"}
    assert cast(Object, people[newcomer.id])["left"] is True
    texts = [event["text"] for event in replayed[f"room:{room}"] if event["kind"] in {"message", "edited"}]
    assert sorted(map(str, texts))[:2] == ["", ""]  # what was deleted, and what was removed
    assert "good morning" in texts

    # What is no event is asked for, and is as it was left.
    assert (await away.get("/api/door")).json() == {"registration": "code", "first": False}
    codes = (await away.get("/api/codes")).json()["codes"]
    assert sorted((code["revoked"], code["good"]) for code in codes) == [(False, True), (True, False)]
    acts = [act["kind"] for act in (await away.get("/api/acts")).json()["acts"]]
    assert acts[:5] == ["set_role", "make_code", "revoke_code", "make_code", "set_registration"]
    described = {each["id"]: each for each in (await away.get("/api/rooms")).json()["rooms"]}
    assert (described[room]["topic"], described[room]["archived"]) == ("bears", True)
    assert (taken in described, given in described) == (False, True)
