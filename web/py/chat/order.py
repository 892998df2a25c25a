"""The requests of those who keep order: who may come in, who may write, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from chat.api import Api
from chat.messages import Malformed
from chat.roster import Member, Role, member


class Policy(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    CODE = "code"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A join code; without ``expires_at`` (milliseconds since the Unix epoch) or ``uses`` it has no end."""

    key: str
    code: str
    expires_at: int | None
    uses: int | None
    used: int
    good: bool


@dataclass(frozen=True, slots=True)
class Done:
    """An act: ``by`` and ``whom`` are the ids and names of accounts, or None; ``room`` is an id."""

    key: str
    number: int
    at: int
    kind: str
    by: tuple[str, str] | None
    whom: tuple[str, str] | None
    room: str | None
    reason: str
    role: str
    policy: str


class Order(Api):
    """All raise Problem, Unreachable or Malformed. A ``reason`` may be empty."""

    async def policy(self) -> Policy:
        """Return who may make an account."""
        return Policy(_text(await self._ask("GET", "/api/door"), "registration"))

    async def set_policy(self, policy: Policy) -> Policy:
        """Say who may make an account from now on."""
        return Policy(_text(await self._ask("POST", "/api/registration", {"policy": policy.value}), "registration"))

    async def codes(self) -> list[JoinCode]:
        """Return all join codes, the newest first."""
        found = (await self._ask("GET", "/api/codes")).get("codes")
        if not isinstance(found, list):
            raise Malformed("the list of codes is not a list")
        return [_code(each) for each in found]

    async def make_code(self, hours: int | None, uses: int | None) -> JoinCode:
        """Make a join code that is good for so many hours and accounts; None: without an end."""
        asked = {"hours": hours, "uses": uses}
        body = {name: value for name, value in asked.items() if value is not None}
        return _code((await self._ask("POST", "/api/codes", body)).get("code"))

    async def revoke_code(self, key: str) -> JoinCode:
        """Let a code be good for nothing from now on."""
        return _code((await self._ask("POST", f"/api/codes/{quote(key, safe='')}/revoke")).get("code"))

    async def person(self, identifier: str) -> Member:
        """Return somebody, with until when they are muted."""
        return member((await self._ask("GET", _of(identifier))).get("user"))

    async def set_role(self, identifier: str, role: Role) -> Member:
        """Make somebody something else."""
        return member((await self._ask("POST", f"{_of(identifier)}/role", {"role": role.value})).get("user"))

    async def mute(self, identifier: str, minutes: int, reason: str) -> Member:
        """Let somebody write nothing for so many minutes."""
        body = {"minutes": minutes, "reason": reason}
        return member((await self._ask("POST", f"{_of(identifier)}/mute", body)).get("user"))

    async def unmute(self, identifier: str, reason: str) -> Member:
        """Let them write again."""
        return member((await self._ask("POST", f"{_of(identifier)}/unmute", {"reason": reason})).get("user"))

    async def ban(self, identifier: str, reason: str) -> Member:
        """Keep somebody out."""
        return member((await self._ask("POST", f"{_of(identifier)}/ban", {"reason": reason})).get("user"))

    async def unban(self, identifier: str, reason: str) -> Member:
        """Let them in again."""
        return member((await self._ask("POST", f"{_of(identifier)}/unban", {"reason": reason})).get("user"))

    async def expel(self, room: str, identifier: str, reason: str) -> None:
        """Take somebody out of a private room that one is in."""
        path = f"/api/rooms/{quote(room, safe='')}/people/{quote(identifier, safe='')}/expel"
        await self._ask("POST", path, {"reason": reason})

    async def insiders(self, room: str) -> frozenset[str]:
        """Return the ids of those who are in a private room; nobody if it is not a private one."""
        rooms = (await self._ask("GET", "/api/rooms")).get("rooms")
        if not isinstance(rooms, list) or not any(
            each.get("id") == room and each.get("kind") == "private" for each in rooms
        ):
            return frozenset()
        people = (await self._ask("GET", f"/api/rooms/{quote(room, safe='')}/people")).get("people")
        return frozenset(str(each.get("id")) for each in people) if isinstance(people, list) else frozenset()

    async def remove_message(self, room: str, author: str, message: str, reason: str = "") -> None:
        """Take away what somebody has written."""
        where = f"/api/rooms/{quote(room, safe='')}/messages"
        await self._ask(
            "POST", f"{where}/{quote(author, safe='')}/{quote(message, safe='')}/remove", {"reason": reason}
        )

    async def acts(self, before: int | None) -> tuple[list[Done], bool]:
        """Return what was done, the newest first, before the act of a number if one is given; and if there is more."""
        query = "" if before is None else f"?before={before}"
        match await self._ask("GET", f"/api/acts{query}"):
            case {"acts": list(found), "more": bool(more)}:
                return [_done(each) for each in found], more
            case _:
                raise Malformed("a page of acts has acts, and says whether there is more")


def _of(identifier: str) -> str:
    return f"/api/people/{quote(identifier, safe='')}"


def _text(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str):
        raise Malformed(f"no {name} in the answer")
    return value


def _code(value: object) -> JoinCode:
    match value:
        case {"id": str(key), "code": str(code), "used": int(used), "good": bool(good), **more}:
            expires, uses = more.get("expires_at"), more.get("uses")
            return JoinCode(
                key,
                code,
                expires if isinstance(expires, int) else None,
                uses if isinstance(uses, int) else None,
                used,
                good,
            )
        case _:
            raise Malformed("a join code has an id, a code, how often it was used, and whether it is good")


def _done(value: object) -> Done:
    match value:
        case {"number": int(number), "at": int(at), "kind": str(kind), "reason": str(reason), **more}:
            room, detail = more.get("room"), more.get("detail")
            told = detail if isinstance(detail, dict) else {}
            return Done(
                str(number),
                number,
                at,
                kind,
                _who(more.get("by")),
                _who(more.get("whom")),
                room if isinstance(room, str) else None,
                reason,
                str(told.get("role", "")),
                str(told.get("policy", "")),
            )
        case _:
            raise Malformed("an act has a number, a time, a kind and a reason")


def _who(value: object) -> tuple[str, str] | None:
    match value:
        case {"id": str(identifier), "name": name}:
            return identifier, name if isinstance(name, str) else ""
        case _:
            return None
