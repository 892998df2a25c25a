"""The requests about accounts and about keeping order: what is asked for, and what is made of the answer."""

from collections.abc import Mapping

import pytest

from chat.account import Account, Login
from chat.api import Answer
from chat.messages import Malformed
from chat.order import Done, JoinCode, Order, Policy
from chat.roster import Role

USER = {"id": "u", "name": "grace", "display": "", "role": "member", "banned": False, "left": False, "muted_until": 5}
CODE = {"id": "c", "code": "AB-CD", "expires_at": None, "uses": 3, "used": 1, "good": True}


class Desk:
    """Gives one answer to everything, and notes what was asked."""

    def __init__(self, body: Mapping[str, object], status: int = 200) -> None:
        self.answer = Answer(status, body)
        self.asked: list[tuple[str, str, object]] = []

    async def __call__(
        self, method: str, path: str, body: Mapping[str, object] | None = None, token: str | None = None
    ) -> Answer:
        self.asked.append((method, path, body))
        return self.answer

    async def access(self, *, renew: bool = False) -> str:
        return "token"


def order(desk: Desk) -> Order:
    return Order(desk, desk)


def account(desk: Desk) -> Account:
    return Account(desk, desk)


async def test_what_is_done_about_somebody() -> None:
    desk = Desk({"user": USER})
    asking = order(desk)
    muted = await asking.mute("u/1", 10, "loud")
    await asking.unmute("u", "")
    await asking.ban("u", "spam")
    await asking.unban("u", "")
    await asking.set_role("u", Role.MODERATOR)
    await asking.person("u")
    assert (muted.person.name, muted.muted_until) == ("grace", 5)
    assert desk.asked == [
        ("POST", "/api/people/u%2F1/mute", {"minutes": 10, "reason": "loud"}),
        ("POST", "/api/people/u/unmute", {"reason": ""}),
        ("POST", "/api/people/u/ban", {"reason": "spam"}),
        ("POST", "/api/people/u/unban", {"reason": ""}),
        ("POST", "/api/people/u/role", {"role": "moderator"}),
        ("GET", "/api/people/u", None),
    ]


async def test_who_may_come_in() -> None:
    desk = Desk({"registration": "code", "first": False})
    assert await order(desk).policy() is Policy.CODE
    assert await order(desk).set_policy(Policy.CLOSED) is Policy.CODE
    assert desk.asked == [("GET", "/api/door", None), ("POST", "/api/registration", {"policy": "closed"})]


async def test_join_codes() -> None:
    desk = Desk({"code": CODE, "codes": [CODE]})
    made = JoinCode("c", "AB-CD", None, 3, 1, good=True)
    assert await order(desk).make_code(24, None) == made
    assert await order(desk).revoke_code("c") == made
    assert await order(desk).codes() == [made]
    assert desk.asked[0] == ("POST", "/api/codes", {"hours": 24})


async def test_the_log() -> None:
    act = {"number": 7, "at": 9, "kind": "set_role", "by": None, "whom": {"id": "u", "name": "grace"}}
    act |= {"room": None, "reason": "", "detail": {"role": "owner"}}
    desk = Desk({"acts": [act], "more": True})
    assert await order(desk).acts(None) == (
        [Done("7", 7, 9, "set_role", None, ("u", "grace"), None, "", "owner", "")],
        True,
    )
    await order(desk).acts(7)
    assert [path for _, path, _ in desk.asked] == ["/api/acts", "/api/acts?before=7"]


async def test_who_is_in_a_private_room() -> None:
    desk = Desk({"rooms": [{"id": "den", "kind": "private"}, {"id": "zoo", "kind": "public"}], "people": [{"id": "u"}]})
    assert await order(desk).insiders("den") == {"u"}
    assert await order(desk).insiders("zoo") == frozenset()
    await order(desk).expel("den", "u", "")
    assert desk.asked[-1] == ("POST", "/api/rooms/den/people/u/expel", {"reason": ""})


async def test_ones_own_account() -> None:
    session = {"id": "s", "browser": "Firefox", "system": "", "made_at": 1, "used_at": 2, "current": True}
    desk = Desk({"user": USER, "sessions": [session], "people": [USER]})
    asking = account(desk)
    assert (await asking.me()).person.id == "u"
    await asking.show_as("Grace")
    await asking.rename("grace2")
    await asking.change_password("old", "new")
    assert await asking.logins() == [Login("s", "Firefox", "", 2, current=True)]
    await asking.end_login("s")
    await asking.end_other_logins()
    await asking.leave_for_good("secret", "remove")
    assert desk.asked[1:] == [
        ("POST", "/api/me/display", {"display": "Grace"}),
        ("POST", "/api/me/name", {"name": "grace2"}),
        ("POST", "/api/me/password", {"current": "old", "password": "new"}),
        ("GET", "/api/me/sessions", None),
        ("POST", "/api/me/sessions/s/end", None),
        ("POST", "/api/me/sessions/end", None),
        ("POST", "/api/me/leave", {"password": "secret", "messages": "remove"}),
    ]


async def test_answers_that_make_no_sense_are_reported() -> None:
    desk = Desk({"codes": 3, "sessions": [{}], "people": None, "acts": [{}], "more": False, "code": {}})
    for asking in (
        order(desk).codes(),
        order(desk).policy(),
        order(desk).make_code(None, None),
        order(desk).acts(None),
        order(desk).roster(),
        account(desk).logins(),
    ):
        with pytest.raises(Malformed):
            await asking
