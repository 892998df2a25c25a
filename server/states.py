"""What is only state, on its way from one connection to others: reading marks, typing, presence.

Who is told are those who look: the followers of a room that is not too large, or one's own connections.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

from rebond import wire
from rebond.exchange import Told
from rebond.streams import ROOMS, room_stream
from server import streams
from server.accounts import User
from server.hub import Hub, Subscriber
from server.marks import Mark
from server.notices import Marked
from server.presence import Here, Presence

MAX_AUDIENCE = 200
"""The most connections that follow a room in which it is told who types and who is there."""

TYPING_MS = 6_000
"""Milliseconds for which somebody is shown as typing who says so no more."""


class Member(Subscriber, Protocol):
    """A connection of an account that is known."""

    @property
    def followed(self) -> Collection[str]:
        """The streams that it follows, by their names in the database."""


class States:
    """Tells connections of each other's state.

    ``expected`` are the accounts that were there when the server stopped, each with the rooms it is in; ``archived``
    are the rooms in which nobody writes; ``seen`` is called with an account that has come (None) or gone (when, in
    milliseconds since the Unix epoch).
    """

    def __init__(
        self,
        hub: Hub,
        expected: Mapping[str, Iterable[str]],
        archived: Iterable[str],
        seen: Callable[[str, int | None], None],
    ) -> None:
        self._hub = hub
        self._seen = seen
        self._loop = asyncio.get_running_loop()
        self._presence = Presence(expected, self._loop.time())
        self._accounts: dict[Member, str] = {}
        self._archived = {room_stream(room) for room in archived}
        self._rooms = {account: {room_stream(room) for room in rooms} for account, rooms in expected.items()}
        self._timer: asyncio.TimerHandle | None = None
        self._arm()

    def here(self, account: str) -> Here:
        """Tell whether somebody is there."""
        return self._presence.here(account)

    def close(self) -> None:
        """The server stops: from now on nobody is told that somebody has gone."""
        self._accounts.clear()
        if self._timer is not None:
            self._timer.cancel()

    # Presence.

    def enter(self, member: Member, account: str) -> None:
        """A connection has been welcomed: it is told who is there, and the others that its owner is."""
        self._accounts[member] = account
        streams_ = self._rooms.setdefault(account, set())
        streams_.update(name for name in member.followed if name.startswith(ROOMS))
        self._presence.enter(account, member, self._loop.time())
        for told in {told.key: told for name in member.followed for told in self._present(name)}.values():
            member.tell(told)
        self._look()

    def leave(self, member: Member) -> None:
        """A connection is over."""
        account = self._accounts.pop(member, None)
        if account is not None:
            self._presence.leave(account, member, self._loop.time())
            self._look()

    def attend(self, member: Member, *, away: bool) -> None:
        """Somebody has turned away from a page, or back to it."""
        account = self._accounts.get(member)
        if account is not None:
            self._presence.attend(account, member, away=away, now=self._loop.time())
            self._look()

    def follow(self, member: Member, stream: str) -> None:
        """Somebody has come into a room: they are told who is there, and the others of them."""
        account = self._accounts.get(member)
        if account is None or not stream.startswith(ROOMS):
            return
        self._rooms[account].add(stream)
        for told in self._present(stream):
            member.tell(told)
        self._tell([stream], _present(account, self.here(account)))

    def unfollow(self, member: Member, stream: str) -> None:
        """Somebody has left a room."""
        account = self._accounts.get(member)
        if account is not None:
            self._rooms[account].discard(stream)

    def _present(self, stream: str) -> list[Told]:
        """Return who is there of those who follow a room."""
        followers = self._hub.followers(stream) if stream.startswith(ROOMS) else ()
        if not 0 < len(followers) <= MAX_AUDIENCE:
            return []
        accounts = {self._accounts[each] for each in followers if each in self._accounts}
        return [_present(account, here) for account in accounts if (here := self.here(account)) is not Here.OFFLINE]

    def _look(self) -> None:
        for change in self._presence.due(self._loop.time()):
            at = time.time_ns() // 1_000_000 - round(change.ago * 1_000)
            rooms = self._rooms.get(change.account, ())
            # Said first, so that it is stored before anything that those write who are told.
            if change.here is Here.OFFLINE:
                self._rooms.pop(change.account, None)
                self._seen(change.account, at)
            elif change.here is Here.ONLINE:
                self._seen(change.account, None)
            self._tell(rooms, _present(change.account, change.here, at))
        self._arm()

    def _arm(self) -> None:
        deadline = self._presence.deadline
        if self._timer is not None and self._timer.when() != deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and deadline is not None:
            self._timer = self._loop.call_at(deadline, self._due)

    def _due(self) -> None:
        self._timer = None
        self._look()

    # Typing and reading.

    def type(self, user: User, room: str, *, on: bool) -> None:
        """Somebody types in a room, or has stopped; in an archived one nobody does."""
        if room_stream(room) in self._archived:
            return
        body = {"room": room, "user": user.as_json(), "for_ms": TYPING_MS if on else 0}
        self._tell([room_stream(room)], _told(("typing", room, user.id), "typing", body, by=user.id))

    def archive(self, stream: str, *, on: bool) -> None:
        """A room is archived, or is not any more."""
        (self._archived.add if on else self._archived.discard)(stream)

    def marked(self, notice: Marked) -> None:
        """Somebody has read a room, or heeds it otherwise: their connections learn of it, in small rooms the others."""
        told = mark(notice.mark)
        for follower in tuple(self._hub.followers(streams.account_stream(notice.account))):
            follower.tell(told)
        if notice.others:
            room, seq = notice.mark.room, notice.mark.read
            body = {"room": room, "user": notice.account, "seq": seq}
            self._tell([room_stream(room)], _told(("read", room, notice.account), "read", body, by=notice.account))

    def _tell(self, names: Iterable[str], told: Told) -> None:
        audience: set[Subscriber] = set()
        for name in names:
            followers = self._hub.followers(name)
            if len(followers) <= MAX_AUDIENCE:
                audience.update(followers)
        for each in audience:
            each.tell(told)


def mark(of: Mark) -> Told:
    """Return what is told to an account of how it stands in a room."""
    body = {"room": of.room, "seq": of.read, "unread": of.unread, "mentions": of.mentions, "heed": of.heed}
    return _told(("mark", of.room), "mark", body)


def _present(account: str, here: Here, at: int | None = None) -> Told:
    body: dict[str, object] = {"user": account, "here": here}
    return _told(("presence", account), "presence", body if at is None else body | {"at": at})


def _told(key: tuple[str, ...], kind: str, body: Mapping[str, object], by: str | None = None) -> Told:
    return Told(key, wire.encode(wire.State(kind, body)), by)
