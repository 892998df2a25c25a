"""Who may do what, role by role and act by act: over HTTP, as the table in server/roles.py says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from server.roles import ALLOWED, Act, Role
from tests.support.company import Company, say
from tests.support.visitor import Object, Visitor, fresh

Ask = Callable[[Company, Visitor], Awaitable[httpx.Response]]


def about(path: str, **body: object) -> Ask:
    """Ask something about somebody new."""

    async def ask(place: Company, asker: Visitor) -> httpx.Response:
        async with place.newcomer() as whom:
            return await asker.post(f"/api/people/{whom.id}/{path}", **body)

    return ask


async def remove_message(place: Company, asker: Visitor) -> httpx.Response:
    async with place.newcomer() as author:
        message = await say(author)
        return await asker.post(f"/api/rooms/general/messages/{author.id}/{message}/remove")


async def code(place: Company) -> str:
    made: str = (await place.owner.post("/api/codes")).json()["code"]["id"]
    return made


async def revoke(place: Company, asker: Visitor) -> httpx.Response:
    return await asker.post(f"/api/codes/{await code(place)}/revoke")


async def draw(place: Company, asker: Visitor) -> httpx.Response:
    return await asker.get(f"/api/codes/{await code(place)}/qr")


async def den(place: Company, *people: Visitor) -> str:
    """Return a private room of the owner with some people in it."""
    room: str = (await place.owner.post("/api/rooms", name=fresh("den "), private=True)).json()["room"]["id"]
    for visitor in people:
        await place.owner.post(f"/api/rooms/{room}/invite", account=visitor.id)
    return room


async def expel(place: Company, asker: Visitor) -> httpx.Response:
    async with place.newcomer() as whom:
        room = await den(place, asker, whom)
        return await asker.post(f"/api/rooms/{room}/people/{whom.id}/expel")


def simply(method: str, path: str, **body: object) -> Ask:
    """Ask for something that needs nothing else."""
    return lambda _, asker: asker.http.request(method, path, json=body or None)


ASKED: dict[Act, Ask] = {
    Act.SET_REGISTRATION: simply("POST", "/api/registration", policy="open"),
    Act.MAKE_CODE: simply("POST", "/api/codes", hours=1, uses=30),
    Act.REVOKE_CODE: revoke,
    Act.READ_CODES: simply("GET", "/api/codes"),
    Act.READ_ACTS: simply("GET", "/api/acts"),
    Act.SET_ROLE: about("role", role="moderator"),
    Act.MUTE: about("mute", minutes=5),
    Act.UNMUTE: about("unmute"),
    Act.BAN: about("ban"),
    Act.UNBAN: about("unban"),
    Act.EXPEL: expel,
    Act.REMOVE_MESSAGE: remove_message,
}
"""How each act is asked for."""

MORE: dict[str, tuple[Act, Ask]] = {
    "see the QR code of a join code": (
        Act.READ_CODES,
        draw,
    ),
    "hand the place over": (Act.SET_ROLE, about("role", role="owner")),
}
"""What else one has to be allowed to."""


def error(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_every_act_is_asked_for() -> None:
    assert set(ASKED) == set(Act)


async def test_each_role_may_do_what_the_table_says_and_nobody_anything_without_a_token(new_place: Company) -> None:
    """All in one place, so that one server does for the whole table; whoever hands the place over comes last."""
    place = new_place
    async with Visitor(place.server).http as http:
        nobody = Visitor(place.server)
        nobody.http = http
        for name, (act, ask) in ({act.value: (act, ask) for act, ask in ASKED.items()} | MORE).items():
            for role in reversed(Role):
                answer = await ask(place, place.who_is(role))
                if role in ALLOWED[act]:
                    assert answer.is_success, (name, role, answer.text)
                else:
                    assert (answer.status_code, error(answer)) == (403, "forbidden"), (name, role)
            if name not in MORE:
                answer = await ask(place, nobody)
                assert (answer.status_code, error(answer)) == (401, "bad_token"), name


ABOVE = ["role", "mute", "unmute", "ban", "unban"]


@pytest.mark.parametrize("whom", [Role.OWNER, Role.MODERATOR])
async def test_nobody_acts_on_those_who_are_not_below_them(place: Company, whom: Role) -> None:
    bodies: dict[str, Object] = {"role": {"role": "member"}, "mute": {"minutes": 1}}
    target = place.owner if whom is Role.OWNER else place.moderator
    message = await say(target)
    async with place.newcomer(Role.MODERATOR) as other:
        for path in ABOVE:
            answer = await other.post(f"/api/people/{target.id}/{path}", **bodies.get(path, {}))
            assert (answer.status_code, error(answer)) == (403, "forbidden"), path
        answer = await other.post(f"/api/rooms/general/messages/{target.id}/{message}/remove")
        assert (answer.status_code, error(answer)) == (403, "forbidden")
    for path in ABOVE:
        answer = await place.owner.post(f"/api/people/{place.owner.id}/{path}", **bodies.get(path, {}))
        assert (answer.status_code, error(answer)) == (403, "forbidden"), path
    answer = await place.owner.post(f"/api/people/{place.moderator.id}/mute", minutes=1)
    assert answer.status_code == 200


async def test_message_is_removed_only_in_a_room_that_one_is_in_and_where_it_stands(place: Company) -> None:
    room = (await place.member.post("/api/rooms", name="den")).json()["room"]["id"]
    there = await say(place.member, room=room)

    async def remove(room: str, author: str, message: str) -> tuple[int, str]:
        answer = await place.moderator.post(f"/api/rooms/{room}/messages/{author}/{message}/remove")
        return answer.status_code, "" if answer.is_success else error(answer)

    assert await remove(room, place.member.id, there) == (403, "not_a_member")
    assert await remove("general", place.member.id, there) == (404, "no_such_message")
    assert await remove("nowhere", place.member.id, there) == (404, "no_such_room")
    await place.moderator.post(f"/api/rooms/{room}/join")
    assert await remove(room, place.owner.id, there) == (403, "forbidden")
    assert await remove(room, "nobody", there) == (404, "no_such_person")
    assert await remove(room, place.member.id, "message-X") == (404, "no_such_message")
    assert await remove(room, place.member.id, there) == (204, "")
    assert await remove(room, place.member.id, there) == (204, "")
    hidden = await den(place, place.member)
    before = await say(place.member, room=hidden)
    assert await remove(hidden, place.member.id, before) == (404, "no_such_room")
    await place.owner.post(f"/api/rooms/{hidden}/invite", account=place.moderator.id)
    assert await remove(hidden, place.member.id, before) == (404, "no_such_message")
    since = await say(place.member, room=hidden)
    assert await remove(hidden, place.member.id, since) == (204, "")


async def test_an_archived_room_is_kept_in_order_all_the_same(place: Company) -> None:
    room = await den(place, place.moderator, place.member)
    message = await say(place.member, room=room)
    assert (await place.member.post(f"/api/rooms/{room}/archive")).is_success
    removed = await place.moderator.post(f"/api/rooms/{room}/messages/{place.member.id}/{message}/remove")
    assert removed.status_code == 204
    assert (await place.moderator.post(f"/api/rooms/{room}/people/{place.member.id}/expel")).status_code == 204


async def test_one_is_expelled_only_from_a_private_room_that_the_moderator_is_in(place: Company) -> None:
    async def out_of(room: str, whom: Visitor) -> tuple[int, str]:
        answer = await place.moderator.post(f"/api/rooms/{room}/people/{whom.id}/expel", reason="noise")
        return answer.status_code, "" if answer.is_success else error(answer)

    foreign, room = await den(place, place.member), await den(place, place.moderator, place.member)
    assert await out_of(foreign, place.member) == (404, "no_such_room")
    assert await out_of("nowhere", place.member) == (404, "no_such_room")
    assert await out_of("general", place.member) == (403, "not_allowed")
    assert await out_of(room, place.owner) == (403, "forbidden")
    async with place.member.connected() as socket:
        assert await out_of(room, place.member) == (204, "")
        left = await socket.hear("event", lambda frame: frame["kind"] == "left")
        assert (left["stream"], left["room"], left["by"]) == (
            "account",
            room,
            {"id": place.moderator.id, "name": place.moderator.name},
        )
        await socket.send("message-1", room=room)
        assert (await socket.refused())["code"] == "no_such_room"
    assert await out_of(room, place.member) == (204, "")
    [act] = [act for act in (await place.owner.get("/api/acts")).json()["acts"] if act["kind"] == "expel"][:1]
    assert (act["whom"]["id"], act["room"], act["reason"]) == (place.member.id, room, "noise")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/people/{id}/mute", {"minutes": 0}),
        ("/api/people/{id}/mute", {"minutes": 5, "reason": "x" * 501}),
        ("/api/people/{id}/role", {"role": "king"}),
        ("/api/codes", {"uses": 0}),
        ("/api/codes", {"hours": 10**6}),
        ("/api/registration", {"policy": "sometimes"}),
    ],
)
async def test_what_makes_no_sense_is_refused(place: Company, path: str, body: Object) -> None:
    answer = await place.owner.post(path.format(id=place.member.id), **body)
    assert (answer.status_code, error(answer)) == (400, "bad_request")


async def test_nobody_is_found_where_there_is_nobody(place: Company) -> None:
    asked: list[tuple[str, Object]] = [("mute", {"minutes": 1}), ("ban", {}), ("role", {"role": "member"})]
    for path, body in asked:
        answer = await place.owner.post(f"/api/people/nobody/{path}", **body)
        assert (answer.status_code, error(answer)) == (404, "no_such_person")
    assert (await place.member.get("/api/people/nobody")).status_code == 404
