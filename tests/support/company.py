"""A place with somebody of each role in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from server.roles import Role
from tests.support.running import PATIENCE, RunningServer
from tests.support.visitor import PASSWORD, Visitor, fresh


@dataclass(frozen=True)
class Company:
    """Who is there."""

    server: RunningServer
    owner: Visitor
    moderator: Visitor
    member: Visitor

    def who_is(self, role: Role) -> Visitor:
        """Return somebody of a role."""
        return {Role.OWNER: self.owner, Role.MODERATOR: self.moderator, Role.MEMBER: self.member}[role]

    @asynccontextmanager
    async def newcomer(self, role: Role = Role.MEMBER) -> AsyncIterator[Visitor]:
        """Yield somebody new of a role."""
        async with Visitor.registered(self.server, "newcomer") as visitor:
            if role is not Role.MEMBER:
                await self.promote(visitor, role)
            yield visitor

    async def promote(self, visitor: Visitor, role: Role) -> None:
        """Have the owner give somebody a role."""
        answer = await self.owner.post(f"/api/people/{visitor.id}/role", role=role)
        assert answer.status_code == 200, answer.text


FOUNDER = "founder"


async def found(server: RunningServer) -> None:
    """Make the first account of a place, which owns it."""
    async with httpx.AsyncClient(base_url=server.url, verify=False, timeout=PATIENCE) as http:
        answer = await http.post("/api/register", json={"name": FOUNDER, "password": PASSWORD})
        assert answer.status_code in {201, 409}, answer.text


@asynccontextmanager
async def company(server: RunningServer) -> AsyncIterator[Company]:
    """Yield a place with somebody of each role."""
    await found(server)
    owner = Visitor(server)
    async with (
        owner.http,
        Visitor.registered(server, "moderator") as moderator,
        Visitor.registered(server, "member") as member,
    ):
        owner.take(await owner.post("/api/login", name=FOUNDER, password=PASSWORD))
        made = Company(server, owner, moderator, member)
        await made.promote(moderator, Role.MODERATOR)
        yield made


async def say(visitor: Visitor, text: str = "hello", room: str = "general") -> str:
    """Have somebody write something, and return the message's id."""
    identifier = fresh("message-")
    async with visitor.connected() as socket:
        await socket.send(identifier, text, room)
        await socket.acked(identifier)
    return identifier
