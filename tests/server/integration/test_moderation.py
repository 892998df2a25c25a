"""Keeping order while people talk: what they see of it, and what the log says."""

from __future__ import annotations

import asyncio

from server.roles import Role
from tests.support.company import Company, say
from tests.support.visitor import PASSWORD, Object, Socket, Visitor, fresh


async def kind(socket: Socket, wanted: str) -> Object:
    """Return the next event of a kind."""
    return await socket.hear("event", lambda frame: frame["kind"] == wanted)


async def test_removed_message_is_gone_for_all_with_by_whom_and_for_those_who_come_later(place: Company) -> None:
    before = await _head(place.owner)
    message = await say(place.member, "something unkind")
    async with place.owner.connected() as here:
        answer = await place.moderator.post(
            f"/api/rooms/general/messages/{place.member.id}/{message}/remove", reason="unkind"
        )
        assert answer.status_code == 204
        event = await kind(here, "deleted")
    assert event["id"] == message
    assert event["author"] == {"id": place.member.id, "name": place.member.name}
    assert event["by"] == {"id": place.moderator.id, "name": place.moderator.name}
    row = (await place.owner.get("/api/rooms/general/messages")).json()["messages"][-1]
    assert (row["text"], row["deleted"], row["removed"], row["changed"]) == ("", True, True, event["seq"])
    cursors, epoch = {"room:general": before}, here.welcome["epoch"]
    async with place.owner.connected(cursors=cursors, epoch=str(epoch)) as later:
        assert (await kind(later, "message"))["text"] == ""
        assert (await kind(later, "deleted"))["by"] == event["by"]


async def test_muted_cannot_write_until_it_is_lifted_but_take_back(place: Company) -> None:
    async with place.member.connected() as socket:
        await socket.send("message-0")
        await socket.acked("message-0")
        answer = await place.moderator.post(f"/api/people/{place.member.id}/mute", minutes=5, reason="too loud")
        told = await kind(socket, "standing")
        assert (told["role"], told["reason"]) == ("member", "too loud")
        assert told["muted_until"] == answer.json()["user"]["muted_until"] == told["at"] + 5 * 60_000  # type: ignore[operator]  # JSON
        await socket.send("message-1")
        refusal = await socket.refused()
        assert (refusal["id"], refusal["code"], refusal.get("retry_ms")) == ("message-1", "muted", None)
        await socket.send("message-0")  # it was stored, and stays so
        await socket.acked("message-0")
        await socket.say(t="edit", id="edit-0001", room="general", target="message-0", text="HELLO")
        assert (await socket.refused())["code"] == "muted"
        await socket.say(t="delete", id="delete-01", room="general", target="message-0")
        await socket.acked("delete-01")
        row = (await place.owner.get("/api/rooms/general/messages")).json()["messages"][-1]
        assert (row["deleted"], row["removed"]) == (True, False)
        async with place.member.connected() as later:
            await later.send("message-2")
            assert (await later.refused())["code"] == "muted"
        assert (await place.member.get("/api/me")).json()["user"]["muted_until"] == told["muted_until"]
        await place.moderator.post(f"/api/people/{place.member.id}/unmute")
        assert (await kind(socket, "standing"))["muted_until"] == 0
        await socket.send("message-1")
        await socket.acked("message-1")


async def test_muted_writes_no_names_and_topics_of_rooms_either(place: Company) -> None:
    room = (await place.member.post("/api/rooms", name=fresh("den "))).json()["room"]["id"]
    words: dict[str, Object] = {
        "/api/rooms": {"name": fresh("cave ")},
        f"/api/rooms/{room}/name": {"name": fresh("cave ")},
        f"/api/rooms/{room}/topic": {"topic": "something unkind"},
    }
    await place.moderator.post(f"/api/people/{place.member.id}/mute", minutes=5)
    for path, body in words.items():
        answer = await place.member.post(path, **body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "muted"), path
    await place.moderator.post(f"/api/people/{place.member.id}/unmute")
    for path, body in words.items():
        assert (await place.member.post(path, **body)).is_success, path


async def test_whether_somebody_is_muted_is_not_everybodys_to_know(place: Company) -> None:
    await place.moderator.post(f"/api/people/{place.member.id}/mute", minutes=5)
    async with place.newcomer() as other:
        path = f"/api/people/{place.member.id}"
        told = [(await visitor.get(path)).json()["user"] for visitor in (other, place.owner, place.member)]
    assert ["muted_until" in user for user in told] == [False, True, True]


async def test_banned_is_out_at_once_and_stays_so_until_it_is_lifted(place: Company) -> None:
    message = await say(place.member)
    async with place.member.connected() as one, place.member.connected() as two, place.owner.connected() as here:
        answer = await place.moderator.post(f"/api/people/{place.member.id}/ban", reason="enough")
        assert answer.json()["user"]["banned"] is True
        assert [await socket.closed() for socket in (one, two)] == [(4403, "this session has ended")] * 2
        event = await kind(here, "person")
        assert event["user"] == {
            "id": place.member.id,
            "name": place.member.name,
            "display": "",
            "role": "member",
            "banned": True,
            "left": False,
        }
    assert (await place.member.get("/api/me")).status_code == 401
    answer = await place.member.post("/api/refresh")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")
    answer = await place.member.post("/api/login", name=place.member.name, password=PASSWORD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")
    answer = await place.member.post("/api/login", name=place.member.name, password="not the password")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_credentials")
    row = (await place.owner.get("/api/rooms/general/messages")).json()["messages"][-1]
    assert (row["id"], row["text"]) == (message, "hello")
    await place.moderator.post(f"/api/people/{place.member.id}/unban")
    place.member.take(await place.member.post("/api/login", name=place.member.name, password=PASSWORD))
    await say(place.member)


async def test_nothing_of_the_banned_is_heard_after_the_ban(place: Company) -> None:
    """However many frames are on their way: once the ban is answered, nothing of theirs is stored any more."""
    async with place.member.connected() as socket:

        async def flood() -> None:
            for number in range(2_000):
                await socket.send(f"flooding-{number}")

        flooding = asyncio.create_task(flood())
        await socket.acked("flooding-0")
        await place.moderator.post(f"/api/people/{place.member.id}/ban")
        head = await _head(place.owner)
        assert (await socket.closed())[0] == 4403
        flooding.cancel()
        await asyncio.wait([flooding])
    assert await _head(place.owner) == head
    assert head < 2_000


async def _head(visitor: Visitor) -> int:
    """Return the seq of the last event in the room of everybody."""
    head: int = (await visitor.get("/api/rooms/general/messages")).json()["head"]
    return head


async def test_role_is_told_to_all_and_holds_at_once(place: Company) -> None:
    async with place.member.connected() as socket, place.moderator.connected() as here:
        await place.promote(place.member, Role.MODERATOR)
        assert (await kind(here, "person"))["user"]["role"] == "moderator"  # type: ignore[index]  # JSON
        assert (await kind(socket, "standing"))["role"] == "moderator"
    assert (await place.member.get("/api/acts")).status_code == 200
    await place.promote(place.member, Role.MEMBER)
    assert (await place.member.get("/api/acts")).status_code == 403


async def test_place_is_handed_over_whole(new_place: Company) -> None:
    place = new_place
    await place.promote(place.member, Role.OWNER)
    roles = [
        (await visitor.get("/api/me")).json()["user"]["role"]
        for visitor in (place.owner, place.moderator, place.member)
    ]
    assert roles == ["moderator", "moderator", "owner"]


async def test_log_says_who_whom_what_when_and_why(new_place: Company) -> None:
    place = new_place
    message = await say(place.member)
    path = f"/api/people/{place.member.id}"
    await place.moderator.post(f"/api/rooms/general/messages/{place.member.id}/{message}/remove", reason=" spam ")
    asked: list[tuple[str, Object]] = [
        ("mute", {"minutes": 5, "reason": "loud"}),
        ("unmute", {}),
        ("unmute", {}),  # once more does nothing, and is no act
        ("ban", {"reason": "enough"}),
        ("ban", {"reason": "enough"}),
        ("unban", {"reason": "sorry"}),
    ]
    for act, body in asked:
        assert (await place.moderator.post(f"{path}/{act}", **body)).status_code == 200
    page = (await place.owner.get("/api/acts", limit=5)).json()
    assert page["more"] is True
    by = {"id": place.moderator.id, "name": place.moderator.name}
    whom = {"id": place.member.id, "name": place.member.name}
    assert all((act["by"], act["whom"]) == (by, whom) for act in page["acts"])
    assert [(act["kind"], act["reason"]) for act in page["acts"]] == [
        ("unban", "sorry"),
        ("ban", "enough"),
        ("unmute", ""),
        ("mute", "loud"),
        ("remove_message", "spam"),
    ]
    removed = page["acts"][-1]
    assert (removed["room"], removed["detail"]) == ("general", {"message": message})
    rest = (await place.owner.get("/api/acts", before=removed["number"])).json()
    assert [(act["kind"], act["detail"]) for act in rest["acts"]] == [("set_role", {"role": "moderator"})]
    assert rest["more"] is False
