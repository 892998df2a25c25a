"""Who is connected, by address, account, session and tab, and how many of each there may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from rebond.codes import Close
from server.accounts import User
from server.errors import TooManyError


class Member(Protocol):
    """A connection."""

    def end(self, code: Close, reason: str) -> None:
        """Close the connection; nothing more that comes from it is heard."""

    def stand(self, user: User, muted_until: int) -> None:
        """Take in what the account is called from now on, and until when it may write nothing (0: it may)."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many connections one session, one account and one address may hold."""

    session: int
    account: int
    address: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose connection it is. ``tab`` names the page it belongs to, None if it does not say."""

    account: str
    session: str
    tab: str | None


class Roster:
    """All connections of this process."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._addresses: Counter[str] = Counter()
        self._seats: dict[Member, Seat] = {}
        self._accounts: dict[str, set[Member]] = {}

    def __len__(self) -> int:
        """Return how many connections have said who they are."""
        return len(self._seats)

    def arrive(self, address: str) -> None:
        """Count a connection from ``address`` in. Raises TooManyError."""
        if self._addresses[address] >= self._caps.address:
            raise TooManyError
        self._addresses[address] += 1

    def depart(self, address: str) -> None:
        """Count it out."""
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def check(self, seat: Seat) -> None:
        """Make sure that one more connection may take ``seat``. Raises TooManyError."""
        others = [
            taken
            for member in self._accounts.get(seat.account, ())
            if (taken := self._seats[member]).tab is None or taken.tab != seat.tab
        ]
        if len(others) >= self._caps.account:
            raise TooManyError
        if sum(taken.session == seat.session for taken in others) >= self._caps.session:
            raise TooManyError

    def enter(self, member: Member, seat: Seat) -> None:
        """Give the connection its seat, instead of the one it may have had. Raises TooManyError."""
        self.leave(member)
        self.check(seat)
        self._seats[member] = seat
        self._accounts.setdefault(seat.account, set()).add(member)

    def leave(self, member: Member) -> None:
        """Forget a connection, if it is known."""
        seat = self._seats.pop(member, None)
        if seat is not None:
            members = self._accounts[seat.account]
            members.discard(member)
            if not members:
                del self._accounts[seat.account]

    def replace(self, member: Member) -> None:
        """End the older connections of the same tab: a page that connects anew has given the old one up."""
        seat = self._seats[member]
        if seat.tab is None:
            return
        for other in tuple(self._accounts[seat.account]):
            if other is not member and self._seats[other].tab == seat.tab:
                other.end(Close.REPLACED, "this tab has connected anew")

    def end_session(self, session: str, code: Close) -> None:
        """End all connections of a session."""
        for member, seat in tuple(self._seats.items()):
            if seat.session == session:
                member.end(code, "this session has ended")

    def end_account(self, account: str, code: Close, besides: str | None) -> None:
        """End all connections of an account, but for those of the session ``besides``."""
        for member in tuple(self._accounts.get(account, ())):
            if self._seats[member].session != besides:
                member.end(code, "this session has ended")

    def stand(self, user: User, muted_until: int) -> None:
        """Tell all connections of an account what it is from now on."""
        for member in self._accounts.get(user.id, ()):
            member.stand(user, muted_until)
